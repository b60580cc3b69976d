"""Who looks at which answer, and rubrics with their use."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _place() -> tuple[sa.Column[str], sa.Column[str]]:
    """Which exercise."""
    return (
        sa.Column("notebook", sa.Text(), nullable=False, comment="path without .ipynb"),
        sa.Column("exercise", sa.Text(), nullable=False, comment="grade_id"),
    )


def _bare() -> tuple[sa.Column[str], sa.Column[str]]:
    """The same where the table does not say what it is."""
    return sa.Column("notebook", sa.Text(), nullable=False), sa.Column("exercise", sa.Text(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "review_claim",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        *_place(),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_review_claim_person_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_review_claim_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_claim"),
        sa.UniqueConstraint("person_id", name="uq_review_claim_person_id"),
    )
    op.create_index("ix_review_claim_submission_id", "review_claim", ["submission_id"])
    _rubrics()
    _words()
    _batches()


def _rubrics() -> None:
    """Rubrics by version, and what was given with them."""
    op.create_table(
        "rubric",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        *_bare(),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="the largest holds; a row is never changed"
        ),
        sa.Column("listed", sa.Text(), nullable=False, comment="JSON list of {id, text, points}"),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_rubric_lesson_id"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_rubric_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_rubric"),
        sa.UniqueConstraint(
            "lesson_id",
            "notebook",
            "exercise",
            "version",
            name="uq_rubric_lesson_id_notebook_exercise_version",
        ),
    )
    op.create_index("ix_rubric_made_by", "rubric", ["made_by"])
    op.create_table(
        "rubric_use",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        *_bare(),
        sa.Column("used", sa.Text(), nullable=False, comment="JSON list of ids of items"),
        sa.Column("adjustment", sa.Float(), nullable=False, comment="points beside the items"),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the mark that was given so"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_rubric_use_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rubric_use"),
        sa.UniqueConstraint(
            "submission_id", "notebook", "exercise", name="uq_rubric_use_submission_id_notebook_exercise"
        ),
    )


def _words() -> None:
    """Notes at answers, and comments to use again."""
    op.create_table(
        "review_note",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        *_bare(),
        sa.Column(
            "line", sa.Integer(), nullable=True, comment="of the answer, from 1; null is all of its cell"
        ),
        sa.Column("body", sa.Text(), nullable=False, comment="Markdown"),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_review_note_submission_id"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_review_note_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_review_note"),
        sa.UniqueConstraint("public", name="uq_review_note_public"),
    )
    op.create_index("ix_review_note_submission_id", "review_note", ["submission_id"])
    op.create_index("ix_review_note_made_by", "review_note", ["made_by"])
    op.create_table(
        "saved_comment",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="Markdown"),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_saved_comment_course_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_saved_comment_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_comment"),
        sa.UniqueConstraint("public", name="uq_saved_comment_public"),
    )
    op.create_index("ix_saved_comment_person_id", "saved_comment", ["person_id"])
    op.create_index("ix_saved_comment_course_id_person_id", "saved_comment", ["course_id", "person_id"])


def _batches() -> None:
    """Marks that were given to answers that are alike."""
    op.create_table(
        "review_batch",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        *_bare(),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True, comment="when it was undone"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_review_batch_lesson_id"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_review_batch_made_by"),
        sa.PrimaryKeyConstraint("id", name="pk_review_batch"),
        sa.UniqueConstraint("public", name="uq_review_batch_public"),
    )
    op.create_index("ix_review_batch_lesson_id", "review_batch", ["lesson_id"])
    op.create_index("ix_review_batch_made_by", "review_batch", ["made_by"])
    op.create_table(
        "review_batch_member",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_batch_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the mark that was given so"),
        sa.ForeignKeyConstraint(
            ["review_batch_id"], ["review_batch.id"], name="fk_review_batch_member_review_batch_id"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_review_batch_member_submission_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_batch_member"),
        sa.UniqueConstraint(
            "review_batch_id", "submission_id", name="uq_review_batch_member_review_batch_id_submission_id"
        ),
    )
    op.create_index("ix_review_batch_member_submission_id", "review_batch_member", ["submission_id"])
