"""Which credential another one was made with, so that ending the one ends the other."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "credential",
        sa.Column(
            "made_from",
            sa.String(length=40),
            nullable=True,
            comment="public id of the person's own credential that it was made with",
        ),
    )
    op.create_index(op.f("ix_credential_made_from"), "credential", ["made_from"], unique=False)
