"""Notices, letters, how people want to be told, mail that came in, and when somebody was last here."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="notice, digest, weekly or confirmation"
        ),
        sa.Column(
            "thread",
            sa.String(length=40),
            nullable=True,
            comment="public id: a reply to the letter goes there",
        ),
        sa.Column("slot", sa.String(length=80), nullable=False, comment="what it is written for, once"),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False, comment="not to be sent before"),
        sa.Column("claimed", sa.BigInteger(), nullable=True),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state in ('waiting', 'sending', 'sent', 'empty', 'failed')", name=op.f("ck_letter_state")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_letter_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("person_id", "slot", name=op.f("uq_letter_person_id_slot")),
        sa.UniqueConstraint("public", name=op.f("uq_letter_public")),
    )
    op.create_index(op.f("ix_letter_course_id"), "letter", ["course_id"], unique=False)
    op.create_index(op.f("ix_letter_person_id"), "letter", ["person_id"], unique=False)
    op.create_index("ix_letter_state_due", "letter", ["state", "due"], unique=False)
    op.create_table(
        "mail_choice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("choice", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "choice in ('at-once', 'daily', 'weekly', 'never')", name=op.f("ck_mail_choice_choice")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choice")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_mail_choice_person_id_kind")),
    )
    op.create_table(
        "mail_habit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=True, comment="none: the course's"),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("digest_weekday", sa.Integer(), nullable=False, comment="0 is Monday"),
        sa.Column("quiet_from", sa.Integer(), nullable=True, comment="hour of the day"),
        sa.Column("quiet_until", sa.Integer(), nullable=True, comment="hour of the day"),
        sa.Column("texts", sa.Boolean(), nullable=False, comment="letters may carry texts and marks"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_habit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_habit")),
        sa.UniqueConstraint("person_id", name=op.f("uq_mail_habit_person_id")),
    )
    op.create_table(
        "received_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False, comment="SHA-256: taken in once"),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("course_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("thread", sa.String(length=40), nullable=True, comment="public id of where it went"),
        sa.Column(
            "kept",
            sa.Text(),
            nullable=True,
            comment="JSON: sender, subject, text, until it is confirmed or read by staff",
        ),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state in ('posted', 'asked', 'filed', 'dropped')", name=op.f("ck_received_mail_state")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_received_mail_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_received_mail_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mail")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_received_mail_fingerprint")),
        sa.UniqueConstraint("public", name=op.f("uq_received_mail_public")),
    )
    op.create_index(op.f("ix_received_mail_course_id"), "received_mail", ["course_id"], unique=False)
    op.create_index(op.f("ix_received_mail_person_id"), "received_mail", ["person_id"], unique=False)
    op.create_index("ix_received_mail_state_received", "received_mail", ["state", "received"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=True, comment="end of the visit before this one"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_visit_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("person_id", "course_id", name=op.f("uq_visit_person_id_course_id")),
    )
    op.create_index(op.f("ix_visit_course_id"), "visit", ["course_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "event",
            sa.String(length=96),
            nullable=False,
            comment="what happened; one notice of a kind for each",
        ),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False, comment="public id of what it is about"),
        sa.Column("post", sa.String(length=40), nullable=True, comment="public id of a post in that thread"),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=True),
        sa.Column("letter_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_notice_course_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_notice_letter_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("event", "person_id", "kind", name=op.f("uq_notice_event_person_id_kind")),
        sa.UniqueConstraint("public", name=op.f("uq_notice_public")),
    )
    op.create_index(op.f("ix_notice_course_id"), "notice", ["course_id"], unique=False)
    op.create_index(op.f("ix_notice_letter_id"), "notice", ["letter_id"], unique=False)
    op.create_index(
        "ix_notice_person_id_course_id_created", "notice", ["person_id", "course_id", "created"], unique=False
    )
