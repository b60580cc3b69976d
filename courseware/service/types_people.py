"""What travels about the people of a course and how they join."""

from typing import Literal

import msgspec

from courseware.service import types


class PersonRequest(msgspec.Struct, kw_only=True):
    """Somebody to be added to a course."""

    username: str
    name: str = ""
    email: str | None = None
    role: Literal["student", "grader", "instructor", "owner"] = "student"


class Member(msgspec.Struct, kw_only=True):
    """Somebody's membership of a course."""

    person: types.Person
    role: str
    ended: types.Time | None = None
    join_link_until: types.Time | None = None


class Members(msgspec.Struct, kw_only=True):
    """The people of a course by name; `next` is the cursor of the next page."""

    people: list[Member]
    next: str | None = None


class ImportRequest(msgspec.Struct, kw_only=True):
    """A class list as CSV text: username, name, email, role. `look` says what it would do and keeps nothing;
    `end_missing` ends the memberships of students who are not in it.
    """

    csv: str
    look: bool = False
    end_missing: bool = False


class ImportReport(msgspec.Struct, kw_only=True):
    """What an import did, in user names; nothing is kept as long as there is a problem. `missing` are
    students of the course who are not in the list, `with_work` those of them who have handed something in:
    it stays, also where they were `ended`.
    """

    added: list[str]
    changed: list[str]
    unchanged: list[str] = []
    missing: list[str] = []
    with_work: list[str] = []
    ended: list[str] = []
    problems: list[str] = []


class JoinLink(msgspec.Struct, kw_only=True):
    """A link by which one person joins; whoever holds it is that person."""

    url: str
    token: str
    expires: types.Time
