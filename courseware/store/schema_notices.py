"""The tables of notices and letters: who should be told what, in which way, and what became of each letter.

In: the pieces of `columns`. Out: one `Table` per record. No text of anybody is kept here: a letter is written
from its notices when it is sent, for one reader, by the room that the text belongs to.
"""

import sqlalchemy as sa

from courseware.store import columns

CHOOSING = {"purpose": "to reach the person as they chose", "retention": "until the person is erased"}
TAKING = {"purpose": "to take a mail once", "retention": "until the person is erased"}

letter = sa.Table(
    "letter",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("person"),
    columns.ref("course"),
    sa.Column(
        "kind", sa.String(16), nullable=False, comment="notice, digest, weekly, confirmation or signin"
    ),
    sa.Column("thread", sa.String(40), nullable=True, comment="public id: a reply to the letter goes there"),
    sa.Column("slot", sa.String(80), nullable=False, comment="what it is written for, once"),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("due", columns.Instant, nullable=False, comment="not to be sent before"),
    sa.Column("claimed", columns.Instant, nullable=True),
    sa.Column("finished", columns.Instant, nullable=True, info=columns.REACHING),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("person_id", "slot"),
    sa.CheckConstraint("state in ('waiting', 'sending', 'sent', 'empty', 'failed')", name="state"),
    sa.Index("ix_letter_state_due", "state", "due"),
)
notice = sa.Table(
    "notice",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("course"),
    columns.ref("person", index=False),
    sa.Column("event", sa.String(96), nullable=False, comment="what happened; one notice of a kind for each"),
    sa.Column("kind", sa.String(24), nullable=False, info=columns.REACHING),
    sa.Column("subject", sa.String(80), nullable=False, comment="public id of what it is about"),
    sa.Column("post", sa.String(40), nullable=True, comment="public id of a post in that thread"),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("seen", columns.Instant, nullable=True, info=columns.REACHING),
    columns.ref("letter", nullable=True),
    sa.UniqueConstraint("event", "person_id", "kind"),
    sa.Index("ix_notice_person_id_course_id_created", "person_id", "course_id", "created"),
)
mail_choice = sa.Table(
    "mail_choice",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    sa.Column("kind", sa.String(24), nullable=False, info=CHOOSING),
    sa.Column("choice", sa.String(8), nullable=False, info=CHOOSING),
    sa.UniqueConstraint("person_id", "kind"),
    sa.CheckConstraint("choice in ('at-once', 'daily', 'weekly', 'never')", name="choice"),
)
mail_habit = sa.Table(
    "mail_habit",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    sa.Column("time_zone", sa.String(64), nullable=True, comment="none: the course's", info=CHOOSING),
    sa.Column("digest_hour", sa.Integer, nullable=False, info=CHOOSING),
    sa.Column("digest_weekday", sa.Integer, nullable=False, comment="0 is Monday", info=CHOOSING),
    sa.Column("quiet_from", sa.Integer, nullable=True, comment="hour of the day", info=CHOOSING),
    sa.Column("quiet_until", sa.Integer, nullable=True, comment="hour of the day", info=CHOOSING),
    sa.Column(
        "texts", sa.Boolean, nullable=False, comment="letters may carry texts and marks", info=CHOOSING
    ),
    sa.Column("language", sa.String(16), nullable=True, comment="none: English", info=CHOOSING),
    sa.UniqueConstraint("person_id"),
)
received_mail = sa.Table(
    "received_mail",
    columns.metadata,
    columns.key(),
    columns.public(),
    sa.Column("fingerprint", sa.String(64), nullable=False, unique=True, comment="SHA-256: taken in once"),
    columns.ref("person", nullable=True),
    columns.ref("course", nullable=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("thread", sa.String(40), nullable=True, comment="public id of where it went"),
    sa.Column(
        "kept",
        sa.Text,
        nullable=True,
        comment="JSON: sender, subject, text, until it is confirmed or read by staff",
        info={"purpose": "to answer mail that was sent to the course", "retention": "30 days"},
    ),
    sa.Column("received", columns.Instant, nullable=False, info=TAKING),
    sa.Column("decided", columns.Instant, nullable=True),
    sa.CheckConstraint("state in ('posted', 'asked', 'filed', 'dropped')", name="state"),
    sa.Index("ix_received_mail_state_received", "state", "received"),
)
