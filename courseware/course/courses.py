"""The table of courses."""

import datetime
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import manifest, model
from courseware.store import ids, journal, schema

_T, _M = schema.course, schema.membership
_IS_NAMED = (_T.c.slug == sa.bindparam("wanted")) | (_T.c.public == sa.bindparam("wanted"))
_NAMED = sa.select(_T).where(_IS_NAMED)
_BY_ID = sa.select(_T).where(_T.c.id == sa.bindparam("key"))
_PAUSED = sa.select(_T.c.paused).where(_T.c.id == sa.bindparam("key"))
_IN_IT = (_M.c.course_id == _T.c.id) & (_M.c.person_id == sa.bindparam("person")) & _M.c.ended.is_(None)
_ENTERED = sa.select(_T, _M.c.role, _M.c.until).select_from(_T.outerjoin(_M, _IN_IT))
Question = sa.Select[Any]
BY_NAME: Question = _ENTERED.where(_IS_NAMED)
"""Which course has this slug or public id, and what somebody is in it; for `entered`."""


def put(
    connection: sa.Connection, parsed: manifest.Manifest, text: str, *, now: datetime.datetime
) -> model.Course:
    """Make the course of a manifest, or bring it up to it."""
    values = {"title": parsed.title, "time_zone": parsed.time_zone, "manifest": text}
    row = connection.execute(sa.select(_T).where(_T.c.slug == parsed.slug)).one_or_none()
    if row is None:
        public = ids.new("crs")
        connection.execute(_T.insert().values(public=public, slug=parsed.slug, created=now, **values))
        made = find(connection, parsed.slug)
        journal.append(connection, "course.created", public, now=now, course_id=made.id)
        return made
    if row.manifest != text:
        connection.execute(_T.update().where(_T.c.id == row.id).values(**values))
        journal.append(connection, "course.changed", row.public, now=now, course_id=row.id)
    return find(connection, parsed.slug)


def find(connection: sa.Connection, name: str) -> model.Course:
    """The course with this slug or public id.

    Raises:
        UserError: there is none.
    """
    row = connection.execute(_NAMED, {"wanted": name}).one_or_none()
    if row is None:
        message = f"There is no course {name[:80]!r} here, or it is not open to you."
        raise errors.UserError(message, code="not-found")
    return _course(row)


def entering(course: sa.Select[tuple[int]]) -> Question:
    """The same of the course whose key a query finds for what it calls `wanted`."""
    return _ENTERED.where(_T.c.id == course.scalar_subquery())


def entered(
    connection: sa.Connection,
    question: Question,
    wanted: str,
    person: model.Person,
    *,
    now: datetime.datetime,
) -> tuple[model.Course, model.Role | None] | None:
    """The course that is asked for, and somebody's role in it now, if any; None if there is no such course.
    One question, since every request asks it.
    """
    row = connection.execute(question, {"wanted": wanted, "person": person.id}).one_or_none()
    return None if row is None else (_course(row), model.held(row.role, row.until, now))


def by_id(connection: sa.Connection, key: int) -> model.Course:
    """The course of another row."""
    return _course(connection.execute(_BY_ID, {"key": key}).one())


def paused(connection: sa.Connection, course: model.Course) -> datetime.datetime | None:
    """Since when nothing of a course is graded; None if it is."""
    since: datetime.datetime | None = connection.execute(_PAUSED, {"key": course.id}).scalar_one()
    return since


def pause(connection: sa.Connection, course: model.Course, *, since: datetime.datetime | None) -> None:
    """Have nothing of a course graded from a moment on, or have it graded again."""
    connection.execute(_T.update().where(_T.c.id == course.id).values(paused=since))


def everything(connection: sa.Connection) -> list[model.Course]:
    """All courses by title."""
    return [_course(row) for row in connection.execute(sa.select(_T).order_by(_T.c.title))]


def _course(row: sa.Row[tuple[object, ...]]) -> model.Course:
    told = row._mapping
    return model.Course(
        id=told["id"],
        public=told["public"],
        slug=told["slug"],
        title=told["title"],
        time_zone=told["time_zone"],
        manifest=told["manifest"],
    )
