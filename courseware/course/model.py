"""The records of this room: course, person, who is asking, lesson, dates."""

import dataclasses
import datetime
from typing import Literal, cast

Role = Literal["student", "grader", "instructor", "owner"]
Ceiling = Literal["lab", "pages", "cli", "join", "signin", "calendar"]
MarksPolicy = Literal["visible-first", "at-once", "after-due", "when-released"]
STAFF: frozenset[Role] = frozenset({"grader", "instructor", "owner"})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Course:
    """A course; `public` and `slug` name it outside, `id` only in the database."""

    id: int
    public: str
    slug: str
    title: str
    time_zone: str
    manifest: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody known to the service."""

    id: int
    public: str
    username: str
    name: str
    email: str | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Member:
    """A person's role in a course; `ended` where it is over."""

    person: Person
    role: Role
    added: datetime.datetime
    ended: datetime.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who asks: a person in a role in a course, with a credential that allows at most `ceiling`."""

    person: Person
    course: Course
    role: Role
    ceiling: Ceiling

    @property
    def is_staff(self) -> bool:
        """Whether the role teaches; what it may do still depends on the ceiling."""
        return self.role in STAFF


@dataclasses.dataclass(frozen=True, kw_only=True)
class Dates:
    """What holds for one person and lesson; `why` says it in words. `locked` says what must come first, where
    something must; `opens` is then not to be told before it has come.
    """

    opens: datetime.datetime | None = None
    due: datetime.datetime | None = None
    closes: datetime.datetime | None = None
    why: str = ""
    locked: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lesson:
    """A lesson of a course."""

    id: int
    public: str
    course_id: int
    slug: str
    title: str
    position: int
    marks_policy: MarksPolicy
    marks_released: datetime.datetime | None


def held(role: str | None, until: datetime.datetime | None, now: datetime.datetime) -> Role | None:
    """The role that a membership gives now; None without one, and once it has run out."""
    return cast(Role, role) if role is not None and (until is None or until > now) else None
