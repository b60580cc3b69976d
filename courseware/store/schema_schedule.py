"""The tables behind people's own dates: steps of their plan, what was granted, what they reached, which
hand-in they chose; and the rules for late work that staff set over those of course.toml.

In: the pieces of `columns`. Out: one `Table` per record.
"""

import sqlalchemy as sa

from courseware.store import columns

plan_step = sa.Table(
    "plan_step",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("course"),
    sa.Column("kind", sa.String(8), nullable=False, comment="shift, hours, pause or zone"),
    sa.Column("at", columns.Instant, nullable=False, info=columns.TEACHING),
    sa.Column("on_day", sa.String(10), nullable=False, comment="date on the wall", info=columns.TEACHING),
    columns.ref("lesson", nullable=True),
    sa.Column("hours", sa.Float, nullable=True, info=columns.TEACHING),
    sa.Column("until_day", sa.String(10), nullable=True, info=columns.TEACHING),
    sa.Column("zone", sa.String(64), nullable=True, info=columns.TEACHING),
    sa.CheckConstraint("kind in ('shift', 'hours', 'pause', 'zone')", name="kind"),
)
sa.Index("ix_plan_step_of", plan_step.c.person_id, plan_step.c.course_id)
allowance = sa.Table(
    "allowance",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("person", index=False),
    columns.ref("course"),
    columns.ref("lesson", nullable=True),
    sa.Column("kind", sa.String(16), nullable=False, info=columns.TEACHING),
    sa.Column("amount", sa.Float, nullable=False, info=columns.TEACHING),
    sa.Column("until", columns.Instant, nullable=True, info=columns.TEACHING),
    sa.Column("text", sa.Text, nullable=False, info=columns.TEACHING),
    sa.Column("reason", sa.Text, nullable=False, info=columns.TEACHING),
    columns.ref("person", name="given_by"),
    sa.Column("given", columns.Instant, nullable=False),
    columns.ref("person", name="ended_by", nullable=True),
    sa.Column("ended", columns.Instant, nullable=True),
)
sa.Index("ix_allowance_of", allowance.c.person_id, allowance.c.course_id)
attainment = sa.Table(
    "attainment",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("lesson"),
    sa.Column("handed_in", columns.Instant, nullable=True, info=columns.TEACHING),
    sa.Column("percent", sa.Float, nullable=True, info=columns.TEACHING),
    sa.Column("shown_from", columns.Instant, nullable=True, info=columns.TEACHING),
    sa.UniqueConstraint("person_id", "lesson_id"),
)
choice = sa.Table(
    "choice",
    columns.metadata,
    columns.key(),
    columns.ref("person", index=False),
    columns.ref("lesson"),
    columns.ref("submission"),
    sa.Column("chosen", columns.Instant, nullable=False, info=columns.TEACHING),
    sa.UniqueConstraint("person_id", "lesson_id"),
)
late_rule = sa.Table(
    "late_rule",
    columns.metadata,
    columns.key(),
    columns.public(),
    columns.ref("lesson"),
    sa.Column("rule", sa.Text, nullable=False, comment="as course.toml would write it"),
    sa.Column("reason", sa.Text, nullable=False),
    columns.ref("person", name="given_by"),
    sa.Column("given", columns.Instant, nullable=False),
    columns.ref("person", name="ended_by", nullable=True),
    sa.Column("ended", columns.Instant, nullable=True),
)
