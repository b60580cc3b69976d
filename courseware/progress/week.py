"""What somebody means to do this week; pure.

In: the rules of a course, what is particular to the person, and their map. Out: the lessons of the calendar
week on the person's wall: what is due by its end or was due before, and in a paced course the lessons that
follow, as far as the hours of the week reach. What was done this week has used up its share of them. In a
pause nothing is planned that is not due.
"""

import dataclasses
import datetime

from courseware.course import pace, rules, wall
from courseware.progress import completion

_END = datetime.datetime.max.replace(tzinfo=datetime.UTC)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Item:
    """A lesson of this week, and how many minutes of it are meant for this week."""

    lesson: str
    title: str
    minutes: int
    due: datetime.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Week:
    """A week from Monday to Sunday. `hours` is what the person has committed to, None where nothing is paced;
    `done` counts the lessons that were done this week; `paused` is the last day of a pause that goes on.
    """

    first: datetime.date
    last: datetime.date
    hours: float | None
    done: int
    paused: datetime.date | None
    items: tuple[Item, ...]


def week(course: rules.Course, person: rules.Person, told: completion.Map, *, now: datetime.datetime) -> Week:
    """The week that goes on now."""
    zone = pace.zone_at(course, person, now)
    today = wall.day(now, zone)
    first = today - today.weekday() * rules.DAY
    begins, ends = (
        wall.instant(datetime.datetime.combine(day, datetime.time()), zone, ends=False)
        for day in (first, first + 7 * rules.DAY)
    )
    done = [each for each in told.lessons if each.done and begins <= each.done < ends]
    hours, paused = _hours(course, person), _paused(person, today)
    budget = 0 if hours is None or paused else round(60 * hours) - sum(each.minutes for each in done)
    return Week(
        first=first,
        last=first + 6 * rules.DAY,
        hours=hours,
        done=len(done),
        paused=paused,
        items=_items(told, ends, budget),
    )


def _items(told: completion.Map, ends: datetime.datetime, budget: int) -> tuple[Item, ...]:
    """What is due before a moment, the earliest first, and what else so many minutes are enough for."""
    due = [
        each
        for each in told.lessons
        if each.due and each.due < ends and (each.state in completion.TO_DO or each.state == "again")
    ]
    found = [_item(each, each.minutes) for each in sorted(due, key=lambda each: each.due or _END)]
    budget -= sum(each.minutes for each in found)
    for each in told.lessons:
        if budget > 0 and each.state in completion.TO_DO and each not in due:
            found.append(_item(each, min(budget, each.minutes)))
            budget -= each.minutes
    return tuple(found)


def _item(lesson: completion.Lesson, minutes: int) -> Item:
    return Item(lesson=lesson.slug, title=lesson.title, minutes=minutes, due=lesson.due)


def _hours(course: rules.Course, person: rules.Person) -> float | None:
    """The hours a week of somebody; None where nothing is paced."""
    if not any(lesson.pacing == "paced" for lesson in course.lessons):
        return None
    chosen = [step.hours for step in person.steps if step.kind == "hours"]
    return chosen[-1] if chosen else course.pace.hours


def _paused(person: rules.Person, today: datetime.date) -> datetime.date | None:
    """The last day of the pause in which a day lies."""
    pauses = [step for step in person.steps if step.kind == "pause" and step.until]
    return max((step.until for step in pauses if step.until and step.on <= today <= step.until), default=None)
