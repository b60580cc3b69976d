"""What a lesson is to somebody, what comes next and how much is left."""

import datetime
from typing import Any

import pytest

from courseware.course import model, rules
from courseware.progress import completion
from tests.course.plans import BERLIN, fixed, lesson, person, utc

NOW = utc("2026-11-23T12:00")
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
PASSED = rules.Complete(kind="passed", percent=60)
VIEWED = rules.Complete(kind="viewed")
WATCHED = rules.Complete(kind="watched", percent=90)
CHECKED = rules.Complete(kind="checked")


def of_checks(done: int, *, closes: bool = False) -> dict[str, Any]:
    """Of two questions and exercises so many are done."""
    return {"checked": completion.Checked(number=2, done=done, last=NOW if done else None, closes=closes)}


def known(**more: Any) -> completion.Known:
    holds = {key: more.pop(key) for key in ("opens", "due", "closes", "locked") if key in more}
    given = {"title": "T", "released": True, "exercises": True, **more}
    if given.get("handed_in"):
        given.setdefault("times", 1)
    return completion.Known(dates=model.Dates(**holds), **given)


def state(told: rules.Lesson, of: completion.Known, who: rules.Person | None = None) -> str:
    found = completion.course_map(fixed(told), who or person(), {"one": of}, now=NOW)
    return found.lessons[0].state


def reached(percent: float | None, shown: datetime.datetime | None) -> rules.Person:
    return person(reached={"one": rules.Reached(handed_in=NOW - DAY, percent=percent, shown_from=shown)})


@pytest.mark.parametrize(
    ("rule", "of", "is_"),
    [
        (None, {}, "open"),
        (None, {"opened": NOW}, "started"),
        (None, {"handed_in": NOW}, "done"),
        (VIEWED, {"opened": NOW}, "done"),
        (VIEWED, {}, "open"),
        (VIEWED, {"closes": NOW - HOUR}, "open"),
        (VIEWED, {"handed_in": NOW}, "done"),
        (None, {"exercises": False}, "open"),
        (None, {"exercises": False, "opened": NOW}, "done"),
        (PASSED, {"exercises": False, "opened": NOW}, "done"),
        (None, {"released": False}, "not-open"),
        (None, {"released": False, "exercises": False, "opened": NOW}, "not-open"),
        (None, {"opens": NOW + HOUR}, "not-open"),
        (None, {"opens": NOW + HOUR, "locked": "It opens when"}, "locked"),
        (None, {"opens": NOW - HOUR, "locked": "It opens when"}, "open"),
        (None, {"opens": NOW + HOUR, "handed_in": NOW - DAY}, "done"),
        (CHECKED, of_checks(0), "open"),
        (CHECKED, {**of_checks(0), "opened": NOW}, "started"),
        (CHECKED, of_checks(1), "started"),
        (CHECKED, {**of_checks(1), "handed_in": NOW}, "started"),
        (CHECKED, {**of_checks(1), "closes": NOW - HOUR}, "started"),
        (CHECKED, {**of_checks(1, closes=True), "closes": NOW - HOUR}, "missed"),
        (CHECKED, of_checks(2), "done"),
        (CHECKED, {**of_checks(2), "exercises": False}, "done"),
        (CHECKED, {"opened": NOW}, "started"),
        (CHECKED, {"handed_in": NOW}, "done"),
        (CHECKED, {"exercises": False, "opened": NOW}, "done"),
        (CHECKED, {"released": False}, "not-open"),
        (WATCHED, {"covered": 0.0}, "open"),
        (WATCHED, {"covered": 0.0, "opened": NOW}, "started"),
        (WATCHED, {"covered": 89.9, "grown": NOW}, "started"),
        (WATCHED, {"covered": 90.0, "grown": NOW}, "done"),
        (rules.Complete(kind="watched", percent=29), {"covered": 100 * 0.29, "grown": NOW}, "done"),
        (WATCHED, {"covered": 100.0, "grown": NOW, "exercises": False}, "done"),
        (WATCHED, {"covered": 40.0, "grown": NOW, "exercises": False, "opened": NOW}, "started"),
        (WATCHED, {"covered": 40.0, "grown": NOW, "handed_in": NOW}, "started"),
        (WATCHED, {"covered": 40.0, "grown": NOW, "closes": NOW - HOUR}, "started"),
        (WATCHED, {"covered": 0.0, "opens": NOW + HOUR}, "not-open"),
        (WATCHED, {"released": False}, "not-open"),
        (WATCHED, {"opened": NOW}, "started"),  # no video to watch: as if nothing were said
        (WATCHED, {"handed_in": NOW}, "done"),
        (WATCHED, {"exercises": False, "opened": NOW}, "done"),
        (None, {"due": NOW - HOUR}, "open"),
        (None, {"closes": NOW - HOUR}, "missed"),
        (None, {"closes": NOW - HOUR, "opened": NOW - DAY}, "missed"),
        (None, {"closes": NOW - HOUR, "handed_in": NOW - DAY}, "done"),
    ],
)
def test_what_a_lesson_is(rule: rules.Complete | None, of: dict[str, Any], is_: str) -> None:
    assert state(lesson(complete=rule), known(**of)) == is_


@pytest.mark.parametrize(
    ("percent", "shown", "is_"),
    [
        (60.0, NOW, "done"),
        (59.9, NOW, "again"),
        (100.0, NOW + HOUR, "waiting"),
        (10.0, NOW + HOUR, "waiting"),
        (100.0, None, "waiting"),
        (None, NOW, "waiting"),
    ],
)
def test_passing_counts_in_marks_that_show(
    percent: float | None, shown: datetime.datetime | None, is_: str
) -> None:
    told = lesson(complete=PASSED)
    assert state(told, known(handed_in=NOW - DAY), reached(percent, shown)) == is_


def test_what_is_not_enough_and_cannot_be_handed_in_again_is_missed() -> None:
    told = lesson(complete=PASSED, attempts=rules.Attempts(limit=1))
    below = reached(10, NOW)
    assert state(told, known(handed_in=NOW - DAY), below) == "missed"
    assert state(lesson(complete=PASSED), known(handed_in=NOW - DAY, closes=NOW), below) == "missed"
    more = rules.Granted(kind="extra-attempts", lesson="one", amount=1)
    who = person(more, reached=below.reached)
    assert state(told, known(handed_in=NOW - DAY), who) == "again"
    assert state(told, known(handed_in=NOW - DAY, times=2), who) == "missed"
    # Marks that wait say nothing of whether it was enough, also where nothing more is taken.
    assert state(told, known(handed_in=NOW - DAY), reached(10, NOW + HOUR)) == "waiting"


def test_a_watched_lesson_is_done_since_its_videos_were_seen() -> None:
    told = lesson(complete=WATCHED)
    of = known(covered=95.5, grown=NOW - DAY, opened=NOW - 2 * DAY)
    (found,) = completion.course_map(fixed(told), person(), {"one": of}, now=NOW).lessons
    assert (found.done, found.watched) == (NOW - DAY, 95)
    (other,) = completion.course_map(fixed(lesson()), person(), {"one": of}, now=NOW).lessons
    assert other.watched is None


def course(*states: completion.Known, **more: Any) -> tuple[rules.Course, dict[str, completion.Known]]:
    told = [lesson(f"l{n}", hours=1.25, estimated=True, **more) for n in range(len(states))]
    return rules.Course(zone=BERLIN, lessons=tuple(told)), {f"l{n}": each for n, each in enumerate(states)}


def test_next_is_the_first_that_can_be_worked_on() -> None:
    done, shut = known(handed_in=NOW), known(opens=NOW + DAY)
    said, of = course(done, known(closes=NOW - DAY), known(opened=NOW), known(), shut)
    found = completion.course_map(said, person(), of, now=NOW)
    assert (found.next, found.done) == ("l2", 1)
    assert [each.state for each in found.lessons] == ["done", "missed", "started", "open", "not-open"]
    assert found.minutes_left == 225
    everything = completion.course_map(*_all(done), now=NOW)
    assert (everything.next, everything.minutes_left, everything.done) == (None, 0, 3)


def _all(each: completion.Known) -> tuple[rules.Course, rules.Person, dict[str, completion.Known]]:
    said, of = course(each, each, each)
    return said, person(), of


def test_what_was_not_enough_comes_next_when_nothing_else_is_left() -> None:
    said, of = course(known(handed_in=NOW), known(), complete=PASSED)
    who = person(reached={"l0": rules.Reached(handed_in=NOW, percent=10, shown_from=NOW)})
    assert completion.course_map(said, who, of, now=NOW).next == "l1"
    of["l1"] = known(opens=NOW + DAY, locked="first the other")
    assert completion.course_map(said, who, of, now=NOW).next == "l0"


def test_time_is_told_where_the_course_says_any_and_is_longer_with_extra_time() -> None:
    told = rules.Course(zone=BERLIN, lessons=(lesson("l0"), lesson("l1", hours=2)))
    of = {"l0": known(), "l1": known()}
    assert completion.course_map(told, person(), of, now=NOW).minutes_left is None
    said = rules.Course(zone=BERLIN, lessons=(lesson("l0"), lesson("l1", hours=2, estimated=True)))
    assert completion.course_map(said, person(), of, now=NOW).minutes_left == 180
    slow = person(rules.Granted(kind="extra-time", lesson="l1", amount=1.5))
    assert completion.course_map(said, slow, of, now=NOW).minutes_left == 240


def test_no_lessons_and_lessons_that_are_gone_make_no_map() -> None:
    empty = completion.course_map(rules.Course(zone=BERLIN), person(), {}, now=NOW)
    assert (empty.lessons, empty.next, empty.minutes_left, empty.done) == ((), None, None, 0)
    gone = completion.course_map(fixed(lesson("one")), person(), {"old": known(), "one": known()}, now=NOW)
    assert [each.slug for each in gone.lessons] == ["one"]
