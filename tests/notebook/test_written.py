"""What a student wrote for an exercise, wherever it stands in the copy."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from courseware.notebook import files, written
from tests.notebook import build

TASK = build.cell("Draw a chart.", "markdown", grade_id="chart", task=True, locked=True, points=3)
EMPTY = build.cell("", id="scaffold")
NEXT = build.cell("## The next section", "markdown", id="next")
RELEASED = [
    build.cell("# A lesson", "markdown", id="head"),
    build.answer("def f(): ...", "f"),
    TASK,
    EMPTY,
    NEXT,
    build.cell("Describe it.", "markdown", grade_id="words", grade=True, solution=True, points=2),
]
MINE = build.cell("plot(year)", id="mine")
MORE = build.cell("It rises.", "markdown", id="more")


def handed_in(change: Callable[[list[files.Cell]], Any]) -> list[files.Cell]:
    made = copy.deepcopy(RELEASED)
    change(made)
    return made


def put(place: int, *cells: files.Cell) -> Callable[[list[files.Cell]], Any]:
    return lambda made: made.__setitem__(slice(place, place), copy.deepcopy(list(cells)))


def said(submitted: list[files.Cell], key: str = "chart") -> list[str]:
    return [submitted[place]["source"] for place in written.answer(RELEASED, submitted, key)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda made: None, []),
        (put(3, MINE), ["plot(year)"]),
        (put(4, MINE, MORE), ["plot(year)", "It rises."]),
        (lambda made: made[3].update(source="plot(rain)"), ["plot(rain)"]),
        (put(3, build.cell(" \n", id="blank"), MINE), ["plot(year)"]),
        (put(5, MINE), []),
        (put(0, MINE), []),
        (
            lambda made: made[2].update(source="Draw a chart.\n\nHere it is."),
            ["Draw a chart.\n\nHere it is."],
        ),
        (lambda made: made.append(made.pop(2)) or made.append(copy.deepcopy(MINE)), ["plot(year)"]),
        (lambda made: made.pop(2) and put(0, MINE)(made), ["plot(year)"]),
        (put(3, {**TASK, "id": "copied", "source": "Draw a chart. Mine."}), ["Draw a chart. Mine."]),
        (lambda made: made.clear(), []),
    ],
    ids=[
        "nothing",
        "a cell below it",
        "cells after one that stood there",
        "a plain cell that was filled",
        "a blank one before it",
        "below the next section",
        "above it",
        "in the task itself",
        "the task was moved to the end",
        "the task was removed",
        "the task was copied and changed",
        "nothing is left",
    ],
)
def test_a_task_is_answered_below_it(change: Callable[[list[files.Cell]], Any], expected: list[str]) -> None:
    assert said(handed_in(change)) == expected


def test_what_was_drawn_alone_is_an_answer_too() -> None:
    picture = {"output_type": "display_data", "data": {"image/png": "x"}, "metadata": {}}
    drawn: Any = {**build.cell("", id="drawn"), "outputs": [picture]}
    submitted = handed_in(put(3, drawn))
    assert written.answer(RELEASED, submitted, "chart") == [3]


def test_an_answer_has_its_own_cell_wherever_it_is() -> None:
    submitted = handed_in(lambda made: made.insert(0, made.pop(5)))
    assert said(submitted, "words") == ["Describe it."]
    assert said(handed_in(put(6, MINE)), "words") == ["Describe it."]
    assert said(handed_in(lambda made: made.pop(5)), "words") == []


def test_whether_an_exercise_is_a_task() -> None:
    assert written.asked(RELEASED, "chart") == TASK
    assert written.asked(RELEASED, "words") is written.asked(RELEASED, "f") is None


def test_what_a_test_marks_are_the_answers_above_it() -> None:
    released = [
        build.machine("assert ready", "none"),
        build.answer("a = ...", "a"),
        build.machine("assert a", "t-a"),
        build.answer("b = ...", "b"),
        build.cell("Now this.", "markdown"),
        build.answer("c = ...", "c"),
        build.machine("assert b", "t-b"),
        build.machine("assert c", "t-c"),
    ]
    submitted = [MINE, *copy.deepcopy(released[1:])]

    def found(key: str) -> list[str]:
        return [submitted[place]["source"] for place in written.answer(released, submitted, key)]

    assert found("none") == []
    assert found("t-a") == ["a = ..."]
    assert found("t-b") == found("t-c") == ["b = ...", "c = ..."]
    del submitted[3]
    assert found("t-c") == ["c = ..."]
