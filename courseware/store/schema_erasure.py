"""The table of files that nobody names any more since somebody was erased.

In: the pieces of `columns`. Out: one `Table`. No row tells of a person: a hash alone says nothing.
"""

import sqlalchemy as sa

from courseware.store import columns

erased_blob = sa.Table(
    "erased_blob",
    columns.metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("since", columns.Instant, nullable=False, comment="when somebody was erased who had it"),
    sa.Column("aside", columns.Instant, nullable=True, comment="since when it is out of the way"),
)
