"""The table of who used which right over others or over the course, and of who was refused.

In: what a request or a command turned out to be. Out: rows, in the transaction that is handed in; and rows
found again, newest first. Kept are ids and names as they stand in addresses, no text of anybody, no query and
no secret: what does not look like a name of ours is left out. Which rights leave a row is said in
`permissions.over_others`.
"""

import dataclasses
import datetime
import os
import pwd
import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from courseware.course import model, permissions
from courseware.store import schema, schema_audit

_T, _P, _C = schema_audit.access_record, schema.person, schema.course
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HIDDEN = "…"
AGAIN = datetime.timedelta(hours=1)
"""The same refusal within this time of the last is counted in its row, so that nobody fills the table."""
_COMMAND = "command"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Record:
    """One use of a right, or one refusal. `place` is what stood in the address, by its names in the route;
    `status` is None while nobody knows yet how it ends.
    """

    at: datetime.datetime
    action: permissions.Action
    method: str
    route: str
    allowed: bool
    status: int | None
    place: Mapping[str, str] = dataclasses.field(default_factory=dict)
    request: str = ""
    repeated: bool = False
    person_id: int | None = None
    credential: str | None = None
    ceiling: str | None = None
    system_user: str | None = None
    course_id: int | None = None
    role: str | None = None
    at_most: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows: of a course, of a person, of one right, since a moment, refused ones only; None is any."""

    course: model.Course | None = None
    person: model.Person | None = None
    action: permissions.Action | None = None
    since: datetime.datetime | None = None
    refused: bool = False


def insert(connection: sa.Connection, record: Record) -> int:
    """Write a row in the caller's transaction; its key."""
    made = connection.execute(_T.insert().values(**_values(connection, record), last=record.at))
    (key,) = made.inserted_primary_key or (0,)
    return int(key)


def count(connection: sa.Connection, record: Record) -> None:
    """Write a refusal; one that was just written is counted once more instead."""
    values = _values(connection, record)
    same = [_T.c[name].is_not_distinct_from(values[name]) for name in _SAME]
    recent = sa.select(sa.func.max(_T.c.id)).where(*same, _T.c.last >= record.at - AGAIN)
    again = {"times": _T.c.times + 1, "last": record.at}
    if connection.execute(_T.update().where(_T.c.id == recent.scalar_subquery()).values(again)).rowcount:
        return
    connection.execute(_T.insert().values(**values, last=record.at))


_SAME = ("person_id", "course_id", "action", "method", "route", "place", "status", "allowed", "credential")


def settle(connection: sa.Connection, key: int, *, status: int, repeated: bool) -> None:
    """Say how something ended that was begun."""
    connection.execute(_T.update().where(_T.c.id == key).values(status=status, repeated=repeated))


def remove(connection: sa.Connection, key: int) -> None:
    """Take a row away whose deed was not done."""
    connection.execute(_T.delete().where(_T.c.id == key))


def by_command(
    connection: sa.Connection,
    command: str,
    action: permissions.Action,
    course: model.Course,
    *,
    now: datetime.datetime,
) -> None:
    """Write that somebody used a right by a command on the machine itself."""
    insert(
        connection,
        Record(
            at=now,
            action=action,
            method=_COMMAND,
            route=f"courseware {command}",
            allowed=True,
            status=200,
            system_user=_system_user(),
            course_id=course.id,
        ),
    )


def tidy(connection: sa.Connection, before: datetime.datetime, *, most: int) -> int:
    """Take away so many rows at most that are older than this; how many it were."""
    old = sa.select(_T.c.id).where(_T.c.last < before).order_by(_T.c.last).limit(most)
    return connection.execute(_T.delete().where(_T.c.id.in_(old))).rowcount


def newest(
    connection: sa.Connection, wanted: Wanted, until: datetime.datetime, *, limit: int
) -> list[sa.Row[Any]]:
    """Rows up to a moment, newest first, with the names of person and course."""
    query = sa.select(_T, _P.c.username, _P.c.public.label("person_public"), _C.c.slug)
    query = query.outerjoin(_P, _P.c.id == _T.c.person_id).outerjoin(_C, _C.c.id == _T.c.course_id)
    query = query.where(_T.c.at <= until)
    if wanted.course is not None:
        query = query.where(_T.c.course_id == wanted.course.id)
    if wanted.person is not None:
        query = query.where(_T.c.person_id == wanted.person.id)
    if wanted.action is not None:
        query = query.where(_T.c.action == wanted.action.name)
    if wanted.since is not None:
        query = query.where(_T.c.at >= wanted.since)
    if wanted.refused:
        query = query.where(_T.c.allowed.is_(False))
    return list(connection.execute(query.order_by(_T.c.at.desc(), _T.c.id.desc()).limit(limit)))


def _values(connection: sa.Connection, record: Record) -> dict[str, Any]:
    """A record as its columns."""
    told = {each.name: getattr(record, each.name) for each in dataclasses.fields(record)}
    return {
        **told,
        "action": record.action.name,
        "route": record.route[:200],
        "request": record.request[:64],
        "place": _placed(connection, record.place)[:400],
    }


def _placed(connection: sa.Connection, place: Mapping[str, str]) -> str:
    """What stood in an address, as one line. People are in it by their public id alone: a user name would be
    there still when the person is erased.
    """
    found = {name: value if _NAME.fullmatch(value) else _HIDDEN for name, value in place.items()}
    if "p" in found and not found["p"].startswith("per_"):
        known = sa.select(_P.c.public).where(_P.c.username == place["p"])
        found["p"] = connection.execute(known).scalar() or _HIDDEN
    return " ".join(f"{name}={value}" for name, value in found.items())


def _system_user() -> str:
    """Who runs this process, as the system knows them; a variable of the environment could say anybody."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name[:128]
    except KeyError:
        return f"user {number}"
