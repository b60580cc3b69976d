"""What leaves this room and what comes into it.

In: nothing. Out: frozen records. A `Notice` says that somebody should know of something, as ids; an `Item` is
what one reader is shown of it now; a `Letter` is an e-mail and its fate.
"""

import dataclasses
import datetime
from typing import Literal, get_args

Kind = Literal[
    "answer",
    "mention",
    "reply",
    "endorsed",
    "question",
    "announcement",
    "marked",
    "changed",
    "release",
    "date",
    "stopped",
]
Choice = Literal["at-once", "daily", "weekly", "never"]
LetterKind = Literal["notice", "digest", "weekly", "confirmation", "signin"]
# Letters of their own, which tell no notices.
ALONE: frozenset[LetterKind] = frozenset({"confirmation", "signin"})
LetterState = Literal["waiting", "sending", "sent", "empty", "failed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CHOICES: tuple[Choice, ...] = get_args(Choice)
TALK: frozenset[Kind] = frozenset({"answer", "mention", "reply", "endorsed", "question", "announcement"})
"""Kinds about a thread: the subject is the thread's public id."""
STAFF_ONLY: frozenset[Kind] = frozenset({"question", "stopped"})
WORK: frozenset[Kind] = frozenset({"marked", "changed", "release", "date"})
"""Kinds that only students get."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fresh:
    """Somebody is to be told; `event` names what happened, so that nobody is told of it twice."""

    event: str
    kind: Kind
    person_id: int
    course_id: int
    subject: str
    post: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Notice:
    """A kept notice; `seen` is when the person saw it, `letter_id` the letter that tells it."""

    id: int
    public: str
    course_id: int
    person_id: int
    event: str
    kind: Kind
    subject: str
    post: str | None
    created: datetime.datetime
    seen: datetime.datetime | None
    letter_id: int | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Item:
    """A notice as its reader may know it now.

    `who` wrote or acted, as the reader may know them; `title` is a thread's or a lesson's; `lesson` the title
    of the lesson it belongs to; `place` an address on the pages; `text` what was said, in Markdown; `private`
    says that title and text are for few eyes. Points are there for marks that show; of a `part` more come.
    `slug` and `key` name the lesson and the cell that it is about, where there are any.
    """

    id: str
    kind: Kind
    at: datetime.datetime
    seen: bool
    who: str
    title: str
    lesson: str | None
    place: str
    text: str = ""
    private: bool = False
    score: float | None = None
    max_score: float | None = None
    due: datetime.datetime | None = None
    slug: str | None = None
    key: str | None = None
    part: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Items:
    """A page of notices; `next` is where the following one begins."""

    notices: tuple[Item, ...]
    unseen: int
    next: str | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Letter:
    """An e-mail; `slot` is what it is written for, `thread` where a reply goes, `due` the earliest moment."""

    id: int
    public: str
    person_id: int
    course_id: int
    kind: LetterKind
    thread: str | None
    slot: str
    state: LetterState
    attempt: int
    created: datetime.datetime
    due: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Habit:
    """When and how somebody wants letters; without a time zone it is the course's, without a language
    too. Hours are of their day.
    """

    time_zone: str | None = None
    digest_hour: int = 18
    digest_weekday: int = 4
    quiet_from: int | None = 22
    quiet_until: int | None = 7
    texts: bool = False
    language: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Preferences:
    """All that somebody chose about letters."""

    choices: dict[Kind, Choice]
    habit: Habit


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of the letters of a course: how many in each state, and the newest reason for a failure."""

    waiting: int
    sent: int
    empty: int
    failed: int
    reason: str
