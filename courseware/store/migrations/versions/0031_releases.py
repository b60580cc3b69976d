"""Releases that are offered no more, drafts that are published at a time, and wrong answers that are tried on
their tests.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _releases()
    _audits()


def _releases() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_withdrawal_release_id"),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name="fk_withdrawal_withdrawn_by"),
        sa.PrimaryKeyConstraint("id", name="pk_withdrawal"),
        sa.UniqueConstraint("release_id", name="uq_withdrawal_release_id"),
    )
    op.create_index("ix_withdrawal_withdrawn_by", "withdrawal", ["withdrawn_by"])
    op.create_table(
        "planned_release",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "draft",
            sa.String(length=40),
            nullable=False,
            comment="public id of the draft release that is meant",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("planned_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "problem", sa.Text(), nullable=False, server_default="", comment="why it was not published then"
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_planned_release_lesson_id"),
        sa.ForeignKeyConstraint(["planned_by"], ["person.id"], name="fk_planned_release_planned_by"),
        sa.PrimaryKeyConstraint("id", name="pk_planned_release"),
        sa.UniqueConstraint("lesson_id", name="uq_planned_release_lesson_id"),
    )
    op.create_index("ix_planned_release_planned_by", "planned_release", ["planned_by"])


def _audits() -> None:
    op.create_table(
        "test_audit",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "draft",
            sa.String(length=40),
            nullable=False,
            comment="public id of the draft release that is tried",
        ),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("total", sa.Integer(), nullable=False, server_default="0"),
        sa.Column(
            "found", sa.Text(), nullable=True, comment="JSON: what got through; none until all is tried"
        ),
        sa.Column(
            "problem", sa.Text(), nullable=False, server_default="", comment="why it could not be tried"
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_test_audit_lesson_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name="fk_test_audit_asked_by"),
        sa.PrimaryKeyConstraint("id", name="pk_test_audit"),
        sa.UniqueConstraint("lesson_id", name="uq_test_audit_lesson_id"),
    )
    op.create_index("ix_test_audit_asked_by", "test_audit", ["asked_by"])
    op.create_table(
        "right_answer",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "mark",
            sa.String(length=64),
            nullable=False,
            comment="hash of an answer that was made as a wrong one",
        ),
        sa.Column("said_by", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_right_answer_lesson_id"),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"], name="fk_right_answer_said_by"),
        sa.PrimaryKeyConstraint("id", name="pk_right_answer"),
        sa.UniqueConstraint("lesson_id", "mark", name="uq_right_answer_lesson_id_mark"),
    )
    op.create_index("ix_right_answer_said_by", "right_answer", ["said_by"])
