"""The language in which somebody wants letters."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "mail_habit", sa.Column("language", sa.String(length=16), nullable=True, comment="none: English")
    )
