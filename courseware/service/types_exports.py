"""What travels when marks go into another system."""

import msgspec


class CanvasRequest(msgspec.Struct, kw_only=True):
    """The file that Canvas's gradebook exported, as text."""

    csv: str


class CanvasFilled(msgspec.Struct, kw_only=True):
    """That file with the marks in it, and what was and was not put in: lessons by title, people by name."""

    csv: str
    lessons: list[str]
    left_out: list[str]
    marks: int
    unknown: list[str]
    missing: list[str]
    notes: list[str]
