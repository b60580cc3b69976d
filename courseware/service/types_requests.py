"""What travels over HTTP about requests for another look at a mark; see `types`."""

import datetime
from typing import Annotated, Literal

import msgspec

from courseware.service import types


class RegradeRequest(msgspec.Struct, kw_only=True):
    """That somebody asked for another look at an exercise of a hand-in, in a discussion with staff;
    `decision` and all after it are null while it is open.
    """

    thread: str
    submission: str
    lesson: str
    person: types.Person
    notebook: str
    exercise: str
    asked: datetime.datetime
    decision: Literal["changed", "stays"] | None
    decided_by: types.Person | None
    decided: datetime.datetime | None


class RegradeRequests(msgspec.Struct, kw_only=True):
    """Requests, the oldest first."""

    requests: list[RegradeRequest]


class AskRequest(msgspec.Struct, kw_only=True):
    """Which exercise of the hand-in should be looked at again, and why."""

    notebook: str
    exercise: str
    reason: Annotated[str, msgspec.Meta(max_length=10_000)]


class DecisionRequest(msgspec.Struct, kw_only=True):
    """What was decided, and why; the student reads it. `points` are what the exercise gets with it, in place
    of the mark of this `version` where one is named, and `over` is the decision that this one corrects.
    """

    decision: Literal["changed", "stays"]
    reason: Annotated[str, msgspec.Meta(max_length=10_000)]
    points: float | None = None
    version: int | None = None
    over: Literal["changed", "stays"] | None = None
