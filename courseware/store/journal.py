"""What happened, in order: the way news goes from a lower room to a higher one.

In: an event in the same transaction as the row it is about. Out: events in order, for readers that each
keep their place in the transaction of their effect. Ids and hashes only, no text of anybody. On PostgreSQL
a reader stops below the oldest transaction that still runs and orders by (transaction, id): a slow
writer's event is read later, not never.
"""

import dataclasses
import datetime
import json
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from courseware.store import schema

_TABLE, _CURSOR = schema.journal, schema.journal_cursor
_APPEND = {
    "sqlite": _TABLE.insert().values(xid=0),
    "postgresql": _TABLE.insert().values(xid=sa.text("pg_current_xact_id()::text::bigint")),
}
_PLACE = sa.select(_CURSOR).where(_CURSOR.c.reader == sa.bindparam("reader"))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Entry:
    """One event; `subject` is the public id of what it is about."""

    id: int
    xid: int
    at: datetime.datetime
    kind: str
    course_id: int | None
    actor_id: int | None
    subject: str
    data: Mapping[str, Any]


def append(
    connection: sa.Connection,
    kind: str,
    subject: str,
    *,
    now: datetime.datetime,
    course_id: int | None = None,
    actor_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write an event in the caller's transaction."""
    connection.execute(
        _APPEND[connection.dialect.name],
        {
            "at": now,
            "kind": kind,
            "course_id": course_id,
            "actor_id": actor_id,
            "subject": subject,
            "data": json.dumps(dict(data or {})),
        },
    )


def read(connection: sa.Connection, reader: str, *, limit: int = 100) -> list[Entry]:
    """The next events for a reader, oldest first."""
    place = connection.execute(_PLACE, {"reader": reader}).one_or_none()
    xid, last = (place.xid, place.entry_id) if place else (-1, -1)
    query = sa.select(_TABLE).where(
        sa.tuple_(_TABLE.c.xid, _TABLE.c.id) > sa.tuple_(sa.literal(xid), sa.literal(last))
    )
    if connection.dialect.name == "postgresql":
        oldest = sa.text("journal.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        query = query.where(oldest)
    rows = connection.execute(query.order_by(_TABLE.c.xid, _TABLE.c.id).limit(limit))
    return [_entry(row) for row in rows]


def advance(connection: sa.Connection, reader: str, entry: Entry) -> None:
    """Move a reader past an event, in the transaction of what it did about it."""
    place = {"xid": entry.xid, "entry_id": entry.id}
    moved = connection.execute(_CURSOR.update().where(_CURSOR.c.reader == reader).values(**place))
    if moved.rowcount == 0:
        connection.execute(_CURSOR.insert().values(reader=reader, **place))


def after(
    connection: sa.Connection,
    kinds: Collection[str],
    moment: datetime.datetime,
    *,
    until: datetime.datetime,
    course_id: int | None = None,
) -> list[Entry]:
    """Events of some kinds between two moments, oldest first; perhaps those of one course. Only what was
    written since is read, however long the journal is.
    """
    earlier = sa.select(_TABLE.c.id).where(_TABLE.c.at <= moment).order_by(_TABLE.c.id.desc()).limit(1)
    begin = connection.execute(earlier).scalar() or 0
    query = sa.select(_TABLE).where((_TABLE.c.id > begin) & (_TABLE.c.at > moment) & (_TABLE.c.at <= until))
    query = query.where(_TABLE.c.kind.in_(kinds))
    if course_id is not None:
        query = query.where(_TABLE.c.course_id == course_id)
    return [_entry(row) for row in connection.execute(query.order_by(_TABLE.c.id))]


def about(connection: sa.Connection, subjects: Collection[str], kinds: Collection[str]) -> list[Entry]:
    """Events of some kinds about these subjects, oldest first."""
    query = sa.select(_TABLE).where(_TABLE.c.subject.in_(subjects) & _TABLE.c.kind.in_(kinds))
    return [_entry(row) for row in connection.execute(query.order_by(_TABLE.c.id))]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sought:
    """Which events: of these kinds, by an actor, since a moment, of a course; one that names no course is of
    the course that has its subject.
    """

    kinds: Collection[str]
    actor_id: int | None = None
    since: datetime.datetime | None = None
    course_id: int | None = None
    subjects: sa.SelectBase | None = None


def newest(connection: sa.Connection, sought: Sought, until: datetime.datetime, *, limit: int) -> list[Entry]:
    """Events up to a moment, newest first."""
    query = sa.select(_TABLE).where((_TABLE.c.at <= until) & _TABLE.c.kind.in_(sought.kinds))
    if sought.actor_id is not None:
        query = query.where(_TABLE.c.actor_id == sought.actor_id)
    if sought.since is not None:
        query = query.where(_TABLE.c.at >= sought.since)
    if sought.course_id is not None:
        there = _TABLE.c.course_id == sought.course_id
        if sought.subjects is not None:
            there |= _TABLE.c.course_id.is_(None) & _TABLE.c.subject.in_(sought.subjects)
        query = query.where(there)
    rows = connection.execute(query.order_by(_TABLE.c.at.desc(), _TABLE.c.id.desc()).limit(limit))
    return [_entry(row) for row in rows]


def _entry(row: sa.Row[Any]) -> Entry:
    """A row as a record."""
    return Entry(
        id=row.id,
        xid=row.xid,
        at=row.at,
        kind=row.kind,
        course_id=row.course_id,
        actor_id=row.actor_id,
        subject=row.subject,
        data=json.loads(row.data),
    )
