"""Rules for late work that staff set over those of course.toml."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "late_rule",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False, comment="as course.toml would write it"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_late_rule_lesson_id"),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name="fk_late_rule_given_by"),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name="fk_late_rule_ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_late_rule"),
        sa.UniqueConstraint("public", name="uq_late_rule_public"),
    )
    for column in ("lesson_id", "given_by", "ended_by"):
        op.create_index(f"ix_late_rule_{column}", "late_rule", [column])
