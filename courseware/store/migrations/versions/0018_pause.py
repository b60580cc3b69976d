"""Since when nothing of a course is graded."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "course",
        sa.Column("paused", sa.BigInteger(), nullable=True, comment="since when nothing of it is graded"),
    )
