"""The review list: questions that somebody has answered and that are asked again, at the dates of `spacing`.

In: who asks, and now. Out: what is due, oldest first and never more than a few, how much waits besides, and
when the next comes. A question that was taken out of its lesson, whose key was changed, or whose lesson is
not open is not asked. Nothing of the list is kept: it follows from the answers.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware.course import dates, lessons, manifest, model, schedule
from courseware.exchange import releases
from courseware.grading import answers, asking, spacing


@dataclasses.dataclass(frozen=True, kw_only=True)
class Due:
    """A question that is asked again, and where its person stands with it; `when` it became due."""

    put: answers.Put
    standing: asking.Standing
    when: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Review:
    """What is asked now; `waiting` is how many are due in all, `next` when one that is not due becomes so."""

    due: tuple[Due, ...]
    waiting: int
    next: datetime.datetime | None


def of_viewer(connection: sa.Connection, viewer: model.Viewer, *, now: datetime.datetime) -> Review:
    """The review list of the asking person; so many queries, however much they answered."""
    rule = manifest.of(viewer.course).quiz
    places = {each.id: each for each in lessons.of_course(connection, viewer.course)}
    given = answers.of_person(connection, viewer.person, list(places))
    answered = {lesson_id for lesson_id, _ in given}
    is_open = _open(connection, viewer, answered, now)
    found = []
    for lesson_id, release in releases.offered_of(connection, answered & is_open).items():
        for asked in release.questions:
            stood = asking.standing(asked.question, given.get((lesson_id, asked.key), ()), rule)
            if stood.due is not None:
                put = answers.Put(lesson=places[lesson_id], asked=asked)
                found.append(Due(put=put, standing=stood, when=stood.due))
    found.sort(key=lambda each: (each.when, each.put.lesson.position, each.put.asked.key))
    due = [each for each in found if each.when <= now]
    return Review(
        due=tuple(due[: spacing.MOST_A_DAY]),
        waiting=len(due),
        next=next((each.when for each in found if each.when > now), None),
    )


def _open(
    connection: sa.Connection, viewer: model.Viewer, keys: set[int], now: datetime.datetime
) -> set[int]:
    """Those of the lessons that are open to the person."""
    holding = dates.of_lessons(connection, list(keys), person_id=viewer.person.id)
    nothing = schedule.same_for_all(model.Dates())
    found = set()
    for key in keys:
        holds = holding.get((viewer.person.id, key)) or holding.get((None, key)) or nothing
        if viewer.is_staff or schedule.state(holds, now) != "not-open":
            found.add(key)
    return found
