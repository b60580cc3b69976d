"""Which dates hold for one person and lesson, and why; pure. The one resolver: nothing else decides about
dates.

In: the rules of the course and what is particular to the person. Out: what holds, with the reasons in words,
and at a given moment the lesson's state. Each date is the first that is said of: the person, their groups,
their pace, the lesson, the course. Then days are added: those of the group, extra time, extensions. A lesson
never closes for somebody before it is due for them.
"""

import dataclasses
import datetime
import math
import zoneinfo
from typing import Literal

from courseware.course import explain, gates, model, pace, rules, wall

State = Literal["not-open", "open", "late", "closed"]
_PACED = ("pace", "pace-end", "pace-shift")


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Said:
    """A date, who said it, and on whose wall it is."""

    at: datetime.datetime
    layer: explain.Layer
    zone: zoneinfo.ZoneInfo


def resolve(course: rules.Course, person: rules.Person) -> dict[str, model.Dates]:
    """The dates that hold for a person, by lesson."""
    planned = pace.plan(course, person)
    found: dict[str, model.Dates] = {}
    for lesson in course.lessons:
        found[lesson.slug] = _lesson(course, person, lesson, planned.get(lesson.slug))
    return found


def same_for_all(dates: model.Dates) -> model.Dates:
    """The dates of a lesson for somebody of whom nothing particular is known."""
    known = any((dates.opens, dates.due, dates.closes))
    return dataclasses.replace(dates, why=explain.SAME if known else explain.NO_DATES)


def _lesson(
    course: rules.Course, person: rules.Person, lesson: rules.Lesson, planned: pace.Planned | None
) -> model.Dates:
    """What holds of one lesson."""
    opens = _first(course, person, lesson, "opens", None)
    due = _first(course, person, lesson, "due", planned)
    closes = _first(course, person, lesson, "closes", None)
    end, added = _later(course, person, lesson, due, opens.at if opens else None)
    plain = [said for said in (opens, due, closes) if said and said.layer != "lesson"]
    if not plain and not added:
        why = [same_for_all(lesson.dates).why]
    else:
        why = [explain.date("opens", opens.layer, opens.at, opens.zone)] if opens else []
        why += _due(person, lesson, due, end, added) if due and end else []
        why += [explain.date("closes", closes.layer, closes.at, closes.zone)] if closes else []
    last = closes.at if closes else None
    if due and end and last and end > last:
        last = end
        why.append(explain.closes_later(end, due.zone))
    return _gated(
        course, person, lesson, model.Dates(opens=opens.at if opens else None, due=end, closes=last), why
    )


def _due(
    person: rules.Person,
    lesson: rules.Lesson,
    due: _Said,
    end: datetime.datetime,
    added: list[tuple[int, str]],
) -> list[str]:
    """Why a due date is what it is."""
    why = [explain.date("due", due.layer, due.at, due.zone)]
    if due.layer in _PACED and pace.times_longer(person, lesson.slug) > 1.0:
        why.append(explain.slower(pace.times_longer(person, lesson.slug)))
    why += [explain.more(days, cause) for days, cause in added]
    return [*why, explain.now_due(end, due.zone)] if added else why


def _gated(
    course: rules.Course, person: rules.Person, lesson: rules.Lesson, dates: model.Dates, why: list[str]
) -> model.Dates:
    """The dates with what must come first; `locked` says it as long as the lesson is not open."""
    since = gates.opens(course, lesson, person)
    if since is None:
        if lesson.requires and person.of("waiver", lesson.slug):
            why.append("What the lesson requires was waived for you.")
        return dataclasses.replace(dates, why=" ".join(why))
    words = gates.words(course, lesson)
    opens = max(since, dates.opens) if dates.opens else since
    return dataclasses.replace(dates, opens=opens, locked=words, why=" ".join([*why, words]))


def _first(
    course: rules.Course,
    person: rules.Person,
    lesson: rules.Lesson,
    word: explain.Word,
    planned: pace.Planned | None,
) -> _Said | None:
    """The first date that anybody says: person, group, pace, lesson, course."""
    own = [each.until for each in person.of("extension", lesson.slug) if each.until is not None]
    if word == "due" and own:
        return _Said(at=max(own), layer="person", zone=course.zone)
    group = _word(course.group(person.groups).lessons.get(lesson.slug, model.Dates()), word)
    if group is not None:
        return _Said(at=group, layer="group", zone=course.zone)
    if planned is not None and word == "due":
        layer: explain.Layer = "pace-end" if planned.clamped else "pace-shift" if planned.shifted else "pace"
        return _Said(at=planned.due, layer=layer, zone=planned.zone)
    said = _word(lesson.dates, word)
    if said is not None:
        return _Said(at=said, layer="lesson", zone=course.zone)
    whole = {"opens": course.starts, "due": None, "closes": course.ends}[word]
    return _Said(at=whole, layer="course", zone=course.zone) if whole is not None else None


def _word(dates: model.Dates, word: explain.Word) -> datetime.datetime | None:
    """One of three dates."""
    return {"opens": dates.opens, "due": dates.due, "closes": dates.closes}[word]


def _later(
    course: rules.Course,
    person: rules.Person,
    lesson: rules.Lesson,
    due: _Said | None,
    begins: datetime.datetime | None,
) -> tuple[datetime.datetime | None, list[tuple[int, str]]]:
    """The due date with the days that are added to it, and what added them; one's own is final."""
    if due is None:
        return None, []
    if due.layer == "person":
        return due.at, []
    added: list[tuple[int, str]] = []
    later = course.group(person.groups).days_later
    if later and due.layer != "group":
        added.append((later, "the dates of your group"))
    factor = pace.times_longer(person, lesson.slug)
    if factor > 1.0 and due.layer not in _PACED and begins is not None and begins < due.at:
        days = math.ceil((due.at - begins) / rules.DAY * (factor - 1.0) - 1e-9)
        added.append((days, f"extra time ({factor:g} times as long)"))
    given = sum(int(each.amount) for each in person.of("extension", lesson.slug) if each.until is None)
    if given:
        added.append((given, "an extension"))
    return wall.later(due.at, sum(days for days, _ in added), due.zone), added


def state(dates: model.Dates, now: datetime.datetime) -> State:
    """What a lesson is to a person now."""
    if dates.opens is not None and now < dates.opens:
        return "not-open"
    if dates.closes is not None and now >= dates.closes:
        return "closed"
    if dates.due is not None and now > dates.due:
        return "late"
    return "open"


def late_seconds(dates: model.Dates, received: datetime.datetime) -> int:
    """How late work is that comes in at a moment; 0 if it is not."""
    if dates.due is None or received <= dates.due:
        return 0
    return max(1, int((received - dates.due).total_seconds()))
