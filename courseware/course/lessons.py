"""The table of lessons, kept as the manifest lists them."""

import datetime
from typing import cast

import sqlalchemy as sa

from courseware import errors
from courseware.course import dates, manifest, model
from courseware.store import ids, journal, schema

_T = schema.lesson
# Built once: nearly every request about a lesson asks it.
_NAMED = sa.select(_T).where(
    (_T.c.course_id == sa.bindparam("course"))
    & ((_T.c.slug == sa.bindparam("name")) | (_T.c.public == sa.bindparam("name")))
)


def sync(
    connection: sa.Connection, course: model.Course, parsed: manifest.Manifest, *, now: datetime.datetime
) -> None:
    """Make and change lessons as the manifest says. A lesson that it no longer lists stays, after the listed
    ones: work hangs on it.
    """
    known = {row.slug: row for row in connection.execute(sa.select(_T).where(_T.c.course_id == course.id))}
    for position, entry in enumerate(parsed.lessons):
        values = {"title": entry.title, "position": position, "marks_policy": entry.marks}
        row = known.pop(entry.slug, None)
        if row is None:
            public = ids.new("les")
            connection.execute(
                _T.insert().values(public=public, course_id=course.id, slug=entry.slug, **values)
            )
            journal.append(connection, "lesson.created", public, now=now, course_id=course.id)
        else:
            connection.execute(_T.update().where(_T.c.id == row.id).values(**values))
        dates.put(connection, find(connection, course, entry.slug).id, entry.dates)
    for offset, row in enumerate(known.values()):
        connection.execute(_T.update().where(_T.c.id == row.id).values(position=len(parsed.lessons) + offset))
    dates.rewrite(connection, course)


def find(connection: sa.Connection, course: model.Course, slug: str) -> model.Lesson:
    """The lesson of this name.

    Raises:
        UserError: there is none.
    """
    row = connection.execute(_NAMED, {"course": course.id, "name": slug}).one_or_none()
    if row is None:
        raise errors.UserError(f"There is no lesson {slug[:80]!r} in this course.", code="not-found")
    return _lesson(row)


def by_id(connection: sa.Connection, key: int) -> model.Lesson:
    """The lesson of another row."""
    return _lesson(connection.execute(sa.select(_T).where(_T.c.id == key)).one())


def of_course(connection: sa.Connection, course: model.Course) -> list[model.Lesson]:
    """All lessons in order."""
    rows = connection.execute(sa.select(_T).where(_T.c.course_id == course.id).order_by(_T.c.position))
    return [_lesson(row) for row in rows]


def release_marks(
    connection: sa.Connection, lesson: model.Lesson, *, by: model.Person, now: datetime.datetime
) -> None:
    """Show the marks of a lesson whose policy is to wait for this; marks that are shown stay shown since the
    first time.
    """
    waiting = (_T.c.id == lesson.id) & _T.c.marks_released.is_(None)
    connection.execute(_T.update().where(waiting).values(marks_released=now))
    journal.append(
        connection, "marks.released", lesson.public, now=now, course_id=lesson.course_id, actor_id=by.id
    )


def _lesson(row: sa.Row[tuple[object, ...]]) -> model.Lesson:
    told = row._mapping
    return model.Lesson(
        id=told["id"],
        public=told["public"],
        course_id=told["course_id"],
        slug=told["slug"],
        title=told["title"],
        position=told["position"],
        marks_policy=cast(model.MarksPolicy, told["marks_policy"]),
        marks_released=told["marks_released"],
    )
