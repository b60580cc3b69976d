"""What travels over HTTP about people's own dates; see `types`."""

import datetime
from typing import Literal

import msgspec

Time = datetime.datetime


class OwnDates(msgspec.Struct, kw_only=True):
    """What holds of a lesson for one person, and why, in words. `opens` is empty while `locked` says what
    must come first.
    """

    lesson: str
    title: str
    opens: Time | None
    due: Time | None
    closes: Time | None
    why: str
    locked: str = ""
    state: str = "open"
    paced: bool = False


class Allowance(msgspec.Struct, kw_only=True):
    """Something granted to a person, for a lesson or (`lesson` empty) for all; reason and giver are told to
    staff alone.
    """

    id: str
    kind: str
    lesson: str
    amount: float
    until: Time | None
    text: str
    given: Time
    ended: Time | None = None
    reason: str = ""
    given_by: str = ""
    ended_by: str = ""


class PersonDates(msgspec.Struct, kw_only=True):
    """What staff see and change of a person's dates."""

    username: str
    dates: list[OwnDates]
    allowances: list[Allowance]


class AllowanceRequest(msgspec.Struct, kw_only=True):
    """What is to be granted: `amount` is days of an extension, a factor of extra time or a number of extra
    attempts; `until` a due date instead of days; `text` a format. The reason is for staff.
    """

    kind: Literal["extension", "extra-time", "extra-attempts", "waiver", "no-penalty", "format"]
    reason: str
    lesson: str = ""
    amount: float = 0.0
    until: Time | None = None
    text: str = ""


class Plan(msgspec.Struct, kw_only=True):
    """A person's own dates and pace. `missed` is the lesson that a shift would begin anew; `hours` is what
    they work in a week, within the bounds; without paced lessons there are none.
    """

    zone: str
    dates: list[OwnDates]
    allowances: list[Allowance]
    missed: str | None = None
    hours: float | None = None
    least_hours: float | None = None
    most_hours: float | None = None
    own_zone: bool = False
    late_days: int | None = None
    late_days_left: int | None = None


class PlanRequest(msgspec.Struct, kw_only=True):
    """One change of one's own plan: `shift` after a missed date, `hours` a week, a pause from one day to
    another, or the zone one lives in.
    """

    act: Literal["shift", "hours", "pause", "zone"]
    hours: float = 0.0
    first: str = ""
    last: str = ""
    zone: str = ""


class CalendarAddress(msgspec.Struct, kw_only=True):
    """Where a calendar reads one's own dates; whoever has the address reads them too."""

    url: str
