"""Publish drafts whose time has come.

In: what a release is made with, and the time. Out: releases, or the reason kept with the plan where one is
not made: the draft fails its check by now, or whoever planned it may not publish any more. What is changed or
taken back while the draft is checked holds: the plan goes in the transaction that writes the release.
"""

import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, lessons, model, people, permissions
from courseware.desk import propose, release
from courseware.exchange import planned_releases


def run(tools: release.Tools, *, now: datetime.datetime) -> int:
    """Publish what is due; how many releases were made.

    Raises:
        Temporary: the database or the sandbox is away; the next round tries again.
    """
    with tools.database.read() as connection:
        due = planned_releases.due(connection, now)
    return sum(_publish(tools, plan, now=now) for plan in due)


def _publish(tools: release.Tools, plan: planned_releases.Plan, *, now: datetime.datetime) -> bool:
    """Publish one draft, or keep why not."""
    with tools.database.read() as connection:
        lesson = lessons.by_id(connection, plan.lesson_id)
        viewer = _viewer(connection, lesson, plan)
    try:
        if viewer is None:
            raise errors.UserError("Whoever planned it may not publish in this course any more.")
        propose.carry_out(tools, viewer, lesson, plan, now=now)
    except (errors.UserError, errors.Permanent) as error:
        details = error.details if isinstance(error, errors.UserError) else ()
        with tools.database.write() as connection:
            problem = "\n".join((error.message, *details))
            planned_releases.fail(connection, lesson, plan, problem, by=None, now=now)
        return False
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
