"""The table of changes of marks: what each exercise's points were before and after, by whom, when and why.

In: points before and after, in the transaction of the change. Out: changes, oldest first. The machine's first
marks are none: they are told by the grading that gave them. Refused: nothing; rows are only added.
"""

import dataclasses
import datetime
from collections.abc import Collection, Iterable

import sqlalchemy as sa

from courseware.store import schema_desk

_T = schema_desk.mark_change


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """One exercise's points before and after; `by` is a person's key, None for the machine."""

    submission_id: int
    notebook: str
    key: str
    before: float | None
    after: float | None
    reason: str
    by: int | None
    at: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Why:
    """Who had the machine change marks, by key, and on what occasion; nobody where it came by itself. What is
    done twice on one day is told twice if its `act` differs.
    """

    by: int | None = None
    reason: str = ""
    act: str = ""


BY_ITSELF = Why()


def note(connection: sa.Connection, changes: Iterable[Change]) -> None:
    """Write down changes."""
    rows = [
        {
            "submission_id": each.submission_id,
            "notebook": each.notebook,
            "exercise": each.key,
            "before": each.before,
            "after": each.after,
            "reason": each.reason,
            "changed_by": each.by,
            "at": each.at,
        }
        for each in changes
    ]
    if rows:
        connection.execute(_T.insert(), rows)


def of_submissions(connection: sa.Connection, keys: Collection[int]) -> list[Change]:
    """What changed in some submissions, oldest first."""
    rows = connection.execute(sa.select(_T).where(_T.c.submission_id.in_(keys)).order_by(_T.c.id))
    return [
        Change(
            submission_id=row.submission_id,
            notebook=row.notebook,
            key=row.exercise,
            before=row.before,
            after=row.after,
            reason=row.reason,
            by=row.changed_by,
            at=row.at,
        )
        for row in rows
    ]
