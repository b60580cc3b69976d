"""What the part of a test that students have says, without the part that they do not have."""

from typing import Any

import pytest

from courseware.grading import first, marks, pipeline
from courseware.sandbox import port
from tests.notebook import build


@pytest.mark.parametrize(
    ("source", "ending", "verdict", "says"),
    [
        ("assert f(1) == 2", "ok", "pass", True),
        ("assert f(1) == 2", "error", "fail", True),
        ("assert f(1) == 2", "timeout", "timeout", True),
        ("", "ok", "pass", False),
        ("# Nothing to see here.\n", "ok", "pass", False),
        # Points by cases: two of four, and the others are hidden.
        ("won = 2\nwon", "ok", "partial", False),
        ("won = 0\nwon", "ok", "fail", False),
    ],
)
def test_what_the_visible_part_says(source: str, ending: Any, verdict: marks.Verdict, says: bool) -> None:
    book = build.book(build.machine(source, "t"), build.machine("assert f(2)", "open"))
    mark = marks.Mark(score=0, points=4, auto_score=0, needs_person=False, verdict=verdict)
    result = pipeline.Result(
        notebook="n",
        marks={"t": mark},
        executed=book,
        runs={book["cells"][0]["id"]: port.CellRun(ending=ending)},
        notes=(),
        seconds=0.1,
    )
    assert first.parts(result, book, frozenset({("n", "t"), ("other", "u")})) == {"t": says}
