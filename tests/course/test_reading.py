"""course.toml: dates, late work, attempts and what comes first; mistakes are named with their line."""

import datetime

import pytest

from courseware import errors
from courseware.course import contradictions, manifest, rules
from tests.course.plans import utc

COURSE = """[course]
id = "c"
title = "C"
time_zone = "Europe/Berlin"
pacing = "paced"
starts = 2026-09-01T08:00:00
ends = "2027-01-31T23:59"

[pace]
hours_per_week = 5
least_hours = 2
most_hours = 12
least_weeks = 4
most_weeks = 18
due_at = "22:00"
days_off = ["saturday", "Sunday", 2026-12-24, "2026-12-25"]
zone = "course"

[policies]
late = { kind = "linear", percent = 5, every_hours = 12, floor = 40, grace_minutes = 15, late_days = 4 }
attempts = { limit = 5, cooldown_minutes = 10, free = 2, counts = "best" }

[[lessons]]
slug = "one"
hours = 3

[[lessons]]
slug = "two"
pacing = "fixed"
due = 2026-12-01T23:59:00
late = "zero"
attempts = 1
requires = ["one"]

[[lessons]]
slug = "three"
pacing = "open"
late = { percent = 1 }
attempts = "unlimited"
requires = [{ lesson = "one", percent = 80 }, "two"]

[[groups]]
name = "evening"
days_later = 2

[groups.lessons.two]
due = 2026-12-03T23:59:00
"""


def test_everything_that_can_be_said_is_read() -> None:
    found = manifest.parse(COURSE).rules
    one, two, three = found.lessons
    assert (found.starts, found.ends, found.bank) == (utc("2026-09-01T06:00"), utc("2027-01-31T22:59"), 4)
    assert found.pace == rules.Pace(
        hours=5,
        least_hours=2,
        most_hours=12,
        least_weeks=4,
        most_weeks=18,
        due_at=datetime.time(22),
        weekdays_off=frozenset({5, 6}),
        dates_off=frozenset({datetime.date(2026, 12, 24), datetime.date(2026, 12, 25)}),
        own_zone=False,
    )
    assert [each.pacing for each in found.lessons] == ["paced", "fixed", "open"]
    assert (one.hours, one.late.percent, one.late.bank, one.attempts.counts) == (3, 5, 4, "best")
    assert one.late.every == datetime.timedelta(hours=12)
    assert one.attempts == rules.Attempts(
        limit=5, cooldown=datetime.timedelta(minutes=10), free=2, counts="best"
    )
    assert (two.late.kind, two.attempts, two.requires) == (
        "zero",
        rules.Attempts(limit=1),
        (rules.Requirement(lesson="one"),),
    )
    assert (three.late.kind, three.late.percent, three.attempts) == ("linear", 1, rules.Attempts())
    assert three.requires[0] == rules.Requirement(lesson="one", percent=80)
    (evening,) = found.groups
    assert (evening.days_later, evening.lessons["two"].due) == (2, utc("2026-12-03T22:59"))


def test_when_a_lesson_is_done_is_the_lessons_own_or_the_courses() -> None:
    told = COURSE.replace("hours = 3", 'complete = { kind = "passed", percent = 80 }', 1)
    told = told.replace('attempts = "unlimited"', 'complete = "viewed"')
    one, two, three = manifest.parse(told).rules.lessons
    assert one.complete == rules.Complete(kind="passed", percent=80)
    assert (two.complete, three.complete) == (None, rules.Complete(kind="viewed"))
    assert (one.estimated, manifest.parse(COURSE).rules.lessons[0].estimated) == (False, True)
    whole = told.replace("[policies]", '[policies]\ncomplete = "passed"')
    assert [each.complete for each in manifest.parse(whole).rules.lessons] == [
        rules.Complete(kind="passed", percent=80),
        rules.Complete(kind="passed", percent=50),
        rules.Complete(kind="viewed"),
    ]


def test_watching_is_a_rule_with_a_share_of_its_own() -> None:
    told = COURSE.replace("hours = 3", 'complete = { kind = "watched", percent = 75 }', 1)
    told = told.replace('attempts = "unlimited"', 'complete = "watched"')
    one, _, three = manifest.parse(told).rules.lessons
    assert one.complete == rules.Complete(kind="watched", percent=75)
    assert three.complete == rules.Complete(kind="watched", percent=90)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ('compleet = "viewed"', "line 25: 'compleet' is not known here. Did you mean 'complete'?"),
        (
            'complete = "seen"',
            "line 25: complete must be viewed, submitted, passed, watched or checked, not 'seen'.",
        ),
        (
            "complete = 80",
            'line 25: complete must be "viewed", "submitted", "passed", "watched", "checked", or as { kind',
        ),
        ("complete = { percents = 80 }", "line 25: 'percents' is not known here. Did you mean 'percent'?"),
        (
            'complete = { kind = "pased" }',
            "line 25: kind must be viewed, submitted, passed, watched or checked, not",
        ),
        ('complete = { kind = "watched", percent = 0 }', "line 25: percent must be a number from 1 to 100."),
        ("complete = { percent = 101 }", "line 25: percent must be a number from 0 to 100."),
        ("complete = { percent = true }", "line 25: percent must be a number from 0 to 100."),
        ('complete = { kind = "viewed", percent = 5 }', "line 25: percent is for passed and watched; a"),
    ],
)
def test_a_mistake_in_when_a_lesson_is_done_is_named_with_its_line(told: str, says: str) -> None:
    with pytest.raises(errors.UserError) as refused:
        manifest.parse(COURSE.replace("hours = 3", told, 1))
    assert says in refused.value.message


def test_how_questions_are_answered_and_how_often_work_is_checked() -> None:
    plain = manifest.parse(COURSE)
    assert (plain.quiz, plain.checks) == (rules.Quiz(attempts=3, explains="after-attempts"), None)
    said = '[policies]\nquiz = { attempts = 1, explains = "after-answer" }\nchecks = 2\n'
    told = manifest.parse(COURSE.replace("[policies]\n", said))
    assert (told.quiz, told.checks) == (rules.Quiz(attempts=1, explains="after-answer"), 2)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("quiz = 3", 'line 20: quiz must be as { attempts = 3, explains = "after-attempts" }.'),
        ("quiz = { attempts = 0 }", "attempts must be a whole number from 1 to 100."),
        ('quiz = { explains = "now" }', "explains must be after-attempts or after-answer, not 'now'."),
        ("quiz = { attempt = 1 }", "line 20: 'attempt' is not known here. Did you mean 'attempts'?"),
        ("checks = 0", "line 20: checks must be a whole number from 1 to 100."),
        ('checks = "many"', "line 20: checks must be a whole number from 1 to 100."),
    ],
)
def test_a_mistake_in_questions_and_checks_is_named_with_its_line(told: str, says: str) -> None:
    with pytest.raises(errors.UserError) as refused:
        manifest.parse(COURSE.replace("[policies]\n", f"[policies]\n{told}\n"))
    assert says in refused.value.message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "hours_per_week",
            "hour_per_week",
            "line 10: 'hour_per_week' is not known here. Did you mean 'hours_",
        ),
        ("[pace]", "[paces]", "line 9: 'paces' is not known here. Did you mean 'pace'?"),
        ("percent = 5", "percents = 5", "line 20: 'percents' is not known here. Did you mean 'percent'?"),
        ("percent = 1 ", "percents = 1 ", "line 38: 'percents' is not known here. Did you mean 'percent'?"),
        (
            "hours_per_week = 5",
            "hours_per_week = 50",
            "line 10: hours_per_week must lie between least_hours and",
        ),
        ("least_weeks = 4", "least_weeks = 40", "line 13: least_weeks must not be more than most_weeks"),
        ('due_at = "22:00"', 'due_at = "late"', "line 15: due_at must be a time of day"),
        ('"saturday", "Sunday"', '"saturn"', 'line 16: days_off must be as ["saturday", "2026-12-24"]'),
        ('zone = "course"', 'zone = "moon"', "line 17: zone must be person or course, not 'moon'."),
        ("floor = 40", "floor = 140", "line 20: floor must be a number from 0 to 100."),
        ("floor = 40", "floor = true", "line 20: floor must be a number from 0 to 100."),
        ('kind = "linear"', 'kind = "cubic"', "line 20: kind must be accept, zero or linear"),
        ('counts = "best"', 'counts = "worst"', "line 21: counts must be last, best or chosen"),
        ("attempts = 1\n", "attempts = 0\n", "line 32: limit must be a whole number from 1"),
        ("attempts = 1\n", "attempts = true\n", "line 32: attempts must be"),
        ('late = "zero"', 'late = "never"', "line 31: late must be accept, zero or linear, not 'never'."),
        ('late = "zero"', "late = { late_days = 3 }", "line 31: late_days are of the whole course"),
        ('late = "zero"', "late = 3", "line 31: late must be"),
        (
            'requires = ["one"]',
            'requires = ["on"]',
            "line 33: 'two' requires a lesson 'on' that is not listed. Did",
        ),
        ('requires = ["one"]', 'requires = ["two"]', "line 33: the lesson 'two' cannot require itself"),
        (
            'requires = ["one"]',
            'requires = ["three"]',
            "line 33: 'two' requires lessons that in the end require",
        ),
        ('requires = ["one"]', "requires = 3", "line 33: requires of the lesson 'two' must be"),
        ("percent = 80", "percent = 180", "line 40: percent must be a number from 0 to 100."),
        ("hours = 3", "hours = -3", "line 25: hours must be a number"),
        (
            "starts = 2026-09-01T08:00:00",
            "starts = 2027-09-01T08:00:00",
            "line 7: the course ends before it starts",
        ),
        ('name = "evening"', 'names = "evening"', "'names' is not known here. Did you mean 'name'?"),
        (
            "[groups.lessons.two]",
            "[groups.lessons.too]",
            "line 46: the group 'evening' has dates for a lesson 'too'",
        ),
        ("days_later = 2", "days_later = -2", "line 44: days_later must be a whole number from 0"),
        ('zone = "course"', "days_of = 1", "line 17: 'days_of' is not known here. Did you mean 'days_off'?"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, says: str) -> None:
    assert old in COURSE
    with pytest.raises(errors.UserError) as refused:
        manifest.parse(COURSE.replace(old, new, 1))
    assert says in refused.value.message


def found(*changes: tuple[str, str]) -> list[str]:
    """What lint says of the course with some changes."""
    text = COURSE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return [f"{each.level}: {each.where}: {each.message}" for each in contradictions.find(text)]


def test_a_course_without_contradictions_has_no_findings() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            [("starts = 2026-09-01T08:00:00", "starts = 2026-03-29T02:30:00")],
            "warning: course.toml, line 6: The course has starts at 02:30, an hour that never comes on that "
            "day in Europe/Berlin: it is taken as 03:30 CEST.",
        ),
        (
            [("due = 2026-12-01T23:59:00", "due = 2026-10-25T02:30:00")],
            "warning: course.toml, line 30: The lesson 'two' has due at 02:30, an hour that comes twice on "
            "that day in Europe/Berlin: it is taken as 02:30 CET.",
        ),
        (
            [("due = 2026-12-01T23:59:00", "due = 2027-12-01T23:59:00")],
            "line 30: The lesson 'two' has due on Wed 1 Dec",
        ),
        (
            [("due = 2026-12-01T23:59:00", "opens = 2026-08-01T08:00:00")],
            "before the course starts on Tue 1 Sep 2026",
        ),
        (
            [("hours = 3", "hours = 3\ndue = 2026-10-01T08:00:00")],
            "line 26: The lesson 'one' is paced: each person",
        ),
        ([("hours = 3", "hours = 300"), ("most_weeks = 18", "most_weeks = 90")], "no time"),
        ([('pacing = "paced"', 'pacing = "fixed"')], "line 9: There is a [pace], and no lesson is paced."),
        (
            [('pacing = "paced"', 'pacing = "fixed"'), ("hours = 3", "opens = 2026-12-24T08:00:00")],
            "error: course.toml, line 33: 'two' must be done by Tue 1 Dec 2026, 23:59 (Europe/Berlin) and "
            "requires 'one', which opens only on Thu 24 Dec 2026, 08:00 (Europe/Berlin).",
        ),
        (
            [("hours = 3", 'marks = "when-released"')],
            "line 40: 'three' requires marks of 'one', which show only when you release them",
        ),
        (
            [
                ("hours = 3", 'pacing = "fixed"\ndue = 2026-11-01T08:00:00'),
                ('pacing = "open"', "closes = 2026-10-01T08:00:00"),
            ],
            "warning: course.toml, line 41: 'three' must be done by Thu 1 Oct 2026",
        ),
        (
            [
                ("hours = 3", 'pacing = "fixed"\nmarks = "after-due"\ndue = 2026-11-01T08:00:00'),
                ('pacing = "open"', "closes = 2026-10-01T08:00:00"),
            ],
            "error: course.toml, line 42: 'three' must be done by Thu 1 Oct 2026",
        ),
        (
            [
                ("hours = 3", 'pacing = "fixed"\ndue = 2026-11-01T08:00:00'),
                ('pacing = "open"', "opens = 2026-10-01T08:00:00"),
            ],
            "warning: course.toml, line 41: 'three' opens on Thu 1 Oct 2026",
        ),
        (
            [('pacing = "open"', 'pacing = "open"\ndue = 2026-11-01T08:00:00')],
            "is open and yet has a due date",
        ),
        (
            [("hours = 3", "hours = 3\nopens = 2026-11-02T08:00:00")],
            "error: course.toml, line 26: The lesson 'one' opens on Mon 2 Nov 2026, 08:00 (Europe/Berlin), "
            "and at 5 hours a week it is due on Mon 28 Sep 2026, 22:00 (Europe/Berlin) for whoever starts",
        ),
        (
            [("hours = 3", "hours = 3\ncloses = 2026-09-20T08:00:00")],
            "warning: course.toml, line 26: The lesson 'one' closes on Sun 20 Sep 2026, 08:00 ",
        ),
        (
            [("due = 2026-12-01T23:59:00", "opens = 2026-12-06T08:00:00")],
            "error: course.toml, line 47: The lesson 'two' for the group 'evening' has due on Thu 3 Dec "
            "2026, 23:59 (Europe/Berlin), and it opens only on Sun 6 Dec 2026, 08:00 (Europe/Berlin).",
        ),
        (
            [("due = 2026-12-03T23:59:00", "opens = 2026-12-05T08:00:00")],
            "error: course.toml, line 47: The lesson 'two' for the group 'evening' has due on Thu 3 Dec "
            "2026, 23:59 (Europe/Berlin), and it opens only on Sat 5 Dec",
        ),
        (
            [
                ("due = 2026-12-01T23:59:00", "opens = 2026-12-06T08:00:00"),
                ("due = 2026-12-03T23:59:00", "closes = 2026-12-05T08:00:00"),
            ],
            "error: course.toml, line 47: The lesson 'two' for the group 'evening' has closes on Sat 5 Dec",
        ),
        (
            [("due = 2026-12-03T23:59:00", "closes = 2026-12-02T08:00:00")],
            "warning: course.toml, line 47: The lesson 'two' for the group 'evening' closes on Wed 2 Dec "
            "2026, 08:00 (Europe/Berlin) and is due on Thu 3 Dec 2026, 23:59",
        ),
        (
            [("due = 2026-12-03T23:59:00", "due = 2027-12-03T23:59:00")],
            "warning: course.toml, line 47: The lesson 'two' for the group 'evening' has due on Fri 3 Dec "
            "2027, 23:59 (Europe/Berlin), after the course ends on Sun 31 Jan",
        ),
        (
            [
                (
                    "[groups.lessons.two]\ndue = 2026-12-03T23:59:00",
                    "lessons = { two = { due = 2026-03-29T02:30:00 } }",
                )
            ],
            "warning: course.toml, line 46: The lesson 'two' for the group 'evening' has due at 02:30, an "
            "hour that never comes on that day in Europe/Berlin: it is taken as 03:30 CEST.",
        ),
    ],
)
def test_dates_that_contradict_each_other_are_named(changes: list[tuple[str, str]], says: str) -> None:
    told = found(*changes)
    assert any(says.replace("no time", "ends before there was time for one") in each for each in told), told


def test_where_nobody_knows_when_people_start_only_what_is_written_is_compared() -> None:
    told = found(
        ("starts = 2026-09-01T08:00:00\n", ""),
        ("hours = 3", "hours = 3\nopens = 2026-11-02T08:00:00"),
        ("[groups.lessons.two]", "[groups.lessons.one]\ndue = 2026-11-01T08:00:00\n\n[groups.lessons.two]"),
    )
    assert told == [
        "error: course.toml, line 47: The lesson 'one' for the group 'evening' has due on Sun 1 Nov 2026, "
        "08:00 (Europe/Berlin), and it opens only on Mon 2 Nov 2026, 08:00 (Europe/Berlin)."
    ]


def test_a_course_that_starts_in_the_gap_starts_when_the_clock_has_jumped() -> None:
    parsed = manifest.parse(COURSE.replace("starts = 2026-09-01T08:00:00", "starts = 2026-03-29T02:30:00"))
    assert parsed.rules.starts == utc("2026-03-29T01:30")
