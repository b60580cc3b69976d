"""The tables of what people answer to questions in lessons, and of what they have checked before handing in.

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
course_check = sa.Table(
    "course_check",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("person", index=False),
    columns.ref("lesson"),
    columns.ref("release"),
    sa.Column("notebook", sa.Text, nullable=False, comment="path without .ipynb"),
    sa.Column("exercise", sa.Text, nullable=False, comment="grade_id"),
    sa.Column(
        "files", sa.Text, nullable=False, comment="JSON list of {path, sha256, size}", info=columns.TEACHING
    ),
    sa.Column("asked", columns.Instant, nullable=False, info=columns.TEACHING),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("finished", columns.Instant, nullable=True),
    sa.Column("verdict", sa.String(16), nullable=False, server_default="", info=columns.TEACHING),
    sa.Column("hint", sa.Text, nullable=False, server_default=""),
    sa.Column("job", sa.BigInteger, nullable=True, comment="of the worker that runs it"),
    sa.CheckConstraint("state in ('waiting', 'running', 'done', 'failed')", name="state"),
)
sa.Index("ix_course_check_person_lesson", course_check.c.person_id, course_check.c.lesson_id)
sa.Index("ix_course_check_state", course_check.c.state, course_check.c.id)
