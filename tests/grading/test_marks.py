"""Scores as nbgrader's determine_grade gives them, and where the fair rules differ."""

from typing import Any

import pytest

from courseware.grading import marks
from courseware.sandbox import port

RESULT: dict[str, Any] = {"output_type": "execute_result"}
ERROR = {"output_type": "error", "ename": "AssertionError", "evalue": "no"}
STDERR = {"output_type": "stream", "name": "stderr", "text": "DeprecationWarning: old"}
STDOUT = {"output_type": "stream", "name": "stdout", "text": "hello"}


def value(text: str) -> dict[str, Any]:
    return {**RESULT, "data": {"text/plain": text}}


def run(*outputs: dict[str, Any], ending: port.Ending = "ok") -> port.CellRun:
    return port.CellRun(ending=ending, outputs=outputs)


@pytest.mark.parametrize(
    ("outputs", "score", "verdict"),
    [
        ((), 2, "pass"),
        ((STDOUT,), 2, "pass"),
        ((value("1.0"),), 1, "partial"),
        ((value("0"),), 0, "fail"),
        ((value("2"),), 2, "pass"),
        ((value("True"),), 2, "pass"),
        ((value("'abc'"),), 2, "pass"),
        ((value("[1]"),), 2, "pass"),
        ((value("3"),), 2, "pass"),
        ((value("inf"),), 2, "pass"),
        ((value("0.5"), ERROR), 0.5, "partial"),
    ],
)
def test_values(outputs: tuple[dict[str, Any], ...], score: float, verdict: str) -> None:
    for rules in ("fair", "nbgrader"):
        given = marks.of_tests(run(*outputs), 2, rules=rules)
        assert (given.score, given.verdict) == (score, verdict)


@pytest.mark.parametrize("text", ["-1", "nan", "-inf", "-nan"])
def test_a_number_below_zero_or_none_at_all_is_full_marks_in_nbgraders_scores_only(text: str) -> None:
    """A test such as `2 - abs(x - 9)` would reward who is far from right."""
    given = marks.of_tests(run(value(text)), 2, rules="nbgrader")
    assert (given.score, given.verdict) == (2, "pass")
    given = marks.of_tests(run(value(text)), 2, rules="fair")
    assert (given.score, given.verdict) == (0, "fail")
    assert given.reason == f"The test gave {text}, which is no number of points."


def test_a_result_above_the_maximum_is_told() -> None:
    assert "more than the 2 points" in marks.of_tests(run(value("3")), 2, rules="fair").reason


def test_stderr_alone_is_a_zero_in_nbgraders_scores_only() -> None:
    assert marks.of_tests(run(STDERR), 2, rules="nbgrader").score == 0
    assert marks.of_tests(run(STDERR), 2, rules="fair").score == 2


def test_an_ignored_pattern_is_no_zero() -> None:
    import re

    given = marks.of_tests(run(STDERR), 2, rules="nbgrader", ignored=re.compile("Deprecation"))
    assert given.score == 2


@pytest.mark.parametrize("ending", ["timeout", "memory", "output-limit", "crashed", "protocol", "not-run"])
def test_what_did_not_end_well_is_zero_in_words(ending: port.Ending) -> None:
    given = marks.of_tests(run(value("2"), ending=ending), 2, rules="fair")
    assert (given.score, given.verdict) == (0, ending)


def test_a_pass_always_means_full_marks() -> None:
    for text in ("0", "0.1", "1.99", "2", "2.5"):
        given = marks.of_tests(run(value(text)), 2, rules="fair")
        assert (given.verdict == "pass") == (given.score == given.points)


def test_answers_that_a_person_marks() -> None:
    assert marks.of_answer(changed=False, points=3).auto_score == 0
    changed = marks.of_answer(changed=True, points=3)
    assert (changed.auto_score, changed.needs_person) == (None, True)
