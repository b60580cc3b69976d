"""Roles that a directory outside gives: the groups of a JupyterHub.

In: the groups that somebody is in. Out: memberships. What the course's own roster says of a person is kept
beside what the groups give: where both count the higher role holds, and when the groups give nothing any
more, the roster's role is back, or the membership ends. The course's first owner stays whatever a group
says, so that nobody is locked out of their own course.
"""

import dataclasses
import datetime
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from courseware.course import dates, model, people
from courseware.store import schema

_G, _P, _M = schema.given_role, schema.person, schema.membership
ROLES: tuple[model.Role, ...] = ("student", "grader", "instructor", "owner")
"""From the least to the most."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """Somebody's role in a course now, and what was noted when groups last gave them one: the role that came
    of it, and the roster's own before.
    """

    role: model.Role | None = None
    noted: model.Role | None = None
    before: model.Role | None = None

    @property
    def own(self) -> model.Role | None:
        """What the roster says: what stood there before, or what staff have written since."""
        return self.before if self.noted is not None and self.noted == self.role else self.role

    def after(self, given: model.Role | None, *, roster: bool) -> "Standing":
        """What stands once the groups give this, and the roster counts or not."""
        counted = [each for each in (given, self.own if roster else None) if each is not None]
        role = max(counted, key=ROLES.index, default=None)
        if given is None:
            return Standing(role=role)
        return Standing(role=role, noted=role, before=self.own)


_NOWHERE = Standing()


def group(pattern: str, course: model.Course, role: model.Role) -> str:
    """The group whose people have a role in a course."""
    return pattern.format(course=course.slug, role=role)


def by_groups(pattern: str, course: model.Course, groups: Collection[str]) -> model.Role | None:
    """The highest role that somebody's groups give in a course; None if they give none."""
    given = [role for role in ROLES if group(pattern, course, role) in groups]
    return given[-1] if given else None


def changing(
    connection: sa.Connection,
    course: model.Course,
    given: Mapping[str, model.Role],
    *,
    roster: bool,
    now: datetime.datetime,
) -> list[str]:
    """The user names for whom `put` would change something, if the groups give these roles and no others."""
    standing = _standing(connection, course, now=now)
    return [
        name
        for name in sorted(standing.keys() | given.keys())
        if (had := standing.get(name, _NOWHERE)) != had.after(given.get(name), roster=roster)
    ]


def put(
    connection: sa.Connection,
    course: model.Course,
    username: str,
    given: model.Role | None,
    *,
    roster: bool,
    now: datetime.datetime,
) -> None:
    """Have somebody's role in a course be what the groups give, or with `roster` the higher of that and what
    the course's own roster says.

    Raises:
        UserError: a user name that cannot be.
    """
    had = _standing(connection, course, username, now=now).get(username, _NOWHERE)
    if had.after(given, roster=roster) == had:
        return
    dates.lock(connection, course)
    # Another service reads the same groups, and may have been quicker.
    had = _standing(connection, course, username, now=now).get(username, _NOWHERE)
    after = had.after(given, roster=roster)
    if after == had:
        return
    person = people.known(connection, username)
    if person is not None and people.owner(connection, course) == person:
        return
    if after.role is None:
        if person is not None and had.role is not None:
            people.end(connection, course, person, now=now)
    elif person is None:
        person = people.add(
            connection, course, username=username, name=username, email=None, role=after.role, now=now
        )
    elif after.role != had.role:
        people.enrol(connection, course, person, after.role, now=now)
    if person is not None:
        _note(connection, course, person, after, now)


def _note(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    after: Standing,
    now: datetime.datetime,
) -> None:
    """Remember the role that holds because of a group, with the roster's; or that no group gives one."""
    mine = (_G.c.course_id == course.id) & (_G.c.person_id == person.id)
    connection.execute(_G.delete().where(mine))
    if after.noted is not None:
        values = {"role": after.noted, "before": after.before, "since": now}
        connection.execute(_G.insert().values(course_id=course.id, person_id=person.id, **values))


def _standing(
    connection: sa.Connection, course: model.Course, username: str | None = None, *, now: datetime.datetime
) -> dict[str, Standing]:
    """How everybody stands who is in a course or has a role there because of a group, or one of them."""
    member = (_M.c.person_id == _P.c.id) & (_M.c.course_id == course.id) & _M.c.ended.is_(None)
    given = (_G.c.person_id == _P.c.id) & (_G.c.course_id == course.id)
    here = _M.c.id.is_not(None) | _G.c.id.is_not(None)
    if username is not None:
        here &= _P.c.username == username
    query = sa.select(_P.c.username, _M.c.role, _M.c.until, _G.c.role.label("noted"), _G.c.before)
    rows = connection.execute(query.select_from(_P.outerjoin(_M, member).outerjoin(_G, given)).where(here))
    return {
        row.username: Standing(role=model.held(row.role, row.until, now), noted=row.noted, before=row.before)
        for row in rows
    }
