"""What people answer to questions in lessons, and what they have checked before handing in."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _answers()
    _checks()


def _answers() -> None:
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


def _checks() -> None:
    op.create_table(
        "course_check",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("notebook", sa.Text(), nullable=False, comment="path without .ipynb"),
        sa.Column("exercise", sa.Text(), nullable=False, comment="grade_id"),
        sa.Column("files", sa.Text(), nullable=False, comment="JSON list of {path, sha256, size}"),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("hint", sa.Text(), nullable=False, server_default=""),
        sa.CheckConstraint(
            "state in ('waiting', 'running', 'done', 'failed')", name=op.f("ck_course_check_state")
        ),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_course_check_lesson_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_course_check_person_id")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_course_check_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_check")),
        sa.UniqueConstraint("public", name=op.f("uq_course_check_public")),
    )
    op.create_index(op.f("ix_course_check_lesson_id"), "course_check", ["lesson_id"], unique=False)
    op.create_index(op.f("ix_course_check_release_id"), "course_check", ["release_id"], unique=False)
    op.create_index("ix_course_check_person_lesson", "course_check", ["person_id", "lesson_id"], unique=False)
    op.create_index("ix_course_check_state", "course_check", ["state", "id"], unique=False)
