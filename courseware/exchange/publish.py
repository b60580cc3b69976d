"""Publish a release: bytes first, then the row that names them, and the news in the same transaction."""

import datetime
import hashlib
from collections.abc import Callable, Mapping

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.exchange import model, releases, storage
from courseware.store import blobs as blobs_store
from courseware.store import database, journal

MOST_NOTES = 4000
Claim = Callable[[sa.Connection], None]
"""What has to hold in the transaction that writes a release; raises where it does not."""


def unclaimed(connection: sa.Connection) -> None:
    """The claim of a release that waits for nothing."""


def keep(blobs: blobs_store.Blobs, given: Mapping[str, bytes]) -> tuple[model.FileEntry, ...]:
    """Keep files and list them."""
    return tuple(
        model.FileEntry(path=path, sha256=blobs.put(data), size=len(data))
        for path, data in sorted(given.items())
    )


def publish(
    db: database.Database,
    blobs: blobs_store.Blobs,
    lesson: course_model.Lesson,
    bundle: model.Bundle,
    *,
    by: course_model.Person | None,
    now: datetime.datetime,
    usual: int = 0,
    claim: Claim = unclaimed,
) -> model.Release:
    """Keep the files of a release and write it, if `claim` lets it; `usual` is the quota of courses that have
    none of their own.

    Raises:
        UserError: the course may not keep so much, or the claim's.
    """
    with db.read() as connection:
        both = [*bundle.student.values(), *bundle.instructor.values()]
        storage.check(connection, lesson.course_id, both, purpose="staff", usual=usual)
    student, instructor = keep(blobs, bundle.student), keep(blobs, bundle.instructor)
    with db.write() as connection:
        releases.lock(connection, lesson.id)
        claim(connection)
        kept = (*student, *instructor)
        storage.take(connection, lesson.course_id, kept, purpose="staff", usual=usual)
        release = releases.insert(
            connection,
            lesson.id,
            bundle,
            student=student,
            instructor=instructor,
            by=by.id if by else None,
            now=now,
        )
        _announce(connection, lesson, release, by, now)
    return release


def note(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    release: model.Release,
    notes: str,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Say something else to students about a release. The journal keeps which text it was before, by a hash:
    it holds no words of anybody's.
    """
    before = hashlib.sha256(release.notes.encode()).hexdigest()
    releases.note(connection, release.id, notes.strip()[:MOST_NOTES])
    journal.append(
        connection,
        "release.noted",
        release.public,
        now=now,
        course_id=lesson.course_id,
        actor_id=by.id,
        data={"lesson": lesson.public, "number": release.number, "before": before},
    )


def _announce(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    release: model.Release,
    by: course_model.Person | None,
    now: datetime.datetime,
) -> None:
    journal.append(
        connection,
        "release.published",
        release.public,
        now=now,
        course_id=lesson.course_id,
        actor_id=by.id if by else None,
        data={"lesson": lesson.public, "number": release.number},
    )
