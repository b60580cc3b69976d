"""Regrades that are tried out before anything is written, and requests for another look."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _trials()
    _works()
    _requests()


def _trials() -> None:
    op.create_table(
        "trial",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "draft",
            sa.String(length=40),
            nullable=True,
            comment="public id of the draft release that is tried",
        ),
        sa.Column("manifest", sa.Text(), nullable=True, comment="of the draft, as of a release"),
        sa.Column("environment", sa.Text(), nullable=True, comment="of the draft, as of a release"),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_by", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("applied_by", sa.BigInteger(), nullable=True),
        sa.Column("applied", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True, comment="when it was undone or dropped"),
        sa.CheckConstraint(
            "state in ('running', 'ready', 'applying', 'applied', 'undoing', 'undone', 'dropped')",
            name="ck_trial_state",
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_trial_lesson_id"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_trial_release_id"),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name="fk_trial_started_by"),
        sa.ForeignKeyConstraint(["applied_by"], ["person.id"], name="fk_trial_applied_by"),
        sa.PrimaryKeyConstraint("id", name="pk_trial"),
        sa.UniqueConstraint("public", name="uq_trial_public"),
    )
    op.create_index("ix_trial_lesson_id", "trial", ["lesson_id"])


def _works() -> None:
    op.create_table(
        "trial_work",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("trial_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("before_id", sa.BigInteger(), nullable=True),
        sa.Column("release_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "step", sa.String(length=8), nullable=False, comment="what is done to it: try, write, restore"
        ),
        sa.Column("state", sa.String(length=16), nullable=False, comment="how far that step is"),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("job", sa.BigInteger(), nullable=True, comment="of the worker that runs it"),
        sa.Column("before", sa.Text(), nullable=True, comment="JSON: the machine's marks as they were"),
        sa.Column(
            "found",
            sa.Text(),
            nullable=True,
            comment="JSON: the marks as they would be, and how it was run",
        ),
        sa.Column("feedback_hash", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("written_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("step in ('try', 'write', 'restore')", name="ck_trial_work_step"),
        sa.CheckConstraint(
            "state in ('waiting', 'running', 'done', 'failed', 'left')", name="ck_trial_work_state"
        ),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name="fk_trial_work_trial_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_trial_work_submission_id"),
        sa.ForeignKeyConstraint(["before_id"], ["grading.id"], name="fk_trial_work_before_id"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_trial_work_release_id"),
        sa.ForeignKeyConstraint(["written_id"], ["grading.id"], name="fk_trial_work_written_id"),
        sa.PrimaryKeyConstraint("id", name="pk_trial_work"),
        sa.UniqueConstraint("trial_id", "submission_id", name="uq_trial_work_trial_id_submission_id"),
    )
    op.create_index("ix_trial_work_submission_id", "trial_work", ["submission_id"])
    op.create_index("ix_trial_work_state", "trial_work", ["state", "id"])


def _requests() -> None:
    op.create_table(
        "regrade_request",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("notebook", sa.Text(), nullable=False, comment="path without .ipynb"),
        sa.Column("exercise", sa.Text(), nullable=False, comment="grade_id"),
        sa.Column(
            "thread",
            sa.String(length=40),
            nullable=False,
            comment="public id of where it is talked over",
        ),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("decision in ('changed', 'stays')", name="ck_regrade_request_decision"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_regrade_request_submission_id"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_regrade_request_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_regrade_request"),
        sa.UniqueConstraint("thread", name="uq_regrade_request_thread"),
    )
    op.create_index("ix_regrade_request_submission_id", "regrade_request", ["submission_id"])
