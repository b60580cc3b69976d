"""Wall clocks that jump: a deadline stays on the wall, and nobody loses an hour."""

import datetime
import zoneinfo

import hypothesis
import pytest
from hypothesis import strategies as st

from courseware.course import wall
from tests.course.plans import BERLIN, utc

ZONES = st.sampled_from(
    (
        "Europe/Berlin",
        "America/New_York",
        "Pacific/Apia",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "America/St_Johns",
        "Pacific/Kiritimati",
        "Antarctica/Troll",
        "America/Santiago",
        "Africa/Cairo",
        "UTC",
    )
).map(zoneinfo.ZoneInfo)
LOCAL = st.datetimes(min_value=datetime.datetime(2000, 1, 1), max_value=datetime.datetime(2037, 12, 31))


@pytest.mark.parametrize(
    ("local", "ends", "moment"),
    [
        ("2026-03-29T02:30", True, "2026-03-29T01:30"),  # skipped: taken as 03:30
        ("2026-03-29T02:30", False, "2026-03-29T01:30"),
        ("2026-10-25T02:30", True, "2026-10-25T01:30"),  # twice: what ends takes the second
        ("2026-10-25T02:30", False, "2026-10-25T00:30"),
        ("2026-10-24T23:59", True, "2026-10-24T21:59"),
        ("2026-10-25T23:59", True, "2026-10-25T22:59"),
    ],
)
def test_the_hour_that_never_comes_and_the_one_that_comes_twice(local: str, ends: bool, moment: str) -> None:
    assert wall.instant(datetime.datetime.fromisoformat(local), BERLIN, ends=ends) == utc(moment)


def test_a_day_that_a_country_left_out() -> None:
    apia = zoneinfo.ZoneInfo("Pacific/Apia")
    local = datetime.datetime(2011, 12, 30, 12)
    assert wall.odd(local, apia) == "skipped"
    assert wall.told(wall.instant(local, apia, ends=True), apia) == "Sat 31 Dec 2011, 12:00 (Pacific/Apia)"


@hypothesis.given(LOCAL, ZONES, st.booleans())
def test_the_moment_shows_the_time_on_the_wall_unless_the_wall_skips_it(
    local: datetime.datetime, zone: zoneinfo.ZoneInfo, ends: bool
) -> None:
    found = wall.instant(local, zone, ends=ends).astimezone(zone).replace(tzinfo=None, fold=0)
    if wall.odd(local, zone) == "skipped":
        assert datetime.timedelta() < found - local <= datetime.timedelta(hours=24)
    else:
        assert found == local


@hypothesis.given(LOCAL, ZONES)
def test_what_ends_never_ends_before_what_begins_then(
    local: datetime.datetime, zone: zoneinfo.ZoneInfo
) -> None:
    begins, ends = wall.instant(local, zone, ends=False), wall.instant(local, zone, ends=True)
    assert (begins < ends) is (wall.odd(local, zone) == "twice")
    assert begins <= ends


@hypothesis.given(LOCAL, ZONES, st.integers(0, 400))
def test_days_are_added_on_the_wall(local: datetime.datetime, zone: zoneinfo.ZoneInfo, days: int) -> None:
    at = wall.instant(local, zone, ends=True)
    shown = at.astimezone(zone).replace(tzinfo=None, fold=0)
    wanted = shown + datetime.timedelta(days=days)
    found = wall.later(at, days, zone).astimezone(zone).replace(tzinfo=None, fold=0)
    assert found == wanted or wall.odd(wanted, zone) == "skipped"
    assert wall.later(at, days, zone) >= at
