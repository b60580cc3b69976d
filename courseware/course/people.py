"""People and their roles in courses.

In: names. Out: persons and members. A person is never deleted; a membership ends and may begin again.
Refused: an unknown role, a bad user name, to add somebody who is there already otherwise, to write for
somebody who was erased meanwhile.
"""

import datetime
import re
from collections.abc import Collection, Iterable
from typing import Any, cast

import sqlalchemy as sa

from courseware import errors
from courseware.course import dates, model
from courseware.store import database, ids, journal, schema

_P, _M = schema.person, schema.membership
_ROLE = sa.select(_M.c.role, _M.c.until).where(
    (_M.c.course_id == sa.bindparam("course"))
    & (_M.c.person_id == sa.bindparam("person"))
    & _M.c.ended.is_(None)
)
_MEMBERS = sa.select(_P, _M.c.role, _M.c.added, _M.c.ended).join(_M, _M.c.person_id == _P.c.id)
_ROLES = ("student", "grader", "instructor", "owner")
_TURNING = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_USERNAME = re.compile(r"^[^\s/\\<>\"'`,;:|?*\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]{1,128}$")
_ADDRESS = re.compile(r"[^\s@<>,;\"\x00-\x1f\x7f-\x9f]{1,128}@[^\s@<>,;\"\x00-\x1f\x7f-\x9f]{1,255}")


def add(
    connection: sa.Connection,
    course: model.Course,
    *,
    username: str,
    name: str,
    email: str | None,
    role: str,
    now: datetime.datetime,
) -> model.Person:
    """Bring somebody into a course, in a role. Who is there already just so stays.

    Who is, or was, in another course of this service keeps name and address: they show, and get mail,
    there as well, and are not for the staff of one course to change.

    Raises:
        UserError: a role or user name that cannot be, or one of somebody who is or was in the course.
    """
    username = username.strip()
    check(role=role, email=email)
    if not _USERNAME.fullmatch(username) or username in (".", ".."):
        raise errors.UserError(
            f"{username[:80]!r} cannot be a user name: no blanks, slashes, quotes or commas."
        )
    values = {"name": one_line(name) or username, "email": email}
    dates.lock(connection, course)
    database.lock(connection, f"person {username}")
    row = connection.execute(sa.select(_P).where(_P.c.username == username)).one_or_none()
    here = None if row is None else member(connection, course, row.id)
    if here is not None:
        return _as_they_are(here, {**values, "role": role})
    if row is None:
        connection.execute(
            _P.insert().values(public=ids.new("per"), username=username, created=now, **values)
        )
    elif not elsewhere(connection, course, row.id):
        connection.execute(_P.update().where(_P.c.id == row.id).values(**values))
    person = by_username(connection, username)
    enrol(connection, course, person, role, now=now)
    return person


def check(*, role: str, email: str | None) -> None:
    """Refuse a role or an address that cannot be."""
    if role not in _ROLES:
        raise errors.UserError(f"There is no role {role!r}; use {', '.join(_ROLES)}.")
    if email is not None and not _ADDRESS.fullmatch(email):
        raise errors.UserError(f"{email[:80]!r} is no e-mail address.")


def one_line(name: str) -> str:
    """A name that reads as it is written: it stands in headers of letters and beside other people's."""
    return " ".join(_TURNING.sub("", name).split())[:200].strip()


def _as_they_are(member: model.Member, wanted: dict[str, str | None]) -> model.Person:
    """Who is in the course just as it is wanted.

    Raises:
        UserError: they are called otherwise there, or may do something else; says who that is.
    """
    person, role = member.person, member.role
    username, called = person.username, person.name
    if member.ended is not None:
        raise errors.UserError(
            f"{username} was in this course: {called}, {role}. Bring them back on their own page, or with "
            "`courseware people set --back`.",
            code="conflict",
        )
    if wanted != {"name": called, "email": person.email, "role": role}:
        raise errors.UserError(
            f"{username} is in this course already: {called}, {role}. Nothing was changed. Change them on "
            "their own page, or with `courseware people set`.",
            code="conflict",
        )
    return person


def enrol(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    role: str,
    *,
    now: datetime.datetime,
) -> None:
    """Give somebody who is known already a role in a course.

    Raises:
        UserError: they are its first owner, who stays one.
    """
    dates.lock(connection, course)
    _enrol(connection, course, person, role, now)
    dates.rewrite(connection, course, person_id=person.id)


def since(connection: sa.Connection, course: model.Course, person: model.Person) -> datetime.datetime:
    """When somebody first came to a course that they are in."""
    mine = (_M.c.course_id == course.id) & (_M.c.person_id == person.id)
    added: datetime.datetime = connection.execute(sa.select(_M.c.added).where(mine)).scalar_one()
    return added


def elsewhere(connection: sa.Connection, course: model.Course, person_id: int) -> bool:
    """Whether somebody has, or had, a role in another course."""
    other = (_M.c.person_id == person_id) & (_M.c.course_id != course.id)
    return connection.execute(sa.select(_M.c.id).where(other).limit(1)).first() is not None


def _enrol(
    connection: sa.Connection, course: model.Course, person: model.Person, role: str, now: datetime.datetime
) -> None:
    """Give somebody a role in a course."""
    mine = (_M.c.course_id == course.id) & (_M.c.person_id == person.id)
    row = connection.execute(sa.select(_M).where(mine)).one_or_none()
    if row is None:
        connection.execute(_M.insert().values(course_id=course.id, person_id=person.id, role=role, added=now))
    elif row.role == role and row.ended is None:
        return
    elif row.role == "owner" and role != "owner" and owner(connection, course) == person:
        raise errors.UserError(
            f"{person.username} owns the course. Make somebody else owner first.", code="conflict"
        )
    else:
        connection.execute(_M.update().where(mine).values(role=role, ended=None))
    data = {"role": role, "before": row.role if row else ""}
    journal.append(connection, "person.enrolled", person.public, now=now, course_id=course.id, data=data)


def end(
    connection: sa.Connection, course: model.Course, person: model.Person, *, now: datetime.datetime
) -> None:
    """End somebody's membership; what they handed in stays, their credentials for the course die.

    Raises:
        UserError: the last owner cannot go.
    """
    if owner(connection, course) == person:
        raise errors.UserError(
            "The course's owner cannot be removed. Make somebody else owner first.", code="conflict"
        )
    mine = (_M.c.course_id == course.id) & (_M.c.person_id == person.id)
    connection.execute(_M.update().where(mine & _M.c.ended.is_(None)).values(ended=now))
    keys = schema.credential
    mine = (keys.c.course_id == course.id) & (keys.c.person_id == person.id) & keys.c.revoked.is_(None)
    connection.execute(keys.update().where(mine).values(revoked=now))
    journal.append(connection, "person.ended", person.public, now=now, course_id=course.id)


def hold(connection: sa.Connection, person: model.Person) -> None:
    """Have somebody not erased until the transaction ends: what it writes of them is then written before, and
    goes with the rest. Many hold one person at a time.

    Raises:
        UserError: they are erased.
    """
    _held(connection, _there(person).with_for_update(read=True, key_share=True))


def hold_alone(connection: sa.Connection, person: model.Person) -> None:
    """As `hold`, by one at a time: what is counted for somebody is handed in one after the other.

    Raises:
        UserError: they are erased.
    """
    _held(connection, _there(person).with_for_update(key_share=True))


def _there(person: model.Person) -> sa.Select[tuple[int]]:
    return sa.select(_P.c.id).where((_P.c.id == person.id) & _P.c.erased.is_(None))


def _held(connection: sa.Connection, asked: sa.Select[tuple[int]]) -> None:
    if connection.execute(asked).first() is None:
        raise errors.UserError("This account was erased. Nothing can be kept for it.", code="unauthenticated")


def leave_nobody(connection: sa.Connection, person: model.Person) -> None:
    """Wait until nobody holds somebody, and have nobody hold them, nor any row name them, until the
    transaction ends.
    """
    connection.execute(sa.select(_P.c.id).where(_P.c.id == person.id).with_for_update())


def members(connection: sa.Connection, course: model.Course) -> list[model.Member]:
    """Everybody who is or was in the course, by name."""
    rows = connection.execute(_MEMBERS.where(_M.c.course_id == course.id).order_by(_P.c.name, _P.c.username))
    return [_as_member(row) for row in rows]


def member(connection: sa.Connection, course: model.Course, person_id: int) -> model.Member | None:
    """Somebody who is or was in the course."""
    mine = (_M.c.course_id == course.id) & (_P.c.id == person_id)
    row = connection.execute(_MEMBERS.where(mine)).one_or_none()
    return None if row is None else _as_member(row)


def _as_member(row: sa.Row[Any]) -> model.Member:
    return model.Member(
        person=_person(row), role=cast(model.Role, row.role), added=row.added, ended=row.ended
    )


def present(
    connection: sa.Connection,
    course: model.Course,
    *,
    now: datetime.datetime,
    among: Collection[int] | None = None,
) -> list[model.Member]:
    """Everybody who is in the course now, or those of some people."""
    here = _M.c.ended.is_(None) & (_M.c.until.is_(None) | (_M.c.until > now)) & _P.c.erased.is_(None)
    if among is not None:
        here &= _P.c.id.in_(list(among))
    rows = connection.execute(_MEMBERS.where((_M.c.course_id == course.id) & here).order_by(_P.c.id))
    return [_as_member(row) for row in rows]


def gone(connection: sa.Connection, course: model.Course) -> frozenset[int]:
    """The keys of those who have left a course."""
    left = sa.select(_M.c.person_id).where((_M.c.course_id == course.id) & _M.c.ended.is_not(None))
    return frozenset(connection.execute(left).scalars())


def with_address(connection: sa.Connection, keys: Iterable[int]) -> set[int]:
    """Those of some people who have an e-mail address."""
    wanted, found = sorted(keys), set()
    for start in range(0, len(wanted), 500):
        here = _P.c.id.in_(wanted[start : start + 500]) & _P.c.email.is_not(None) & _P.c.erased.is_(None)
        found |= set(connection.execute(sa.select(_P.c.id).where(here)).scalars())
    return found


def role(
    connection: sa.Connection, course: model.Course, person: model.Person, *, now: datetime.datetime
) -> model.Role | None:
    """Somebody's role in a course now, or None."""
    found = connection.execute(_ROLE, {"course": course.id, "person": person.id}).one_or_none()
    return model.held(found.role, found.until, now) if found is not None else None


def courses_of(connection: sa.Connection, person: model.Person) -> list[tuple[int, model.Role]]:
    """The courses (their keys) that somebody is in, with the role."""
    mine = (_M.c.person_id == person.id) & _M.c.ended.is_(None)
    rows = connection.execute(sa.select(_M.c.course_id, _M.c.role).where(mine).order_by(_M.c.id))
    return [(row.course_id, cast(model.Role, row.role)) for row in rows]


def owner(connection: sa.Connection, course: model.Course) -> model.Person | None:
    """The course's first owner."""
    query = sa.select(_P).join(_M, _M.c.person_id == _P.c.id)
    mine = (_M.c.course_id == course.id) & (_M.c.role == "owner") & _M.c.ended.is_(None)
    row = connection.execute(query.where(mine).order_by(_M.c.id).limit(1)).one_or_none()
    return _person(row) if row else None


def find(connection: sa.Connection, course: model.Course, name: str) -> model.Member:
    """The member with this user name or public id.

    Raises:
        UserError: nobody of that name was ever in the course.
    """
    for member in members(connection, course):
        if name in (member.person.username, member.person.public):
            return member
    raise errors.UserError(f"There is nobody {name[:80]!r} in this course.", code="not-found")


def by_username(connection: sa.Connection, username: str) -> model.Person:
    """The person of a user name."""
    return _person(connection.execute(sa.select(_P).where(_P.c.username == username)).one())


def known(connection: sa.Connection, username: str) -> model.Person | None:
    """The person of a user name; None if there is none, or they were erased."""
    mine = (_P.c.username == username) & _P.c.erased.is_(None)
    row = connection.execute(sa.select(_P).where(mine)).one_or_none()
    return _person(row) if row else None


def by_public(connection: sa.Connection, public: str) -> model.Person | None:
    """The person of a public id; None if there is none, or they were erased."""
    mine = (_P.c.public == public) & _P.c.erased.is_(None)
    row = connection.execute(sa.select(_P).where(mine)).one_or_none()
    return _person(row) if row else None


def by_email(connection: sa.Connection, address: str) -> list[model.Person]:
    """Everybody who has this address, whatever the case of its letters."""
    query = sa.select(_P).where((sa.func.lower(_P.c.email) == address.lower()) & _P.c.erased.is_(None))
    return [_person(row) for row in connection.execute(query.order_by(_P.c.id).limit(20))]


def vouched_for(connection: sa.Connection, person: model.Person) -> int | None:
    """The course whose staff gave somebody's address: the first that they were in. Staff of later courses
    found it there and cannot change it (see `add`).
    """
    query = sa.select(_M.c.course_id).where(_M.c.person_id == person.id).order_by(_M.c.id).limit(1)
    return connection.execute(query).scalar()


def names(connection: sa.Connection, wanted: Iterable[str]) -> dict[str, str]:
    """The names of people, by their public ids."""
    rows = connection.execute(sa.select(_P.c.public, _P.c.name).where(_P.c.public.in_(sorted(wanted))))
    return {row.public: row.name for row in rows}


def joined_last(connection: sa.Connection, found: list[model.Person]) -> tuple[model.Person, int] | None:
    """Who of these people joined a course last, and its key; one that they left counts only if all are."""
    mine = _M.c.person_id.in_([person.id for person in found])
    query = sa.select(_M.c.person_id, _M.c.course_id).where(mine)
    newest = query.order_by(_M.c.ended.is_not(None), _M.c.added.desc(), _M.c.id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else (by_id(connection, row.person_id), row.course_id)


def by_id(connection: sa.Connection, key: int) -> model.Person:
    """The person of another row."""
    return _person(connection.execute(sa.select(_P).where(_P.c.id == key)).one())


def by_ids(connection: sa.Connection, keys: Collection[int]) -> dict[int, model.Person]:
    """The people of other rows, by key."""
    return {row.id: _person(row) for row in connection.execute(sa.select(_P).where(_P.c.id.in_(keys)))}


def _person(row: sa.Row[tuple[object, ...]]) -> model.Person:
    told = row._mapping
    return model.Person(
        id=told["id"],
        public=told["public"],
        username=told["username"],
        name=told["name"],
        email=told["email"],
    )
