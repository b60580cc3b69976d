"""The tables of the instructor's desk: how each mark came to be what it is, and who grades without names.

In: the pieces of `columns`. Out: one `Table` per record.
"""

import sqlalchemy as sa

from courseware.store import columns

mark_change = sa.Table(
    "mark_change",
    columns.metadata,
    columns.key(),
    columns.ref("submission"),
    sa.Column("notebook", sa.Text, nullable=False),
    sa.Column("exercise", sa.Text, nullable=False),
    sa.Column("before", sa.Float, nullable=True, info=columns.TEACHING),
    sa.Column("after", sa.Float, nullable=True, info=columns.TEACHING),
    sa.Column("reason", sa.Text, nullable=False, info=columns.TEACHING),
    columns.ref("person", name="changed_by", nullable=True),
    sa.Column("at", columns.Instant, nullable=False),
)
hidden_names = sa.Table(
    "hidden_names",
    columns.metadata,
    columns.key(),
    columns.ref("course", index=False),
    columns.ref("person"),
    sa.UniqueConstraint("course_id", "person_id"),
)
