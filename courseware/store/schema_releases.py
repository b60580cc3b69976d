"""The tables beside releases, whose own rows never change: which are offered no more; and when a draft is to
become one; which wrong answers its tests let through, and which of these are right after all.

In: the pieces of `columns`. Out: one `Table` per record.
"""

import sqlalchemy as sa

from courseware.store import columns

withdrawal = sa.Table(
    "withdrawal",
    columns.metadata,
    columns.key(),
    columns.ref("release", index=False),
    sa.Column("reason", sa.Text, nullable=False),
    columns.ref("person", name="withdrawn_by"),
    sa.Column("withdrawn", columns.Instant, nullable=False),
    sa.UniqueConstraint("release_id"),
)
planned_release = sa.Table(
    "planned_release",
    columns.metadata,
    columns.key(),
    columns.ref("lesson", index=False),
    sa.Column("draft", sa.String(40), nullable=False, comment="public id of the draft release that is meant"),
    sa.Column("at", columns.Instant, nullable=False),
    columns.ref("person", name="planned_by"),
    sa.Column("problem", sa.Text, nullable=False, server_default="", comment="why it was not published then"),
    sa.UniqueConstraint("lesson_id"),
)
test_audit = sa.Table(
    "test_audit",
    columns.metadata,
    columns.key(),
    columns.ref("lesson", index=False),
    sa.Column("draft", sa.String(40), nullable=False, comment="public id of the draft release that is tried"),
    columns.ref("person", name="asked_by"),
    sa.Column("asked", columns.Instant, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("job", sa.BigInteger, nullable=True, comment="of the worker that runs it"),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("found", sa.Text, nullable=True, comment="JSON: what got through so far"),
    sa.Column("problem", sa.Text, nullable=False, server_default="", comment="why it could not be tried"),
    sa.UniqueConstraint("lesson_id"),
    sa.CheckConstraint("state in ('waiting', 'running', 'done', 'failed')", name="state"),
)
sa.Index("ix_test_audit_state", test_audit.c.state, test_audit.c.id)
right_answer = sa.Table(
    "right_answer",
    columns.metadata,
    columns.key(),
    columns.ref("lesson", index=False),
    sa.Column(
        "mark", sa.String(64), nullable=False, comment="hash of an answer that was made as a wrong one"
    ),
    columns.ref("person", name="said_by"),
    sa.Column("said", columns.Instant, nullable=False),
    sa.UniqueConstraint("lesson_id", "mark"),
)
