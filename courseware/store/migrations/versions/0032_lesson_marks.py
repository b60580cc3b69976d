"""What staff set for a whole lesson of somebody, in place of what was handed in: each change is a row. And
the events about one lesson or hand-in are found without reading the others.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_UNIQUE = "uq_lesson_mark_lesson_id_person_id_number"


def upgrade() -> None:
    op.create_table(
        "lesson_mark",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="counts the changes; the last one holds"),
        sa.Column(
            "points",
            sa.Float(),
            nullable=True,
            comment="what the lesson is worth; null: what was handed in says it again",
        ),
        sa.Column("computed", sa.Float(), nullable=True, comment="what the hand-ins said then"),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_lesson_mark_lesson_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_lesson_mark_person_id"),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name="fk_lesson_mark_set_by"),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_mark"),
        sa.UniqueConstraint("lesson_id", "person_id", "number", name=_UNIQUE),
    )
    op.create_index("ix_lesson_mark_person_id", "lesson_mark", ["person_id"])
    op.create_index("ix_lesson_mark_set_by", "lesson_mark", ["set_by"])
    op.create_index("ix_journal_subject", "journal", ["subject"])
