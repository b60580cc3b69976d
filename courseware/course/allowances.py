"""The table of what staff granted to people: extensions, extra time and attempts, waivers, formats.

A row is never changed but by its end, so that it tells who granted what, when and why, for ever. Peers see
nothing of it: only its person and staff are asked for.
"""

import dataclasses
import datetime
from collections.abc import Collection
from typing import cast

import sqlalchemy as sa

from courseware import errors
from courseware.course import model, rules
from courseware.store import ids, schema, schema_schedule

_T, _L, _P = schema_schedule.allowance, schema.lesson, schema.person


@dataclasses.dataclass(frozen=True, kw_only=True)
class Allowance:
    """Something granted, with who, when and why; `lesson` is empty where it holds for all."""

    public: str
    person_id: int
    lesson_title: str
    granted: rules.Granted
    reason: str
    given_by: str
    given: datetime.datetime
    ended: datetime.datetime | None
    ended_by: str | None


def insert(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    lesson: model.Lesson | None,
    granted: rules.Granted,
    *,
    reason: str,
    by: model.Person,
    now: datetime.datetime,
) -> str:
    """Write what is granted; its public id."""
    public = ids.new("alw")
    connection.execute(
        _T.insert().values(
            public=public,
            person_id=person.id,
            course_id=course.id,
            lesson_id=lesson.id if lesson else None,
            kind=granted.kind,
            amount=granted.amount,
            until=granted.until,
            text=granted.text,
            reason=reason,
            given_by=by.id,
            given=now,
        )
    )
    return public


def end(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    public: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """Take back what was granted.

    Raises:
        UserError: nothing of this id holds for the person.
    """
    mine = (_T.c.public == public) & (_T.c.person_id == person.id) & (_T.c.course_id == course.id)
    ended = _T.update().where(mine & _T.c.ended.is_(None)).values(ended=now, ended_by=by.id)
    if connection.execute(ended).rowcount == 0:
        raise errors.UserError("Nothing of this id is granted to them now.", code="not-found")


def of_person(connection: sa.Connection, course: model.Course, person_id: int) -> list[Allowance]:
    """All that was ever granted to somebody in a course, newest first."""
    return of_people(connection, course, [person_id])


def of_people(
    connection: sa.Connection, course: model.Course, person_ids: Collection[int]
) -> list[Allowance]:
    """All that was ever granted to some in a course, newest first."""
    giver, ender = _P.alias("giver"), _P.alias("ender")
    query = (
        sa.select(
            _T,
            _L.c.slug,
            _L.c.title.label("lesson_title"),
            giver.c.name.label("giver"),
            ender.c.name.label("ender"),
        )
        .outerjoin(_L, _L.c.id == _T.c.lesson_id)
        .join(giver, giver.c.id == _T.c.given_by)
        .outerjoin(ender, ender.c.id == _T.c.ended_by)
        .where((_T.c.course_id == course.id) & _T.c.person_id.in_(person_ids))
        .order_by(_T.c.id.desc())
    )
    return [
        Allowance(
            public=row.public,
            person_id=row.person_id,
            lesson_title=row.lesson_title or "",
            granted=_granted(row),
            reason=row.reason,
            given_by=row.giver,
            given=row.given,
            ended=row.ended,
            ended_by=row.ender,
        )
        for row in connection.execute(query)
    ]


def holding(
    connection: sa.Connection, course: model.Course, *, person_id: int | None = None
) -> dict[int, tuple[rules.Granted, ...]]:
    """What holds in a course, by key of the person."""
    mine = (_T.c.course_id == course.id) & _T.c.ended.is_(None)
    if person_id is not None:
        mine &= _T.c.person_id == person_id
    query = sa.select(_T, _L.c.slug).outerjoin(_L, _L.c.id == _T.c.lesson_id).where(mine).order_by(_T.c.id)
    found: dict[int, tuple[rules.Granted, ...]] = {}
    for row in connection.execute(query):
        found[row.person_id] = (*found.get(row.person_id, ()), _granted(row))
    return found


def extra_attempts(connection: sa.Connection, course: model.Course, person_id: int, lesson: str) -> int:
    """How many more hand-ins of a lesson were granted to somebody."""
    granted = holding(connection, course, person_id=person_id).get(person_id, ())
    return sum(int(g.amount) for g in granted if g.kind == "extra-attempts" and g.lesson in ("", lesson))


def formats(connection: sa.Connection, course: model.Course, person_id: int, lesson: str) -> list[str]:
    """In which other formats somebody gets a lesson, in the words of staff."""
    granted = holding(connection, course, person_id=person_id).get(person_id, ())
    return [each.text for each in granted if each.kind == "format" and each.lesson in ("", lesson)]


def _granted(row: sa.Row[tuple[object, ...]]) -> rules.Granted:
    told = row._mapping
    return rules.Granted(
        kind=cast(rules.Grant, told["kind"]),
        lesson=told["slug"] or "",
        amount=told["amount"],
        until=told["until"],
        text=told["text"],
    )
