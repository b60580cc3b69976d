"""The tables of regrades that are tried out before anything is written, and of who asks for another look.

In: the pieces of `columns`. Out: one `Table` per record.
"""

import sqlalchemy as sa

from courseware.store import columns

trial = sa.Table(
    "trial",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("lesson"),
    columns.ref("release", nullable=False, index=False),
    sa.Column("draft", sa.String(40), nullable=True, comment="public id of the draft release that is tried"),
    sa.Column("manifest", sa.Text, nullable=True, comment="of the draft, as of a release"),
    sa.Column("environment", sa.Text, nullable=True, comment="of the draft, as of a release"),
    sa.Column("state", sa.String(16), nullable=False),
    columns.ref("person", name="started_by", index=False),
    sa.Column("started", columns.Instant, nullable=False),
    columns.ref("person", name="applied_by", nullable=True, index=False),
    sa.Column("applied", columns.Instant, nullable=True),
    sa.Column("ended", columns.Instant, nullable=True, comment="when it was undone or dropped"),
    sa.CheckConstraint(
        "state in ('running', 'ready', 'applying', 'applied', 'undoing', 'undone', 'dropped')", name="state"
    ),
)
trial_work = sa.Table(
    "trial_work",
    columns.metadata,
    columns.key(),
    columns.ref("trial", index=False),
    columns.ref("submission"),
    columns.ref("grading", name="before_id", nullable=True, index=False),
    columns.ref("release", nullable=True, index=False),
    sa.Column("step", sa.String(8), nullable=False, comment="what is done to it: try, write, restore"),
    sa.Column("state", sa.String(16), nullable=False, comment="how far that step is"),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("job", sa.BigInteger, nullable=True, comment="of the worker that runs it"),
    sa.Column(
        "before",
        sa.Text,
        nullable=True,
        comment="JSON: the machine's marks as they were",
        info=columns.TEACHING,
    ),
    sa.Column(
        "found",
        sa.Text,
        nullable=True,
        comment="JSON: the marks as they would be, and how it was run",
        info=columns.TEACHING,
    ),
    sa.Column("feedback_hash", sa.String(64), nullable=True),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    columns.ref("grading", name="written_id", nullable=True, index=False),
    sa.CheckConstraint("step in ('try', 'write', 'restore')", name="step"),
    sa.CheckConstraint("state in ('waiting', 'running', 'done', 'failed', 'left')", name="state"),
    sa.UniqueConstraint("trial_id", "submission_id"),
)
sa.Index("ix_trial_work_state", trial_work.c.state, trial_work.c.id)
regrade_request = sa.Table(
    "regrade_request",
    columns.metadata,
    columns.key(),
    columns.ref("submission"),
    sa.Column("notebook", sa.Text, nullable=False, comment="path without .ipynb"),
    sa.Column("exercise", sa.Text, nullable=False, comment="grade_id"),
    sa.Column(
        "thread", sa.String(40), nullable=False, unique=True, comment="public id of where it is talked over"
    ),
    sa.Column("asked", columns.Instant, nullable=False, info=columns.TEACHING),
    sa.Column("decision", sa.String(8), nullable=True, info=columns.TEACHING),
    columns.ref("person", name="decided_by", nullable=True, index=False),
    sa.Column("decided", columns.Instant, nullable=True),
    sa.CheckConstraint("decision in ('changed', 'stays')", name="decision"),
)
