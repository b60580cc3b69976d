"""Change what a course says of somebody: name, address and role; or bring them back into it.

In: a member and what is to be otherwise. Out: the member as they are then; the journal has which fields, and
the role before. Refused: what cannot be, one's own role, and what another course shows too.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import dates, model, people
from courseware.store import journal, schema


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """What is to be otherwise with somebody; None stays as it is, and an empty address is none."""

    name: str | None = None
    email: str | None = None
    role: str | None = None
    back: bool = False


def change(
    connection: sa.Connection,
    course: model.Course,
    member: model.Member,
    wish: Change,
    *,
    by: model.Person | None,
    now: datetime.datetime,
) -> model.Member:
    """Change somebody of the course, or bring them back into it.

    Raises:
        UserError: what cannot be; one's own role; somebody who is not in the course any more, or whose name
            and address another course shows too.
    """
    person, role = member.person, wish.role or member.role
    people.check(role=role, email=wish.email or None)
    if member.ended is not None and not wish.back:
        message = f"{person.username} is not in the course any more. Bring them back first."
        raise errors.UserError(message, code="conflict")
    if by == person and role != member.role:
        raise errors.UserError("Your own role is for somebody else to change.", code="conflict")
    values = {
        "name": person.name if wish.name is None else people.one_line(wish.name) or person.username,
        "email": person.email if wish.email is None else wish.email or None,
    }
    dates.lock(connection, course)
    told = {name: value for name, value in values.items() if value != getattr(person, name)}
    if told:
        if people.elsewhere(connection, course, person.id):
            raise errors.UserError(
                f"{person.username} is or was in another course too. Name and address are theirs there as "
                "well, and are not changed here.",
                code="conflict",
            )
        connection.execute(schema.person.update().where(schema.person.c.id == person.id).values(**told))
        data = {"fields": " ".join(told)}
        journal.append(connection, "person.changed", person.public, now=now, course_id=course.id, data=data)
    if role != member.role or member.ended is not None:
        people.enrol(connection, course, person, role, now=now)
    return people.member(connection, course, person.id) or member
