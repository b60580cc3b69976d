"""How marks came to be what they are, and who grades without names. What persons gave so far is taken over as
their first change; what it was before that, nobody wrote down but the machine.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_SO_FAR = """
INSERT INTO mark_change (submission_id, notebook, exercise, before, after, reason, changed_by, at)
SELECT o.submission_id, o.notebook, o.exercise, m.score, o.score, '', o.marked_by, o.marked
FROM mark_override o LEFT JOIN mark m
ON m.submission_id = o.submission_id AND m.notebook = o.notebook AND m.exercise = o.exercise
ORDER BY o.id
"""


def upgrade() -> None:
    op.create_table(
        "mark_change",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("notebook", sa.Text(), nullable=False),
        sa.Column("exercise", sa.Text(), nullable=False),
        sa.Column("before", sa.Float(), nullable=True),
        sa.Column("after", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_mark_change_submission_id"),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name="fk_mark_change_changed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_mark_change"),
    )
    op.create_index("ix_mark_change_submission_id", "mark_change", ["submission_id"])
    op.create_index("ix_mark_change_changed_by", "mark_change", ["changed_by"])
    op.execute(_SO_FAR)
    op.create_table(
        "hidden_names",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_hidden_names_course_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_hidden_names_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hidden_names"),
        sa.UniqueConstraint("course_id", "person_id", name="uq_hidden_names_course_id_person_id"),
    )
    op.create_index("ix_hidden_names_person_id", "hidden_names", ["person_id"])
