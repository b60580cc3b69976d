"""The table `idempotency`: which write a key stood for, and how it was answered.

In: a person, the key their client chose, a fingerprint of the request. Out: the kept answer. The same key
with another request is refused. Hand-ins have a rule of their own (`exchange.submit`), because their
receipt is the answer.
"""

import dataclasses
import datetime
import hashlib
from typing import Any

import msgspec
import sqlalchemy as sa

from courseware import errors
from courseware.course import model
from courseware.store import schema

_table = schema.idempotency
_FIND = sa.select(_table).where(
    (_table.c.person_id == sa.bindparam("person")) & (_table.c.client_key == sa.bindparam("key"))
)
_KEEP = _table.insert()
CLAIMED = 0
"""The status of a key whose request is still being done."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kept:
    """An answer as it was first given; an empty body stands for 204."""

    status: int
    body: bytes


def fingerprint(method: str, path: str, names: dict[str, str], body: Any) -> str:
    """What makes two requests the same request."""
    return hashlib.sha256(msgspec.json.encode([method, path, sorted(names.items()), body])).hexdigest()


def find(connection: sa.Connection, person: model.Person, key: str, same: str) -> Kept | None:
    """The answer kept for this key.

    Raises:
        UserError: the key was used for another request.
    """
    row = connection.execute(_FIND, {"person": person.id, "key": key}).one_or_none()
    if row is None:
        return None
    if row.request_hash != same:
        message = "This Idempotency-Key was used for another request. Use a fresh key for each."
        raise errors.UserError(message, code="conflict")
    return Kept(status=row.status, body=row.answer.encode())


def keep(
    connection: sa.Connection,
    person: model.Person,
    key: str,
    same: str,
    kept: Kept,
    *,
    now: datetime.datetime,
) -> None:
    """Keep an answer in the transaction of its effect."""
    connection.execute(
        _KEEP,
        {
            "person_id": person.id,
            "client_key": key,
            "request_hash": same,
            "status": kept.status,
            "answer": kept.body.decode(),
            "created": now,
        },
    )


def answered(connection: sa.Connection, person: model.Person, key: str, kept: Kept) -> None:
    """Keep the answer of a claimed key."""
    mine = (_table.c.person_id == person.id) & (_table.c.client_key == key)
    connection.execute(_table.update().where(mine).values(status=kept.status, answer=kept.body.decode()))


def drop(connection: sa.Connection, person: model.Person, key: str) -> None:
    """Let a claimed key go: its request was refused, and may come again."""
    mine = (_table.c.person_id == person.id) & (_table.c.client_key == key) & (_table.c.status == CLAIMED)
    connection.execute(_table.delete().where(mine))
