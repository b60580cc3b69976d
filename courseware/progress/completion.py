"""What somebody has done of a course, what comes next, and about how much is left; pure.

In: the rules of a course, what is particular to the person, and what is known of each lesson. Out: a state
for every lesson in order. A lesson is done when its rule is met, and stays done: what was opened, handed in
or reached is never taken back. A lesson without exercises is done when it was opened unless its videos are to
be watched or its questions answered, since nothing of it can be handed in; one without videos, or with
nothing that is checked, is done as if that were not asked.
Points count only in marks that the person sees, so that no state tells of others. A lesson that the course no
longer lists is no part of its map.
"""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Literal

from courseware.course import attempts, model, pace, rules, schedule

State = Literal["done", "waiting", "again", "started", "open", "locked", "not-open", "missed"]
TO_DO: frozenset[State] = frozenset({"started", "open"})
"""What somebody can work on now."""
LEFT: frozenset[State] = frozenset({"started", "open", "locked", "not-open"})
"""What still takes time."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checked:
    """How many questions and exercises of a lesson are told right or wrong before it is handed in, how many
    of them are `done`, when the `last` of these was, and whether one is left that only an open lesson checks.
    """

    number: int
    done: int
    last: datetime.datetime | None
    closes: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a lesson and a person: whether it is released and its newest release has exercises,
    the dates that hold, and what the person did. `covered` is how much of its least watched video they have
    seen, in percent, None where it shows no video; `grown` is when that last became more. `checked` is what
    they have had checked, where that is the rule and there is something.
    """

    title: str
    released: bool
    exercises: bool
    dates: model.Dates
    opened: datetime.datetime | None = None
    handed_in: datetime.datetime | None = None
    times: int = 0
    covered: float | None = None
    grown: datetime.datetime | None = None
    checked: Checked | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lesson:
    """A lesson of the map. `waiting` is handed in and its marks do not show yet; `again` is handed in and not
    enough, and can be handed in once more; `missed` can no longer be done. `minutes` is the work it takes
    this person; `done` since when it is done; `watched` how many percent of each video were seen and
    `checked` what was checked, where that is the rule.
    """

    slug: str
    title: str
    state: State
    rule: rules.Complete
    minutes: int
    due: datetime.datetime | None
    done: datetime.datetime | None = None
    watched: int | None = None
    checked: Checked | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Map:
    """The lessons in order; `next` is the one to go on with, None if there is none now. `minutes_left` is
    None where the course says of no lesson how long it takes.
    """

    lessons: tuple[Lesson, ...]
    next: str | None
    minutes_left: int | None

    @property
    def done(self) -> int:
        """How many lessons are done."""
        return sum(each.state == "done" for each in self.lessons)


def course_map(
    course: rules.Course, person: rules.Person, known: Mapping[str, Known], *, now: datetime.datetime
) -> Map:
    """The map of a course for one person; of lessons of which nothing is known it says nothing."""
    found = tuple(
        _lesson(lesson, person, known[lesson.slug], now) for lesson in course.lessons if lesson.slug in known
    )
    estimated = any(lesson.estimated for lesson in course.lessons)
    return Map(
        lessons=found,
        next=_next(found),
        minutes_left=sum(each.minutes for each in found if each.state in LEFT) if estimated else None,
    )


def _next(found: tuple[Lesson, ...]) -> str | None:
    """The first lesson that can be worked on; if none is left, the first that can be handed in again."""
    able = [each for each in found if each.state in TO_DO] or [e for e in found if e.state == "again"]
    return able[0].slug if able else None


def rule(lesson: rules.Lesson, *, exercises: bool, films: bool, checks: bool) -> rules.Complete:
    """When a lesson is done."""
    said = lesson.complete
    if said is not None and said.kind in ("watched", "checked"):
        if films if said.kind == "watched" else checks:
            return said
        said = None
    if not exercises:
        return rules.Complete(kind="viewed")
    return said or rules.Complete()


def _lesson(lesson: rules.Lesson, person: rules.Person, known: Known, now: datetime.datetime) -> Lesson:
    """One lesson of the map."""
    unknown = not known.released
    needed = rule(
        lesson,
        exercises=known.exercises or unknown,
        films=known.covered is not None or unknown,
        checks=known.checked is not None or unknown,
    )
    reached = person.reached.get(lesson.slug, rules.Reached())
    done = _done(needed, known, reached, now)
    return Lesson(
        slug=lesson.slug,
        title=known.title,
        state="done" if done else _state(lesson, person, known, needed, now),
        rule=needed,
        minutes=max(1, round(60 * pace.work(lesson, person))),
        due=known.dates.due,
        done=done,
        watched=int((known.covered or 0) + 1e-9) if needed.kind == "watched" else None,
        checked=known.checked if needed.kind == "checked" else None,
    )


def _done(
    needed: rules.Complete, known: Known, reached: rules.Reached, now: datetime.datetime
) -> datetime.datetime | None:
    """Since when a lesson is done; None while it is not."""
    if needed.kind == "viewed":
        # Who handed something in has had the lesson, however it came to them.
        return min((at for at in (known.opened, known.handed_in) if at), default=None)
    if needed.kind == "watched":
        return known.grown if (known.covered or 0) + 1e-9 >= needed.percent else None
    if needed.kind == "checked":
        told = known.checked
        return told.last if told is not None and told.done == told.number else None
    if needed.kind == "submitted":
        return known.handed_in
    enough = reached.percent is not None and reached.percent + 1e-9 >= needed.percent
    return reached.shown_from if enough and _shows(reached, now) else None


def _shows(reached: rules.Reached, now: datetime.datetime) -> bool:
    """Whether the person sees what they have reached."""
    return reached.percent is not None and reached.shown_from is not None and reached.shown_from <= now


def _state(
    lesson: rules.Lesson, person: rules.Person, known: Known, needed: rules.Complete, now: datetime.datetime
) -> State:
    """What a lesson that is not done is to the person."""
    state = schedule.state(known.dates, now)
    if state == "not-open":
        return "locked" if known.dates.locked else "not-open"
    if not known.released:
        return "not-open"
    if needed.kind == "watched":
        return "started" if known.opened or known.covered or known.handed_in else "open"
    if needed.kind == "checked" and known.checked is not None:
        if state == "closed" and known.checked.closes:
            return "missed"
        return "started" if known.opened or known.checked.done or known.handed_in else "open"
    if known.handed_in and not _shows(person.reached.get(lesson.slug, rules.Reached()), now):
        return "waiting"
    extra = sum(int(each.amount) for each in person.of("extra-attempts", lesson.slug))
    left = attempts.left(lesson.attempts, known.times, extra=extra)
    if needed.kind != "viewed" and (state == "closed" or left == 0):
        return "missed"
    if known.handed_in:
        return "again"
    return "started" if known.opened else "open"
