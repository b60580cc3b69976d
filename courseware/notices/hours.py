"""When a letter goes out, in the hours of its reader's own day; pure.

In: a moment, a habit and a time zone. Out: a moment. Clocks that go forward or back are followed: an
hour that a day does not have is the moment at which the clock jumped over it, and one that comes twice
counts the first time.
"""

import datetime
import zoneinfo

from courseware.notices import model

_QUARTER = datetime.timedelta(minutes=15)


def zone(habit: model.Habit, course_zone: str) -> zoneinfo.ZoneInfo:
    """The zone of somebody's day; the course's where they named none that is known here."""
    for name in (habit.time_zone, course_zone):
        if name:
            try:
                return zoneinfo.ZoneInfo(name)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return zoneinfo.ZoneInfo("UTC")


def digest(
    after: datetime.datetime, habit: model.Habit, where: zoneinfo.ZoneInfo, *, weekly: bool = False
) -> datetime.datetime:
    """The next moment for a digest, strictly after a moment."""
    day = after.astimezone(where).date() - datetime.timedelta(days=1)
    # Nine days hold a weekday even where a day was left out of the calendar.
    for _ in range(16):
        at = _moment(day, habit.digest_hour, where)
        # A day that a country left out is the next one's hour: that one alone counts.
        real = at.astimezone(where).date() == day
        if at > after and real and (not weekly or day.weekday() == habit.digest_weekday):
            return at
        day += datetime.timedelta(days=1)
    raise ValueError("no digest moment was found")


def awake(at: datetime.datetime, habit: model.Habit, where: zoneinfo.ZoneInfo) -> datetime.datetime:
    """This moment, or the end of the quiet hours that it lies in."""
    if not quiet(at, habit, where):
        return at
    # Every zone's clock differs from UTC by quarters of an hour; whichever way it jumps meanwhile, the hour
    # that it shows is asked.
    micros = datetime.timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    step = at - micros
    for _ in range(4 * 49):
        step += _QUARTER
        if not quiet(step, habit, where):
            return step
    return at


def quiet(at: datetime.datetime, habit: model.Habit, where: zoneinfo.ZoneInfo) -> bool:
    """Whether a moment lies in somebody's quiet hours."""
    begin, end = habit.quiet_from, habit.quiet_until
    if begin is None or end is None or begin == end:
        return False
    hour = at.astimezone(where).hour
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def _moment(day: datetime.date, hour: int, where: zoneinfo.ZoneInfo) -> datetime.datetime:
    """An hour of a day as a moment."""
    local = datetime.datetime(day.year, day.month, day.day, hour, tzinfo=where)
    return local.astimezone(datetime.UTC)
