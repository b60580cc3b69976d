"""Which dates hold for a person: the order of precedence, what is added, and why, in words."""

import datetime

import hypothesis
import pytest
from hypothesis import strategies as st

from courseware.course import model, rules, schedule
from tests.course.plans import BERLIN, START, fixed, lesson, paced, person, utc

OPENS, DUE, CLOSES = utc("2026-10-19T06:00"), utc("2026-10-23T21:59"), utc("2026-10-24T21:59")
"""Due 23:59 in Berlin, two days before the clock goes back."""
ONE = lesson(opens=OPENS, due=DUE, closes=CLOSES)
DAY = rules.DAY


def holds(course: rules.Course, *granted: rules.Granted, **more: object) -> model.Dates:
    return schedule.resolve(course, person(*granted, **more))["one"]


def test_who_is_in_several_groups_has_the_kindest_of_their_dates() -> None:
    early = {"one": model.Dates(opens=utc("2026-08-01T10:00"), due=utc("2026-11-03T10:00"))}
    late = {"one": model.Dates(due=utc("2026-11-05T10:00"), closes=utc("2027-01-03T10:00"))}
    both = (rules.Group(name="a", days_later=1, lessons=early), rules.Group(name="b", lessons=late))
    found = holds(fixed(ONE, groups=both), groups=("a", "b", "c"))
    assert (found.opens, found.due, found.closes) == (
        utc("2026-08-01T10:00"),
        utc("2026-11-05T10:00"),
        utc("2027-01-03T10:00"),
    )


def test_the_dates_of_the_lesson_are_the_same_for_everybody() -> None:
    found = holds(fixed(ONE))
    assert (found.opens, found.due, found.closes) == (OPENS, DUE, CLOSES)
    assert found.why == "The dates of the lesson, the same for everybody."
    assert holds(fixed(lesson())).why == "The lesson has no dates."


def test_person_before_group_before_pace_before_lesson_before_course() -> None:
    own = rules.Granted(kind="extension", lesson="one", until=utc("2026-11-04T10:00"))
    dates = model.Dates(due=utc("2026-11-03T10:00"))
    evening = rules.Group(name="evening", lessons={"one": dates})
    whole = {"starts": START, "ends": utc("2027-01-01T00:00"), "groups": (evening,)}
    said = [
        (
            holds(fixed(lesson(pacing="paced", due=DUE), **whole), own, groups=("evening",)),
            own.until,
            "of your own",
        ),
        (
            holds(fixed(lesson(pacing="paced", due=DUE), **whole), groups=("evening",)),
            dates.due,
            "of your group",
        ),
        (
            holds(fixed(lesson(pacing="paced", due=DUE), **whole)),
            utc("2026-09-01T21:59"),
            "your own pace, counted from your start",
        ),
        (holds(fixed(lesson(due=DUE), **whole)), DUE, "the date of the lesson"),
    ]
    for found, due, why in said:
        assert found.due == due
        assert why in found.why
        assert (found.opens, found.closes) == (START, whole["ends"])
        assert "Closes Fri 1 Jan 2027, 01:00 (Europe/Berlin): the date of the course." in found.why
    nothing = holds(fixed(lesson(), starts=START))
    assert (nothing.due, nothing.opens) == (None, START)
    kept = holds(fixed(lesson(opens=OPENS, closes=CLOSES), **whole))
    assert (kept.opens, kept.closes) == (OPENS, CLOSES)


def test_an_extension_keeps_the_time_on_the_wall_across_the_change_of_clocks() -> None:
    found = holds(fixed(ONE), rules.Granted(kind="extension", lesson="one", amount=3))
    assert found.due == utc("2026-10-26T22:59")
    assert "3 more days by an extension." in found.why
    assert "So it is due Mon 26 Oct 2026, 23:59 (Europe/Berlin)." in found.why
    assert found.closes == found.due
    assert "stays open for you until Mon 26 Oct 2026, 23:59" in found.why


def test_extensions_groups_and_extra_time_add_up() -> None:
    evening = rules.Group(name="evening", days_later=2)
    factor = rules.Granted(kind="extra-time", amount=1.5)
    course = fixed(ONE, groups=(evening,))
    # From 19 Oct 08:00 to 23 Oct 23:59 are 4.67 days; half of them, rounded up, are 3.
    assert holds(course, factor).due == utc("2026-10-26T22:59")
    extension = rules.Granted(kind="extension", amount=1)
    everything = holds(course, factor, extension, extension, groups=("evening",))
    assert everything.due == utc("2026-10-30T22:59")
    for words in (
        "2 more days by the dates of your group",
        "3 more days by extra time (1.5",
        "2 more days by an e",
    ):
        assert words in everything.why
    assert holds(fixed(lesson(due=DUE)), factor).due == DUE


def test_what_was_granted_for_another_lesson_changes_nothing() -> None:
    other = rules.Granted(kind="extension", lesson="two", amount=9)
    assert holds(fixed(ONE, lesson("two")), other) == holds(fixed(ONE, lesson("two")))


def test_an_open_lesson_has_no_due_date_of_its_own() -> None:
    course = fixed(lesson(pacing="open"), starts=START, ends=CLOSES)
    found = holds(course)
    assert (found.opens, found.due, found.closes) == (START, None, CLOSES)


def test_a_lesson_is_locked_until_what_it_requires_is_reached() -> None:
    two = lesson("two", requires=(rules.Requirement(lesson="one", percent=80.0),), opens=OPENS)
    course = fixed(ONE, two)

    def second(reached: rules.Reached, *granted: rules.Granted) -> model.Dates:
        return schedule.resolve(course, person(*granted, reached={"one": reached}))["two"]

    shown, later = OPENS + DAY, OPENS + 9 * DAY
    locked = second(rules.Reached(handed_in=OPENS, percent=79.9, shown_from=OPENS))
    assert schedule.state(locked, later) == "not-open"
    assert locked.locked == "It opens when your marks of “One” are shown and reach 80 %."
    good = second(rules.Reached(handed_in=OPENS, percent=80.0, shown_from=later))
    assert (schedule.state(good, shown), schedule.state(good, later)) == ("not-open", "open")
    assert good.locked == locked.locked
    assert good.why == locked.why
    hidden = second(rules.Reached(handed_in=OPENS, percent=100.0))
    assert schedule.state(hidden, later) == "not-open"
    waived = second(rules.Reached(), rules.Granted(kind="waiver", lesson="two"))
    assert (schedule.state(waived, shown), waived.locked) == ("open", "")
    assert "was waived for you" in waived.why


def test_a_lesson_may_require_that_others_are_handed_in() -> None:
    needs = (rules.Requirement(lesson="one"), rules.Requirement(lesson="gone"))
    course = fixed(ONE, lesson("two", requires=needs))
    before = schedule.resolve(course, person())["two"]
    assert before.locked == "It opens when you have handed in “One”."
    done = person(reached={"one": rules.Reached(handed_in=OPENS)})
    # A lesson that is not there any more asks nothing of anybody.
    assert schedule.resolve(course, done)["two"].opens == OPENS


@pytest.mark.parametrize(
    ("now", "state"),
    [(OPENS - DAY, "not-open"), (OPENS, "open"), (DUE, "open"), (DUE + DAY / 2, "late"), (CLOSES, "closed")],
)
def test_the_state_of_a_lesson(now: datetime.datetime, state: schedule.State) -> None:
    assert schedule.state(holds(fixed(ONE)), now) == state


GRANTED = st.lists(
    st.builds(
        rules.Granted,
        kind=st.sampled_from(("extension", "extra-time")),
        lesson=st.sampled_from(("", "one", "l0", "l1")),
        amount=st.integers(1, 30).map(float),
    ),
    max_size=4,
)


@hypothesis.given(GRANTED, st.sampled_from(("", "evening")), st.integers(0, 40))
def test_what_is_granted_never_takes_time_away(granted: list[rules.Granted], group: str, joined: int) -> None:
    evening = rules.Group(name="evening", days_later=3)
    for course in (
        fixed(ONE, groups=(evening,)),
        paced(3, 4, groups=(evening,), ends=utc("2027-01-01T00:00")),
    ):
        at = START + joined * DAY
        plain = schedule.resolve(course, person(joined=at))
        given = schedule.resolve(course, person(*granted, joined=at, groups=(group,)))
        for slug, dates in given.items():
            before = plain[slug]
            assert dates.due is not None
            assert before.due is not None
            assert dates.due >= before.due
            assert dates.closes is None or dates.closes >= dates.due
            assert dates.opens == before.opens
            if course.ends and dates.due != before.due:
                continue
            shown, was = dates.due.astimezone(BERLIN), before.due.astimezone(BERLIN)
            assert shown.time() == was.time()
            assert dates.why
