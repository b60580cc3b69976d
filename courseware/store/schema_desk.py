"""The tables of the instructor's desk: how each mark came to be what it is, what staff set for a whole
lesson, and who grades without names.

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
lesson_mark = sa.Table(
    "lesson_mark",
    columns.metadata,
    columns.key(),
    columns.ref("lesson", index=False),
    columns.ref("person"),
    sa.Column("number", sa.Integer, nullable=False, comment="counts the changes; the last one holds"),
    sa.Column(
        "points",
        sa.Float,
        nullable=True,
        info=columns.TEACHING,
        comment="what the lesson is worth; null: what was handed in says it again",
    ),
    sa.Column(
        "computed", sa.Float, nullable=True, info=columns.TEACHING, comment="what the hand-ins said then"
    ),
    sa.Column("comment", sa.Text, nullable=False, info=columns.TEACHING),
    sa.Column("reason", sa.Text, nullable=False, info=columns.TEACHING),
    columns.ref("person", name="set_by"),
    sa.Column("at", columns.Instant, nullable=False),
    sa.UniqueConstraint("lesson_id", "person_id", "number"),
)
hidden_names = sa.Table(
    "hidden_names",
    columns.metadata,
    columns.key(),
    columns.ref("course", index=False),
    columns.ref("person"),
    sa.UniqueConstraint("course_id", "person_id"),
)
