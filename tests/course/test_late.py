"""What late work loses."""

import datetime

import hypothesis
import pytest
from hypothesis import strategies as st

from courseware.course import late, rules

HOUR, DAY = 3600, 86_400
TENTH = rules.Late(kind="linear", percent=10, floor=50)


@pytest.mark.parametrize(
    ("policy", "seconds", "left", "percent", "days", "says"),
    [
        (TENTH, 0, 5, 0, 0, ""),
        (rules.Late(), 9 * DAY, 0, 0, 0, "It came 9 days late; late work loses nothing here."),
        (rules.Late(kind="zero"), 1, 0, 100, 0, "It came 1 second late; late work gets 0 points."),
        (TENTH, 1, 0, 10, 0, "It came 1 second late: 10 % off for each day begun, 10 % in all."),
        (TENTH, DAY, 0, 10, 0, "10 % in all"),
        (TENTH, DAY + 1, 0, 20, 0, "20 % in all"),
        (TENTH, 30 * DAY, 0, 50, 0, "50 % in all, since late work keeps at least 50 %."),
        (TENTH, DAY + 1, 2, 0, 2, "2 late days of 2 left cover 2 days."),
        (TENTH, DAY + 1, 1, 10, 1, "1 late day of 1 left cover 1 day: 10 % off"),
        (rules.Late(kind="zero"), DAY + 1, 5, 0, 2, "2 late days of 5 left"),
        (rules.Late(kind="zero"), 3 * DAY, 1, 100, 0, "0 points"),
        (
            rules.Late(kind="linear", percent=2, every=datetime.timedelta(hours=1)),
            90 * 60,
            0,
            4,
            0,
            "each hour begun",
        ),
        (
            rules.Late(kind="linear", grace=datetime.timedelta(minutes=15)),
            900,
            0,
            0,
            0,
            "grace of 15 minutes",
        ),
        (
            rules.Late(kind="linear", grace=datetime.timedelta(minutes=15)),
            901,
            3,
            0,
            1,
            "1 late day of 3 left",
        ),
    ],
)
def test_what_late_work_loses(
    policy: rules.Late, seconds: int, left: int, percent: float, days: int, says: str
) -> None:
    found = late.penalty(policy, seconds, left=left)
    assert (found.percent, found.days) == (percent, days)
    assert says in found.why
    assert late.penalty(policy, seconds, left=left, forgiven=True).percent == 0


def test_a_share_of_what_was_earned_is_taken() -> None:
    assert late.penalty(TENTH, DAY + 1).after(8) == pytest.approx(6.4)


@hypothesis.given(
    st.floats(0, 100), st.integers(1, 100), st.floats(0, 100), st.integers(0, 60 * DAY), st.integers(0, 9)
)
def test_later_is_never_cheaper_and_the_floor_holds(
    percent: float, hours: int, floor: float, seconds: int, left: int
) -> None:
    policy = rules.Late(kind="linear", percent=percent, every=datetime.timedelta(hours=hours), floor=floor)
    now, then = late.penalty(policy, seconds, left=left), late.penalty(policy, seconds + HOUR, left=left)
    assert 0 <= now.percent <= then.percent <= 100 - floor
    assert now.days <= then.days <= left
    assert late.penalty(policy, seconds, left=left + 1).percent <= now.percent
