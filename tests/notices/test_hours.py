"""Digest hour and quiet hours, in every zone, through every change of its clocks."""

import datetime
import zoneinfo

from hypothesis import given, settings, strategies

from courseware.notices import hours, model

ZONES = sorted(zoneinfo.available_timezones())
UTC = datetime.UTC
MOMENTS = strategies.datetimes(
    datetime.datetime(2007, 1, 1), datetime.datetime(2037, 12, 31), timezones=strategies.just(UTC)
)
HOURS = strategies.integers(0, 23)
DAY = datetime.timedelta(days=1)


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def habit(hour: int = 18, **more: int | None) -> model.Habit:
    return model.Habit(digest_hour=hour, **more)  # type: ignore[arg-type]


@given(moment=MOMENTS, name=strategies.sampled_from(ZONES), hour=HOURS)
@settings(max_examples=400, deadline=None)
def test_a_digest_comes_once_a_day_at_its_hour(moment: datetime.datetime, name: str, hour: int) -> None:
    where = zoneinfo.ZoneInfo(name)
    first = hours.digest(moment, habit(hour), where)
    assert moment < first <= moment + 2 * DAY + datetime.timedelta(hours=2)
    days = []
    step = first
    for _ in range(4):
        local = step.astimezone(where)
        skipped = (local - datetime.timedelta(seconds=1)).astimezone(UTC).astimezone(where)
        before = (step - datetime.timedelta(seconds=1)).astimezone(where)
        jumped = before.utcoffset() != local.utcoffset() or skipped.utcoffset() != local.utcoffset()
        assert local.hour == hour or jumped or _gap_before(step, where), (local, hour)
        days.append(local.date())
        # Whatever moment before it is asked, the answer is the same.
        assert hours.digest(step - datetime.timedelta(seconds=1), habit(hour), where) == step
        step = hours.digest(step, habit(hour), where)
    assert len(set(days)) == 4


def _gap_before(step: datetime.datetime, where: zoneinfo.ZoneInfo) -> bool:
    """Whether the clock jumped forward in the three hours before."""
    earlier = step - datetime.timedelta(hours=3)
    return (earlier.astimezone(where).utcoffset() or DAY) < (step.astimezone(where).utcoffset() or DAY)


@given(moment=MOMENTS, name=strategies.sampled_from(ZONES), hour=HOURS, weekday=strategies.integers(0, 6))
@settings(max_examples=200, deadline=None)
def test_a_weekly_digest_comes_on_its_day(
    moment: datetime.datetime, name: str, hour: int, weekday: int
) -> None:
    where = zoneinfo.ZoneInfo(name)
    chosen = model.Habit(digest_hour=hour, digest_weekday=weekday)
    found = hours.digest(moment, chosen, where, weekly=True)
    assert found.astimezone(where).weekday() == weekday
    following = hours.digest(found, chosen, where, weekly=True)
    assert 6 * DAY < following - found < 15 * DAY


@given(moment=MOMENTS, name=strategies.sampled_from(ZONES), begin=HOURS, end=HOURS)
@settings(max_examples=400, deadline=None)
def test_nothing_goes_out_in_quiet_hours_and_all_right_after(
    moment: datetime.datetime, name: str, begin: int, end: int
) -> None:
    where = zoneinfo.ZoneInfo(name)
    chosen = model.Habit(quiet_from=begin, quiet_until=end)
    found = hours.awake(moment, chosen, where)
    assert not hours.quiet(found, chosen, where)
    assert moment <= found < moment + datetime.timedelta(hours=26)
    step = moment
    while step < found:
        assert hours.quiet(step, chosen, where)
        step += datetime.timedelta(minutes=5)
    assert hours.awake(found, chosen, where) == found


def test_the_hour_that_the_clock_jumps_over_is_the_moment_of_the_jump() -> None:
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    found = hours.digest(at("2026-03-28T12:00Z"), habit(2), berlin)
    assert found == at("2026-03-29T01:00Z")
    assert hours.digest(found, habit(2), berlin) == at("2026-03-30T00:00Z")


def test_the_hour_that_comes_twice_counts_once() -> None:
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    found = hours.digest(at("2026-10-24T12:00Z"), habit(2), berlin)
    assert found == at("2026-10-25T00:00Z")
    assert hours.digest(found, habit(2), berlin) == at("2026-10-26T01:00Z")


def test_eighteen_stays_eighteen_over_a_change() -> None:
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    assert hours.digest(at("2026-10-24T12:00Z"), habit(18), berlin) == at("2026-10-24T16:00Z")
    assert hours.digest(at("2026-10-24T16:00Z"), habit(18), berlin) == at("2026-10-25T17:00Z")


def test_a_day_that_was_left_out_has_no_digest() -> None:
    apia = zoneinfo.ZoneInfo("Pacific/Apia")
    first = hours.digest(at("2011-12-29T12:00Z"), habit(18), apia)
    second = hours.digest(first, habit(18), apia)
    assert [each.astimezone(apia).day for each in (first, second)] == [29, 31]
    assert second - first == DAY


def test_a_quiet_night_ends_at_its_hour_though_the_clock_changes() -> None:
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    night = model.Habit(quiet_from=22, quiet_until=7)
    assert hours.awake(at("2026-10-24T21:30Z"), night, berlin) == at("2026-10-25T06:00Z")
    assert hours.awake(at("2026-03-28T22:30Z"), night, berlin) == at("2026-03-29T05:00Z")
    whole = model.Habit(quiet_from=5, quiet_until=5)
    assert hours.awake(at("2026-10-24T04:30Z"), whole, berlin) == at("2026-10-24T04:30Z")


def test_an_unknown_zone_is_the_courses() -> None:
    assert hours.zone(model.Habit(time_zone="Mars/Base"), "Europe/Berlin").key == "Europe/Berlin"
    assert hours.zone(model.Habit(time_zone="../etc"), "").key == "UTC"
    assert hours.zone(model.Habit(time_zone="Asia/Tokyo"), "Europe/Berlin").key == "Asia/Tokyo"
