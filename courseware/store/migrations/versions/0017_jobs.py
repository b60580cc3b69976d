"""The job of the worker that runs a grading or a check."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("grading", "course_check"):
        op.add_column(
            table, sa.Column("job", sa.BigInteger(), nullable=True, comment="of the worker that runs it")
        )
