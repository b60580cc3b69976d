"""The table of mail that came in: what was taken once is not taken again.

In: a mail's fingerprint and what was decided. Out: rows. The text is kept only while somebody has to look at
it or confirm it, 30 days at most.
"""

import dataclasses
import datetime
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import duties, model
from courseware.store import ids, schema, schema_notices

_T, _M = schema_notices.received_mail, schema.membership
KEPT = datetime.timedelta(days=30)
Row = sa.RowMapping


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept of a mail that waits."""

    sender: str
    subject: str
    text: str


def known(connection: sa.Connection, fingerprint: str) -> bool:
    """Whether this mail was taken before."""
    return connection.execute(sa.select(_T.c.id).where(_T.c.fingerprint == fingerprint)).first() is not None


def insert(
    connection: sa.Connection,
    fingerprint: str,
    values: Mapping[str, Any],
    *,
    kept: Kept | None,
    now: datetime.datetime,
) -> str:
    """Note a mail; its public id."""
    public = ids.new("rcv")
    connection.execute(
        _T.insert().values(
            public=public,
            fingerprint=fingerprint,
            received=now,
            kept=json.dumps(dataclasses.asdict(kept)) if kept else None,
            **values,
        )
    )
    return public


def find(connection: sa.Connection, public: str) -> Row:
    """A mail of this public id.

    Raises:
        UserError: there is none.
    """
    row = connection.execute(sa.select(_T).where(_T.c.public == public)).mappings().one_or_none()
    if row is None:
        raise errors.UserError("There is no such mail.", code="not-found")
    return row


def kept(row: Row) -> Kept:
    """What is kept of a mail.

    Raises:
        UserError: nothing any more.
    """
    if row["kept"] is None:
        raise errors.UserError("The text of this mail is not kept any more.", code="gone")
    return Kept(**json.loads(row["kept"]))


def filed(connection: sa.Connection, viewer: model.Viewer) -> list[Row]:
    """Mail that waits for staff of a course, newest first; a grader who is limited to some people's sees
    theirs.
    """
    mine = (_T.c.state == "filed") & (_T.c.course_id == viewer.course.id) & _looked_after(viewer)
    query = sa.select(_T).where(mine & _T.c.kept.is_not(None)).order_by(_T.c.id.desc()).limit(100)
    return list(connection.execute(query).mappings())


def looks_after(connection: sa.Connection, viewer: model.Viewer, row: Row) -> bool:
    """Whether a mail is one that this member of staff looks after."""
    mine = (_T.c.id == row["id"]) & (_T.c.course_id == viewer.course.id) & _looked_after(viewer)
    return connection.execute(sa.select(_T.c.id).where(mine)).first() is not None


def _looked_after(viewer: model.Viewer) -> sa.ColumnElement[bool]:
    """What becomes of mail belongs to no lesson."""
    return duties.held(viewer.role, viewer.course.id, viewer.person.id, lesson=None, person=_T.c.person_id)


def filed_since(connection: sa.Connection, course_id: int, since: datetime.datetime) -> int:
    """How much was filed for a course since a moment."""
    mine = (_T.c.course_id == course_id) & (_T.c.state == "filed") & (_T.c.received > since)
    return int(connection.execute(sa.select(sa.func.count()).select_from(_T).where(mine)).scalar_one())


def settle(
    connection: sa.Connection, row: Row, state: str, *, thread: str | None, now: datetime.datetime
) -> None:
    """Decide about a mail that waited, once; its text goes.

    Raises:
        UserError: it was decided before.
    """
    waiting = (_T.c.id == row["id"]) & (_T.c.state == row["state"]) & _T.c.decided.is_(None)
    done = connection.execute(
        _T.update().where(waiting).values(state=state, thread=thread, kept=None, decided=now)
    )
    if done.rowcount != 1:
        raise errors.UserError("Somebody decided about this mail before.", code="conflict")


def tidy(connection: sa.Connection, now: datetime.datetime) -> None:
    """Keep no text for longer than 30 days."""
    old = (_T.c.received < now - KEPT) & _T.c.kept.is_not(None)
    connection.execute(_T.update().where(old).values(kept=None))
