"""What a credential may do at most, links for one machine, and draft releases."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "credential",
        sa.Column(
            "at_most", sa.String(length=16), nullable=True, comment="a role: it can do no more than that"
        ),
    )
    op.add_column(
        "credential",
        sa.Column(
            "gives",
            sa.String(length=8),
            nullable=True,
            comment="of a link for one machine: the ceiling there",
        ),
    )
    op.add_column("credential", sa.Column("gives_days", sa.Integer(), nullable=True))
    op.add_column(
        "credential",
        sa.Column(
            "made_by",
            sa.String(length=40),
            nullable=True,
            comment="public id of who made it, if somebody else",
        ),
    )
    op.create_table(
        "draft_release",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("uploaded", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.Text(),
            nullable=False,
            comment="JSON list of {path, sha256, size}: the author's files",
        ),
        sa.Column(
            "student",
            sa.Text(),
            nullable=False,
            comment="JSON list of {path, sha256, size}: as students get it",
        ),
        sa.Column("accept", sa.Text(), nullable=False, comment="JSON list of findings' codes"),
        sa.Column("report", sa.Text(), nullable=False, comment="JSON: what lint and qualification said"),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_draft_release_lesson_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_draft_release_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_release")),
        sa.UniqueConstraint("lesson_id", name=op.f("uq_draft_release_lesson_id")),
        sa.UniqueConstraint("public", name=op.f("uq_draft_release_public")),
    )
    op.create_index(op.f("ix_draft_release_uploaded_by"), "draft_release", ["uploaded_by"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(
            "letter",
            "kind",
            comment="notice, digest, weekly, confirmation or signin",
            existing_comment="notice, digest, weekly or confirmation",
            existing_type=sa.String(length=16),
            existing_nullable=False,
        )
