"""Files that nobody names any more since somebody was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_blob",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False, comment="when somebody was erased who had it"),
        sa.Column("aside", sa.BigInteger(), nullable=True, comment="since when it is out of the way"),
        sa.PrimaryKeyConstraint("sha256", name="pk_erased_blob"),
    )
