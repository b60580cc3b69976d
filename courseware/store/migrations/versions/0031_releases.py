"""Releases that are offered no more."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0025"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
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
