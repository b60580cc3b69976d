"""Hand in work: everything is on disk before the receipt is given out, and sending twice is one submission.
Who lost a receipt gets it by sending the same again, also when the lesson has closed meanwhile.

In: an upload of somebody who may hand in. Out: the submission and its signed receipt. Refused: work that
is not taken now (`allowed` says why), a release that does not exist, files that cannot be taken, none of the
notebooks of the release. What happens next (grading) goes through the `enqueue` that is handed in, in the
same transaction.
"""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import lessons, model, people, schedule
from courseware.exchange import allowed, fetch, keys, publish, receipts, receive, storage, submissions
from courseware.exchange import model as exchange_model
from courseware.store import blobs as blobs_store
from courseware.store import database, journal

_OLDEST = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
Enqueue = Callable[[sa.Connection, "Taken", datetime.datetime], None]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Received:
    """What came of an upload, of which lesson; `release` is None where it had come before."""

    submission: exchange_model.Submission
    receipt: dict[str, Any]
    lesson: model.Lesson
    release: exchange_model.Release | None

    @property
    def fresh(self) -> bool:
        """Whether it had not come before."""
        return self.release is not None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Taken:
    """A hand-in that was just written, and of which lesson: what comes next need not read it again."""

    submission: exchange_model.Submission
    lesson: model.Lesson


@dataclasses.dataclass(frozen=True, kw_only=True)
class Desk:
    """What handing in needs: where things are kept, who signs, and what is to happen next. `usual` is the
    quota of courses that have none of their own.
    """

    database: database.Database
    blobs: blobs_store.Blobs
    keys: keys.Ring
    enqueue: Enqueue
    usual: int = 0


def receive_upload(
    desk: Desk,
    viewer: model.Viewer,
    lesson_name: str,
    upload: exchange_model.Upload,
    *,
    now: datetime.datetime,
) -> Received:
    """Keep an upload and answer with its receipt.

    Raises:
        UserError: it cannot be taken; nothing is kept.
        Temporary: disk or course full, or database away; the same upload can be sent again.
    """
    if not 1 <= len(upload.client_key) <= 80:
        raise errors.UserError(
            "A hand-in needs an Idempotency-Key of 1 to 80 characters.", code="bad-request"
        )
    upload = dataclasses.replace(upload, worked=claimed(upload.worked, now))
    with desk.database.read() as connection:
        lesson = lessons.find(connection, viewer.course, lesson_name)
        known = submissions.by_key(connection, viewer.person.id, upload.client_key)
        place = None if known else _place(desk, connection, viewer, lesson, upload, now=now)
    files = receive.checked(upload.files, course=viewer.course.slug, lesson=lesson.slug)
    if place is not None:
        receive.check_expected(files, place.release.notebooks)
        _check_room(desk, viewer.course, place.room, list(files.values()))
    kept = publish.keep(desk.blobs, files)
    with desk.database.write() as connection:
        people.hold_alone(connection, viewer.person)
        before = submissions.by_key(connection, viewer.person.id, upload.client_key)
        if before is not None:
            return _again(connection, same(before, lesson, kept), lesson)
        # What was there a moment ago can be gone only with a course that is restored meanwhile.
        place = place or _place(desk, connection, viewer, lesson, upload, now=now)
        return _first(desk, connection, viewer, place, upload, kept=kept, now=now)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Place:
    """What an upload is for: its lesson and release, and the dates that hold for who sends it; what the
    course keeps and may keep.
    """

    lesson: model.Lesson
    release: exchange_model.Release
    holds: model.Dates
    room: storage.Storage


def _place(
    desk: Desk,
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    upload: exchange_model.Upload,
    *,
    now: datetime.datetime,
) -> _Place:
    """Where an upload belongs, if it is taken now."""
    holds = allowed.check(connection, viewer, lesson, now=now)
    return _Place(
        lesson=lesson,
        holds=holds,
        release=fetch.base(connection, viewer, lesson, upload.release, opens=holds.opens),
        room=storage.of_course(connection, viewer.course.id, usual=desk.usual),
    )


def _check_room(desk: Desk, course: model.Course, room: storage.Storage, sent: list[bytes]) -> None:
    """Refuse what the course has no room for, before it is kept; nearly always it has."""
    if not room.fits(sum(map(len, sent)), "hand-in"):
        with desk.database.read() as connection:
            storage.check(connection, course.id, sent, purpose="hand-in", usual=desk.usual)


def claimed(worked: datetime.datetime | None, now: datetime.datetime) -> datetime.datetime | None:
    """The time of work as it is kept: never after now, and none where it cannot be. It is a claim by which
    nothing is decided, and often of a machine whose clock is wrong, so it never stops a hand-in.
    """
    if worked is None or worked.tzinfo is None or worked < _OLDEST:
        return None
    return min(worked, now)


def same(
    before: exchange_model.Submission, lesson: model.Lesson, kept: tuple[exchange_model.FileEntry, ...]
) -> exchange_model.Submission:
    """What came before under the same key, if it is the same.

    Raises:
        UserError: it is of another lesson, or holds other files.
    """
    if before.content_hash != exchange_model.content_hash(kept) or before.lesson_id != lesson.id:
        raise errors.UserError(
            "This Idempotency-Key was used for another hand-in. Use a fresh one.", code="conflict"
        )
    return before


def _again(connection: sa.Connection, before: exchange_model.Submission, lesson: model.Lesson) -> Received:
    """The answer to an upload that came before under the same key."""
    known = receipts.of_submission(connection, before.id)
    return Received(submission=before, receipt=known, lesson=lesson, release=None)


def _first(
    desk: Desk,
    connection: sa.Connection,
    viewer: model.Viewer,
    place: _Place,
    upload: exchange_model.Upload,
    *,
    kept: tuple[exchange_model.FileEntry, ...],
    now: datetime.datetime,
) -> Received:
    """Write submission, receipt, news and the work to be done.

    Only one hand-in of the person is here at a time. Of the course, others are too, up to what has to be in
    order: its receipts, and what it keeps. That comes last, so that nobody waits long for it.
    """
    lesson, release = place.lesson, place.release
    allowed.check_left(connection, viewer, lesson, now=now)
    submission = submissions.insert(
        connection,
        person=viewer.person,
        lesson_id=lesson.id,
        release_id=release.id,
        upload=upload,
        files=kept,
        received=now,
        late_seconds=schedule.late_seconds(place.holds, now),
    )
    _note(connection, viewer, lesson, submission, now=now)
    desk.enqueue(connection, Taken(submission=submission, lesson=lesson), now)
    course = viewer.course
    submission, given = signed(
        desk, connection, course, viewer.person, submission, lesson=lesson.slug, release=release.number
    )
    storage.take(connection, course.id, kept, purpose="hand-in", usual=desk.usual)
    return Received(submission=submission, receipt=given, lesson=lesson, release=release)


def signed(
    desk: Desk,
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    submission: exchange_model.Submission,
    *,
    lesson: str,
    release: int,
) -> tuple[exchange_model.Submission, dict[str, Any]]:
    """A submission with its receipt, which follows the last one of the course; others of the course wait.

    The time in the receipt never runs backwards, so that receipts are in order. What is on time is judged by
    the clock alone: one that once stood ahead must not close the course for everybody after it.
    """
    database.lock(connection, f"receipts {course.id}")
    follows = receipts.following(connection, course)
    if follows.last and follows.last.received > submission.received:
        submission = submissions.received_later(connection, submission, follows.last.received)
    made = receipts.append(
        connection,
        course,
        person,
        submission,
        lesson=lesson,
        release=release,
        ring=desk.keys,
        follows=follows,
    )
    return submission, made


def _note(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    submission: exchange_model.Submission,
    *,
    now: datetime.datetime,
) -> None:
    """The news of it."""
    journal.append(
        connection,
        "submission.received",
        submission.public,
        now=now,
        course_id=viewer.course.id,
        actor_id=viewer.person.id,
        data={"lesson": lesson.public, "content": submission.content_hash},
    )
