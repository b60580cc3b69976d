"""Isolated tests: ordinary test cells pass unchanged on right solutions and fail on wrong ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import isolated, test_isolated_attacks


@pytest.fixture(scope="module")
def pair() -> Iterator[isolated.Pair]:
    with isolated.Pair() as opened:
        yield opened


def cells(name: str) -> dict[str, str]:
    """The cells of a file by the headings above them."""
    parts = (CELLS / name).read_text(encoding="utf-8").split("## ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


CELLS = Path(__file__).parent / "cells"
STUDENT = (CELLS / "student.txt").read_text(encoding="utf-8")
GOOD, WRONG = cells("right.txt"), cells("wrong.txt")


@pytest.fixture(scope="module")
def student(pair: isolated.Pair) -> isolated.Pair:
    assert pair.run(STUDENT) == ""
    return pair


@pytest.mark.parametrize("name", GOOD)
def test_right_solutions_pass(student: isolated.Pair, name: str) -> None:
    assert student.check(GOOD[name])["error"] == ""


@pytest.mark.parametrize("name", WRONG)
def test_wrong_solutions_fail(student: isolated.Pair, name: str) -> None:
    assert student.check(WRONG[name])["error"] != ""


def test_values_of_the_last_expression_are_kept(student: isolated.Pair) -> None:
    assert student.check("square(3) / 2")["value"] == "4.5"


def test_who_decided_is_told(student: isolated.Pair) -> None:
    assert student.check("assert square(1) == 1")["decided_there"] == 0
    assert student.check("assert Account(1) == Account(1)")["decided_there"] == 1


def test_where_the_key_has_data_objects_answer_nothing(student: isolated.Pair) -> None:
    source = "assert square(2) == 4 and apply(lambda x: x, 3) == 3"
    assert student.check(source, asks=())["error"] == ""
    assert "Plain data was expected" in student.check("assert Account(1).balance == 1", asks=())["error"]


SHIFT = """
class Model:
    coef = Liar()
    def __sub__(self, other): return self
    __rsub__ = __sub__
m = Model()
"""


def test_what_is_asked_of_objects_is_told_and_may_be_all_that_is() -> None:
    with isolated.Pair() as pair:
        pair.run(test_isolated_attacks.LIAR + SHIFT)
        assert pair.check("m.coef; m - 9; 9 - m; None")["used"] == ["__rsub__", "__sub__", "coef"]
        assert pair.check("assert m.coef is not None", asks=["coef"])["error"] == ""
        for test in (
            "assert (m.coef - 9).real",
            "assert (9 - m.coef).real",
            "assert m.coef.equals(9)",
            "assert all(n == 0 for n in m.coef - 9)",
            "assert (m.coef ** 2).sum() == 0",
            "m.coef.real = 1",
            "del m.coef.real",
        ):
            assert "Plain data was expected" in pair.check(test, asks=["coef"])["error"], test


def test_imports_of_the_release_are_the_tests_own(pair: isolated.Pair) -> None:
    with isolated.Pair() as fresh:
        fresh.give(
            "from numpy.testing import assert_allclose\nimport math\nfrom markposition import mark\nx = 1"
        )
        fresh.run("assert_allclose = lambda *a: None\nvalue = 3\nimport cmath as math")
        assert "Not equal" in fresh.check("assert_allclose(value, 4)")["error"]
        assert fresh.check("assert math.__name__ == 'math' and math.floor(1.5) == 1")["error"] == ""


def test_large_arrays_travel_beside_the_message(student: isolated.Pair) -> None:
    student.run("import numpy as np\nlarge = np.arange(1_000_000.0)\ndef twice(x): return 2 * x")
    assert student.check("assert twice(large)[-1] == 1_999_998")["error"] == ""
    assert all(len(str(message)) < 10_000 for message in student.messages)
