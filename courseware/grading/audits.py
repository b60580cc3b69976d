"""The tables of wrong answers: how far a draft's tests were tried with them, what got through, and which of
them are right after all.

In: a draft, what was found. Out: records, one audit for each lesson. A newer one takes the place of the one
before; what somebody said is right holds for the lesson. An audit is tried piece by piece; a piece that a
process died in is tried again.
"""

import dataclasses
import datetime
import json
from typing import Any, Literal

import sqlalchemy as sa

from courseware.course import model
from courseware.grading import holding
from courseware.store import database, journal, schema_releases

KIND = "wrong answers"
"""What a queue calls this work."""
State = Literal["waiting", "running", "done", "failed"]
UNFINISHED: tuple[State, ...] = ("waiting", "running")
_T, _R = schema_releases.test_audit, schema_releases.right_answer


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """That a draft's tests are to be tried, how far it is, and what was found so far; `attempt` counts how
    often the piece that comes next was begun.
    """

    id: int
    lesson_id: int
    draft: str
    asked: datetime.datetime
    by: int
    state: State
    attempt: int
    done: int
    total: int
    found: dict[str, Any] | None
    problem: str

    @property
    def is_over(self) -> bool:
        """Whether nothing more is tried."""
        return self.state not in UNFINISHED


def ask(
    connection: sa.Connection,
    lesson: model.Lesson,
    draft: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> bool:
    """Have a draft's tests tried; whether that was not going on already."""
    database.lock(connection, f"test audit {lesson.id}")
    known = of_lesson(connection, lesson.id)
    if known is not None and known.draft == draft and not known.is_over:
        return False
    connection.execute(_T.delete().where(_T.c.lesson_id == lesson.id))
    values = {"lesson_id": lesson.id, "draft": draft, "asked_by": by.id, "asked": now, "state": "waiting"}
    connection.execute(_T.insert().values(**values))
    return True


def of_lesson(connection: sa.Connection, lesson_id: int) -> Asked | None:
    """The newest audit of a lesson."""
    row = connection.execute(sa.select(_T).where(_T.c.lesson_id == lesson_id)).one_or_none()
    return _asked(row) if row else None


def unfinished(connection: sa.Connection) -> list[int]:
    """The keys of those that are not over, the one that was asked for first before all others."""
    query = sa.select(_T.c.id).where(_T.c.state.in_(UNFINISHED)).order_by(_T.c.asked, _T.c.id)
    return list(connection.execute(query).scalars())


def claim(connection: sa.Connection, key: int, job: int | None = None) -> Asked | None:
    """Take an audit for this attempt; None if it is over, or another worker's job runs it."""
    row = connection.execute(sa.select(_T).where((_T.c.id == key) & _T.c.state.in_(UNFINISHED))).one_or_none()
    if row is None or (job is not None and row.state == "running" and row.job not in (None, job)):
        return None
    taken = change(connection, _asked(row), state="running", attempt=row.attempt + 1, job=job)
    return _asked(connection.execute(sa.select(_T).where(_T.c.id == key)).one()) if taken else None


def claim_next(connection: sa.Connection, job: int) -> Asked | None:
    """Take for a job the audit that it began already, or else the oldest that waits."""
    mine = holding.begun(connection, _T, job)
    keys = [mine] if mine is not None else unfinished(connection)
    return next(filter(None, (claim(connection, key, job) for key in keys)), None)


def change(connection: sa.Connection, audit: Asked, **values: Any) -> bool:
    """Change a row, unless another attempt owns it, its piece is done, or somebody asked anew."""
    own = (_T.c.id == audit.id) & (_T.c.draft == audit.draft) & (_T.c.asked == audit.asked)
    own &= (_T.c.attempt == audit.attempt) & (_T.c.done == audit.done) & _T.c.state.in_(UNFINISHED)
    return connection.execute(_T.update().where(own).values(**values)).rowcount > 0


def go_on(
    connection: sa.Connection, audit: Asked, *, done: int, total: int, found: dict[str, Any], over: bool
) -> bool:
    """Keep what a piece found; whether it was still wanted."""
    state: State = "done" if over else "waiting"
    values = {"state": state, "done": done, "total": total, "found": json.dumps(found)}
    return change(connection, audit, attempt=0, job=None, **values)


def fail(connection: sa.Connection, audit: Asked, problem: str) -> None:
    """Keep why it could not be tried."""
    change(connection, audit, state="failed", job=None, problem=problem[:2000])


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
        state=told["state"],
        attempt=told["attempt"],
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
