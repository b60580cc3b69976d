"""What was written at an answer before it was marked with others at once, so that an undo puts it back. Of
what was marked so before, nothing is known any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "review_batch_member",
        sa.Column("comment", sa.Text(), nullable=False, server_default="", comment="what stood there before"),
    )
