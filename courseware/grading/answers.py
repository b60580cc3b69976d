"""The table of answers to questions in lessons, and answering: attempts are counted in the transaction that
writes the answer.

In: who answers, which question, what they gave. Out: where they stand. Refused, with nothing counted: what is
no answer, and an answer when none is taken.
"""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from courseware.course import manifest, model
from courseware.exchange import model as exchange_model
from courseware.grading import asking, judge
from courseware.store import database, schema_checks

_T = schema_checks.answer
Place = tuple[int, str]
"""A lesson's row and the key of a question in it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Put:
    """A question of a lesson that is put to somebody."""

    lesson: model.Lesson
    asked: exchange_model.Asked


def of_person(
    connection: sa.Connection, person: model.Person, lesson_ids: Collection[int]
) -> Mapping[Place, Sequence[asking.Answer]]:
    """What somebody answered in these lessons, in the order of time."""
    mine = (_T.c.person_id == person.id) & _T.c.lesson_id.in_(lesson_ids)
    found: dict[Place, list[asking.Answer]] = defaultdict(list)
    for row in connection.execute(sa.select(_T).where(mine).order_by(_T.c.at, _T.c.id)):
        found[row.lesson_id, row.question].append(_answer(row))
    return found


def take(
    connection: sa.Connection, viewer: model.Viewer, put: Put, given: judge.Given, *, now: datetime.datetime
) -> asking.Standing:
    """Judge and keep an answer; the same as the last once more changes nothing.

    Raises:
        UserError: it is no answer, or none is taken.
    """
    question, key, lesson = put.asked.question, put.asked.key, put.lesson
    said = judge.read(question, given)
    database.lock(connection, f"answer {viewer.person.id} {lesson.id} {key}")
    before = of_person(connection, viewer.person, [lesson.id]).get((lesson.id, key), ())
    rule = manifest.of(viewer.course).quiz
    stood = asking.standing(question, before, rule)
    if asking.repeats(question, before, stood, said, now):
        return stood
    made = asking.Answer(
        version=question.version,
        said=said,
        right=judge.is_right(question, said),
        again=stood.state != "open",
        at=now,
    )
    whose = {"person_id": viewer.person.id, "lesson_id": lesson.id, "question": key}
    connection.execute(_T.insert().values(**whose, **dataclasses.asdict(made)))
    return asking.standing(question, [*before, made], rule)


def _answer(row: sa.Row[tuple[object, ...]]) -> asking.Answer:
    told: Any = row._mapping
    return asking.Answer(
        version=told["version"],
        said=told["said"],
        right=bool(told["right"]),
        again=bool(told["again"]),
        at=told["at"],
    )
