"""What a person may get of a lesson: a release that is open to them, and its files by path.

No route takes a hash: a file is asked for by release and path, so that nobody reads what they may not by
knowing its hash.
"""

import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import dates, model, schedule
from courseware.exchange import model as exchange_model
from courseware.exchange import releases
from courseware.store import blobs as blobs_store


def check_open(
    connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson, *, now: datetime.datetime
) -> model.Dates:
    """The dates that hold for the viewer.

    Raises:
        UserError: the lesson is not open to them yet. Staff may always look.
    """
    holds = dates.effective(connection, viewer.person.id, lesson.id)
    if not viewer.is_staff and schedule.state(holds, now) == "not-open":
        message = f"The lesson {lesson.title!r} is not open yet. {holds.locked}".strip()
        raise errors.UserError(message, code="not-found")
    return holds


def release(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    number: int | None,
    *,
    now: datetime.datetime,
) -> exchange_model.Release:
    """The release of this number, or the newest.

    Raises:
        UserError: the lesson is not open, or has no such release.
    """
    check_open(connection, viewer, lesson, now=now)
    if number is not None:
        return releases.find(connection, lesson.id, number)
    found = releases.newest(connection, lesson.id)
    if found is None:
        raise errors.UserError(f"The lesson {lesson.title!r} has not been released yet.", code="not-found")
    return found


def file(blobs: blobs_store.Blobs, found: exchange_model.Release, path: str) -> bytes:
    """The bytes of a file as students get it.

    Raises:
        UserError: the release has no such file.
    """
    return blobs.get(entry(found, path).sha256)


def entry(found: exchange_model.Release, path: str) -> exchange_model.FileEntry:
    """A file as students get it, by its path.

    Raises:
        UserError: the release has no such file.
    """
    for each in found.student:
        if each.path == path:
            return each
    raise errors.UserError(f"Release {found.number} has no file {path[:80]!r}.", code="not-found")
