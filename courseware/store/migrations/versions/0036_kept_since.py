"""Since when somebody keeps a copy of a release: one that is kept again is no newer. Of the copies that are
there, it is known when they were kept last.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "draft",
        sa.Column(
            "since",
            sa.BigInteger(),
            nullable=False,
            server_default="0",
            comment="when a copy of this release was kept first",
        ),
    )
    op.execute("update draft set since = kept")
