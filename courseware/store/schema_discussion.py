"""The tables of discussions: threads, posts and what people do with them.

In: the pieces of `columns`. Out: one `Table` per record. What somebody wrote is theirs and goes when they
are erased; the thread around it stays.
"""

import sqlalchemy as sa

from courseware.store import columns

TALKING = {"purpose": "to talk about the course", "retention": "until the person is erased"}

thread = sa.Table(
    "thread",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("course", index=False),
    columns.ref("lesson", nullable=True, index=False),
    sa.Column("anchor", sa.Text, nullable=True, comment="key of the cell; none for a whole lesson or course"),
    sa.Column(
        "moment", sa.Integer, nullable=True, comment="second of the cell's first video that it is about"
    ),
    sa.Column("graded", sa.Boolean, nullable=False, comment="the cell belongs to an exercise"),
    sa.Column("held", sa.Boolean, nullable=False, comment="peers see it when both due dates have passed"),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title", sa.Text, nullable=False, info=TALKING),
    columns.ref("person", name="author_id"),
    sa.Column("anonymous", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, server_default="open"),
    sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("hidden", sa.Boolean, nullable=False, server_default=sa.false()),
    columns.ref("person", name="claimed_by", nullable=True),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("last", columns.Instant, nullable=False, comment="time of the newest post"),
    sa.CheckConstraint("kind in ('question', 'discussion', 'private', 'announcement')", name="kind"),
    sa.CheckConstraint("state in ('open', 'resolved')", name="state"),
    sa.Index("ix_thread_course_id_last", "course_id", "last"),
    sa.Index("ix_thread_lesson_id_anchor", "lesson_id", "anchor"),
)
recipient = sa.Table(
    "thread_recipient",
    columns.metadata,
    columns.key(),
    columns.ref("thread", index=False),
    columns.ref("person"),
    sa.UniqueConstraint("thread_id"),
)
post = sa.Table(
    "post",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("thread", index=False),
    sa.Column("number", sa.Integer, nullable=False, comment="1 is what began the thread"),
    columns.ref("person", name="author_id", index=False),
    sa.Column("anonymous", sa.Boolean, nullable=False),
    sa.Column("body", sa.Text, nullable=False, info=TALKING),
    sa.Column("attachment", sa.Text, nullable=True, comment="JSON: cell, traceback", info=TALKING),
    sa.Column("state", sa.String(16), nullable=False, server_default="shown"),
    sa.Column("endorsed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("answer", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("edited", columns.Instant, nullable=True),
    sa.Column(
        "words", sa.Text, nullable=False, server_default="", comment="what search finds it by", info=TALKING
    ),
    sa.UniqueConstraint("thread_id", "number"),
    sa.CheckConstraint("state in ('shown', 'deleted', 'hidden')", name="state"),
    sa.Index("ix_post_author_id_created", "author_id", "created"),
)
pseudonym = sa.Table(
    "pseudonym",
    columns.metadata,
    columns.key(),
    columns.ref("thread", index=False),
    columns.ref("person"),
    sa.Column("number", sa.Integer, nullable=False, comment="what peers see: Anonymous 2", info=TALKING),
    sa.UniqueConstraint("thread_id", "person_id"),
    sa.UniqueConstraint("thread_id", "number"),
)
post_edit = sa.Table(
    "post_edit",
    columns.metadata,
    columns.key(),
    columns.ref("post"),
    columns.ref("person", name="edited_by"),
    sa.Column("body", sa.Text, nullable=False, comment="the text before", info=TALKING),
    sa.Column("edited", columns.Instant, nullable=False),
)
reaction = sa.Table(
    "reaction",
    columns.metadata,
    columns.key(),
    columns.ref("post", index=False),
    columns.ref("person"),
    sa.Column("kind", sa.String(16), nullable=False, info=TALKING),
    sa.UniqueConstraint("post_id", "person_id", "kind"),
    sa.CheckConstraint("kind in ('thanks', 'same', 'insight')", name="kind"),
)
report = sa.Table(
    "report",
    columns.metadata,
    columns.key(),
    columns.ref("post", index=False),
    columns.ref("person"),
    sa.Column("reason", sa.Text, nullable=False, info=TALKING),
    sa.Column("reported", columns.Instant, nullable=False),
    sa.Column("decided", columns.Instant, nullable=True),
    columns.ref("person", name="decided_by", nullable=True),
    sa.UniqueConstraint("post_id", "person_id"),
)
read = sa.Table(
    "thread_read",
    columns.metadata,
    columns.key(),
    columns.ref("thread", index=False),
    columns.ref("person"),
    sa.Column("number", sa.Integer, nullable=False, comment="the last post that was seen", info=TALKING),
    sa.UniqueConstraint("thread_id", "person_id"),
)
follow = sa.Table(
    "follow",
    columns.metadata,
    columns.key(),
    columns.ref("thread", index=False),
    columns.ref("person"),
    sa.Column("following", sa.Boolean, nullable=False, info=TALKING),
    sa.UniqueConstraint("thread_id", "person_id"),
)
saved_reply = sa.Table(
    "saved_reply",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("course"),
    columns.ref("person"),
    sa.Column("title", sa.Text, nullable=False, info=TALKING),
    sa.Column("body", sa.Text, nullable=False, info=TALKING),
    sa.Column("created", columns.Instant, nullable=False),
)
