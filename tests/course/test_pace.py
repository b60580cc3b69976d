"""Paced lessons: dates from each person's start, on their days, shifted, paused, in their zone."""

import dataclasses
import datetime
import zoneinfo

import hypothesis
from hypothesis import strategies as st

from courseware.course import model, pace, rules, schedule, wall
from tests.course import plans
from tests.course.plans import BERLIN, START, paced, person, step, utc
from tests.course.test_wall import ZONES

DAY = rules.DAY


def days(course: rules.Course, who: rules.Person) -> list[str]:
    """The due dates on the course's wall."""
    return [f"{each.due.astimezone(each.zone):%m-%d %H:%M}" for each in pace.plan(course, who).values()]


def test_an_hour_a_day_is_laid_over_the_days_from_the_start() -> None:
    assert days(paced(2, 3, 7), person()) == ["09-01 23:59", "09-04 23:59", "09-11 23:59"]
    late = person(joined=START + 10 * DAY)
    assert days(paced(2, 3, 7), late) == ["09-11 23:59", "09-14 23:59", "09-21 23:59"]
    early = person(joined=START - 90 * DAY)
    assert days(paced(2, 3, 7, starts=START), early)[0] == "09-01 23:59"


def test_nothing_is_due_before_its_person_came() -> None:
    morning = rules.Pace(hours=7, due_at=datetime.time(8))
    assert days(paced(1, 1, pace=morning), person()) == ["09-01 08:00", "09-02 08:00"]
    assert days(paced(1, 1, pace=morning), person(joined=START - DAY / 24)) == ["08-31 08:00", "09-01 08:00"]


def test_days_off_are_skipped() -> None:
    off = rules.Pace(
        hours=5, weekdays_off=frozenset({5, 6}), dates_off=frozenset({datetime.date(2026, 9, 2)})
    )
    assert days(paced(2, 2, 2, pace=off), person()) == ["09-01 23:59", "09-04 23:59", "09-08 23:59"]


def test_the_learner_commits_to_weekly_hours_within_bounds() -> None:
    course = paced(14, 14, pace=rules.Pace(hours=7, least_hours=3.5, most_hours=14))
    assert days(course, person())[-1] == "09-27 23:59"
    quick = person(steps=(step("hours", "2026-08-31", hours=14),))
    assert days(course, quick)[-1] == "09-13 23:59"
    quicker = person(steps=(step("hours", "2026-08-31", hours=99),))
    assert days(course, quicker) == days(course, quick)
    changed = person(steps=(step("hours", "2026-09-14", hours=3.5),))
    assert days(course, changed) == ["09-13 23:59", "10-11 23:59"]


def test_the_whole_is_clamped_in_weeks_and_by_the_end_of_the_course() -> None:
    brisk = paced(7, 7, pace=rules.Pace(hours=14, least_weeks=4))
    assert days(brisk, person())[-1] == "09-27 23:59"
    slow = paced(70, 70, pace=rules.Pace(hours=1, most_weeks=2))
    assert days(slow, person())[-1] == "09-13 23:59"
    ends = utc("2026-09-05T10:00")
    course = paced(2, 3, 7, ends=ends)
    assert [each.clamped for each in pace.plan(course, person()).values()] == [False, False, True]
    told = schedule.resolve(course, person())["l2"]
    assert (told.due, told.closes) == (ends, ends)
    assert "cut off by the end of the course" in told.why


def test_a_pause_stops_the_plan() -> None:
    away = person(steps=(step("pause", "2026-09-02", until=datetime.date(2026, 9, 8)),))
    assert days(paced(2, 3, 7), away) == ["09-01 23:59", "09-11 23:59", "09-18 23:59"]


def test_a_shift_begins_the_missed_lesson_anew_and_keeps_what_was() -> None:
    shifted = person(steps=(step("shift", "2026-09-07", lesson="l1"),))
    course = paced(2, 3, 7)
    assert days(course, shifted) == ["09-01 23:59", "09-09 23:59", "09-16 23:59"]
    why = {slug: each.why for slug, each in schedule.resolve(course, shifted).items()}
    assert "since you shifted" not in why["l0"]
    assert "since you shifted your dates" in why["l1"]


def test_only_a_missed_date_can_be_shifted() -> None:
    course = paced(2, 3, 7, ends=utc("2026-10-01T00:00"))
    holding = schedule.resolve(course, person())

    def missed(now: str, *done: str) -> str | None:
        return pace.missed(course, holding, done, now=utc(now))

    assert missed("2026-09-01T12:00") is None
    assert missed("2026-09-02T12:00") == "l0"
    assert missed("2026-09-02T12:00", "l0") is None
    assert missed("2026-09-20T12:00", "l0") == "l1"
    assert missed("2026-10-02T12:00") is None
    once = dataclasses.replace(course, lessons=(dataclasses.replace(course.lessons[0], pacing="fixed"),))
    assert pace.missed(once, {"l0": model.Dates(due=START)}, (), now=START + DAY) is None


def test_extra_time_slows_the_pace_of_all_that_follows() -> None:
    slow = person(rules.Granted(kind="extra-time", amount=1.5))
    assert days(paced(2, 4), slow) == ["09-02 23:59", "09-08 23:59"]
    assert "1.5 times as long" in schedule.resolve(paced(2, 4), slow)["l1"].why


def test_who_moves_takes_along_what_is_still_to_come() -> None:
    moved = person(steps=(step("zone", "2026-09-03", zone="America/New_York"),))
    planned = pace.plan(paced(2, 3), moved)
    assert planned["l0"].zone == BERLIN
    assert planned["l1"].due == utc("2026-09-05T03:59")
    assert wall.told(planned["l1"].due, planned["l1"].zone) == "Fri 4 Sep 2026, 23:59 (America/New_York)"


def test_a_date_that_has_passed_stays_and_no_move_makes_one_pass() -> None:
    # 23:59 in Berlin has passed when somebody moves to New York, where it is still to come.
    back = person(steps=(step("zone", "2026-09-01", at=utc("2026-09-01T22:30"), zone="America/New_York"),))
    assert pace.plan(paced(2, 3), back)["l0"].due == utc("2026-09-01T21:59")
    # 23:59 in Apia was half a day ago when somebody who lives in Berlin moves there.
    on = person(steps=(step("zone", "2026-09-01", at=utc("2026-09-01T20:00"), zone="Pacific/Apia"),))
    assert pace.plan(paced(2, 3), on)["l0"].due == utc("2026-09-01T21:59")
    assert pace.plan(paced(2, 3), on)["l1"].zone.key == "Pacific/Apia"
    theirs = paced(2, 3, pace=rules.Pace(hours=7, own_zone=False))
    assert pace.plan(theirs, on)["l1"].zone == BERLIN


HOURS = st.lists(st.floats(0.25, 20), min_size=1, max_size=8)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("shift", "hours", "pause", "zone")), st.integers(0, 90), st.integers(0, 7), ZONES
    ),
    max_size=5,
)


def made(drawn: list[tuple[rules.StepKind, int, int, zoneinfo.ZoneInfo]]) -> tuple[rules.Step, ...]:
    """Steps as they were drawn, in order."""
    found = []
    for kind, after, number, zone in sorted(drawn, key=lambda each: each[1]):
        on = START.date() + after * DAY
        found.append(
            plans.step(
                kind,
                on.isoformat(),
                lesson=f"l{number}" if kind == "shift" else "",
                hours=1.0 + number if kind == "hours" else 0.0,
                until=on + number * DAY if kind == "pause" else None,
                zone=zone.key if kind == "zone" else "",
            )
        )
    return tuple(found)


@hypothesis.given(HOURS, ZONES, STEPS, st.integers(0, 2000), st.frozensets(st.integers(0, 6), max_size=6))
def test_due_dates_are_in_order_at_their_time_on_working_days(
    hours: list[float],
    zone: zoneinfo.ZoneInfo,
    drawn: list[tuple[rules.StepKind, int, int, zoneinfo.ZoneInfo]],
    after: int,
    off: frozenset[int],
) -> None:
    off_days = frozenset({datetime.date(2026, 12, 24)})
    course = paced(*hours, zone=zone, pace=rules.Pace(hours=5, weekdays_off=off, dates_off=off_days))
    who = person(joined=START + after * DAY, steps=made(drawn))
    planned = pace.plan(course, who)
    assert list(planned) == [each.slug for each in course.lessons]
    still = not any(step.kind == "zone" for step in who.steps)
    last = START
    for each in planned.values():
        local = each.due.astimezone(each.zone).replace(tzinfo=None, fold=0)
        if wall.odd(datetime.datetime.combine(local.date(), datetime.time(23, 59)), each.zone) == "":
            assert local.time() == datetime.time(23, 59)
            assert local.weekday() not in off
            assert local.date() not in off_days
        assert each.due >= last or not still
        last = each.due


@hypothesis.given(HOURS, STEPS, st.integers(0, 60))
def test_a_shift_and_a_pause_never_bring_a_date_nearer(
    hours: list[float], drawn: list[tuple[rules.StepKind, int, int, zoneinfo.ZoneInfo]], after: int
) -> None:
    course, steps = paced(*hours), made(drawn)
    before = pace.plan(course, person(steps=steps))
    now = datetime.datetime.combine(START.date() + 91 * DAY, datetime.time(12), datetime.UTC)
    holding = schedule.resolve(course, person(steps=steps))
    slug = pace.missed(course, holding, (), now=now)
    if slug is not None:
        moves = sorted((each for each in steps if each.kind == "zone"), key=lambda each: each.at)
        zone = zoneinfo.ZoneInfo(moves[-1].zone) if moves else course.zone
        on = pace.first_day(
            course.pace, now, zone
        ).isoformat()  # the day on their own wall, as `adjust` takes it
        shifted = person(steps=(*steps, step("shift", on, at=now, lesson=slug)))
        for name, each in pace.plan(course, shifted).items():
            assert each.due >= before[name].due
            assert each.due > now or course.lessons.index(course.lesson(name)) < course.lessons.index(
                course.lesson(slug)
            )
    on_day = START.date() + (91 + after) * DAY
    paused = person(steps=(*steps, step("pause", on_day.isoformat(), until=on_day + 10 * DAY)))
    for name, each in pace.plan(course, paused).items():
        assert each.due >= before[name].due
