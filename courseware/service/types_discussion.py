"""What is sent to discussions over HTTP: one struct per JSON body.

In: nothing. Out: msgspec structs. What is answered are the records of `discussion.model`, as they are.
"""

from typing import Literal

import msgspec

from courseware.discussion import model


class Words(msgspec.Struct, kw_only=True):
    """What somebody wants to say; `attachment` is the cell that they ask about."""

    body: str
    anonymous: bool = False
    attachment: model.Attachment | None = None


class Beginning(Words, kw_only=True):
    """A thread to begin; `key` names a cell, `moment` a second of its first video."""

    key: str | None = None
    moment: int | None = None
    kind: model.Kind = "question"
    title: str = ""


class ThreadChange(msgspec.Struct, kw_only=True):
    """What is to be different about a thread; what is left out stays. An empty `key` is the whole lesson;
    `assigned` is the id of a member of staff, or empty.
    """

    state: model.State | None = None
    locked: bool | None = None
    pinned: bool | None = None
    hidden: bool | None = None
    claimed: bool | None = None
    assigned: str | None = None
    key: str | None = None


class PostChange(msgspec.Struct, kw_only=True):
    """What is to be different about a post; what is left out stays."""

    body: str | None = None
    state: model.PostState | None = None
    endorsed: bool | None = None
    answer: bool | None = None


class Seen(msgspec.Struct, kw_only=True):
    """The number of the last post that was seen."""

    number: int


class Following(msgspec.Struct, kw_only=True):
    """Whether a thread is followed."""

    following: bool


class Reacting(msgspec.Struct, kw_only=True):
    """A reaction, or its end."""

    kind: Literal["thanks", "same", "insight"]
    on: bool


class Reporting(msgspec.Struct, kw_only=True):
    """What is wrong with a post."""

    reason: str


class Edits(msgspec.Struct, kw_only=True):
    """What a post said before."""

    edits: list[model.Edit]


class Name(msgspec.Struct, kw_only=True):
    """A member of the course who can be mentioned."""

    id: str
    name: str


class Names(msgspec.Struct, kw_only=True):
    """Members of the course whose name begins so."""

    people: list[Name]


class Reports(msgspec.Struct, kw_only=True):
    """Reports that wait for a decision, oldest first."""

    reports: list[model.Report]


class Done(msgspec.Struct, kw_only=True):
    """Nothing more to say."""


class NewReply(msgspec.Struct, kw_only=True):
    """A reply to keep."""

    title: str
    body: str


class Replies(msgspec.Struct, kw_only=True):
    """Replies that staff of the course keep."""

    replies: list[model.SavedReply]
