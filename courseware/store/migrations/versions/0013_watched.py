"""What somebody has watched of a video, and where they left it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watched",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False, comment="of the video in the lesson"),
        sa.Column("duration", sa.Integer(), nullable=False, comment="of the video, in milliseconds"),
        sa.Column(
            "position",
            sa.Integer(),
            nullable=False,
            comment="where the person left it, in milliseconds",
        ),
        sa.Column("moved", sa.BigInteger(), nullable=False, comment="when it was left there"),
        sa.Column(
            "spans",
            sa.Text(),
            nullable=False,
            comment="JSON: what was watched, as pairs of milliseconds in order; it never shrinks",
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_watched_lesson_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_watched_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched")),
        sa.UniqueConstraint(
            "person_id", "lesson_id", "path", name=op.f("uq_watched_person_id_lesson_id_path")
        ),
    )
    op.create_index(op.f("ix_watched_lesson_id"), "watched", ["lesson_id"], unique=False)
