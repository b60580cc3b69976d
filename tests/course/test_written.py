"""What is wrong in a group of course.toml is named with the line of that group."""

import pytest

from courseware import errors
from courseware.course import manifest
from tests.course.test_reading import COURSE

DUE = "due = 2026-12-03T23:59:00"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            DUE,
            "opens = 2026-12-04T08:00:00\ndue = 2026-12-03T23:59:00",
            "line 48: the lesson 'two' for the group 'evening' has due before opens.",
        ),
        (
            "[groups.lessons.two]\ndue = 2026-12-03T23:59:00",
            'lessons.two = { opens = 2026-12-04T08:00:00, due = "2026-12-03T23:59:00" }',
            "line 46: the lesson 'two' for the group 'evening' has due before opens.",
        ),
        (
            DUE,
            'due = "soon"',
            "line 47: due of the lesson 'two' for the group 'evening' is no date",
        ),
        (
            DUE,
            'slug = "two"',
            "line 47: 'slug' is not known here.",
        ),
        (
            DUE,
            DUE + '\n\n[[groups]]\nname = "early"\ndays_later = -1',
            "line 51: days_later must be a whole number from 0",
        ),
        (
            DUE,
            DUE + '\n\n[[groups]]\nname = "evening"',
            "line 50: the group 'evening' is listed twice.",
        ),
        (
            DUE,
            DUE + '\n\n[[groups]]\nname = ""',
            "line 50: '' cannot be the name of a group.",
        ),
    ],
)
def test_a_mistake_in_a_group_is_named_with_its_line(old: str, new: str, says: str) -> None:
    assert old in COURSE
    with pytest.raises(errors.UserError) as refused:
        manifest.parse(COURSE.replace(old, new, 1))
    assert f"course.toml, {says}" in refused.value.message
