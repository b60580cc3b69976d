"""Wrong answers that the tests of a lesson let through are found by running them, and those only."""

import pytest

from courseware import errors
from courseware.course import manifest
from courseware.desk import audit_tests, release
from courseware.notebook import files
from courseware.sandbox import port
from tests import builders
from tests.notebook import build
from tests.sandbox import isolated

PARSED = manifest.parse(builders.MANIFEST)
KEY = """def biggest(values):
    ### BEGIN SOLUTION
    best = values[0]
    for value in values:
        if value > best:
            best = value
    return best
    ### END SOLUTION"""
GOOD = "assert biggest([3, 7, 5]) == 7\nassert biggest([-2, -1]) == -1\nassert biggest([4]) == 4"


def audit(test: str, right: tuple[str, ...] = (), key: str = KEY, seconds: float = 60) -> audit_tests.Audit:
    book = build.book(build.answer(key, "biggest"), build.machine(test, "biggest-test"))
    wish = release.Wish(files={"a.ipynb": files.write(book)}, lesson="one")
    return audit_tests.audit(
        wish, PARSED, sandbox=isolated.Plain(), limits=port.Limits(), right=right, seconds=seconds
    )


def test_a_weak_test_lets_wrong_answers_through_and_a_good_one_does_not() -> None:
    weak, good = audit("assert biggest([3, 7]) == 7"), audit(GOOD)
    assert weak.tried == good.tried >= 5
    assert {each.changed for each in weak.through} > {each.changed for each in good.through}
    [wrong] = [each for each in weak.through if each.changed[1].endswith("values[1]")]
    assert (wrong.notebook, wrong.cell, wrong.kind) == ("a", "biggest", "off by one")
    assert wrong.changed == ("-    best = values[0]", "+    best = values[1]")
    # What is left is as right as the key.
    assert {each.changed[1].strip("+ ") for each in good.through} == {
        "if value >= best:",
        "best = values[-1]",
    }


def test_what_somebody_says_is_right_is_not_tried_again() -> None:
    first = audit(GOOD)
    again = audit(GOOD, right=tuple(each.mark[:8] for each in first.through))
    assert (again.tried, again.through) == (first.tried - len(first.through), ())


def test_it_ends_in_time_and_says_what_is_left() -> None:
    found = audit(GOOD, seconds=0)
    assert (found.tried, found.left >= 5) == (0, True)


def test_a_cell_of_which_nothing_wrong_can_be_made_is_told() -> None:
    key = "### BEGIN SOLUTION\nbest = str\n### END SOLUTION"
    assert audit("assert best is str", key=key).untried == ("a.ipynb (biggest)",)


def test_a_lesson_that_cannot_be_released_is_refused() -> None:
    with pytest.raises(errors.UserError, match="cannot be released: 1 findings stop it"):
        audit("assert biggest([3]) == 4")
