"""Roles that the groups of a JupyterHub give, beside what the roster says."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "given_role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column(
            "before",
            sa.String(length=16),
            nullable=True,
            comment="the role by the course's own roster, if any",
        ),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_given_role_course_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_given_role_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_given_role"),
        sa.UniqueConstraint("course_id", "person_id", name="uq_given_role_course_id_person_id"),
    )
    op.create_index("ix_given_role_person_id", "given_role", ["person_id"])
