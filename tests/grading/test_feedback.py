"""What feedback says of a failed test: the author's own words where students have them, else nothing."""

import re
from typing import Any

import pytest

from courseware.grading import feedback, marks, pipeline
from courseware.sandbox import port
from tests.notebook import build

VISIBLE = 'assert f(1) == 2, "Think of the first day."'
HIDDEN = f'{VISIBLE}\n### BEGIN HIDDEN TESTS\nassert f(7) == 49, "the secret is 49"\n### END HIDDEN TESTS'


def failed(source: str, text: str, *, verdict: marks.Verdict = "fail") -> pipeline.Result:
    """A notebook whose one test failed with this text."""
    book = build.book(build.machine(source, "t"))
    output: dict[str, Any] = {"output_type": "error", "ename": "AssertionError", "evalue": text}
    run = port.CellRun(ending="error", outputs=({**output, "traceback": [text]},), reason=text)
    mark = marks.Mark(score=0, points=2, auto_score=0, needs_person=False, verdict=verdict)
    return pipeline.Result(
        notebook="n",
        marks={"t": mark},
        executed=book,
        runs={book["cells"][0]["id"]: run},
        notes=(),
        seconds=0.1,
    )


@pytest.mark.parametrize(
    ("source", "text", "hint"),
    [
        (VISIBLE, "Think of the first day.", "Think of the first day."),
        (VISIBLE, "3 is not 2", "3 is not 2"),
        (VISIBLE, "", None),
        (HIDDEN, "Think of the first day.", "Think of the first day."),
        (HIDDEN, "the secret is 49", None),
        (HIDDEN, "49", None),
        (HIDDEN, "Think of the first day. 49", None),
    ],
)
def test_a_hint_is_what_students_have_anyway(source: str, text: str, hint: str | None) -> None:
    student = build.book(build.machine(VISIBLE, "t"))
    result = failed(source, text)
    assert feedback.hints(result, student).get("t") == hint
    if source == HIDDEN:
        shown = feedback.fragment(result, student)
        assert "49" not in shown
        assert "secret" not in shown


def test_an_error_in_the_students_code_is_no_hint_of_the_author() -> None:
    student = build.book(build.machine(VISIBLE, "t"))
    assert feedback.hints(failed(VISIBLE, "name 'x' is not defined", verdict="error"), student) == {}


def test_a_picture_of_the_lesson_is_told_in_its_words_where_it_cannot_be_loaded() -> None:
    source = (
        'See ![a *line* <b>&](media/a.png "t"), ![](b.png) and ![dot](data:image/png;base64,iVBORw0KGgo=).'
    )
    book = build.book(build.cell(source, "markdown"))
    result = pipeline.Result(notebook="n", marks={}, executed=book, runs={}, notes=(), seconds=0.1)
    shown = feedback.fragment(result, book)
    assert '<em class="picture">a line &lt;b&gt;&amp;</em>' in shown
    assert "media/a.png" not in shown
    assert "b.png" not in shown
    assert '<img src="data:image/png;base64,iVBORw0KGgo=" alt="dot">' in shown


def test_a_figure_is_told_in_the_words_of_the_lesson_not_of_its_object() -> None:
    named, other = build.cell("draw()", id="a"), build.cell("draw(2)", id="b")
    named["metadata"]["alt"] = "A line that rises"
    data = {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 640x480 with 1 Axes>"}
    run = port.CellRun(ending="ok", outputs=({"output_type": "display_data", "data": data, "metadata": {}},))
    book = build.book(named, other)
    runs = {"a": run, "b": run}
    result = pipeline.Result(notebook="n", marks={}, executed=book, runs=runs, notes=(), seconds=0.1)
    shown = feedback.fragment(result, book)
    assert re.findall(' alt="([^"]*)"', shown) == ["A line that rises", "Figure"]
