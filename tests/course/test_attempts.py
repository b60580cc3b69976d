"""How often work is taken, and which hand-in counts."""

import datetime

import hypothesis
from hypothesis import strategies as st

from courseware.course import attempts, rules
from tests.course.plans import START

MINUTE = datetime.timedelta(minutes=1)
THREE = rules.Attempts(limit=3)
SLOW = rules.Attempts(cooldown=10 * MINUTE, free=2)


def test_a_limit_says_how_many_were_taken_and_extra_attempts_count() -> None:
    assert attempts.refusal(THREE, [START] * 2, now=START) == ""
    refused = attempts.refusal(THREE, [START] * 3, now=START)
    assert refused == "You have handed in 3 times, and 3 is all that is taken here."
    assert attempts.refusal(THREE, [START] * 3, extra=1, now=START) == ""
    assert (attempts.left(THREE, 1), attempts.left(THREE, 9), attempts.left(SLOW, 1)) == (2, 0, None)


def test_a_cool_down_says_how_long_to_wait() -> None:
    assert attempts.refusal(SLOW, [START], now=START) == ""
    twice = [START - 60 * MINUTE, START]
    refused = attempts.refusal(SLOW, twice, now=START + 3 * MINUTE)
    assert refused == "The next hand-in is taken in 7 minutes: here, 10 minutes lie between two."
    assert attempts.refusal(SLOW, twice, now=START + 10 * MINUTE) == ""
    ahead = [START - 60 * MINUTE, START + 9000 * MINUTE]
    assert "in 10 minutes" in attempts.refusal(SLOW, ahead, now=START)


def candidate(key: int, after: int, **more: object) -> attempts.Candidate:
    given = {"late": False, **more}
    return attempts.Candidate(key=key, received=START + after * MINUTE, **given)  # type: ignore[arg-type]


def test_the_last_on_time_the_best_or_the_chosen_counts() -> None:
    first = candidate(1, 0, score=3.0)
    second = candidate(2, 1, score=1.0)
    third = candidate(3, 2, late=True, score=3.0)
    unmarked = candidate(4, 3, late=True)
    everything = [unmarked, third, first, second]
    for counts, expected in (("last", second), ("best", first), ("chosen", second)):
        assert attempts.counting(counts, everything) == expected  # type: ignore[arg-type]
    picked = candidate(1, 0, score=3.0, chosen=True)
    assert attempts.counting("chosen", [picked, second]) == picked
    assert attempts.counting("best", [unmarked]) == unmarked
    assert attempts.counting("best", []) is None
    assert [attempts.replaceable(each) for each in ("last", "best", "chosen")] == [True, False, False]


DRAWN = st.lists(
    st.tuples(st.integers(0, 99), st.booleans(), st.none() | st.floats(0, 10)), unique_by=lambda t: t[0]
)


@hypothesis.given(DRAWN, st.sampled_from(("last", "best", "chosen")))
def test_one_counts_whatever_their_order(
    drawn: list[tuple[int, bool, float | None]], counts: rules.Counts
) -> None:
    found = [candidate(n, n, late=late, score=score) for n, late, score in drawn]
    chosen = attempts.counting(counts, found)
    assert attempts.counting(counts, reversed(found)) == chosen
    assert (chosen is None) is (not found)
    if counts == "best" and chosen is not None and chosen.score is not None:
        assert chosen.score == max(each.score for each in found if each.score is not None)
