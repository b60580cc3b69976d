"""What is granted to a group: the same to everybody who is in it now, each with a row and an audit entry.

In: the name of a group, what is granted, by whom and why. Out: rows as for one person, and what holds in the
group, told together where it was granted together. Who comes into the group later does not have it, and who
leaves keeps it: dates that go with the group itself stand in course.toml.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import adjust, allowances, groups, model, rules


@dataclasses.dataclass(frozen=True, kw_only=True)
class Act:
    """What was granted in one go and holds: the `rows`, and the people of the group they are for, in the same
    order.
    """

    rows: tuple[allowances.Allowance, ...]
    people: tuple[model.Person, ...]


def people(connection: sa.Connection, course: model.Course, name: str) -> tuple[model.Person, ...]:
    """Who is in a group.

    Raises:
        UserError: there is no such group, or nobody in it is in the course any more.
    """
    groups.key_of(connection, course, name)
    found = groups.of_course(connection, course).get(name, ())
    if not found:
        raise errors.UserError(f"Nobody is in the group {name[:64]} now.", code="not-found")
    return found


def grant(
    connection: sa.Connection,
    course: model.Course,
    name: str,
    granted: rules.Granted,
    *,
    reason: str,
    by: model.Person,
    now: datetime.datetime,
) -> tuple[model.Person, ...]:
    """Grant something to everybody in a group; whom.

    Raises:
        UserError: there is no such group, it cannot be granted, or there is no reason.
    """
    found = people(connection, course, name)
    for person in found:
        adjust.grant(connection, course, person, granted, reason=reason, by=by, now=now)
    return found


def holding(connection: sa.Connection, course: model.Course, name: str) -> list[Act]:
    """What was granted to people of a group and holds, newest first; to several in one go is one act.

    Raises:
        UserError: there is no such group.
    """
    found = {each.id: each for each in people(connection, course, name)}
    acts: dict[object, list[allowances.Allowance]] = {}
    for row in allowances.of_people(connection, course, list(found)):
        if row.ended is None:
            # The moment is the transaction's, in microseconds: what has it in common was granted together.
            acts.setdefault((row.given, row.given_by, row.granted, row.reason), []).append(row)
    return [
        Act(rows=tuple(rows), people=tuple(found[row.person_id] for row in rows)) for rows in acts.values()
    ]


def take_back(
    connection: sa.Connection,
    course: model.Course,
    name: str,
    public: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> tuple[model.Person, ...]:
    """End what was granted in one go, of which this is the id of one row, for people of a group; for whom.

    Raises:
        UserError: there is no such group, or nothing of this id holds in it.
    """
    for act in holding(connection, course, name):
        if public in {row.public for row in act.rows}:
            for row, person in zip(act.rows, act.people, strict=True):
                adjust.take_back(connection, course, person, row.public, by=by, now=now)
            return act.people
    raise errors.UserError("Nothing of this id is granted to them now.", code="not-found")
