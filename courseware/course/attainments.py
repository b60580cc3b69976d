"""The table of what people have reached in lessons that others require, or that are done when passed. What
was reached stays reached.
"""

import dataclasses
import datetime
from collections.abc import Collection

import sqlalchemy as sa

from courseware.course import model, rules
from courseware.store import schema, schema_schedule

_T, _L, _S = schema_schedule.attainment, schema.lesson, schema.submission


def put(
    connection: sa.Connection,
    person_id: int,
    lesson_id: int,
    reached: rules.Reached,
    *,
    now: datetime.datetime,
) -> bool:
    """Keep what somebody reached; True if that changed something. A percentage that was shown is never
    replaced by a lower one.
    """
    mine = (_T.c.person_id == person_id) & (_T.c.lesson_id == lesson_id)
    row = connection.execute(sa.select(_T).where(mine)).one_or_none()
    if row is not None:
        before = rules.Reached(handed_in=row.handed_in, percent=row.percent, shown_from=row.shown_from)
        reached = _merged(before, reached, now)
        if reached == before:
            return False
        connection.execute(_T.update().where(mine).values(dataclasses.asdict(reached)))
        return True
    connection.execute(
        _T.insert().values(person_id=person_id, lesson_id=lesson_id, **dataclasses.asdict(reached))
    )
    return True


def _merged(before: rules.Reached, after: rules.Reached, now: datetime.datetime) -> rules.Reached:
    """What holds of the two."""
    seen = before.shown_from is not None and before.shown_from <= now and before.percent is not None
    kept = seen and (after.percent is None or (before.percent or 0.0) >= after.percent)
    best = before if kept else after
    return rules.Reached(
        handed_in=before.handed_in or after.handed_in, percent=best.percent, shown_from=best.shown_from
    )


def of_course(
    connection: sa.Connection, course: model.Course, *, person_id: int | None = None
) -> dict[int, dict[str, rules.Reached]]:
    """What was reached in a course, by key of the person and lesson."""
    mine = _L.c.course_id == course.id
    if person_id is not None:
        mine &= _T.c.person_id == person_id
    query = sa.select(_T, _L.c.slug).join(_L, _L.c.id == _T.c.lesson_id).where(mine)
    found: dict[int, dict[str, rules.Reached]] = {}
    for row in connection.execute(query):
        found.setdefault(row.person_id, {})[row.slug] = rules.Reached(
            handed_in=row.handed_in, percent=row.percent, shown_from=row.shown_from
        )
    return found


def lacking(connection: sa.Connection, lesson_ids: Collection[int]) -> list[tuple[int, int]]:
    """The keys of person and lesson where work was handed in and nothing is kept of what it reached: nothing
    asked for it then.
    """
    kept = (_T.c.person_id == _S.c.person_id) & (_T.c.lesson_id == _S.c.lesson_id)
    query = sa.select(_S.c.person_id, _S.c.lesson_id).distinct().outerjoin(_T, kept)
    rows = connection.execute(query.where(_S.c.lesson_id.in_(lesson_ids) & _T.c.id.is_(None)))
    return sorted((row.person_id, row.lesson_id) for row in rows)
