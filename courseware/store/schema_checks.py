"""The table of what people answer to questions in lessons.

In: the pieces of `columns`. Out: one `Table` per record.
"""

import sqlalchemy as sa

from courseware.store import columns

answer = sa.Table(
    "answer",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("lesson"),
    sa.Column("question", sa.Text, nullable=False, comment="key of the question's cell"),
    sa.Column(
        "version",
        sa.String(64),
        nullable=False,
        comment="SHA-256 over what is right; never leaves the service",
    ),
    sa.Column("said", sa.Text, nullable=False, info=columns.GUIDING),
    sa.Column("right", sa.Boolean, nullable=False, info=columns.GUIDING),
    sa.Column(
        "again", sa.Boolean, nullable=False, comment="given when it was asked again", info=columns.GUIDING
    ),
    sa.Column("at", columns.Instant, nullable=False, info=columns.GUIDING),
)
sa.Index("ix_answer_person_lesson", answer.c.person_id, answer.c.lesson_id)
