"""Groups of people in a course, such as those of one tutor.

In: a name and who is in it. Out: names, and members as persons. A group is made by putting people into it and
goes when it is empty. Refused: a name that cannot stand in an address, people who are not in the course, and
to empty a group that a grader is limited to.
"""

import datetime
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from courseware import errors, names
from courseware.course import dates, model, people
from courseware.store import journal, schema, schema_groups

_G, _IN, _DUTY = schema_groups.group, schema_groups.group_member, schema_groups.duty


def of_course(connection: sa.Connection, course: model.Course) -> Mapping[str, tuple[model.Person, ...]]:
    """The groups of a course with their people, by name."""
    query = sa.select(_G.c.name, schema.person.c.username)
    query = query.join(_IN, _IN.c.group_id == _G.c.id).join(
        schema.person, schema.person.c.id == _IN.c.person_id
    )
    found: dict[str, list[model.Person]] = {}
    known = {member.person.username: member.person for member in people.members(connection, course)}
    for row in connection.execute(query.where(_G.c.course_id == course.id).order_by(_G.c.name, "username")):
        if row.username in known:
            found.setdefault(row.name, []).append(known[row.username])
    return {name: tuple(each) for name, each in found.items()}


def put(
    connection: sa.Connection,
    course: model.Course,
    name: str,
    wanted: Sequence[str],
    *,
    now: datetime.datetime,
) -> tuple[model.Person, ...]:
    """Have exactly these people (user names or public ids) in a group; nobody: the group goes.

    Raises:
        UserError: a bad name, somebody who is not in the course, or a grader is limited to the group that
            would go.
    """
    if not names.GROUP.fullmatch(name):
        raise errors.UserError(
            f"{name[:64]!r} cannot be the name of a group. A name has at most 64 letters, digits, blanks, "
            "dots and dashes, and none of these: / \\ < > \" ' ` , ; : | ? * # %"
        )
    everybody = [member.person for member in people.members(connection, course)] if wanted else []
    known = {name: each for each in everybody for name in (each.public, each.username)}
    chosen = {
        person.id: person
        for person in (known.get(each) or people.find(connection, course, each).person for each in wanted)
    }
    mine = (_G.c.course_id == course.id) & (_G.c.name == name)
    key = connection.execute(sa.select(_G.c.id).where(mine)).scalar()
    if key is None:
        if not chosen:
            return ()
        made = _G.insert().values(course_id=course.id, name=name)
        key = connection.execute(made.returning(_G.c.id)).scalar_one()
    connection.execute(_IN.delete().where(_IN.c.group_id == key))
    if chosen:
        connection.execute(_IN.insert(), [{"group_id": key, "person_id": each} for each in chosen])
    elif connection.execute(sa.select(_DUTY.c.id).where(_DUTY.c.group_id == key).limit(1)).first():
        raise errors.UserError(
            f"A grader looks after the group {name} alone. Say first what they look after instead.",
            code="conflict",
        )
    else:
        connection.execute(_G.delete().where(_G.c.id == key))
    # The dates of a group hold for who is in it.
    dates.rewrite(connection, course)
    data = {"people": " ".join(sorted(each.public for each in chosen.values()))}
    journal.append(connection, "group.changed", course.public, now=now, course_id=course.id, data=data)
    return tuple(sorted(chosen.values(), key=lambda each: each.username))


def join(
    connection: sa.Connection,
    course: model.Course,
    name: str,
    more: Sequence[model.Person],
    *,
    now: datetime.datetime,
) -> None:
    """Have these people in a group beside those who are in it; a group that there is not is made.

    Raises:
        UserError: a bad name.
    """
    before = of_course(connection, course).get(name, ())
    wanted = {each.username: None for each in (*before, *more)}
    if len(wanted) > len(before):
        put(connection, course, name, list(wanted), now=now)


def key_of(connection: sa.Connection, course: model.Course, name: str) -> int:
    """The key of a group.

    Raises:
        UserError: there is no such group.
    """
    mine = (_G.c.course_id == course.id) & (_G.c.name == name)
    key = connection.execute(sa.select(_G.c.id).where(mine)).scalar()
    if key is None:
        raise errors.UserError(f"There is no group {name[:64]!r} in this course.", code="not-found")
    return int(key)
