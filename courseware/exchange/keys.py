"""Signing keys: the public half in the table, the private half in a file that only the service can read.

In: a folder in the state. Out: signatures. Old keys stay, so that old receipts can be checked; a new one
is made by rotating.
"""

import base64
import datetime
import os
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from courseware import errors
from courseware.course import courses, model
from courseware.store import ids, journal, schema

_T = schema.signing_key


class Ring:
    """The private keys in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._private: dict[str, ed25519.Ed25519PrivateKey] = {}

    def ensure(self, connection: sa.Connection, course: model.Course, *, now: datetime.datetime) -> None:
        """Make the course's first key, if it has none."""
        if current(connection, course) is None:
            self.rotate(connection, course, now=now)

    def rotate(self, connection: sa.Connection, course: model.Course, *, now: datetime.datetime) -> str:
        """Make a new key for receipts from now on; its id."""
        private = ed25519.Ed25519PrivateKey.generate()
        public = ids.new("key")
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        handle = os.open(self._folder / f"{public}.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(pem)
            stream.flush()
            os.fsync(stream.fileno())
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        mine = (_T.c.course_id == course.id) & _T.c.retired.is_(None)
        connection.execute(_T.update().where(mine).values(retired=now))
        connection.execute(
            _T.insert().values(
                public=public, course_id=course.id, public_key=base64.b64encode(raw).decode(), created=now
            )
        )
        journal.append(connection, "key.made", public, now=now, course_id=course.id)
        return public

    def require(self, connection: sa.Connection) -> None:
        """Refuse a folder that lacks a key which signs now: each hand-in of its course would fail.

        Raises:
            UserError: the key of a course is not here, or damaged.
        """
        for course in courses.everything(connection):
            signs = current(connection, course)
            try:
                if signs is not None:
                    self.private(signs[0])
            except errors.Permanent:
                raise errors.UserError(
                    f"{self._folder} lacks the key that signs the receipts of {course.slug!r}. Copy that"
                    " folder from the service that has the key or from a backup; if it is lost, run"
                    " `courseware keys rotate` for that course."
                ) from None

    def private(self, public: str) -> ed25519.Ed25519PrivateKey:
        """The private half of a key.

        Raises:
            Permanent: its file is gone or damaged; receipts cannot be signed.
        """
        known = self._private.get(public)
        if known is None:
            known = self._private[public] = self._read(public)
        return known

    def _read(self, public: str) -> ed25519.Ed25519PrivateKey:
        """A key from its file, which nobody changes."""
        try:
            found = serialization.load_pem_private_key(
                (self._folder / f"{public}.pem").read_bytes(), password=None
            )
        except (OSError, ValueError):
            raise errors.Permanent(
                "The course's signing key is missing. Restore the backup, or run `courseware keys rotate`."
            ) from None
        if not isinstance(found, ed25519.Ed25519PrivateKey):
            raise errors.Permanent("The course's signing key is of another kind.")
        return found


def current(connection: sa.Connection, course: model.Course) -> tuple[str, str] | None:
    """Id and public half (base64) of the key that signs now."""
    mine = (_T.c.course_id == course.id) & _T.c.retired.is_(None)
    row = connection.execute(sa.select(_T).where(mine).order_by(_T.c.id.desc()).limit(1)).one_or_none()
    return (row.public, row.public_key) if row else None


def everything(
    connection: sa.Connection, course: model.Course
) -> list[tuple[str, str, datetime.datetime, datetime.datetime | None]]:
    """All keys of a course: id, public half, made, retired."""
    rows = connection.execute(sa.select(_T).where(_T.c.course_id == course.id).order_by(_T.c.id))
    return [(row.public, row.public_key, row.created, row.retired) for row in rows]
