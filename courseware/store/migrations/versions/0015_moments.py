"""When somebody last watched something new of a video; the moment of a video that a discussion is about."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("watched") as table:
        table.add_column(
            sa.Column(
                "grown",
                sa.BigInteger(),
                nullable=True,
                comment="when something new of it was last watched",
            )
        )
    op.execute("update watched set grown = moved")
    with op.batch_alter_table("watched") as table:
        table.alter_column("grown", existing_type=sa.BigInteger(), nullable=False)
    op.add_column(
        "thread",
        sa.Column(
            "moment",
            sa.Integer(),
            nullable=True,
            comment="second of the cell's first video that it is about",
        ),
    )
