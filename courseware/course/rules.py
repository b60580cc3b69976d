"""What decides about dates, as records: the rules of a course, and what is particular to one person; pure.

In: nothing. Out: what `course.toml` says (`Course`, `Lesson`, `Pace`, `Late`, `Attempts`, `Group`), and what
holds for somebody (`Person`): start, group, the steps of their plan, what was granted to them and what they
have reached. Moments are aware UTC; days are dates on the wall of the person's zone.
"""

import dataclasses
import datetime
import zoneinfo
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from courseware.course import model

Pacing = Literal["fixed", "paced", "open"]
Counts = Literal["last", "best", "chosen"]
LateKind = Literal["accept", "zero", "linear"]
Explains = Literal["after-answer", "after-attempts"]
CompleteKind = Literal["viewed", "submitted", "passed", "watched", "checked"]
StepKind = Literal["shift", "hours", "pause", "zone"]
Grant = Literal["extension", "extra-time", "extra-attempts", "waiver", "no-penalty", "format"]
GRANTS: tuple[Grant, ...] = ("extension", "extra-time", "extra-attempts", "waiver", "no-penalty", "format")
DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Late:
    """What late work loses: `percent` of its points for each `every` that began, but it keeps `floor` percent
    of them; nothing within `grace`, and nothing for days taken from the bank of `bank` days.
    """

    kind: LateKind = "accept"
    percent: float = 10.0
    every: datetime.timedelta = DAY
    floor: float = 0.0
    grace: datetime.timedelta = datetime.timedelta()
    bank: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Attempts:
    """How often work is taken and which of it counts; after the first `free` hand-ins the next has to wait
    `cooldown` each time.
    """

    limit: int | None = None
    cooldown: datetime.timedelta = datetime.timedelta()
    free: int = 1
    counts: Counts = "last"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Quiz:
    """How often a question is answered that does not say so itself, and when it is explained: after the first
    answer, or once it is right or no attempt is left.
    """

    attempts: int = 3
    explains: Explains = "after-attempts"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Requirement:
    """A lesson that comes first: handed in, or with so many percent of its points."""

    lesson: str
    percent: float | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Complete:
    """When a lesson is done: opened, handed in, with `percent` of its points in marks that show, or with
    `percent` of each of its videos watched.
    """

    kind: CompleteKind = "submitted"
    percent: float = 50.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pace:
    """How paced lessons are laid out: the hours a week that somebody works, within bounds, the weeks that the
    whole may take at least and at most, the time of day of due dates, and days on which nobody works.
    """

    hours: float = 4.0
    least_hours: float = 1.0
    most_hours: float = 40.0
    least_weeks: float = 0.0
    most_weeks: float = 52.0
    due_at: datetime.time = datetime.time(23, 59)
    weekdays_off: frozenset[int] = frozenset()
    dates_off: frozenset[datetime.date] = frozenset()
    own_zone: bool = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lesson:
    """The rules of one lesson; `hours` is the work it takes, for the pace, and `estimated` that the course
    said so. Without `complete` it is for the release to say when the lesson is done.
    """

    slug: str
    title: str
    pacing: Pacing = "fixed"
    dates: model.Dates = dataclasses.field(default_factory=model.Dates)
    hours: float = 1.0
    requires: tuple[Requirement, ...] = ()
    late: Late = dataclasses.field(default_factory=Late)
    attempts: Attempts = dataclasses.field(default_factory=Attempts)
    complete: Complete | None = None
    estimated: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Group:
    """Dates of some people: all due dates some days later, or other dates for a lesson."""

    name: str
    days_later: int = 0
    lessons: Mapping[str, model.Dates] = dataclasses.field(default_factory=dict)


def _kindest(told: Sequence[model.Dates]) -> model.Dates:
    """Of dates for the same lesson the earliest opening, and the latest ends."""
    return model.Dates(
        opens=min((each.opens for each in told if each.opens), default=None),
        due=max((each.due for each in told if each.due), default=None),
        closes=max((each.closes for each in told if each.closes), default=None),
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Course:
    """The rules of a course; lessons in order."""

    zone: zoneinfo.ZoneInfo
    starts: datetime.datetime | None = None
    ends: datetime.datetime | None = None
    pace: Pace = dataclasses.field(default_factory=Pace)
    lessons: tuple[Lesson, ...] = ()
    groups: tuple[Group, ...] = ()
    bank: int = 0

    def lesson(self, slug: str) -> Lesson:
        """The rules of a lesson; one that is not listed has none."""
        return next((each for each in self.lessons if each.slug == slug), Lesson(slug=slug, title=slug))

    def group(self, names: Collection[str]) -> Group:
        """The dates of groups, those that are listed: of several the kindest."""
        found = [each for each in self.groups if each.name in names]
        slugs = {slug for each in found for slug in each.lessons}
        return Group(
            name=", ".join(each.name for each in found),
            days_later=max((each.days_later for each in found), default=0),
            lessons={
                slug: _kindest([each.lessons[slug] for each in found if slug in each.lessons])
                for slug in slugs
            },
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Step:
    """A change of somebody's plan at a moment, `on` that day: `shift` begins `lesson` anew, `hours` is the
    week's work from then on, `pause` stops until the day `until` is over, `zone` is where they live now.
    """

    kind: StepKind
    at: datetime.datetime
    on: datetime.date
    lesson: str = ""
    hours: float = 0.0
    until: datetime.date | None = None
    zone: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Granted:
    """Something that staff granted to a person, for one lesson or (`lesson` empty) for all: `amount` is days,
    a factor or a number of attempts; `until` a due date of their own; `text` a format.
    """

    kind: Grant
    lesson: str = ""
    amount: float = 0.0
    until: datetime.datetime | None = None
    text: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reached:
    """What somebody has done in a lesson that others require: since when it is handed in, the best percentage
    they had, and since when they may see it.
    """

    handed_in: datetime.datetime | None = None
    percent: float | None = None
    shown_from: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Person:
    """What is particular to somebody in a course; `joined` is when they came in."""

    joined: datetime.datetime
    groups: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    granted: tuple[Granted, ...] = ()
    reached: Mapping[str, Reached] = dataclasses.field(default_factory=dict)

    def of(self, kind: Grant, lesson: str) -> tuple[Granted, ...]:
        """What of a kind was granted for a lesson."""
        return tuple(each for each in self.granted if each.kind == kind and each.lesson in ("", lesson))
