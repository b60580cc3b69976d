"""To which student a private thread goes that staff began."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0025"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "thread_recipient",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_recipient")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_recipient_thread_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_recipient_person_id")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_thread_recipient_thread_id")),
    )
    op.create_index(op.f("ix_thread_recipient_person_id"), "thread_recipient", ["person_id"], unique=False)
