"""The tables of courses, work and marks, and what each column may hold; no subject matter, no queries.

In: the pieces of `columns`. Out: one `Table` per record of design section 10.
"""

import sqlalchemy as sa

from courseware.store import columns

course = sa.Table(
    "course",
    columns.metadata,
    columns.key(),
    columns.public(),
    sa.Column("slug", sa.String(64), nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("time_zone", sa.String(64), nullable=False),
    sa.Column("manifest", sa.Text, nullable=False, comment="course.toml as last accepted"),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("paused", columns.Instant, nullable=True, comment="since when nothing of it is graded"),
)
person = sa.Table(
    "person",
    columns.metadata,
    columns.key(),
    columns.public(),
    sa.Column("username", sa.String(128), nullable=False, unique=True, info=columns.TEACHING),
    sa.Column("name", sa.Text, nullable=False, info=columns.TEACHING),
    sa.Column("email", sa.Text, nullable=True, info=columns.REACHING),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("erased", columns.Instant, nullable=True),
)
membership = sa.Table(
    "membership",
    columns.metadata,
    columns.key(),
    columns.ref("course", index=False),
    columns.ref("person"),
    sa.Column("role", sa.String(16), nullable=False, info=columns.TEACHING),
    sa.Column("until", columns.Instant, nullable=True, info=columns.TEACHING),
    sa.Column("added", columns.Instant, nullable=False),
    sa.Column("ended", columns.Instant, nullable=True),
    sa.UniqueConstraint("course_id", "person_id"),
    sa.CheckConstraint("role in ('student', 'grader', 'instructor', 'owner')", name="role"),
)
given_role = sa.Table(
    "given_role",
    columns.metadata,
    columns.key(),
    columns.ref("course", index=False),
    columns.ref("person"),
    sa.Column("role", sa.String(16), nullable=False, info=columns.TEACHING),
    sa.Column(
        "before",
        sa.String(16),
        nullable=True,
        info=columns.TEACHING,
        comment="the role by the course's own roster, if any",
    ),
    sa.Column("since", columns.Instant, nullable=False),
    sa.UniqueConstraint("course_id", "person_id"),
)
credential = sa.Table(
    "credential",
    columns.metadata,
    columns.key(),
    sa.Column("public", sa.String(40), nullable=False, unique=True),
    columns.ref("person"),
    columns.ref("course", nullable=True),
    sa.Column("ceiling", sa.String(8), nullable=False, comment="lab, pages, cli, join, signin or calendar"),
    sa.Column("secret_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("label", sa.Text, nullable=False, info=columns.TEACHING),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("expires", columns.Instant, nullable=True),
    sa.Column("used", columns.Instant, nullable=True, info=columns.TEACHING),
    sa.Column("revoked", columns.Instant, nullable=True),
    sa.Column(
        "at_most",
        sa.String(16),
        nullable=True,
        comment="a role: it can do no more than that",
        info=columns.TEACHING,
    ),
    sa.Column("gives", sa.String(8), nullable=True, comment="of a link for one machine: the ceiling there"),
    sa.Column("gives_days", sa.Integer, nullable=True),
    sa.Column("made_by", sa.String(40), nullable=True, comment="public id of who made it, if somebody else"),
    sa.Column(
        "made_from",
        sa.String(40),
        nullable=True,
        index=True,
        comment="public id of the person's own credential that it was made with",
    ),
    sa.CheckConstraint("ceiling in ('lab', 'pages', 'cli', 'join', 'signin', 'calendar')", name="ceiling"),
)
lesson = sa.Table(
    "lesson",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("course", index=False),
    sa.Column("slug", sa.String(64), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("marks_policy", sa.String(16), nullable=False, server_default="after-due"),
    sa.Column("marks_released", columns.Instant, nullable=True),
    sa.UniqueConstraint("course_id", "slug"),
)
lesson_dates = sa.Table(
    "lesson_dates",
    columns.metadata,
    columns.key(),
    columns.ref("lesson", index=False),
    sa.Column("opens", columns.Instant, nullable=True),
    sa.Column("due", columns.Instant, nullable=True),
    sa.Column("closes", columns.Instant, nullable=True),
    sa.UniqueConstraint("lesson_id"),
)
effective_dates = sa.Table(
    "effective_dates",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("lesson"),
    sa.Column("opens", columns.Instant, nullable=True),
    sa.Column("due", columns.Instant, nullable=True),
    sa.Column("closes", columns.Instant, nullable=True),
    sa.Column("why", sa.Text, nullable=False, info=columns.TEACHING),
    sa.Column("locked", sa.Text, nullable=False, server_default="", info=columns.TEACHING),
    sa.Column(
        "revision",
        sa.Integer,
        nullable=False,
        server_default="0",
        comment="how often due or closes changed, for calendars",
    ),
    sa.UniqueConstraint("person_id", "lesson_id"),
)
release = sa.Table(
    "release",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("lesson", index=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("published", columns.Instant, nullable=False),
    columns.ref("person", name="published_by", nullable=True),
    sa.Column(
        "manifest", sa.Text, nullable=False, comment="JSON: files, anchors, exercises, test modes, report"
    ),
    sa.Column("environment", sa.Text, nullable=False, comment="JSON: fingerprint of the course's Python"),
    sa.Column("notes", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("lesson_id", "number"),
)
draft_release = sa.Table(
    "draft_release",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("lesson", index=False),
    columns.ref("person", name="uploaded_by"),
    sa.Column("uploaded", columns.Instant, nullable=False),
    sa.Column(
        "source", sa.Text, nullable=False, comment="JSON list of {path, sha256, size}: the author's files"
    ),
    sa.Column(
        "student", sa.Text, nullable=False, comment="JSON list of {path, sha256, size}: as students get it"
    ),
    sa.Column("accept", sa.Text, nullable=False, comment="JSON list of findings' codes"),
    sa.Column("report", sa.Text, nullable=False, comment="JSON: what lint and qualification said"),
    sa.Column("notes", sa.Text, nullable=False, server_default=""),
    sa.Column(
        "manifest",
        sa.Text,
        nullable=False,
        server_default="",
        comment="as of a release, without files of instructors; empty where it was not kept yet",
    ),
    sa.UniqueConstraint("lesson_id"),
)
submission = sa.Table(
    "submission",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("person", index=False),
    columns.ref("lesson"),
    columns.ref("release"),
    sa.Column("client_key", sa.String(80), nullable=False, comment="the Idempotency-Key it came with"),
    sa.Column("content_hash", sa.String(64), nullable=False, comment="SHA-256 over the sorted file list"),
    sa.Column(
        "files", sa.Text, nullable=False, comment="JSON list of {path, sha256, size}", info=columns.TEACHING
    ),
    sa.Column("worked", columns.Instant, nullable=True, info=columns.TEACHING),
    sa.Column("received", columns.Instant, nullable=False, info=columns.TEACHING),
    sa.Column("late_seconds", sa.BigInteger, nullable=False, info=columns.TEACHING),
    sa.UniqueConstraint("person_id", "client_key"),
)
sa.Index("ix_submission_lesson_person", submission.c.lesson_id, submission.c.person_id, submission.c.received)
draft = sa.Table(
    "draft",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("lesson"),
    sa.Column("release_number", sa.Integer, nullable=False),
    sa.Column("files", sa.Text, nullable=False, info=columns.TEACHING),
    sa.Column("kept", columns.Instant, nullable=False),
    sa.Column(
        "since",
        columns.Instant,
        nullable=False,
        server_default="0",
        comment="when a copy of this release was kept first",
    ),
    sa.UniqueConstraint("person_id", "lesson_id"),
)
signing_key = sa.Table(
    "signing_key",
    columns.metadata,
    columns.key(),
    sa.Column(
        "public", sa.String(40), nullable=False, unique=True, comment="key id as it stands in receipts"
    ),
    columns.ref("course"),
    sa.Column(
        "public_key", sa.String(64), nullable=False, comment="Ed25519, base64; private keys are files, 0600"
    ),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("retired", columns.Instant, nullable=True),
)
receipt = sa.Table(
    "receipt",
    columns.metadata,
    columns.key(),
    columns.ref("course", index=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    columns.ref("submission", index=False),
    sa.Column("body", sa.Text, nullable=False, comment="the signed receipt as JSON", info=columns.TEACHING),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.UniqueConstraint("course_id", "sequence"),
    sa.UniqueConstraint("submission_id"),
)
grading = sa.Table(
    "grading",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("submission"),
    columns.ref("release", nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("priority", sa.Integer, nullable=False, server_default="0"),
    sa.Column("phase", sa.String(32), nullable=False, server_default=""),
    sa.Column("queued", columns.Instant, nullable=False),
    sa.Column("started", columns.Instant, nullable=True),
    sa.Column("finished", columns.Instant, nullable=True),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column(
        "result",
        sa.Text,
        nullable=True,
        comment="JSON: verdicts, phase times, sandbox level, environment",
        info=columns.TEACHING,
    ),
    sa.Column("feedback_hash", sa.String(64), nullable=True),
    sa.Column("job", sa.BigInteger, nullable=True, comment="of the worker that runs it"),
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
execution = sa.Table(
    "execution",
    columns.metadata,
    columns.key(),
    columns.ref("submission", index=False),
    sa.Column("notebook", sa.Text, nullable=False, comment="path without .ipynb"),
    sa.Column(
        "conditions",
        sa.String(64),
        nullable=False,
        comment="SHA-256 over what cells depend on",
        info=columns.TEACHING,
    ),
    sa.Column(
        "content",
        sa.String(64),
        nullable=False,
        comment="blob: the cells that were run and what they gave",
        info=columns.TEACHING,
    ),
    sa.Column("kept", columns.Instant, nullable=False),
    sa.UniqueConstraint("submission_id", "notebook"),
)
mark = sa.Table(
    "mark",
    columns.metadata,
    columns.key(),
    columns.ref("submission", index=False),
    sa.Column("notebook", sa.Text, nullable=False, comment="path without .ipynb"),
    sa.Column("exercise", sa.Text, nullable=False, comment="grade_id"),
    sa.Column("points", sa.Float, nullable=False),
    sa.Column("score", sa.Float, nullable=True, info=columns.TEACHING),
    sa.Column("needs_person", sa.Boolean, nullable=False),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("test_mode", sa.String(16), nullable=False),
    sa.Column("hint", sa.Text, nullable=False, server_default=""),
    columns.ref("grading", nullable=True),
    sa.UniqueConstraint("submission_id", "notebook", "exercise"),
)
mark_override = sa.Table(
    "mark_override",
    columns.metadata,
    columns.key(),
    columns.ref("submission", index=False),
    sa.Column("notebook", sa.Text, nullable=False),
    sa.Column("exercise", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=True, info=columns.TEACHING),
    sa.Column("comment", sa.Text, nullable=False, server_default="", info=columns.TEACHING),
    columns.ref("person", name="marked_by"),
    sa.Column("marked", columns.Instant, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("submission_id", "notebook", "exercise"),
)
hold = sa.Table(
    "hold",
    columns.metadata,
    columns.key(),
    columns.ref("lesson", index=False),
    sa.Column("exercise", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, info=columns.TEACHING),
    columns.ref("person", name="held_by"),
    sa.Column("held", columns.Instant, nullable=False),
    sa.UniqueConstraint("lesson_id", "exercise"),
)
idempotency = sa.Table(
    "idempotency",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    sa.Column("client_key", sa.String(80), nullable=False),
    sa.Column("request_hash", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("answer", sa.Text, nullable=False, info=columns.TEACHING),
    sa.Column("created", columns.Instant, nullable=False),
    sa.UniqueConstraint("person_id", "client_key"),
)
journal = sa.Table(
    "journal",
    columns.metadata,
    columns.key(),
    sa.Column(
        "xid", sa.BigInteger, nullable=False, server_default="0", comment="PostgreSQL: the writer's xid8"
    ),
    sa.Column("at", columns.Instant, nullable=False),
    sa.Column("kind", sa.String(48), nullable=False),
    columns.ref("course", nullable=True),
    columns.ref("person", name="actor_id", nullable=True),
    sa.Column("subject", sa.String(80), nullable=False, comment="public id of what it is about"),
    sa.Column("data", sa.Text, nullable=False, comment="JSON of ids and hashes only"),
)
sa.Index("ix_journal_order", journal.c.xid, journal.c.id)
sa.Index("ix_journal_subject", journal.c.subject)
journal_cursor = sa.Table(
    "journal_cursor",
    columns.metadata,
    sa.Column("reader", sa.String(48), primary_key=True),
    sa.Column("xid", sa.BigInteger, nullable=False),
    sa.Column("entry_id", sa.BigInteger, nullable=False),
)
