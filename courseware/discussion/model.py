"""What leaves this room and what comes into it.

In: nothing. Out: frozen records. `Thread`, `Post` and what they hold are made by `discussion.shown` for one
viewer and nowhere else: a name, a text or a count that the viewer may not see is not in them. Their fields
are those of the API.
"""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Literal

from courseware.course import model

Kind = Literal["question", "discussion", "private", "announcement"]
State = Literal["open", "resolved"]
PostState = Literal["shown", "deleted", "hidden"]
Filter = Literal["all", "unread", "unanswered", "mine", "endorsed"]
Reaction = Literal["thanks", "same", "insight"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote, as the viewer may know it; for peers an anonymous author is a number in the thread."""

    id: str | None
    name: str
    role: model.Role
    me: bool
    anonymous: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Attachment:
    """A cell as somebody had it when they asked, and its traceback."""

    cell: str
    traceback: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Count:
    """How much is said somewhere; `open` are questions that wait."""

    threads: int = 0
    posts: int = 0
    unread: int = 0
    open: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class CellText:
    """A cell of the lesson that is talked about, as it was released; `ended` if it is in no newer release."""

    title: str
    text: str
    ended: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Moment:
    """A thread about a second of a cell's first video."""

    thread: str
    second: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Discussion:
    """All that the badges of a lesson need, by key of the cell; `moments` in the order of the video."""

    lesson: str
    cells: Mapping[str, Count]
    general: Count
    origins: Mapping[str, str]
    texts: Mapping[str, CellText]
    can: tuple[str, ...]
    moments: Mapping[str, tuple[Moment, ...]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReactionCount:
    """How many reacted so, and whether the viewer did."""

    kind: Reaction
    count: int
    mine: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Thread:
    """A thread as the viewer may see it; `posts` and `unread` count what is shown to them, `moment` is the
    second of the cell's first video that it is about.
    """

    id: str
    lesson: str | None
    key: str | None
    moment: int | None
    kind: Kind
    title: str
    state: State
    locked: bool
    pinned: bool
    endorsed: bool
    hidden: bool
    following: bool
    unread: int
    posts: int
    author: Author
    created: datetime.datetime
    last: datetime.datetime
    claimed_by: Author | None
    excerpt: str
    can: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Post:
    """A post as the viewer may see it; `body` is Markdown, empty where it was deleted, or hidden and the
    viewer does not moderate.
    """

    id: str
    thread: str
    number: int
    author: Author
    body: str
    created: datetime.datetime
    edited: datetime.datetime | None
    edits: int
    state: PostState
    endorsed: bool
    answer: bool
    reactions: tuple[ReactionCount, ...]
    attachment: Attachment | None
    can: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Threads:
    """A page of a list; `next` is where the following one begins."""

    threads: tuple[Thread, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class ThreadPage:
    """A page of a thread's posts; `earlier` and `later` are where more are, `seen` is the number of the last
    post that the viewer saw before.
    """

    thread: Thread
    posts: tuple[Post, ...]
    seen: int
    earlier: str | None
    later: str | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Edit:
    """What a post said before it was changed."""

    body: str
    at: datetime.datetime
    by: Author


@dataclasses.dataclass(frozen=True, kw_only=True)
class Words:
    """What somebody wants to say."""

    body: str
    anonymous: bool = False
    attachment: Attachment | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Beginning:
    """A thread that somebody wants to begin; `key` names a cell of the lesson, None the lesson itself, and
    `moment` a second of the cell's first video. `to` is the student whom staff write to in private.
    """

    words: Words
    kind: Kind = "question"
    title: str = ""
    key: str | None = None
    moment: int | None = None
    to: model.Person | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """Where a thread is: the course, or one of its lessons."""

    course: model.Course
    lesson: model.Lesson | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """A post that somebody reported to staff, and why."""

    thread: Thread
    post: Post
    reason: str
    at: datetime.datetime
    by: Author


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hidden:
    """What staff hid from students: whole threads, and single posts with their threads."""

    threads: tuple[Thread, ...]
    posts: tuple[tuple[Thread, Post], ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SavedReply:
    """A reply that staff use again."""

    id: str
    title: str
    body: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Conversation:
    """A thread with all its posts."""

    thread: Thread
    posts: tuple[Post, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Export:
    """The discussions of a lesson, with the texts of the cells that they are about."""

    lesson: str
    title: str
    at: datetime.datetime
    texts: Mapping[str, CellText]
    conversations: tuple[Conversation, ...]
