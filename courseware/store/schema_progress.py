"""The tables of visits and of lessons that were opened: when somebody was last here, so that what is new
since then can be told, and which lessons they have had before their eyes.

In: the pieces of `columns`. Out: one `Table` per record.
"""

import sqlalchemy as sa

from courseware.store import columns

visit = sa.Table(
    "visit",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("course"),
    sa.Column("began", columns.Instant, nullable=False, info=columns.REACHING),
    sa.Column("last", columns.Instant, nullable=False, info=columns.REACHING),
    sa.Column(
        "before",
        columns.Instant,
        nullable=True,
        comment="end of the visit before this one",
        info=columns.REACHING,
    ),
    sa.UniqueConstraint("person_id", "course_id"),
)
lesson_view = sa.Table(
    "lesson_view",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("lesson"),
    sa.Column(
        "first",
        columns.Instant,
        nullable=False,
        comment="when the page was opened or the files were got",
        info=columns.GUIDING,
    ),
    sa.UniqueConstraint("person_id", "lesson_id"),
)
