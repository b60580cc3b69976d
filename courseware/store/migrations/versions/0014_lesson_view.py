"""Which lessons somebody has opened, for the map of a course."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson_view",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "first",
            sa.BigInteger(),
            nullable=False,
            comment="when the page was opened or the files were got",
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_view_lesson_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lesson_view_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_view")),
        sa.UniqueConstraint("person_id", "lesson_id", name=op.f("uq_lesson_view_person_id_lesson_id")),
    )
    op.create_index(op.f("ix_lesson_view_lesson_id"), "lesson_view", ["lesson_id"], unique=False)
