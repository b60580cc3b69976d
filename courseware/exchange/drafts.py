"""Kept copies: work that is no submission, one per person and lesson, to go on with on another machine."""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import publish, receive, storage
from courseware.store import blobs as blobs_store
from courseware.store import database, schema

_T = schema.draft


@dataclasses.dataclass(frozen=True, kw_only=True)
class Draft:
    """A kept copy."""

    release: int
    files: tuple[exchange_model.FileEntry, ...]
    kept: datetime.datetime


def keep(
    db: database.Database,
    blobs: blobs_store.Blobs,
    viewer: model.Viewer,
    lesson: model.Lesson,
    upload: exchange_model.Upload,
    *,
    now: datetime.datetime,
    usual: int = 0,
) -> Draft:
    """Keep a copy in place of the one before; `usual` is the quota of courses that have none of their own.

    Raises:
        UserError: files that cannot be taken, or the course may not keep so much.
    """
    given = receive.checked(upload.files, course=viewer.course.slug, lesson=lesson.slug)
    course = viewer.course.id
    with db.read() as connection:
        storage.check(connection, course, list(given.values()), purpose="copy", usual=usual)
    files = publish.keep(blobs, given)
    values: dict[str, object] = {
        "release_number": upload.release,
        "files": exchange_model.entries_to_json(files),
        "kept": now,
    }
    same = sa.case(
        (_T.c.release_number == upload.release, _T.c.since), else_=sa.literal(now, _T.c.since.type)
    )
    mine = (_T.c.person_id == viewer.person.id) & (_T.c.lesson_id == lesson.id)
    with db.write() as connection:
        people.hold(connection, viewer.person)
        database.lock(connection, f"draft {viewer.person.id} {lesson.id}")
        storage.take(connection, course, files, purpose="copy", usual=usual)
        if connection.execute(_T.update().where(mine).values(**values, since=same)).rowcount == 0:
            values |= {"person_id": viewer.person.id, "lesson_id": lesson.id, "since": now}
            connection.execute(_T.insert().values(**values))
    return Draft(release=upload.release, files=files, kept=now)


def kept(connection: sa.Connection, person_id: int, lesson_id: int) -> datetime.datetime | None:
    """When somebody kept a copy of a lesson, if they did."""
    mine = (_T.c.person_id == person_id) & (_T.c.lesson_id == lesson_id)
    return connection.execute(sa.select(_T.c.kept).where(mine)).scalar()


def dated(connection: sa.Connection, person_id: int, lesson_id: int) -> tuple[int, datetime.datetime] | None:
    """The number of the release that somebody keeps a copy of, and since when they do: kept again, it is no
    newer.
    """
    mine = (_T.c.person_id == person_id) & (_T.c.lesson_id == lesson_id)
    row = connection.execute(sa.select(_T.c.release_number, _T.c.since).where(mine)).one_or_none()
    return (row.release_number, row.since) if row else None


def by_release(connection: sa.Connection, lesson_id: int) -> dict[int, int]:
    """How many people keep a copy of each release of a lesson, by its number."""
    asked = sa.select(_T.c.release_number, sa.func.count()).where(_T.c.lesson_id == lesson_id)
    return {number: count for number, count in connection.execute(asked.group_by(_T.c.release_number))}


def find(connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson) -> Draft:
    """The viewer's kept copy.

    Raises:
        UserError: there is none.
    """
    mine = (_T.c.person_id == viewer.person.id) & (_T.c.lesson_id == lesson.id)
    row = connection.execute(sa.select(_T).where(mine)).one_or_none()
    if row is None:
        raise errors.UserError("No copy of this lesson is kept in the course.", code="not-found")
    return Draft(release=row.release_number, files=exchange_model.entries_from_json(row.files), kept=row.kept)
