"""The tables of dates: what a lesson says, and what holds for each person, rewritten whenever the first
changes.
"""

import dataclasses
import datetime
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from courseware.course import allowances, attainments, manifest, model, plans, rules, schedule
from courseware.store import database, schema, schema_groups

_L, _E, _M = schema.lesson_dates, schema.effective_dates, schema.membership
_G, _IN = schema_groups.group, schema_groups.group_member
# Built once: nearly every request about a lesson asks them.
_HOLDS = sa.select(_E).where(
    (_E.c.person_id == sa.bindparam("person")) & (_E.c.lesson_id == sa.bindparam("lesson"))
)
_ALL_HOLD = sa.select(_E).where(_E.c.lesson_id.in_(sa.bindparam("lessons", expanding=True)))
_MINE_HOLD = _ALL_HOLD.where(_E.c.person_id == sa.bindparam("person"))


def put(connection: sa.Connection, lesson_id: int, told: model.Dates) -> None:
    """Set a lesson's own dates."""
    values = {"opens": told.opens, "due": told.due, "closes": told.closes}
    row = connection.execute(sa.select(_L).where(_L.c.lesson_id == lesson_id)).one_or_none()
    if row is None:
        connection.execute(_L.insert().values(lesson_id=lesson_id, **values))
    elif (row.opens, row.due, row.closes) != (told.opens, told.due, told.closes):
        connection.execute(_L.update().where(_L.c.lesson_id == lesson_id).values(**values))


def of_lesson(connection: sa.Connection, lesson_id: int) -> model.Dates:
    """A lesson's own dates."""
    row = connection.execute(sa.select(_L).where(_L.c.lesson_id == lesson_id)).one_or_none()
    return model.Dates(opens=row.opens, due=row.due, closes=row.closes) if row else model.Dates()


def lock(connection: sa.Connection, course: model.Course) -> None:
    """Let nobody else rewrite dates of the course before the transaction ends. Who takes other locks as well
    in the same order every time takes this one first.
    """
    database.lock(connection, f"dates {course.id}")


def rewrite(connection: sa.Connection, course: model.Course, *, person_id: int | None = None) -> None:
    """Write anew what holds for everybody in the course, or for one person; called in the transaction of
    every change to what it comes from. Two that change something at the same time come one after the other,
    and the later writes what comes of both.
    """
    lock(connection, course)
    said = _rules(connection, course)
    keys = {row.slug: row.id for row in connection.execute(_lessons(course))}
    people = persons(connection, course, person_id=person_id)
    if not keys or not people:
        return
    mine: sa.ColumnElement[bool] = _E.c.lesson_id.in_(keys.values())
    if person_id is not None:
        mine &= _E.c.person_id == person_id
    before = {(row.person_id, row.lesson_id): row for row in connection.execute(sa.select(_E).where(mine))}
    connection.execute(_E.delete().where(mine))
    rows = [
        {
            "person_id": key,
            "lesson_id": keys[slug],
            "opens": holds.opens,
            "due": holds.due,
            "closes": holds.closes,
            "why": holds.why,
            "locked": holds.locked,
            "revision": _revision(before.get((key, keys[slug])), holds),
        }
        for key, person in people.items()
        for slug, holds in schedule.resolve(said, person).items()
        if slug in keys
    ]
    connection.execute(_E.insert(), rows)


def _revision(before: sa.Row[Any] | None, holds: model.Dates) -> int:
    """How often what a calendar shows has changed."""
    if before is None:
        return 0
    return int(before.revision) + ((before.due, before.closes) != (holds.due, holds.closes))


def revisions(connection: sa.Connection, course: model.Course, person_id: int) -> dict[str, int]:
    """How often the dates of each lesson have changed for a person."""
    table = schema.lesson
    query = sa.select(table.c.slug, _E.c.revision).join(_E, _E.c.lesson_id == table.c.id)
    query = query.where((table.c.course_id == course.id) & (_E.c.person_id == person_id))
    return {row.slug: row.revision for row in connection.execute(query)}


def _lessons(course: model.Course) -> sa.Select[tuple[int, str]]:
    """The lessons of a course in order."""
    table = schema.lesson
    wanted = sa.select(table.c.id, table.c.slug, table.c.title).where(table.c.course_id == course.id)
    return wanted.order_by(table.c.position)


def _rules(connection: sa.Connection, course: model.Course) -> rules.Course:
    """The rules of a course; a lesson that it no longer lists keeps the dates it had."""
    said = manifest.of(course).rules
    listed = {each.slug for each in said.lessons}
    rest = [
        rules.Lesson(slug=row.slug, title=row.title, dates=of_lesson(connection, row.id))
        for row in connection.execute(_lessons(course)).all()
        if row.slug not in listed
    ]
    return dataclasses.replace(said, lessons=(*said.lessons, *rest))


def persons(
    connection: sa.Connection, course: model.Course, *, person_id: int | None = None
) -> dict[int, rules.Person]:
    """What is particular to everybody in the course, or to one person, by key."""
    mine = _M.c.course_id == course.id
    if person_id is not None:
        mine &= _M.c.person_id == person_id
    granted = allowances.holding(connection, course, person_id=person_id)
    steps = plans.of_course(connection, course, person_id=person_id)
    reached = attainments.of_course(connection, course, person_id=person_id)
    grouped = _groups(connection, course, person_id=person_id)
    rows = connection.execute(sa.select(_M.c.person_id, _M.c.added).where(mine)).all()
    return {
        row.person_id: rules.Person(
            joined=row.added,
            groups=grouped.get(row.person_id, ()),
            steps=steps.get(row.person_id, ()),
            granted=granted.get(row.person_id, ()),
            reached=reached.get(row.person_id, {}),
        )
        for row in rows
    }


def _groups(
    connection: sa.Connection, course: model.Course, *, person_id: int | None
) -> dict[int, tuple[str, ...]]:
    """The groups of people in the course, by key."""
    query = sa.select(_IN.c.person_id, _G.c.name).join(_G, _G.c.id == _IN.c.group_id)
    query = query.where(_G.c.course_id == course.id).order_by(_G.c.name)
    if person_id is not None:
        query = query.where(_IN.c.person_id == person_id)
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(query):
        found[row.person_id] = (*found.get(row.person_id, ()), row.name)
    return found


def effective(connection: sa.Connection, person_id: int, lesson_id: int) -> model.Dates:
    """What holds for a person; the only dates that exchange, notices and calendars read."""
    row = connection.execute(_HOLDS, {"person": person_id, "lesson": lesson_id}).one_or_none()
    if row is None:
        return schedule.same_for_all(of_lesson(connection, lesson_id))
    return _dates(row)


def of_everybody(connection: sa.Connection, lesson_id: int) -> dict[int, model.Dates]:
    """What holds in a lesson, by key of the person."""
    rows = connection.execute(sa.select(_E).where(_E.c.lesson_id == lesson_id))
    return {row.person_id: _dates(row) for row in rows}


def of_lessons(
    connection: sa.Connection, lesson_ids: Collection[int], *, person_id: int | None = None
) -> dict[tuple[int | None, int], model.Dates]:
    """What holds in these lessons, for everybody or for one person, by the keys of person and lesson; under
    None for everybody who is not named.
    """
    asked: dict[str, Any] = {"lessons": list(lesson_ids)}
    if person_id is None:
        rows = connection.execute(_ALL_HOLD, asked)
    else:
        rows = connection.execute(_MINE_HOLD, asked | {"person": person_id})
    found: dict[tuple[int | None, int], model.Dates] = {
        (row.person_id, row.lesson_id): _dates(row) for row in rows
    }
    if person_id is not None and all((person_id, key) in found for key in lesson_ids):
        return found
    for row in connection.execute(sa.select(_L).where(_L.c.lesson_id.in_(lesson_ids))):
        plain = model.Dates(opens=row.opens, due=row.due, closes=row.closes)
        found[None, row.lesson_id] = schedule.same_for_all(plain)
    return found


def of_pairs(
    connection: sa.Connection, wanted: sa.Select[tuple[int, int]]
) -> dict[tuple[int | None, int], model.Dates]:
    """The same for pairs of keys of person and lesson alone, as a question that finds them."""
    query = sa.select(_E).where(sa.tuple_(_E.c.person_id, _E.c.lesson_id).in_(wanted))
    return {(row.person_id, row.lesson_id): _dates(row) for row in connection.execute(query).all()}


def opening(
    connection: sa.Connection, lesson_ids: Collection[int], people: Collection[int]
) -> list[tuple[int, int, datetime.datetime | None]]:
    """Since when which of these lessons are open to which of these people, by keys of person and lesson; None
    where nothing says so.
    """
    asked = _E.c.lesson_id.in_(lesson_ids) & _E.c.person_id.in_(people)
    query = sa.select(_E.c.person_id, _E.c.lesson_id, _E.c.opens).where(asked)
    return [(row[0], row[1], row[2]) for row in connection.execute(query).all()]


def past_due(
    connection: sa.Connection,
    lesson_ids: Collection[int],
    people: Collection[int] | None,
    *,
    now: datetime.datetime,
) -> set[tuple[int, int]]:
    """Who (a key) has passed their due date in which of these lessons, of everybody or some people."""
    query = sa.select(_E.c.person_id, _E.c.lesson_id).where(_E.c.lesson_id.in_(lesson_ids))
    if people is not None:
        query = query.where(_E.c.person_id.in_(people))
    return {(row[0], row[1]) for row in connection.execute(query.where(_E.c.due < now)).all()}


def _dates(row: sa.Row[tuple[object, ...]]) -> model.Dates:
    told = row._mapping
    return model.Dates(
        opens=told["opens"], due=told["due"], closes=told["closes"], why=told["why"], locked=told["locked"]
    )
