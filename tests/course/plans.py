"""Courses and people for tests of dates."""

import datetime
import zoneinfo
from typing import Any

from courseware.course import model, rules

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
START = datetime.datetime(2026, 8, 31, 6, tzinfo=datetime.UTC)
"""A Monday, 08:00 in Berlin."""


def utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def paced(*hours: float, zone: zoneinfo.ZoneInfo = BERLIN, pace: Any = None, **more: Any) -> rules.Course:
    """A course of paced lessons `l0`, `l1`, ... that take so many hours each."""
    lessons = tuple(
        rules.Lesson(slug=f"l{n}", title=f"Lesson {n}", pacing="paced", hours=each)
        for n, each in enumerate(hours)
    )
    return rules.Course(zone=zone, lessons=lessons, pace=pace or rules.Pace(hours=7), **more)


def fixed(lesson: rules.Lesson, *others: rules.Lesson, **more: Any) -> rules.Course:
    return rules.Course(zone=BERLIN, lessons=(lesson, *others), **more)


def lesson(slug: str = "one", **more: Any) -> rules.Lesson:
    given = {key: more.pop(key) for key in ("opens", "due", "closes") if key in more}
    return rules.Lesson(slug=slug, title=slug.title(), dates=model.Dates(**given), **more)


def person(*granted: rules.Granted, **more: Any) -> rules.Person:
    return rules.Person(joined=more.pop("joined", START), granted=granted, **more)


def step(kind: rules.StepKind, day: str, **more: Any) -> rules.Step:
    on = datetime.date.fromisoformat(day)
    at = datetime.datetime.combine(on, datetime.time(12), datetime.UTC)
    return rules.Step(kind=kind, on=on, at=more.pop("at", at), **more)
