"""The table of visits: when somebody was here, and when before that.

In: a person, a course and a moment. Out: the visit that goes on then. A visit ends after half an hour of
silence; the end of the one before is kept, so that what is new since then can be told. Only loading a page
or a panel is presence, asking again and again in the background is not. A visit is written at most once a
minute.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware.course import model
from courseware.store import database, schema_progress

_T = schema_progress.visit
SILENCE = datetime.timedelta(minutes=30)
EVERY = datetime.timedelta(minutes=1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Visit:
    """A stay in a course; `before` is the end of the one before, None on the first."""

    began: datetime.datetime
    last: datetime.datetime
    before: datetime.datetime | None


def going_on(known: Visit | None, now: datetime.datetime) -> Visit:
    """The visit of somebody who is here now, after the one that was noted last."""
    if known is None:
        return Visit(began=now, last=now, before=None)
    if now - known.last > SILENCE:
        return Visit(began=now, last=now, before=known.last)
    return dataclasses.replace(known, last=max(known.last, now))


def is_due(known: Visit | None, now: datetime.datetime) -> bool:
    """Whether being here now has to be written: at most once a minute."""
    return known is None or now - known.last >= EVERY


def find(connection: sa.Connection, viewer: model.Viewer) -> Visit | None:
    """The visit that was noted last."""
    row = connection.execute(sa.select(_T).where(_mine(viewer))).one_or_none()
    return Visit(began=row.began, last=row.last, before=row.before) if row else None


def note(connection: sa.Connection, viewer: model.Viewer, *, now: datetime.datetime) -> Visit:
    """Write that somebody is here, and say in which visit."""
    # Two first pages at once are one visit.
    database.lock(connection, f"visit {viewer.person.id} {viewer.course.id}")
    known = find(connection, viewer)
    visit = going_on(known, now)
    values = dataclasses.asdict(visit)
    if known is None:
        place = {"person_id": viewer.person.id, "course_id": viewer.course.id}
        connection.execute(_T.insert().values(**place, **values))
    elif visit != known:
        connection.execute(_T.update().where(_mine(viewer)).values(**values))
    return visit


def _mine(viewer: model.Viewer) -> sa.ColumnElement[bool]:
    """The row of this person in this course."""
    return (_T.c.person_id == viewer.person.id) & (_T.c.course_id == viewer.course.id)
