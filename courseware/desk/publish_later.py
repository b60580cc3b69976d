"""Publish drafts whose time has come.

In: what a release is made with, and the time. Out: releases, or the reason kept with the plan where one is
not made: the draft fails its check by now, or whoever planned it may not publish any more. One service at a
time does this. A release that came at that time or later is taken for the one that was meant: a service that
ended in between does not publish twice.
"""

import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, lessons, model, people, permissions
from courseware.desk import propose, release
from courseware.exchange import draft_releases, planned_releases, releases


def run(tools: release.Tools, *, now: datetime.datetime) -> int:
    """Publish what is due; how many releases were made.

    Raises:
        Temporary: the database or the sandbox is away; the next round tries again.
    """
    with tools.database.read() as connection:
        due = planned_releases.due(connection, now)
    return sum(_publish(tools, plan, now=now) for plan in due)


def _publish(tools: release.Tools, plan: planned_releases.Plan, *, now: datetime.datetime) -> bool:
    """Publish one draft, if it is still the one that was meant."""
    with tools.database.read() as connection:
        lesson = lessons.by_id(connection, plan.lesson_id)
        draft = draft_releases.of_lesson(connection, lesson.id)
        newest = releases.newest(connection, lesson.id)
        viewer = _viewer(connection, lesson, plan)
    over = newest is not None and newest.published >= plan.at
    if over or draft is None or draft.public != plan.draft:
        with tools.database.write() as connection:
            planned_releases.end(connection, plan)
        return False
    try:
        if viewer is None:
            raise errors.UserError("Whoever planned it may not publish in this course any more.")
        propose.accept(tools, viewer, lesson, plan.draft, now=now)
    except (errors.UserError, errors.Permanent) as error:
        details = error.details if isinstance(error, errors.UserError) else ()
        with tools.database.write() as connection:
            problem = "\n".join((error.message, *details))
            planned_releases.fail(connection, lesson, plan, problem, now=now)
        return False
    with tools.database.write() as connection:
        planned_releases.end(connection, plan)
    return True


def _viewer(
    connection: sa.Connection, lesson: model.Lesson, plan: planned_releases.Plan
) -> model.Viewer | None:
    """Who planned it, as they are in the course now; None if they may not publish any more."""
    course, person = courses.by_id(connection, lesson.course_id), people.by_id(connection, plan.by)
    for member in people.members(connection, course):
        if member.person.id == person.id and member.ended is None:
            viewer = model.Viewer(person=person, course=course, role=member.role, ceiling="pages")
            return viewer if permissions.allowed(viewer, permissions.Action.PUBLISH) else None
    return None
