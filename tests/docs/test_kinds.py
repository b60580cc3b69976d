"""The reference of kinds of news says what the program does."""

import re
from pathlib import Path

from courseware.notices import model, preferences

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "notices.md").read_text(encoding="utf-8")


def test_every_kind_has_its_row_with_what_holds_at_first() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|.*\| `([\w-]+)` \|$", PAGE, flags=re.MULTILINE)
    assert dict(rows) == dict(preferences.DEFAULTS)
    assert set(re.findall(r"`([\w-]+)`", PAGE.split("Choices are")[1].split(".")[0])) == set(model.CHOICES)


def test_every_part_of_the_habit_has_its_row() -> None:
    table = PAGE.split("## When and how")[1].split("##")[0]
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", table, flags=re.MULTILINE))))
    assert named == set(model.Habit.__dataclass_fields__)
