"""Who used which right over others, and who was refused."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "access_record",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "credential",
            sa.String(length=40),
            nullable=True,
            comment="public id of what let the person in",
        ),
        sa.Column("ceiling", sa.String(length=8), nullable=True),
        sa.Column(
            "system_user",
            sa.String(length=128),
            nullable=True,
            comment="who gave a command on the machine itself",
        ),
        sa.Column("course_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("at_most", sa.String(length=16), nullable=True, comment="what the credential ends at"),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False, comment="its pattern, or the command"),
        sa.Column("place", sa.String(length=400), nullable=False, comment="what stood in the address"),
        sa.Column("request", sa.String(length=64), nullable=False, comment="its id, as in the log"),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column(
            "status", sa.Integer(), nullable=True, comment="of the answer; null while it is being done"
        ),
        sa.Column(
            "repeated", sa.Boolean(), nullable=False, comment="answered as before: nothing was done again"
        ),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False, comment="of the same refusal"),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="when it was refused the last time"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_access_record_person_id"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_access_record_course_id"),
        sa.PrimaryKeyConstraint("id", name="pk_access_record"),
    )
    op.create_index("ix_access_record_last", "access_record", ["last"])
    op.create_index("ix_access_record_course_id_at", "access_record", ["course_id", "at"])
    op.create_index("ix_access_record_person_id_at", "access_record", ["person_id", "at"])
