"""What somebody means to do this week: by their hours, their dates and their zone."""

import dataclasses
import datetime
from typing import Any

import pytest

from courseware.course import rules
from courseware.progress import completion, week
from tests.course.plans import BERLIN, person, step, utc

NOW = utc("2026-11-25T12:00")
"""A Wednesday."""


def told(*states: dict[str, Any]) -> completion.Map:
    """Lessons of an hour each."""
    made = []
    for number, more in enumerate(states):
        given: dict[str, Any] = {"state": "open", "minutes": 60, "due": None, **more}
        slug = f"l{number}"
        made.append(completion.Lesson(slug=slug, title=slug.title(), rule=rules.Complete(), **given))
    return completion.Map(lessons=tuple(made), next=None, minutes_left=0)


def of(way: completion.Map, who: rules.Person | None = None, *, hours: float | None = None) -> week.Week:
    pacing: rules.Pacing = "fixed" if hours is None else "paced"
    made = tuple(rules.Lesson(slug=each.slug, title=each.title, pacing=pacing) for each in way.lessons)
    course = rules.Course(zone=BERLIN, lessons=made, pace=rules.Pace(hours=hours or 4))
    return week.week(course, who or person(), way, now=NOW)


def items(found: week.Week) -> list[tuple[str, int]]:
    return [(each.lesson, each.minutes) for each in found.items]


def test_without_a_pace_it_is_what_is_due_or_was() -> None:
    found = of(
        told(
            {"due": utc("2026-11-30T12:00")},
            {"due": utc("2026-11-29T22:59")},
            {"due": utc("2026-11-20T12:00"), "state": "started"},
            {"due": utc("2026-11-26T12:00"), "state": "done", "done": utc("2026-11-24T10:00")},
            {"due": utc("2026-11-26T12:00"), "state": "locked"},
            {"due": utc("2026-11-26T12:00"), "state": "again"},
            {},
        )
    )
    assert items(found) == [("l2", 60), ("l5", 60), ("l1", 60)]
    assert (found.first.isoformat(), found.last.isoformat()) == ("2026-11-23", "2026-11-29")
    assert (found.hours, found.done, found.paused) == (None, 1, None)


def test_the_hours_of_the_week_are_filled_with_what_follows_in_order() -> None:
    way = told({}, {"due": utc("2026-11-27T12:00")}, {}, {})
    assert items(of(way, hours=2.5)) == [("l1", 60), ("l0", 60), ("l2", 30)]
    assert items(of(way, hours=0.5)) == [("l1", 60)]


def test_what_was_done_this_week_has_used_its_hours() -> None:
    this, before = utc("2026-11-23T00:00"), utc("2026-11-22T22:00")
    way = told({"state": "done", "done": this}, {"state": "done", "done": before}, {}, {})
    found = of(way, hours=2)
    assert (items(found), found.done) == ([("l2", 60)], 1)


@pytest.mark.parametrize(("chosen", "planned"), [(1.0, 1), (3.0, 3)])
def test_the_hours_are_those_that_were_chosen_last(chosen: float, planned: int) -> None:
    who = person(steps=(step("hours", "2026-11-01", hours=9), step("hours", "2026-11-20", hours=chosen)))
    found = of(told({}, {}, {}, {}), who, hours=2)
    assert (found.hours, len(found.items)) == (chosen, planned)


def test_a_pause_plans_nothing_but_what_is_due() -> None:
    until = datetime.date(2026, 12, 4)
    who = person(steps=(step("pause", "2026-11-24", until=until),))
    found = of(told({}, {"due": utc("2026-11-27T12:00")}), who, hours=5)
    assert (items(found), found.paused) == ([("l1", 60)], until)


def test_the_week_is_the_one_on_the_wall_of_who_moved() -> None:
    # Sunday evening in Berlin is Monday in Auckland.
    now = utc("2026-11-29T20:00")
    moved = person(steps=(step("zone", "2026-11-01", zone="Pacific/Auckland"),))
    lessons = (rules.Lesson(slug="l0", title="L0", pacing="paced"),)
    said = rules.Course(zone=BERLIN, lessons=lessons)
    way = told({"due": utc("2026-12-03T12:00")})
    here = week.week(said, person(), way, now=now)
    there = week.week(said, moved, way, now=now)
    assert (here.first.isoformat(), there.first.isoformat()) == ("2026-11-23", "2026-11-30")
    fixed = dataclasses.replace(said, pace=rules.Pace(own_zone=False))
    assert week.week(fixed, moved, way, now=now).first == here.first
