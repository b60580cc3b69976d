"""Numbers of a class against examples that were worked out by hand, and what must hold of all of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseware.insight import statistics

SHARES = st.lists(st.floats(0, 1), max_size=60)


def test_where_marks_lie() -> None:
    found = statistics.spread([0.0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 1.0, 1.0])
    assert found is not None
    assert (found.tenth, found.quarter, found.three_quarters, found.ninth) == (0.0, 0.2, 0.8, 1.0)
    assert found.median == pytest.approx(0.55)
    assert found.bins == (1, 1, 1, 1, 0, 1, 1, 1, 1, 2)


def test_a_share_is_in_the_part_that_begins_with_it() -> None:
    found = statistics.spread([0.3, 3 * 0.1, 0.29, 0.7, 7 * 0.1])
    assert found is not None
    assert found.bins == (0, 0, 1, 2, 0, 0, 0, 2, 0, 0)


def test_more_than_all_points_is_all() -> None:
    found = statistics.spread([1.2] * 5)
    assert found is not None
    assert found.bins[-1] == 5


@given(SHARES)
def test_nobody_is_lost_and_quarters_are_in_order(shares: list[float]) -> None:
    found = statistics.spread(shares)
    if len(shares) < statistics.FEWEST:
        assert found is None
        return
    assert found is not None
    assert sum(found.bins) == found.number == len(shares)
    told = [found.tenth, found.quarter, found.median, found.three_quarters, found.ninth]
    assert told == sorted(told)
    assert min(shares) <= told[0] <= told[-1] <= max(shares)


def test_how_hard_an_exercise_is() -> None:
    assert statistics.difficulty([1, 1, 0.5, 0, 0]) == 0.5
    assert statistics.difficulty([1, 1, 0.5, 0]) is None


def test_how_well_it_tells_people_apart() -> None:
    """Ten people, right or wrong. By hand: the six who are right have 8, 7, 9, 6, 8, 7 points in the rest
    (mean 7.5), the four others 3, 5, 4, 6 (mean 4.5); the mean of all is 6.3, the squares of what they differ
    by sum to 32.1, so the standard deviation is 1.7916. (7.5 - 4.5) / 1.7916 * sqrt(0.6 * 0.4) = 0.8203.
    """
    own = [1.0] * 6 + [0.0] * 4
    rest = [8.0, 7, 9, 6, 8, 7, 3, 5, 4, 6]
    assert statistics.discrimination(own, rest) == pytest.approx(0.8203, abs=1e-4)
    assert statistics.discrimination([1 - each for each in own], rest) == pytest.approx(-0.8203, abs=1e-4)


def test_too_few_or_all_the_same_tell_nothing() -> None:
    rest = [float(each) for each in range(10)]
    assert statistics.discrimination(rest[:9], rest[:9]) is None
    assert statistics.discrimination([4.0] * 10, rest) is None
    assert statistics.discrimination(rest, [0.1 + 0.2] * 5 + [0.3] * 5) is None


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 40)), min_size=10, max_size=50),
    st.floats(0.5, 20),
)
def test_points_of_another_size_tell_the_same(pairs: list[tuple[int, int]], factor: float) -> None:
    own, rest = [float(one) for one, _ in pairs], [float(two) for _, two in pairs]
    found = statistics.discrimination(own, rest)
    larger = statistics.discrimination([each * factor for each in own], rest)
    assert (found is None) == (len(set(own)) == 1 or len(set(rest)) == 1)
    if found is not None:
        assert -1 <= found <= 1
        assert larger == pytest.approx(found, abs=1e-6)


def test_attempts_until_full_marks() -> None:
    assert statistics.attempts([False, False, True, False]) == 3
    assert statistics.attempts([None, None, True]) == 3
    assert statistics.attempts([True]) == 1
    assert statistics.attempts([False, None]) is None
    assert statistics.attempts([]) is None


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40), st.floats(0.01, 1))
def test_a_quantile_was_there(numbers: list[float], share: float) -> None:
    ordered = sorted(numbers)
    found = statistics.quantile(ordered, share)
    assert found in numbers
    assert sum(each <= found for each in ordered) >= math.floor(share * len(ordered))
    assert statistics.middle([]) is None
