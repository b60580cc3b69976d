"""The tables of wrong answers: how far a draft's tests were tried with them, what got through, and which of
them are right after all.

In: a draft, what was found. Out: records, one audit for each lesson. A newer one takes the place of the one
before; what somebody said is right holds for the lesson.
"""

import dataclasses
import datetime
import json
from typing import Any

import sqlalchemy as sa

from courseware.course import model
from courseware.store import database, journal, schema_releases

_T, _R = schema_releases.test_audit, schema_releases.right_answer


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """That a draft's tests are to be tried, how far it is, and what was found."""

    id: int
    lesson_id: int
    draft: str
    asked: datetime.datetime
    by: int
    done: int
    total: int
    found: dict[str, Any] | None
    problem: str

    @property
    def is_over(self) -> bool:
        """Whether nothing more is tried."""
        return self.found is not None or bool(self.problem)


def ask(
    connection: sa.Connection,
    lesson: model.Lesson,
    draft: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """Have a draft's tests tried, unless that is going on."""
    database.lock(connection, f"test audit {lesson.id}")
    known = of_lesson(connection, lesson.id)
    if known is not None and known.draft == draft and not known.is_over:
        return
    connection.execute(_T.delete().where(_T.c.lesson_id == lesson.id))
    values = {"lesson_id": lesson.id, "draft": draft, "asked_by": by.id, "asked": now}
    connection.execute(_T.insert().values(**values))


def of_lesson(connection: sa.Connection, lesson_id: int) -> Asked | None:
    """The newest audit of a lesson."""
    row = connection.execute(sa.select(_T).where(_T.c.lesson_id == lesson_id)).one_or_none()
    return _asked(row) if row else None


def waiting(connection: sa.Connection) -> list[Asked]:
    """Those that are not over, oldest first; what a service that ended left is among them."""
    open_ones = _T.c.found.is_(None) & (_T.c.problem == "")
    return [_asked(row) for row in connection.execute(sa.select(_T).where(open_ones).order_by(_T.c.id))]


def step(connection: sa.Connection, audit: Asked, done: int, total: int) -> None:
    """Say how far it is."""
    connection.execute(_T.update().where(_T.c.id == audit.id).values(done=done, total=total))


def finish(connection: sa.Connection, audit: Asked, found: dict[str, Any]) -> None:
    """Keep what was found."""
    connection.execute(_T.update().where(_T.c.id == audit.id).values(found=json.dumps(found)))


def fail(connection: sa.Connection, audit: Asked, problem: str) -> None:
    """Keep why it could not be tried."""
    connection.execute(_T.update().where(_T.c.id == audit.id).values(problem=problem[:2000]))


def right(connection: sa.Connection, lesson_id: int) -> frozenset[str]:
    """The marks of answers that somebody said are right."""
    return frozenset(connection.execute(sa.select(_R.c.mark).where(_R.c.lesson_id == lesson_id)).scalars())


def say_right(
    connection: sa.Connection, lesson: model.Lesson, mark: str, *, by: model.Person, now: datetime.datetime
) -> None:
    """An answer is right after all; saying it again changes nothing."""
    database.lock(connection, f"right answers {lesson.id}")
    if mark not in right(connection, lesson.id):
        values = {"lesson_id": lesson.id, "mark": mark[:64], "said_by": by.id, "said": now}
        connection.execute(_R.insert().values(**values))
        _note(connection, "answer.right", lesson, mark, by=by, now=now)


def say_wrong(
    connection: sa.Connection, lesson: model.Lesson, mark: str, *, by: model.Person, now: datetime.datetime
) -> None:
    """Take that back."""
    mine = (_R.c.lesson_id == lesson.id) & (_R.c.mark == mark)
    if connection.execute(_R.delete().where(mine)).rowcount:
        _note(connection, "answer.wrong", lesson, mark, by=by, now=now)


def _asked(row: sa.Row[tuple[object, ...]]) -> Asked:
    told = row._mapping
    return Asked(
        id=told["id"],
        lesson_id=told["lesson_id"],
        draft=told["draft"],
        asked=told["asked"],
        by=told["asked_by"],
        done=told["done"],
        total=told["total"],
        found=json.loads(told["found"]) if told["found"] is not None else None,
        problem=told["problem"],
    )


def _note(
    connection: sa.Connection,
    kind: str,
    lesson: model.Lesson,
    mark: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    data = {"mark": mark[:64]}
    journal.append(
        connection, kind, lesson.public, now=now, course_id=lesson.course_id, actor_id=by.id, data=data
    )
