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

_T, _K = schema.receipt, schema.signing_key
# Built once: every hand-in asks them, while others of its course wait.
_INSERT = _T.insert()
_EARLIER = _T.alias()
_NEWEST = (
    sa.select(sa.func.max(_EARLIER.c.sequence))
    .where(_EARLIER.c.course_id == sa.bindparam("course"))
    .scalar_subquery()
)
_FOLLOWING = (
    sa.select(_K.c.public, _K.c.public_key, _T.c.sequence, _T.c.hash, _T.c.body)
    .select_from(_K.outerjoin(_T, (_T.c.course_id == _K.c.course_id) & (_T.c.sequence == _NEWEST)))
    .where((_K.c.course_id == sa.bindparam("course")) & _K.c.retired.is_(None))
    .order_by(_K.c.id.desc())
    .limit(1)
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Last:
    """The latest receipt of a course; a clock that runs backwards does not come before its time."""

    sequence: int
    hash: str
    received: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Following:
    """What the next receipt of a course follows: its latest one, if any; and the key that signs it, by its id
    and public half (base64).
    """

    last: Last | None
    key: str
    public_key: str


def following(connection: sa.Connection, course: model.Course) -> Following:
    """What the next receipt of a course follows; the caller holds the course's lock.

    Raises:
        Permanent: the course has no key to sign it.
    """
    row = connection.execute(_FOLLOWING, {"course": course.id}).one_or_none()
    if row is None:
        raise errors.Permanent("The course has no signing key. Run `courseware keys rotate`.")
    last = None
    if row.sequence is not None:
        received = datetime.datetime.fromisoformat(json.loads(row.body)["received"])
        last = Last(sequence=row.sequence, hash=row.hash, received=received)
    return Following(last=last, key=row.public, public_key=row.public_key)


def append(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    submission: exchange_model.Submission,
    *,
    lesson: str,
    release: int,
    ring: keys.Ring,
    follows: Following,
) -> dict[str, Any]:
    """Sign and write the receipt of a submission; the caller holds the course's lock, and read under it what
    it `follows`.
    """
    before = follows.last
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
        "key": follows.key,
        "public_key": follows.public_key,
        "sequence": before.sequence + 1 if before else 1,
        "previous": before.hash if before else receipt.FIRST,
    }
    signed = receipt.sign(body, ring.private(follows.key))
    connection.execute(
        _INSERT,
        {
            "course_id": course.id,
            "sequence": body["sequence"],
            "submission_id": submission.id,
            "body": json.dumps(signed, ensure_ascii=False),
            "hash": receipt.digest(signed),
            "previous_hash": body["previous"],
        },
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
    holds. Of somebody who was erased only the hash is left, and what comes after follows from it.
    """
    expected = receipt.FIRST
    rows = connection.execute(sa.select(_T).where(_T.c.course_id == course.id).order_by(_T.c.sequence))
    for sequence, row in enumerate(rows, start=1):
        body = json.loads(row.body)
        changed = not body.get("erased") and receipt.digest(body) != row.hash
        if row.sequence != sequence or row.previous_hash != expected or changed:
            return int(row.sequence)
        expected = row.hash
    return None


def _instant(time: datetime.datetime) -> str:
    """RFC 3339 in UTC."""
    return time.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
