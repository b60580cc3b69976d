"""What a person may get of a lesson: a release that is open to them, and its files by path.

No route takes a hash: a file is asked for by release and path, so that nobody reads what they may not by
knowing its hash.
"""

import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import dates, model, people, schedule
from courseware.exchange import drafts, releases, submissions
from courseware.exchange import model as exchange_model
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
    """The release of this number, or the newest that is offered. One that is withdrawn only those still get
    who teach, or whose work on it was here before: an update of their copy is merged with what it was made
    from. Work that comes later proves nothing, for the number in it is the sender's word.

    Raises:
        UserError: the lesson is not open, or has no such release.
    """
    check_open(connection, viewer, lesson, now=now)
    if number is not None:
        found, gone = releases.find_dated(connection, lesson.id, number)
        if viewer.is_staff or gone is None or _had(connection, viewer, found, before=gone):
            return found
        raise _withdrawn(number)
    choose = releases.in_force if viewer.is_staff else releases.offered
    newest = choose(connection, lesson.id)
    if newest is None:
        if releases.keys_of_lesson(connection, lesson.id):
            raise errors.UserError(
                f"The lesson {lesson.title!r} was withdrawn. What you have of it you can still hand in.",
                code="not-found",
            )
        raise errors.UserError(f"The lesson {lesson.title!r} has not been released yet.", code="not-found")
    return newest


def base(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    number: int,
    *,
    opens: datetime.datetime | None,
) -> exchange_model.Release:
    """The release that work is made from. One that is withdrawn counts for whom the lesson was open before:
    they may have a copy of it, but not who came to the course later.

    Raises:
        UserError: there is none of this number, or it was never offered to the viewer.
    """
    found, gone = releases.find_dated(connection, lesson.id, number)
    if gone is None or viewer.is_staff:
        return found
    came = people.since(connection, viewer.course, viewer.person)
    if gone <= max(came, opens or came):
        raise _withdrawn(number)
    return found


def _withdrawn(number: int) -> errors.UserError:
    return errors.UserError(f"Release {number} was withdrawn. Get the lesson again.", code="not-found")


def _had(
    connection: sa.Connection,
    viewer: model.Viewer,
    found: exchange_model.Release,
    *,
    before: datetime.datetime,
) -> bool:
    """Whether somebody's work on a release was here before a moment at which they could still get it."""
    mine = submissions.of_person(connection, viewer.person.id, found.lesson_id)
    copy = drafts.dated(connection, viewer.person.id, found.lesson_id)
    handed_in = any(each.release_id == found.id and each.received < before for each in mine)
    return handed_in or (copy is not None and copy[0] == found.number and copy[1] < before)


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
