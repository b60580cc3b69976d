"""Another rule for late work, tried: who gains and who loses, and nothing is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import late_line, rules
from courseware.grading import late_trial
from tests import builders
from tests.grading import test_regrade as again

NOW = builders.NOW


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[again.Class]:
    world = builders.world(database_url, tmp_path)
    yield again.Class(world=world, sandbox=again.Counting())
    world.close()


def tried(course: again.Class, line: str) -> list[tuple[str, float, float, str]]:
    world = course.world
    other = late_line.read(line, rules.Late())
    with world.database.read() as connection:
        found = late_trial.compare(connection, world.course, world.one, other, now=NOW + 5 * builders.HOUR)
    return [(each.person.username, each.before, each.after, each.direction) for each in found]


def test_who_would_lose(course: again.Class) -> None:
    number = course.release(again.lesson(again.GOOD))
    course.hand_in(course.world.sam, number, again.GOOD)
    course.hand_in(course.world.kim, number, again.GOOD, minutes=90)  # due after an hour
    course.work()
    marks = course.marks()
    assert tried(course, '{ kind = "linear", percent = 50 }') == [
        ("kim", 6, 3, "down"),
        ("sam", 6, 6, "same"),
    ]
    assert tried(course, 'late = "zero"')[0] == ("kim", 6, 0, "down")
    assert tried(course, '"accept"') == [("kim", 6, 6, "same"), ("sam", 6, 6, "same")]
    assert tried(course, "{ grace_minutes = 45 }")[0] == ("kim", 6, 6, "same")
    assert course.marks() == marks


def test_a_line_that_is_none_is_refused_in_words() -> None:
    for line, words in (
        ("{", "This is no line of course.toml"),
        ('"never"', "late must be"),
        ("{ percentage = 3 }", "percent"),
        ("{ late_days = 3 }", "late_days are of the whole course"),
        ("", "This is no line of course.toml"),
        ("late=" + "[" * 495, "This is no line of course.toml"),
        ("[" * 400, "This is no line of course.toml"),
        ('late = "zero"\nmarks = "at-once"', "Write one rule"),
    ):
        with pytest.raises(errors.UserError, match=words):
            late_line.read(line, rules.Late())
    assert late_line.read('"zero"', rules.Late()) == rules.Late(kind="zero")
