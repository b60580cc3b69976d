"""Due dates of paced lessons, relative to each person's start; pure.

In: the rules of a course and a person. Out: a date for every paced lesson, in order. The work of the lessons
is laid over the person's days: so many hours a week, none on days off and in pauses. The whole takes no
fewer and no more weeks than the course says, and no date lies behind the course's end. A shift begins one
lesson anew on its day; what came before keeps its dates.
"""

import dataclasses
import datetime
import itertools
import zoneinfo
from collections.abc import Collection, Mapping

from courseware.course import model, rules, wall

_MOST_DAYS = 3660
_NEARLY = 1e-9


@dataclasses.dataclass(frozen=True, kw_only=True)
class Planned:
    """The due date of a lesson, in the zone of the person then; `clamped` if the course's end set it,
    `shifted` if the person's shift did.
    """

    due: datetime.datetime
    zone: zoneinfo.ZoneInfo
    clamped: bool
    shifted: bool


def plan(course: rules.Course, person: rules.Person) -> dict[str, Planned]:
    """The due dates of all paced lessons."""
    lessons = [each for each in course.lessons if each.pacing == "paced"]
    if not lessons:
        return {}
    days = _days(course, person, lessons)
    shifted = {step.lesson for step in person.steps if step.kind == "shift"}
    found: dict[str, Planned] = {}
    began = False
    for lesson in lessons:
        began = began or lesson.slug in shifted
        due, zone = None, course.zone
        if lesson.slug in days:
            due, zone = _moment(course, person, days[lesson.slug])
        if due is None or (course.ends is not None and due > course.ends):
            if course.ends is None:
                continue
            found[lesson.slug] = Planned(due=course.ends, zone=course.zone, clamped=True, shifted=began)
        else:
            found[lesson.slug] = Planned(due=due, zone=zone, clamped=False, shifted=began)
    return found


def start(course: rules.Course, person: rules.Person) -> datetime.datetime:
    """When somebody's plan begins: when they came in, not before the course did."""
    return max(person.joined, course.starts) if course.starts else person.joined


def first_day(pace: rules.Pace, at: datetime.datetime, zone: zoneinfo.ZoneInfo) -> datetime.date:
    """The first day on which work can be due that is begun at a moment: not at an hour that has passed."""
    day = wall.day(at, zone)
    due = wall.instant(datetime.datetime.combine(day, pace.due_at), zone, ends=True)
    return day if due > at else day + rules.DAY


def _days(
    course: rules.Course, person: rules.Person, lessons: list[rules.Lesson]
) -> dict[str, datetime.date]:
    """The date on the wall on which each lesson's work is done, day by day."""
    upto = [0.0, *itertools.accumulate(work(lesson, person) for lesson in lessons)]
    usual = sum(lesson.hours for lesson in lessons)
    place = {lesson.slug: n for n, lesson in enumerate(lessons)}
    began = start(course, person)
    first = first_day(course.pace, began, zone_at(course, person, began))
    changes = sorted((s for s in person.steps if s.kind in ("shift", "hours")), key=lambda s: s.at)
    rate, done, following = _per_day(course.pace, course.pace.hours, usual), 0.0, 0
    found: dict[str, datetime.date] = {}
    for n in range(_MOST_DAYS):
        day = first + n * rules.DAY
        while changes and changes[0].on <= day:
            step = changes.pop(0)
            if step.kind == "hours":
                rate = _per_day(course.pace, step.hours, usual)
            elif step.lesson in place and place[step.lesson] <= following:
                following = place[step.lesson]
                done = upto[following]
        if following == len(lessons) and not changes:
            break
        if _works(course.pace, person, day):
            done = min(done + rate, upto[-1])
        while following < len(lessons) and done >= upto[following + 1] - _NEARLY:
            found[lessons[following].slug] = day
            following += 1
    return {lesson.slug: found[lesson.slug] for lesson in lessons[:following]}


def times_longer(person: rules.Person, lesson: str) -> float:
    """How many times as long somebody has for a lesson."""
    return max((each.amount for each in person.of("extra-time", lesson)), default=1.0)


def work(lesson: rules.Lesson, person: rules.Person) -> float:
    """The hours of a lesson as it takes this person's time."""
    return max(lesson.hours, _NEARLY) * max(1.0, times_longer(person, lesson.slug))


def _per_day(pace: rules.Pace, hours: float, whole: float) -> float:
    """The hours of a working day, so that the whole takes neither too few nor too many weeks."""
    wished = min(max(hours, pace.least_hours), pace.most_hours)
    weeks = min(max(whole / wished, pace.least_weeks), pace.most_weeks)
    return whole / weeks / (7 - len(pace.weekdays_off))


def _works(pace: rules.Pace, person: rules.Person, day: datetime.date) -> bool:
    """Whether a day is one on which somebody works."""
    if day.weekday() in pace.weekdays_off or day in pace.dates_off:
        return False
    pauses = (step for step in person.steps if step.kind == "pause" and step.until)
    return not any(step.on <= day <= (step.until or step.on) for step in pauses)


def _zones(course: rules.Course, person: rules.Person) -> list[tuple[datetime.datetime, zoneinfo.ZoneInfo]]:
    """When somebody moved to which zone; none where dates are on the course's wall."""
    if not course.pace.own_zone:
        return []
    moves = sorted((s for s in person.steps if s.kind == "zone"), key=lambda step: step.at)
    return [(step.at, zoneinfo.ZoneInfo(step.zone)) for step in moves]


def zone_at(course: rules.Course, person: rules.Person, at: datetime.datetime) -> zoneinfo.ZoneInfo:
    """The zone somebody lives in at a moment; the course's until they name one."""
    moves = _zones(course, person)
    past = [zone for since, zone in moves if since <= at]
    return past[-1] if past else course.zone


def _moment(
    course: rules.Course, person: rules.Person, day: datetime.date
) -> tuple[datetime.datetime, zoneinfo.ZoneInfo]:
    """The moment of a due date on the person's wall. Who moves takes along what is still to come; a date that
    has passed stays, and no move makes one pass at once.
    """
    local = datetime.datetime.combine(day, course.pace.due_at)
    zone, due = course.zone, wall.instant(local, course.zone, ends=True)
    for since, there in _zones(course, person):
        if due <= since:
            break
        moved = wall.instant(local, there, ends=True)
        if moved > since:
            zone, due = there, moved
    return due, zone


def missed(
    course: rules.Course,
    holding: Mapping[str, model.Dates],
    handed_in: Collection[str],
    *,
    now: datetime.datetime,
) -> str | None:
    """The first paced lesson that somebody missed and can still do; None if there is nothing to shift."""
    for lesson in course.lessons:
        dates = holding.get(lesson.slug)
        if lesson.pacing != "paced" or lesson.slug in handed_in or dates is None or dates.due is None:
            continue
        if dates.due < now and (dates.closes is None or now < dates.closes):
            return lesson.slug
    return None
