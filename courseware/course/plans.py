"""The table of steps of people's plans: shifts, weekly hours, pauses, moves to another zone. Steps are only
ever added.
"""

import datetime
from typing import cast

import sqlalchemy as sa

from courseware.course import model, rules
from courseware.store import schema, schema_schedule

_T, _L = schema_schedule.plan_step, schema.lesson


def insert(
    connection: sa.Connection,
    course: model.Course,
    person_id: int,
    step: rules.Step,
    *,
    lesson: model.Lesson | None = None,
) -> None:
    """Add a step."""
    connection.execute(
        _T.insert().values(
            person_id=person_id,
            course_id=course.id,
            kind=step.kind,
            at=step.at,
            on_day=step.on.isoformat(),
            lesson_id=lesson.id if lesson else None,
            hours=step.hours if step.kind == "hours" else None,
            until_day=step.until.isoformat() if step.until else None,
            zone=step.zone or None,
        )
    )


def of_course(
    connection: sa.Connection, course: model.Course, *, person_id: int | None = None
) -> dict[int, tuple[rules.Step, ...]]:
    """The steps in a course by key of the person, in order."""
    mine = _T.c.course_id == course.id
    if person_id is not None:
        mine &= _T.c.person_id == person_id
    query = sa.select(_T, _L.c.slug).outerjoin(_L, _L.c.id == _T.c.lesson_id).where(mine)
    found: dict[int, tuple[rules.Step, ...]] = {}
    for row in connection.execute(query.order_by(_T.c.at, _T.c.id)):
        step = rules.Step(
            kind=cast(rules.StepKind, row.kind),
            at=row.at,
            on=datetime.date.fromisoformat(row.on_day),
            lesson=row.slug or "",
            hours=row.hours or 0.0,
            until=datetime.date.fromisoformat(row.until_day) if row.until_day else None,
            zone=row.zone or "",
        )
        found[row.person_id] = (*found.get(row.person_id, ()), step)
    return found
