"""What columns are made of: instants, keys, references, public ids, and the tags of personal columns.

In: nothing. Out: `metadata`, to which every table of `store` belongs, and the pieces of its tables. A
personal column carries `info={"purpose", "retention"}`; a test fails on one that has none. Integer keys
never leave the database: what the outside sees is `public` (128 random bits in base32 with a prefix).
"""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime.datetime]):
    """An aware UTC time in microseconds; an integer, so that both engines order and compare alike."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: Any) -> int | None:
        """Refuse naive times: a time without a zone is a defect of the caller."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime.datetime | None:
        """Integers of microseconds back to aware UTC times."""
        return None if value is None else EPOCH + datetime.timedelta(microseconds=value)


def micros(time: datetime.datetime) -> int:
    """Microseconds since 1970; exact, which floats would not be."""
    if time.tzinfo is None:
        raise ValueError("a time without a zone reached the database")
    delta = time - EPOCH
    return delta.days * 86_400_000_000 + delta.seconds * 1_000_000 + delta.microseconds


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

TEACHING = {"purpose": "to teach and mark the course", "retention": "until the person is erased"}
REACHING = {"purpose": "to tell the person what happened", "retention": "until the person is erased"}
GUIDING = {
    "purpose": "to show the person their way through the course",
    "retention": "until the person is erased",
}


def key() -> sa.Column[int]:
    """The integer key of a row; SQLite needs INTEGER to count by itself."""
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)


def ref(table: str, *, name: str = "", nullable: bool = False, index: bool = True) -> sa.Column[int]:
    """A reference to another table's key, indexed unless a unique constraint already serves."""
    return sa.Column(
        name or f"{table}_id", sa.BigInteger, sa.ForeignKey(f"{table}.id"), nullable=nullable, index=index
    )


def public() -> sa.Column[str]:
    """The id that people and programs see."""
    return sa.Column("public", sa.String(40), nullable=False, unique=True)
