"""The log of receipts of a course: append only, each naming the hash of the one before."""

import dataclasses
import datetime
import json
from typing import Any

import sqlalchemy as sa

from courseware import errors, receipt
from courseware.course import model
from courseware.exchange import keys
from courseware.exchange import model as exchange_model
from courseware.store import schema

_T = schema.receipt


@dataclasses.dataclass(frozen=True, kw_only=True)
class Last:
    """The latest receipt of a course; a clock that runs backwards does not come before its time."""

    sequence: int
    hash: str
    received: datetime.datetime


def last(connection: sa.Connection, course: model.Course) -> Last | None:
    """The latest receipt of a course, if there is one."""
    query = sa.select(_T).where(_T.c.course_id == course.id).order_by(_T.c.sequence.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    received = datetime.datetime.fromisoformat(json.loads(row.body)["received"])
    return Last(sequence=row.sequence, hash=row.hash, received=received)


def append(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    submission: exchange_model.Submission,
    *,
    lesson: str,
    release: int,
    ring: keys.Ring,
    before: Last | None,
) -> dict[str, Any]:
    """Sign and write the receipt of a submission; the caller holds the course's lock, and read under it what
    is the last one `before`.
    """
    signing = keys.current(connection, course)
    if signing is None:
        raise errors.Permanent("The course has no signing key. Run `courseware keys rotate`.")
    key, public_key = signing
    body = {
        "format": receipt.FORMAT,
        "course": course.slug,
        "lesson": lesson,
        "release": release,
        "person": person.public,
        "submission": submission.public,
        "files": [{"path": file.path, "sha256": file.sha256} for file in submission.files],
        "received": _instant(submission.received),
        "worked": _instant(submission.worked) if submission.worked else None,
        "late_seconds": submission.late_seconds,
        "key": key,
        "public_key": public_key,
        "sequence": before.sequence + 1 if before else 1,
        "previous": before.hash if before else receipt.FIRST,
    }
    signed = receipt.sign(body, ring.private(key))
    connection.execute(
        _T.insert().values(
            course_id=course.id,
            sequence=body["sequence"],
            submission_id=submission.id,
            body=json.dumps(signed, ensure_ascii=False),
            hash=receipt.digest(signed),
            previous_hash=body["previous"],
        )
    )
    return signed


def of_submission(connection: sa.Connection, submission_id: int) -> dict[str, Any]:
    """The receipt of a submission."""
    found: dict[str, Any] = json.loads(
        connection.execute(sa.select(_T.c.body).where(_T.c.submission_id == submission_id)).scalar_one()
    )
    return found


def broken_link(connection: sa.Connection, course: model.Course) -> int | None:
    """The sequence number of the first receipt that does not follow from the one before; None if the log
    holds.
    """
    expected = receipt.FIRST
    rows = connection.execute(sa.select(_T).where(_T.c.course_id == course.id).order_by(_T.c.sequence))
    for sequence, row in enumerate(rows, start=1):
        body = json.loads(row.body)
        if row.sequence != sequence or row.previous_hash != expected or receipt.digest(body) != row.hash:
            return int(row.sequence)
        expected = row.hash
    return None


def _instant(time: datetime.datetime) -> str:
    """RFC 3339 in UTC."""
    return time.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
