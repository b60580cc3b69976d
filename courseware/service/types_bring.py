"""What travels when a hand-in of another system comes in."""

import msgspec

from courseware.service import types


class BroughtMark(msgspec.Struct, kw_only=True):
    """What stood for an exercise; `auto` is the machine's, null where a person had to look."""

    notebook: str
    exercise: str
    points: float
    auto: float | None = None
    manual: float | None = None
    needs_person: bool = False


class BroughtComment(msgspec.Struct, kw_only=True):
    """What was written at a cell."""

    notebook: str
    cell: str
    text: str


class BroughtWork(msgspec.Struct, kw_only=True):
    """The part `manifest` of what comes in: whose it is, by user name, and what stood there."""

    person: str
    at: types.Time | None = None
    late_seconds: int = 0
    marks: list[BroughtMark] = []
    comments: list[BroughtComment] = []
