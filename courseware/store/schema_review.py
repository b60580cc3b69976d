"""The tables of marking by hand: who looks at what, rubrics and their use, notes at cells, comments to use
again.

In: the pieces of `columns`. Out: one `Table` per record. The marks themselves are `schema.mark_override`.
"""

import sqlalchemy as sa

from courseware.store import columns

review_claim = sa.Table(
    "review_claim",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("submission"),
    sa.Column("notebook", sa.Text, nullable=False, comment="path without .ipynb"),
    sa.Column("exercise", sa.Text, nullable=False, comment="grade_id"),
    sa.Column("expires", columns.Instant, nullable=False),
    sa.UniqueConstraint("person_id"),
)
rubric = sa.Table(
    "rubric",
    columns.metadata,
    columns.key(),
    columns.ref("lesson", index=False),
    sa.Column("notebook", sa.Text, nullable=False),
    sa.Column("exercise", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, comment="the largest holds; a row is never changed"),
    sa.Column("listed", sa.Text, nullable=False, comment="JSON list of {id, text, points}"),
    columns.ref("person", name="made_by"),
    sa.Column("created", columns.Instant, nullable=False),
    sa.UniqueConstraint("lesson_id", "notebook", "exercise", "version"),
)
rubric_use = sa.Table(
    "rubric_use",
    columns.metadata,
    columns.key(),
    columns.ref("submission", index=False),
    sa.Column("notebook", sa.Text, nullable=False),
    sa.Column("exercise", sa.Text, nullable=False),
    sa.Column("used", sa.Text, nullable=False, comment="JSON list of ids of items", info=columns.TEACHING),
    sa.Column(
        "adjustment", sa.Float, nullable=False, comment="points beside the items", info=columns.TEACHING
    ),
    sa.Column("version", sa.Integer, nullable=False, comment="of the mark that was given so"),
    sa.UniqueConstraint("submission_id", "notebook", "exercise"),
)
review_note = sa.Table(
    "review_note",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("submission"),
    sa.Column("notebook", sa.Text, nullable=False),
    sa.Column("exercise", sa.Text, nullable=False),
    sa.Column("line", sa.Integer, nullable=True, comment="of the answer, from 1; null is all of its cell"),
    sa.Column("body", sa.Text, nullable=False, comment="Markdown", info=columns.TEACHING),
    columns.ref("person", name="made_by"),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("ended", columns.Instant, nullable=True),
)
saved_comment = sa.Table(
    "saved_comment",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("course", index=False),
    columns.ref("person"),
    sa.Column("body", sa.Text, nullable=False, comment="Markdown", info=columns.TEACHING),
    sa.Column("created", columns.Instant, nullable=False),
)
sa.Index("ix_saved_comment_course_id_person_id", saved_comment.c.course_id, saved_comment.c.person_id)
review_batch = sa.Table(
    "review_batch",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("lesson"),
    sa.Column("notebook", sa.Text, nullable=False),
    sa.Column("exercise", sa.Text, nullable=False),
    columns.ref("person", name="made_by"),
    sa.Column("created", columns.Instant, nullable=False),
    sa.Column("ended", columns.Instant, nullable=True, comment="when it was undone"),
)
review_batch_member = sa.Table(
    "review_batch_member",
    columns.metadata,
    columns.key(),
    columns.ref("review_batch", index=False),
    columns.ref("submission"),
    sa.Column("version", sa.Integer, nullable=False, comment="of the mark that was given so"),
    sa.Column(
        "comment",
        sa.Text,
        nullable=False,
        server_default="",
        comment="what stood there before",
        info=columns.TEACHING,
    ),
    sa.UniqueConstraint("review_batch_id", "submission_id"),
)
