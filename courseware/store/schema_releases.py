"""The tables beside releases, whose own rows never change: which are offered no more; and when a draft is to
become one.

In: the pieces of `columns`. Out: one `Table` per record.
"""

import sqlalchemy as sa

from courseware.store import columns

withdrawal = sa.Table(
    "withdrawal",
    columns.metadata,
    columns.key(),
    columns.ref("release", index=False),
    sa.Column("reason", sa.Text, nullable=False),
    columns.ref("person", name="withdrawn_by"),
    sa.Column("withdrawn", columns.Instant, nullable=False),
    sa.UniqueConstraint("release_id"),
)
planned_release = sa.Table(
    "planned_release",
    columns.metadata,
    columns.key(),
    columns.ref("lesson", index=False),
    sa.Column("draft", sa.String(40), nullable=False, comment="public id of the draft release that is meant"),
    sa.Column("at", columns.Instant, nullable=False),
    columns.ref("person", name="planned_by"),
    sa.Column("problem", sa.Text, nullable=False, server_default="", comment="why it was not published then"),
    sa.UniqueConstraint("lesson_id"),
)
