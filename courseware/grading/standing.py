"""How a lesson's class stands, in a few numbers for its page: handed in, to be marked by a person, waiting.

In: a lesson, and whom the asking person looks after. Out: counts of hand-ins that count. What an exercise got
is read of those alone that a person marks.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware.course import duties, model, people
from courseware.exchange import model as exchange_model
from courseware.grading import review, scores, worth
from courseware.store import schema

_G, _S = schema.grading, schema.submission


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """So many `students` there are, and `handed_in` of them have; `to_mark` answers wait for a person,
    `waiting` hand-ins for the machine, and `failed` could not be marked, also of those who have left.
    """

    students: int
    handed_in: int
    to_mark: int
    waiting: int
    failed: int


def of_lesson(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    release: exchange_model.Release,
    *,
    reach: duties.Reach,
    now: datetime.datetime,
) -> Standing:
    """How it stands, of the students within `reach`."""
    ledger = worth.ledger(connection, course, [lesson], now=now)
    mine = [
        each
        for each in people.members(connection, course)
        if each.role == "student" and reach.covers(lesson.id, each.person.id)
    ]
    here = [each.person.id for each in mine if each.ended is None]
    counting = [work.id for each in mine if (work := ledger.counting(each.person.id, lesson))]
    asked = [each for each in release.exercises if each.kind == review.KIND]
    given = scores.of_exercises(connection, [lesson.id], [each.key for each in asked]) if asked else {}
    places = [(each.notebook, each.key) for each in asked]
    marks = [given[key][place].score for key in counting for place in places if place in given.get(key, {})]
    states = _states(connection, lesson.id)
    return Standing(
        students=len(here),
        handed_in=sum(ledger.counting(person, lesson) is not None for person in here),
        to_mark=sum(each.needs_person for each in marks),
        waiting=sum(states.get(key) in ("waiting", "running") for key in counting),
        failed=sum(states.get(key) == "failed" for key in counting),
    )


def _states(connection: sa.Connection, lesson_id: int) -> dict[int, str]:
    """Of each hand-in whose grading is not through well, how that is."""
    query = sa.select(_G.c.submission_id, _G.c.state).join(_S, _S.c.id == _G.c.submission_id)
    open_ones = _G.c.current & _G.c.state.in_(("waiting", "running", "failed"))
    rows = connection.execute(query.where((_S.c.lesson_id == lesson_id) & open_ones))
    return {row.submission_id: row.state for row in rows}
