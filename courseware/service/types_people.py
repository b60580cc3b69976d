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


class PersonChange(msgspec.Struct, kw_only=True):
    """What is to be otherwise with somebody of the course: null stays as it is, an empty address is none.
    `back` brings somebody back who had left.
    """

    name: str | None = None
    email: str | None = None
    role: Literal["student", "grader", "instructor", "owner"] | None = None
    back: bool = False


class ChangedField(msgspec.Struct, kw_only=True):
    """Something of a person that is otherwise now: `name`, `email`, `role` or `group`."""

    field: str
    before: str
    after: str


class ImportChange(msgspec.Struct, kw_only=True):
    """What became of one person of a list: `added`, `changed`, or `back` after they had left."""

    username: str
    name: str
    role: str
    what: str
    fields: list[ChangedField] = []


class IgnoredColumn(msgspec.Struct, kw_only=True):
    """A column that means nothing here, and the one that was perhaps meant."""

    column: str
    perhaps: str = ""


class ImportReport(msgspec.Struct, kw_only=True):
    """What an import did, in user names; nothing is kept as long as there is a problem. `missing` are
    students of the course who are not in the list, `with_work` those of them who have handed something in:
    it stays, also where they were `ended`. `changes` tells of each who is added, changed or back.
    """

    added: list[str]
    changed: list[str]
    unchanged: list[str] = []
    missing: list[str] = []
    with_work: list[str] = []
    ended: list[str] = []
    problems: list[str] = []
    changes: list[ImportChange] = []
    ignored: list[IgnoredColumn] = []


class JoinLink(msgspec.Struct, kw_only=True):
    """A link by which one person joins; whoever holds it is that person."""

    url: str
    token: str
    expires: types.Time
