"""What is sent about draft releases over HTTP: one struct per JSON body.

In: nothing. Out: msgspec structs.
"""

import datetime
from typing import Annotated, Any

import msgspec

from courseware.service import types


class DraftRelease(msgspec.Struct, kw_only=True):
    """A lesson that somebody would release: its id, who uploaded it when, what the check said, and the files
    that students would get.
    """

    id: str
    uploaded: datetime.datetime
    by: types.Person
    notes: str
    report: dict[str, Any]
    files: list[types.FileEntry]


class DraftReleaseChoice(msgspec.Struct, kw_only=True):
    """Which draft is meant, by its id: not one that took its place meanwhile."""

    id: str


class DraftRef(msgspec.Struct, kw_only=True):
    """A draft by its id, and when it was uploaded."""

    id: str
    uploaded: datetime.datetime


class PlannedRelease(msgspec.Struct, kw_only=True):
    """When the draft is published by itself, who planned it, and why it was not when the time came."""

    at: datetime.datetime
    by: types.Person
    problem: str


class Withdrawn(msgspec.Struct, kw_only=True):
    """A release that is offered no more: why, by whom, since when."""

    number: int
    reason: str
    by: types.Person
    at: datetime.datetime


class Hold(msgspec.Struct, kw_only=True):
    """An exercise whose marks wait, and why."""

    exercise: str
    reason: str


class Desk(msgspec.Struct, kw_only=True):
    """How a lesson stands with its releases, for staff: the number that students get (null for none) and the
    number that comes next, the draft, when that is published by itself, what is withdrawn and what is held.
    Reasons are empty for a Jupyter server.
    """

    lesson: str
    offered: int | None
    next: int
    draft: DraftRef | None
    planned: PlannedRelease | None
    withdrawn: list[Withdrawn]
    held: list[Hold]


class PlanRelease(msgspec.Struct, kw_only=True):
    """Publish this draft at this time."""

    id: str
    at: types.Time


class WithdrawRequest(msgspec.Struct, kw_only=True):
    """Why a release is offered no more."""

    reason: Annotated[str, msgspec.Meta(max_length=1000)]


class NotesRequest(msgspec.Struct, kw_only=True):
    """What is new in a release, for students."""

    notes: Annotated[str, msgspec.Meta(max_length=4000)]


class LintManifest(msgspec.Struct, kw_only=True):
    """What goes with source files that are looked over: the lesson, the paths of links in its folder, which
    are not sent, and whether the files are wanted as a student would get them.
    """

    lesson: str
    left_out: list[str] = []
    blank: bool = False


class Finding(msgspec.Struct, kw_only=True):
    """What was found where, and what to do. An `error` stops a release."""

    code: str
    level: str
    where: str
    message: str


class BlankFile(msgspec.Struct, kw_only=True):
    """A file as a student would get it, where that is not as the author has it."""

    path: str
    text: str


class Lint(msgspec.Struct, kw_only=True):
    """What lint says of source files; the lines that begin and end a solution, a hidden test and a mark
    scheme in this course; and what students would get, if that was wanted.
    """

    findings: list[Finding]
    delimiters: dict[str, tuple[str, str]]
    blank: list[BlankFile] = []
