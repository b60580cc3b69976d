"""The tables of what each course keeps in the store of blobs, and how much of it that may be.

In: the pieces of `columns`. Out: one `Table` per record.
"""

import sqlalchemy as sa

from courseware.store import columns

course_file = sa.Table(
    "course_file",
    columns.metadata,
    columns.key(),
    columns.ref("course", index=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("course_id", "sha256"),
)
course_storage = sa.Table(
    "course_storage",
    columns.metadata,
    columns.key(),
    columns.ref("course", index=False),
    sa.Column("used", sa.BigInteger, nullable=False, comment="bytes: the sizes of its files together"),
    sa.Column(
        "quota", sa.BigInteger, nullable=True, comment="bytes; 0 is none, null what the service says for all"
    ),
    sa.UniqueConstraint("course_id"),
)
