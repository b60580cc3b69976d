"""The class at a glance: a course's lessons in numbers of people; a lesson's exercises, cells and videos.

In: who of the staff asks. Out: pages with pictures, each beside a table of the same numbers; nobody's name is
in them. A grader who is limited to lessons or groups sees the numbers of those alone. Refused: a lesson that
they do not look after, and one without a release.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from courseware import errors
from courseware.course import duties, lessons, model, permissions
from courseware.discussion import inbox
from courseware.exchange import releases, tell_apart
from courseware.grading import gradebook as book
from courseware.insight import heat, items, overview, statistics, wrong
from courseware.service import access, call, render
from courseware.service.pages import charts, student


def read(request: call.Call) -> call.Page:
    """The course."""
    connection, course = request.connection, request.course
    reach = duties.reach(connection, request.viewer)
    listed = [each for each in lessons.of_course(connection, course) if reach.has_lesson(each.id)]
    people = rows(request, reach, listed)
    told = overview.of_lessons(connection, course, listed, people, now=request.now)
    answered = inbox.by_staff(connection, request.viewer, now=request.now)
    values = render.base_values(
        request,
        rows=told,
        progress=[(each.lesson.title, each.opened, each.handed_in) for each in told],
        spreads=[_spread(each.lesson.title, each.marks) for each in told if each.marks],
        people=len(people),
        answered=answered,
        days=inbox.DAYS,
        **_shared(),
    )
    return call.Page(template="glance.html", values=values)


def lesson(request: call.Call) -> call.Page:
    """One lesson."""
    connection, course, now = request.connection, request.course, request.now
    place = access.taught(request)
    release = releases.in_force(connection, place.id)
    if release is None:
        raise errors.UserError("There is no lesson here that you look after.", code="not-found")
    people = rows(request, duties.reach(connection, request.viewer), [place])
    keys = {each.member.person.id for each in people}
    found = items.read(connection, place, people)
    named = dataclasses.replace(release, exercises=tell_apart.exercises(release.exercises))
    told = items.of_release(found, named)
    values = render.base_values(
        request,
        lesson=place,
        row=overview.of_lessons(connection, course, [place], people, now=now)[0],
        people=len(people),
        items=told,
        wrong=wrong.of_release(connection, request.service.blobs, found, release),
        shares=[(each.exercise.title, each.difficulty) for each in told if each.difficulty is not None],
        cells=heat.of_cells(connection, request.viewer, place, release, found, now=now),
        films=heat.of_films(connection, place, release, keys),
        verdicts=student.VERDICTS,
        newest=wrong.MOST,
        may_mark=request.may(permissions.Action.MARK),
        **_shared(),
    )
    return call.Page(template="glance_lesson.html", values=values)


def _spread(title: str, marks: statistics.Spread) -> tuple[str, float, float, float, float, float]:
    """The numbers of a line of the picture of marks."""
    return (title, marks.tenth, marks.quarter, marks.median, marks.three_quarters, marks.ninth)


def _shared() -> dict[str, Any]:
    """What both pages draw and say with."""
    return {"charts": charts, "fewest": statistics.FEWEST, "together": statistics.FEWEST_TOGETHER}


def rows(request: call.Call, reach: duties.Reach, listed: Sequence[model.Lesson]) -> list[book.Row]:
    """What the students did in these lessons that the asking person looks after; without who has left."""
    connection, course = request.connection, request.course
    columns = [each for each in book.columns(connection, course) if each[0] in listed]
    found = [each for each in book.students(connection, course, columns) if not each.ended]
    found = [each for each in found if reach.has_person(each.person.id)]
    return book.everybody(connection, course, columns, found, now=request.now)
