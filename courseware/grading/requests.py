"""The table of requests for another look at a mark, each with a discussion of its author and staff.

In: an exercise of a hand-in, the public id of the discussion. Out: requests, how many there are, and what was
decided. One request of an exercise of a hand-in is open at a time.
"""

import dataclasses
import datetime
from collections.abc import Collection
from typing import Any, Literal, cast

import sqlalchemy as sa

from courseware import errors
from courseware.exchange import model as exchange_model
from courseware.store import database, schema, schema_trials

Decision = Literal["changed", "stays"]
MOST = 500
_T, _S = schema_trials.regrade_request, schema.submission


@dataclasses.dataclass(frozen=True, kw_only=True)
class Request:
    """That somebody asked; `decision` is None while it is open."""

    submission_id: int
    notebook: str
    exercise: str
    thread: str
    asked: datetime.datetime
    decision: Decision | None
    decided_by: int | None
    decided: datetime.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Counts:
    """How many there are of a lesson."""

    open: int
    changed: int
    stays: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.open + self.changed + self.stays


def check_none_open(
    connection: sa.Connection, submission: exchange_model.Submission, place: tuple[str, str]
) -> None:
    """Refuse a second open request; nobody else asks before this transaction ends.

    Raises:
        UserError: one is open.
    """
    database.lock(connection, f"request {submission.id}")
    for each in of_submission(connection, submission.id):
        if (each.notebook, each.exercise) == place and each.decision is None:
            raise errors.UserError(
                "You have asked for another look at this exercise. Write there what there is to add.",
                code="conflict",
            )


def insert(
    connection: sa.Connection,
    submission: exchange_model.Submission,
    place: tuple[str, str],
    thread: str,
    *,
    now: datetime.datetime,
) -> None:
    """Write one."""
    notebook, exercise = place
    values = {"submission_id": submission.id, "notebook": notebook, "exercise": exercise}
    connection.execute(_T.insert().values(**values, thread=thread, asked=now))


def of_submission(connection: sa.Connection, submission_id: int) -> list[Request]:
    """Those of a hand-in, oldest first."""
    query = sa.select(_T).where(_T.c.submission_id == submission_id).order_by(_T.c.id)
    return [_request(row) for row in connection.execute(query)]


def of_course(
    connection: sa.Connection, course_id: int, *, lesson_id: int | None = None, only_open: bool = True
) -> list[Request]:
    """Those of a course, or of one lesson of it; the open ones, or all. Oldest first, so many at most."""
    table = schema.lesson
    query = sa.select(_T).join(_S, _S.c.id == _T.c.submission_id).join(table, table.c.id == _S.c.lesson_id)
    query = query.where(table.c.course_id == course_id)
    if lesson_id is not None:
        query = query.where(table.c.id == lesson_id)
    if only_open:
        query = query.where(_T.c.decision.is_(None))
    return [_request(row) for row in connection.execute(query.order_by(_T.c.id).limit(MOST))]


def of_threads(connection: sa.Connection, threads: Collection[str]) -> dict[str, Request]:
    """Those that are talked over in these discussions, by the discussion."""
    rows = connection.execute(sa.select(_T).where(_T.c.thread.in_(threads))) if threads else ()
    return {row.thread: _request(row) for row in rows}


def of_lesson(connection: sa.Connection, lesson_id: int) -> Counts:
    """How many there are of a lesson."""
    wanted = sa.select(_T.c.decision, sa.func.count()).join(_S, _S.c.id == _T.c.submission_id)
    rows = connection.execute(wanted.where(_S.c.lesson_id == lesson_id).group_by(_T.c.decision))
    by_decision: dict[str | None, int] = {decision: int(number) for decision, number in rows}
    return Counts(
        open=by_decision.get(None, 0),
        changed=by_decision.get("changed", 0),
        stays=by_decision.get("stays", 0),
    )


def decide(
    connection: sa.Connection,
    request: Request,
    decision: Decision,
    *,
    over: Decision | None,
    by: int,
    now: datetime.datetime,
) -> None:
    """Record what was decided, over the decision that was seen.

    Raises:
        UserError: it was decided meanwhile.
    """
    seen = (_T.c.thread == request.thread) & _T.c.decision.is_not_distinct_from(over)
    values = {"decision": decision, "decided_by": by, "decided": now}
    if not connection.execute(_T.update().where(seen).values(**values)).rowcount:
        raise errors.UserError("This request was decided already. Load the page again.", code="conflict")


def _request(row: sa.Row[Any]) -> Request:
    told = dict(row._mapping)
    del told["id"]
    return Request(**told | {"decision": cast(Decision | None, told["decision"])})
