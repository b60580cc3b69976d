"""The tables of groups of people, and of what graders look after.

In: the pieces of `columns`. Out: one `Table` per record.
"""

import sqlalchemy as sa

from courseware.store import columns

# A group may be called after somebody.
LOOKING_AFTER = {"purpose": "to say which staff look after whom", "retention": "until the group is ended"}

group = sa.Table(
    "people_group",
    columns.metadata,
    columns.key(),
    columns.ref("course", index=False),
    sa.Column("name", sa.String(64), nullable=False, info=LOOKING_AFTER),
    sa.UniqueConstraint("course_id", "name"),
)
group_member = sa.Table(
    "group_member",
    columns.metadata,
    columns.key(),
    columns.ref("people_group", name="group_id", index=False),
    columns.ref("person"),
    sa.UniqueConstraint("group_id", "person_id"),
)
duty = sa.Table(
    "duty",
    columns.metadata,
    columns.key(),
    columns.ref("course", index=False),
    columns.ref("person"),
    columns.ref("lesson", nullable=True, index=False),
    columns.ref("people_group", name="group_id", nullable=True, index=False),
    sa.CheckConstraint("(lesson_id is null) <> (group_id is null)", name="one"),
    sa.UniqueConstraint("course_id", "person_id", "lesson_id", "group_id"),
)
