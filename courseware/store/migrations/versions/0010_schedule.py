"""Dates of one's own: steps of a plan, what was granted, what was reached, which hand-in was chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("effective_dates", sa.Column("locked", sa.Text(), nullable=False, server_default=""))
    _plan_step()
    _allowance()
    _attainment()
    _choice()


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _plan_step() -> None:
    op.create_table(
        "plan_step",
        _key(),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False, comment="shift, hours, pause or zone"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False, comment="date on the wall"),
        sa.Column("lesson_id", sa.BigInteger(), nullable=True),
        sa.Column("hours", sa.Float(), nullable=True),
        sa.Column("until_day", sa.String(length=10), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind in ('shift', 'hours', 'pause', 'zone')", name=op.f("ck_plan_step_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_step_person_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_plan_step_course_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_plan_step_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_step")),
    )
    op.create_index(op.f("ix_plan_step_course_id"), "plan_step", ["course_id"])
    op.create_index(op.f("ix_plan_step_lesson_id"), "plan_step", ["lesson_id"])
    op.create_index("ix_plan_step_of", "plan_step", ["person_id", "course_id"])


def _allowance() -> None:
    op.create_table(
        "allowance",
        _key(),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_allowance_person_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_allowance_course_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_allowance_lesson_id")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_allowance_given_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_allowance_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
        sa.UniqueConstraint("public", name=op.f("uq_allowance_public")),
    )
    for column in ("course_id", "lesson_id", "given_by", "ended_by"):
        op.create_index(op.f(f"ix_allowance_{column}"), "allowance", [column])
    op.create_index("ix_allowance_of", "allowance", ["person_id", "course_id"])


def _attainment() -> None:
    op.create_table(
        "attainment",
        _key(),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("handed_in", sa.BigInteger(), nullable=True),
        sa.Column("percent", sa.Float(), nullable=True),
        sa.Column("shown_from", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attainment_person_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_attainment_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attainment")),
        sa.UniqueConstraint("person_id", "lesson_id", name=op.f("uq_attainment_person_id_lesson_id")),
    )
    op.create_index(op.f("ix_attainment_lesson_id"), "attainment", ["lesson_id"])


def _choice() -> None:
    op.create_table(
        "choice",
        _key(),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("chosen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_choice_person_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_choice_lesson_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_choice_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice")),
        sa.UniqueConstraint("person_id", "lesson_id", name=op.f("uq_choice_person_id_lesson_id")),
    )
    op.create_index(op.f("ix_choice_lesson_id"), "choice", ["lesson_id"])
    op.create_index(op.f("ix_choice_submission_id"), "choice", ["submission_id"])
