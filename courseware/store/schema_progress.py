"""The tables of a person's way through a course: visits, so that what is new since then can be told, lessons
that were opened, and what was watched of each video.

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

watched = sa.Table(
    "watched",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("lesson"),
    sa.Column(
        "path", sa.String(300), nullable=False, comment="of the video in the lesson", info=columns.TEACHING
    ),
    sa.Column(
        "duration",
        sa.Integer,
        nullable=False,
        comment="of the video, in milliseconds",
        info=columns.TEACHING,
    ),
    sa.Column(
        "position",
        sa.Integer,
        nullable=False,
        comment="where the person left it, in milliseconds",
        info=columns.TEACHING,
    ),
    sa.Column(
        "moved", columns.Instant, nullable=False, comment="when it was left there", info=columns.TEACHING
    ),
    sa.Column(
        "grown",
        columns.Instant,
        nullable=False,
        comment="when something new of it was last watched",
        info=columns.TEACHING,
    ),
    sa.Column(
        "spans",
        sa.Text,
        nullable=False,
        comment="JSON: what was watched, as pairs of milliseconds in order; it never shrinks",
        info=columns.TEACHING,
    ),
    sa.UniqueConstraint("person_id", "lesson_id", "path"),
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
