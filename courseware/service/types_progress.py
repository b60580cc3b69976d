"""What travels over HTTP about somebody's way through a course; see `types`."""

import datetime
from typing import Literal

import msgspec

Time = datetime.datetime
ProgressState = Literal["done", "waiting", "again", "started", "open", "locked", "not-open", "missed"]


class LessonProgress(msgspec.Struct, kw_only=True):
    """A lesson of the map. `waiting` is handed in and its marks do not show yet, `again` handed in and not
    enough, `missed` what can no longer be done. It is done when it was `viewed`, `submitted`, `passed` with
    `percent` of its points, `watched` with `percent` of each of its videos, of which `watched` percent were
    seen, or `checked`, all of its `checks`: questions and exercises that are told right or wrong before it is
    handed in, of which so many are. `done` says since when it is. `minutes` is the work it takes.
    """

    lesson: str
    title: str
    state: ProgressState
    complete: Literal["viewed", "submitted", "passed", "watched", "checked"]
    minutes: int
    percent: float | None = None
    watched: int | None = None
    checked: int | None = None
    checks: int | None = None
    due: Time | None = None
    done: Time | None = None


class WeekItem(msgspec.Struct, kw_only=True):
    """A lesson of this week, and how many minutes of it are meant for this week."""

    lesson: str
    title: str
    minutes: int
    due: Time | None = None


class Week(msgspec.Struct, kw_only=True):
    """What somebody means to do from Monday (`first`) to Sunday (`last`). `hours` is what they have committed
    to, `done` how many lessons were done this week, `paused_until` the last day of a pause that goes on.
    """

    first: str
    last: str
    done: int
    items: list[WeekItem]
    hours: float | None = None
    paused_until: str | None = None


class Progress(msgspec.Struct, kw_only=True):
    """Where somebody stands in a course: how many of its lessons are done, which one comes next, and about
    how many minutes are left, where the course says how long its lessons take.
    """

    done: int
    total: int
    lessons: list[LessonProgress]
    week: Week
    next: str | None = None
    minutes_left: int | None = None
