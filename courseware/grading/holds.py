"""The table of holds: exercises whose marks wait, because something is wrong. Handing in goes on."""

import dataclasses
import datetime
from collections.abc import Collection

import sqlalchemy as sa

from courseware import errors
from courseware.course import model, people
from courseware.grading import scores
from courseware.store import journal, schema

_T = schema.hold
_OF_LESSON = sa.select(_T).where(_T.c.lesson_id == sa.bindparam("lesson"))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hold:
    """An exercise on hold: who holds it, since when and why, and the marks of how many people wait."""

    exercise: str
    reason: str
    by: model.Person
    since: datetime.datetime
    marks: int


def put(
    connection: sa.Connection,
    lesson: model.Lesson,
    exercise: str,
    reason: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """Hold an exercise; holding it again changes the reason."""
    mine = (_T.c.lesson_id == lesson.id) & (_T.c.exercise == exercise)
    values = {"reason": reason[:1000], "held_by": by.id, "held": now}
    again = connection.execute(_T.update().where(mine).values(**values)).rowcount > 0
    if not again:
        connection.execute(_T.insert().values(lesson_id=lesson.id, exercise=exercise, **values))
    journal.append(
        connection,
        "exercise.held",
        lesson.public,
        now=now,
        course_id=lesson.course_id,
        actor_id=by.id,
        data={"exercise": exercise, **({"again": True} if again else {})},
    )


def end(
    connection: sa.Connection,
    lesson: model.Lesson,
    exercise: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """Let the marks of an exercise be seen again.

    Raises:
        UserError: it was not held.
    """
    mine = (_T.c.lesson_id == lesson.id) & (_T.c.exercise == exercise)
    if connection.execute(_T.delete().where(mine)).rowcount == 0:
        raise errors.UserError(f"The exercise {exercise[:80]!r} is not on hold.", code="not-found")
    journal.append(
        connection,
        "exercise.unheld",
        lesson.public,
        now=now,
        course_id=lesson.course_id,
        actor_id=by.id,
        data={"exercise": exercise},
    )


def of_lesson(connection: sa.Connection, lesson_id: int) -> dict[str, str]:
    """The held exercises of a lesson with the reasons."""
    rows = connection.execute(_OF_LESSON, {"lesson": lesson_id})
    return {row.exercise: row.reason for row in rows}


def told(connection: sa.Connection, lesson: model.Lesson) -> list[Hold]:
    """What is on hold in a lesson, as staff are told; the oldest first."""
    rows = connection.execute(_OF_LESSON.order_by(_T.c.held, _T.c.id), {"lesson": lesson.id}).all()
    marked = scores.marked_people(connection, lesson.id, [row.exercise for row in rows]) if rows else {}
    return [
        Hold(
            exercise=row.exercise,
            reason=row.reason,
            by=people.by_id(connection, row.held_by),
            since=row.held,
            marks=marked.get(row.exercise, 0),
        )
        for row in rows
    ]


def of_lessons(connection: sa.Connection, lesson_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """The held exercises by the lesson's key."""
    rows = connection.execute(sa.select(_T.c.lesson_id, _T.c.exercise).where(_T.c.lesson_id.in_(lesson_ids)))
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.lesson_id, set()).add(row.exercise)
    return {lesson_id: frozenset(keys) for lesson_id, keys in found.items()}


def before(
    connection: sa.Connection, lesson: model.Lesson, moment: datetime.datetime, *, until: datetime.datetime
) -> frozenset[str]:
    """The exercises of a lesson that were held at an earlier moment: those of now, with what was held and
    let go since undone.
    """
    held = set(of_lesson(connection, lesson.id))
    kinds = ("exercise.held", "exercise.unheld")
    since = journal.after(connection, kinds, moment, until=until, course_id=lesson.course_id)
    for entry in reversed([e for e in since if e.subject == lesson.public and not e.data.get("again")]):
        (held.discard if entry.kind == "exercise.held" else held.add)(entry.data["exercise"])
    return frozenset(held)
