"""What people answer to questions in lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False, comment="key of the question's cell"),
        sa.Column(
            "version",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 over what is right; never leaves the service",
        ),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False, comment="given when it was asked again"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_answer_lesson_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_answer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_lesson_id"), "answer", ["lesson_id"], unique=False)
    op.create_index("ix_answer_person_lesson", "answer", ["person_id", "lesson_id"], unique=False)
