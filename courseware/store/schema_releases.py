"""The tables beside releases, whose own rows never change: which are offered no more.

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
