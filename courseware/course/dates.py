"""The tables of dates: what a lesson says, and what holds for each person, rewritten whenever the first
changes.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from courseware.course import model, schedule
from courseware.store import schema

_L, _E, _M = schema.lesson_dates, schema.effective_dates, schema.membership


def put(connection: sa.Connection, lesson_id: int, told: model.Dates) -> bool:
    """Set a lesson's own dates; True if that changed something."""
    values = {"opens": told.opens, "due": told.due, "closes": told.closes}
    row = connection.execute(sa.select(_L).where(_L.c.lesson_id == lesson_id)).one_or_none()
    if row is None:
        connection.execute(_L.insert().values(lesson_id=lesson_id, **values))
        return True
    if (row.opens, row.due, row.closes) == (told.opens, told.due, told.closes):
        return False
    connection.execute(_L.update().where(_L.c.lesson_id == lesson_id).values(**values))
    return True


def of_lesson(connection: sa.Connection, lesson_id: int) -> model.Dates:
    """A lesson's own dates."""
    row = connection.execute(sa.select(_L).where(_L.c.lesson_id == lesson_id)).one_or_none()
    return model.Dates(opens=row.opens, due=row.due, closes=row.closes) if row else model.Dates()


def rewrite(connection: sa.Connection, course: model.Course, *, person_id: int | None = None) -> None:
    """Write anew what holds for everybody in the course, or for one person."""
    lessons = (
        connection.execute(sa.select(schema.lesson.c.id).where(schema.lesson.c.course_id == course.id))
        .scalars()
        .all()
    )
    mine = _M.c.course_id == course.id
    people: Iterable[int] = (
        [person_id]
        if person_id is not None
        else connection.execute(sa.select(_M.c.person_id).where(mine)).scalars().all()
    )
    people = list(people)
    if not lessons or not people:
        return
    gone = _E.delete().where(_E.c.lesson_id.in_(lessons))
    connection.execute(gone.where(_E.c.person_id == person_id) if person_id is not None else gone)
    rows = []
    for lesson_id in lessons:
        holds = schedule.same_for_all(of_lesson(connection, lesson_id))
        rows += [
            {
                "person_id": key,
                "lesson_id": lesson_id,
                "opens": holds.opens,
                "due": holds.due,
                "closes": holds.closes,
                "why": holds.why,
            }
            for key in people
        ]
    connection.execute(_E.insert(), rows)


def effective(connection: sa.Connection, person_id: int, lesson_id: int) -> model.Dates:
    """What holds for a person; the only dates that exchange, notices and calendars read."""
    mine = (_E.c.person_id == person_id) & (_E.c.lesson_id == lesson_id)
    row = connection.execute(sa.select(_E).where(mine)).one_or_none()
    if row is None:
        return schedule.same_for_all(of_lesson(connection, lesson_id))
    return model.Dates(opens=row.opens, due=row.due, closes=row.closes, why=row.why)


def of_everybody(connection: sa.Connection, lesson_id: int) -> dict[int, model.Dates]:
    """What holds in a lesson, by key of the person."""
    rows = connection.execute(sa.select(_E).where(_E.c.lesson_id == lesson_id))
    return {
        row.person_id: model.Dates(opens=row.opens, due=row.due, closes=row.closes, why=row.why)
        for row in rows
    }
