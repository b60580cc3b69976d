"""All tables and what each column may hold; no subject matter and no queries.

In: nothing. Out: `metadata` and one `Table` per record of design section 10. Personal columns carry
`info={"purpose", "retention"}`; a test fails on a column of person data that has none. Integer keys never
leave the database: what the outside sees is `public` (128 random bits in base32 with a prefix).
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
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the database")
        delta = value - EPOCH
        return delta.days * 86_400_000_000 + delta.seconds * 1_000_000 + delta.microseconds

    def process_result_value(self, value: int | None, dialect: Any) -> datetime.datetime | None:
        """Integers of microseconds back to aware UTC times."""
        return None if value is None else EPOCH + datetime.timedelta(microseconds=value)


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


course = sa.Table(
    "course",
    metadata,
    key(),
    public(),
    sa.Column("slug", sa.String(64), nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("time_zone", sa.String(64), nullable=False),
    sa.Column("manifest", sa.Text, nullable=False, comment="course.toml as last accepted"),
    sa.Column("created", Instant, nullable=False),
)
person = sa.Table(
    "person",
    metadata,
    key(),
    public(),
    sa.Column("username", sa.String(128), nullable=False, unique=True, info=TEACHING),
    sa.Column("name", sa.Text, nullable=False, info=TEACHING),
    sa.Column("email", sa.Text, nullable=True, info=REACHING),
    sa.Column("created", Instant, nullable=False),
    sa.Column("erased", Instant, nullable=True),
)
membership = sa.Table(
    "membership",
    metadata,
    key(),
    ref("course", index=False),
    ref("person"),
    sa.Column("role", sa.String(16), nullable=False, info=TEACHING),
    sa.Column("until", Instant, nullable=True, info=TEACHING),
    sa.Column("added", Instant, nullable=False),
    sa.Column("ended", Instant, nullable=True),
    sa.UniqueConstraint("course_id", "person_id"),
    sa.CheckConstraint("role in ('student', 'grader', 'instructor', 'owner')", name="role"),
)
credential = sa.Table(
    "credential",
    metadata,
    key(),
    sa.Column("public", sa.String(40), nullable=False, unique=True),
    ref("person"),
    ref("course", nullable=True),
    sa.Column("ceiling", sa.String(8), nullable=False, comment="lab, pages, cli, join or signin"),
    sa.Column("secret_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("label", sa.Text, nullable=False, info=TEACHING),
    sa.Column("created", Instant, nullable=False),
    sa.Column("expires", Instant, nullable=True),
    sa.Column("used", Instant, nullable=True),
    sa.Column("revoked", Instant, nullable=True),
    sa.CheckConstraint("ceiling in ('lab', 'pages', 'cli', 'join', 'signin')", name="ceiling"),
)
lesson = sa.Table(
    "lesson",
    metadata,
    key(),
    public(),
    ref("course", index=False),
    sa.Column("slug", sa.String(64), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("marks_policy", sa.String(16), nullable=False, server_default="after-due"),
    sa.Column("marks_released", Instant, nullable=True),
    sa.UniqueConstraint("course_id", "slug"),
)
lesson_dates = sa.Table(
    "lesson_dates",
    metadata,
    key(),
    ref("lesson", index=False),
    sa.Column("opens", Instant, nullable=True),
    sa.Column("due", Instant, nullable=True),
    sa.Column("closes", Instant, nullable=True),
    sa.UniqueConstraint("lesson_id"),
)
effective_dates = sa.Table(
    "effective_dates",
    metadata,
    key(),
    ref("person", index=False),
    ref("lesson"),
    sa.Column("opens", Instant, nullable=True),
    sa.Column("due", Instant, nullable=True),
    sa.Column("closes", Instant, nullable=True),
    sa.Column("why", sa.Text, nullable=False, info=TEACHING),
    sa.UniqueConstraint("person_id", "lesson_id"),
)
release = sa.Table(
    "release",
    metadata,
    key(),
    public(),
    ref("lesson", index=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("published", Instant, nullable=False),
    ref("person", name="published_by", nullable=True),
    sa.Column(
        "manifest", sa.Text, nullable=False, comment="JSON: files, anchors, exercises, test modes, report"
    ),
    sa.Column("environment", sa.Text, nullable=False, comment="JSON: fingerprint of the course's Python"),
    sa.Column("notes", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("lesson_id", "number"),
)
submission = sa.Table(
    "submission",
    metadata,
    key(),
    public(),
    ref("person", index=False),
    ref("lesson"),
    ref("release"),
    sa.Column("client_key", sa.String(80), nullable=False, comment="the Idempotency-Key it came with"),
    sa.Column("content_hash", sa.String(64), nullable=False, comment="SHA-256 over the sorted file list"),
    sa.Column("files", sa.Text, nullable=False, comment="JSON list of {path, sha256, size}", info=TEACHING),
    sa.Column("worked", Instant, nullable=True, info=TEACHING),
    sa.Column("received", Instant, nullable=False, info=TEACHING),
    sa.Column("late_seconds", sa.BigInteger, nullable=False, info=TEACHING),
    sa.UniqueConstraint("person_id", "client_key"),
)
sa.Index("ix_submission_lesson_person", submission.c.lesson_id, submission.c.person_id, submission.c.received)
draft = sa.Table(
    "draft",
    metadata,
    key(),
    ref("person", index=False),
    ref("lesson"),
    sa.Column("release_number", sa.Integer, nullable=False),
    sa.Column("files", sa.Text, nullable=False, info=TEACHING),
    sa.Column("kept", Instant, nullable=False),
    sa.UniqueConstraint("person_id", "lesson_id"),
)
signing_key = sa.Table(
    "signing_key",
    metadata,
    key(),
    sa.Column(
        "public", sa.String(40), nullable=False, unique=True, comment="key id as it stands in receipts"
    ),
    ref("course"),
    sa.Column(
        "public_key", sa.String(64), nullable=False, comment="Ed25519, base64; private keys are files, 0600"
    ),
    sa.Column("created", Instant, nullable=False),
    sa.Column("retired", Instant, nullable=True),
)
receipt = sa.Table(
    "receipt",
    metadata,
    key(),
    ref("course", index=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    ref("submission", index=False),
    sa.Column("body", sa.Text, nullable=False, comment="the signed receipt as JSON", info=TEACHING),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.UniqueConstraint("course_id", "sequence"),
    sa.UniqueConstraint("submission_id"),
)
grading = sa.Table(
    "grading",
    metadata,
    key(),
    public(),
    ref("submission"),
    ref("release", nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("priority", sa.Integer, nullable=False, server_default="0"),
    sa.Column("phase", sa.String(32), nullable=False, server_default=""),
    sa.Column("queued", Instant, nullable=False),
    sa.Column("started", Instant, nullable=True),
    sa.Column("finished", Instant, nullable=True),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column(
        "result",
        sa.Text,
        nullable=True,
        comment="JSON: verdicts, phase times, sandbox level, environment",
        info=TEACHING,
    ),
    sa.Column("feedback_hash", sa.String(64), nullable=True),
    sa.CheckConstraint("state in ('waiting', 'running', 'marked', 'failed', 'superseded')", name="state"),
)
sa.Index(
    "uq_grading_current",
    grading.c.submission_id,
    unique=True,
    sqlite_where=grading.c.current.is_(True),
    postgresql_where=grading.c.current.is_(True),
)
sa.Index("ix_grading_state", grading.c.state, grading.c.priority, grading.c.id)
mark = sa.Table(
    "mark",
    metadata,
    key(),
    ref("submission", index=False),
    sa.Column("notebook", sa.Text, nullable=False, comment="path without .ipynb"),
    sa.Column("exercise", sa.Text, nullable=False, comment="grade_id"),
    sa.Column("points", sa.Float, nullable=False),
    sa.Column("score", sa.Float, nullable=True, info=TEACHING),
    sa.Column("needs_person", sa.Boolean, nullable=False),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("test_mode", sa.String(16), nullable=False),
    sa.Column("hint", sa.Text, nullable=False, server_default=""),
    ref("grading", nullable=True),
    sa.UniqueConstraint("submission_id", "notebook", "exercise"),
)
mark_override = sa.Table(
    "mark_override",
    metadata,
    key(),
    ref("submission", index=False),
    sa.Column("notebook", sa.Text, nullable=False),
    sa.Column("exercise", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=True, info=TEACHING),
    sa.Column("comment", sa.Text, nullable=False, server_default="", info=TEACHING),
    ref("person", name="marked_by"),
    sa.Column("marked", Instant, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("submission_id", "notebook", "exercise"),
)
hold = sa.Table(
    "hold",
    metadata,
    key(),
    ref("lesson", index=False),
    sa.Column("exercise", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, info=TEACHING),
    ref("person", name="held_by"),
    sa.Column("held", Instant, nullable=False),
    sa.UniqueConstraint("lesson_id", "exercise"),
)
idempotency = sa.Table(
    "idempotency",
    metadata,
    key(),
    ref("person", index=False),
    sa.Column("client_key", sa.String(80), nullable=False),
    sa.Column("request_hash", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("answer", sa.Text, nullable=False, info=TEACHING),
    sa.Column("created", Instant, nullable=False),
    sa.UniqueConstraint("person_id", "client_key"),
)
journal = sa.Table(
    "journal",
    metadata,
    key(),
    sa.Column(
        "xid", sa.BigInteger, nullable=False, server_default="0", comment="PostgreSQL: the writer's xid8"
    ),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(48), nullable=False),
    ref("course", nullable=True),
    ref("person", name="actor_id", nullable=True),
    sa.Column("subject", sa.String(80), nullable=False, comment="public id of what it is about"),
    sa.Column("data", sa.Text, nullable=False, comment="JSON of ids and hashes only"),
)
sa.Index("ix_journal_order", journal.c.xid, journal.c.id)
journal_cursor = sa.Table(
    "journal_cursor",
    metadata,
    sa.Column("reader", sa.String(48), primary_key=True),
    sa.Column("xid", sa.BigInteger, nullable=False),
    sa.Column("entry_id", sa.BigInteger, nullable=False),
)
