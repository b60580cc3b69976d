"""The table of rules for late work that staff set over what course.toml says of a lesson, and the one place
that says which rule holds.

A row is never changed but by its end, so that it tells who set what, when and why, for ever. Of those that
have not ended the newest holds; when it ends, the one before holds again, and without any what course.toml
says, also what it says one day later.
"""

import dataclasses
import datetime
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from courseware import errors
from courseware.course import late_line, manifest, model, rules
from courseware.store import database, ids, schema, schema_schedule

_T, _P = schema_schedule.late_rule, schema.person


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule that was set, as course.toml would write it, with who, when and why; later with its end."""

    public: str
    lesson_id: int
    text: str
    reason: str
    by: str
    given: datetime.datetime
    ended_by: str
    ended: datetime.datetime | None


def policies(
    connection: sa.Connection, course: model.Course, places: Collection[model.Lesson]
) -> dict[int, rules.Lesson]:
    """What holds for work of some lessons, by their keys: what course.toml says, with the rule for late work
    that staff set instead.
    """
    said = manifest.of(course).rules
    standing = _texts(connection, [place.id for place in places])
    found = {}
    for place in places:
        policy = said.lesson(place.slug)
        if place.id in standing:
            policy = dataclasses.replace(policy, late=late_line.read(standing[place.id], policy.late))
        found[place.id] = policy
    return found


def holding(connection: sa.Connection, course: model.Course, lesson: model.Lesson) -> rules.Late:
    """The rule for late work that holds in a lesson."""
    return policies(connection, course, [lesson])[lesson.id].late


def _texts(connection: sa.Connection, keys: Collection[int]) -> Mapping[int, str]:
    """The newest rule that stands in each of some lessons."""
    query = sa.select(_T.c.lesson_id, _T.c.rule).where(_T.c.lesson_id.in_(keys) & _T.c.ended.is_(None))
    return {row.lesson_id: row.rule for row in connection.execute(query.order_by(_T.c.id))}


def of_lesson(connection: sa.Connection, lesson_id: int) -> list[Rule]:
    """All that was ever set in a lesson, newest first."""
    giver, ender = _P.alias("giver"), _P.alias("ender")
    query = (
        sa.select(_T, _called(giver).label("giver"), _called(ender).label("ender"))
        .join(giver, giver.c.id == _T.c.given_by)
        .outerjoin(ender, ender.c.id == _T.c.ended_by)
        .where(_T.c.lesson_id == lesson_id)
        .order_by(_T.c.id.desc())
    )
    return [
        Rule(
            public=row.public,
            lesson_id=row.lesson_id,
            text=row.rule,
            reason=row.reason,
            by=row.giver,
            given=row.given,
            ended_by=row.ender or "",
            ended=row.ended,
        )
        for row in connection.execute(query)
    ]


def _called(person: sa.FromClause) -> sa.ColumnElement[str]:
    """What somebody is called; who has no name, by their username."""
    return sa.func.coalesce(sa.func.nullif(person.c.name, ""), person.c.username)


def lock(connection: sa.Connection, lesson: model.Lesson) -> None:
    """Nobody else sets or ends a rule of the lesson before this transaction ends."""
    database.lock(connection, f"late rule {lesson.id}")


def insert(
    connection: sa.Connection,
    lesson: model.Lesson,
    text: str,
    *,
    reason: str,
    by: model.Person,
    now: datetime.datetime,
) -> str:
    """Write a rule that holds from now on; its public id."""
    public = ids.new("ltr")
    values = {"public": public, "lesson_id": lesson.id, "rule": text, "reason": reason}
    connection.execute(_T.insert().values(**values, given_by=by.id, given=now))
    return public


def end(
    connection: sa.Connection,
    lesson: model.Lesson,
    public: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """End a rule that stands.

    Raises:
        UserError: none of this id does.
    """
    mine = (_T.c.public == public) & (_T.c.lesson_id == lesson.id) & _T.c.ended.is_(None)
    if connection.execute(_T.update().where(mine).values(ended=now, ended_by=by.id)).rowcount == 0:
        raise errors.UserError("This rule holds no more. Load the page again.", code="conflict")
