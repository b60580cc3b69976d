"""The table of courses."""

import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import manifest, model
from courseware.store import ids, journal, schema

_T, _M = schema.course, schema.membership
_IS_NAMED = (_T.c.slug == sa.bindparam("wanted")) | (_T.c.public == sa.bindparam("wanted"))
_NAMED = sa.select(_T).where(_IS_NAMED)
_IN_IT = (_M.c.course_id == _T.c.id) & (_M.c.person_id == sa.bindparam("person")) & _M.c.ended.is_(None)
_ENTERED = sa.select(_T, _M.c.role, _M.c.until).select_from(_T.outerjoin(_M, _IN_IT))
_ENTERED_BY_NAME = _ENTERED.where(_IS_NAMED)
_ENTERED_BY_KEY = _ENTERED.where(_T.c.id == sa.bindparam("wanted"))


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
        raise _unknown(name)
    return _course(row)


def entered(
    connection: sa.Connection, wanted: str | int, person: model.Person, *, now: datetime.datetime
) -> tuple[model.Course, model.Role | None]:
    """The course with this slug or public id, or of another row, and somebody's role in it now, if any; in
    one question, since every request asks it.

    Raises:
        UserError: there is none.
    """
    query = _ENTERED_BY_NAME if isinstance(wanted, str) else _ENTERED_BY_KEY
    row = connection.execute(query, {"wanted": wanted, "person": person.id}).one_or_none()
    if row is None:
        raise _unknown(str(wanted))
    return _course(row), model.held(row.role, row.until, now)


def by_id(connection: sa.Connection, key: int) -> model.Course:
    """The course of another row."""
    return _course(connection.execute(sa.select(_T).where(_T.c.id == key)).one())


def everything(connection: sa.Connection) -> list[model.Course]:
    """All courses by title."""
    return [_course(row) for row in connection.execute(sa.select(_T).order_by(_T.c.title))]


def _unknown(name: str) -> errors.UserError:
    return errors.UserError(
        f"There is no course {name[:80]!r} here, or it is not open to you.", code="not-found"
    )


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
