"""How the cells of a hand-in went, so that a later grading need not run them again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "execution",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("notebook", sa.Text(), nullable=False, comment="path without .ipynb"),
        sa.Column(
            "conditions", sa.String(length=64), nullable=False, comment="SHA-256 over what cells depend on"
        ),
        sa.Column(
            "content",
            sa.String(length=64),
            nullable=False,
            comment="blob: the cells that were run and what they gave",
        ),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_execution_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_execution")),
        sa.UniqueConstraint("submission_id", "notebook", name=op.f("uq_execution_submission_id_notebook")),
    )
