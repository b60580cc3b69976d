"""What a course and a lesson may say of limits, and which word holds."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.course import limits, manifest
from courseware.sandbox import port
from tests import builders
from tests.docs import reference

BASE = port.Limits()


def test_the_lessons_word_holds_over_the_courses() -> None:
    text = builders.MANIFEST.replace(
        "[[lessons]]", "[limits]\ncell_seconds = 5\nmemory_mb = 512\n\n[[lessons]]", 1
    )
    text = text.replace('slug = "two"', 'slug = "two"\nlimits = { cell_seconds = 7 }')
    parsed = manifest.parse(text)
    assert parsed.limits_of("one") == {"cell_seconds": 5, "memory_mb": 512}
    assert parsed.limits_of("two") == {"cell_seconds": 7, "memory_mb": 512}
    assert parsed.limits_of("elsewhere") == parsed.limits_of("one")
    assert manifest.parse(builders.MANIFEST).limits_of("one") == {}


def test_limits_in_place_of_the_usual_ones() -> None:
    made = limits.applied(BASE, {"cell_seconds": 100, "memory_mb": 512, "cell_output_kb": 16})
    assert (made.cell_seconds, made.notebook_seconds, made.cpu_seconds) == (100.0, 1000.0, 800)
    assert (made.memory_bytes, made.cell_output_bytes) == (512 << 20, 16 << 10)
    assert made.processes == BASE.processes
    assert limits.applied(BASE, {"cell_seconds": 100, "notebook_seconds": 120}).notebook_seconds == 120
    assert limits.applied(BASE, {}) == BASE


def test_a_kept_value_that_is_none_is_left_out() -> None:
    odd: dict[str, Any] = {
        "cell_seconds": "long",
        "memory_mb": True,
        "processes": 10**9,
        "x": 1,
        "file_mb": 0,
    }
    assert limits.applied(BASE, odd) == BASE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[limits]\ncell_second = 5",
            "line 2: 'cell_second' is not known here. Did you mean 'cell_seconds'?",
        ),
        ("[limits]\nmemory_mb = 10", "line 2: memory_mb must be a number from 256 to 16384."),
        ("[limits]\nmemory_mb = true", "must be a number"),
        ('[limits]\ncell_seconds = "1"', "must be a number"),
        ("[limits]\ncell_seconds = nan", "must be a number"),
        ("[limit]\ncell_seconds = 5", "Did you mean 'limits'?"),
        ("limits = 5", "write limits as [limits]"),
        ("[limits", "lesson.toml: "),
        ("a = " + "[" * 2_000, "lesson.toml: it is nested too deeply"),
        ("\udcff", "lesson.toml: "),
    ],
)
def test_what_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(errors.UserError) as refused:
        limits.of_lesson({limits.FILE: text.encode(errors="surrogateescape")})
    assert says in refused.value.message
    if says.startswith("line 2"):
        with pytest.raises(errors.UserError) as refused:
            manifest.parse(builders.MANIFEST + text)
        assert says.partition(": ")[2] in refused.value.message


def test_every_limit_can_be_named_and_is_documented_with_its_bounds() -> None:
    assert {bound.field for bound in limits.NAMES.values()} == {
        f.name for f in dataclasses.fields(port.Limits)
    }
    page = (Path(reference.FOLDER) / "course-toml.md").read_text(encoding="utf-8")
    for name, bound in limits.NAMES.items():
        usual = getattr(BASE, bound.field) / bound.unit
        assert f"| `{name}` | {usual:g} | {bound.least} | {bound.most} |" in page
