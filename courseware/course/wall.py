"""Times on the wall of a zone, and moments; pure.

In: a wall-clock time and a zone. Out: the moment in UTC, and words for it. Clocks that jump are followed: a
time that a zone skips is taken as much later as the clock jumped; of a time that comes twice, something that
begins takes the first and something that ends the second, so that nobody loses an hour. Days are added on
the wall: 23:59 stays 23:59, whatever the clock did meanwhile.
"""

import datetime
import zoneinfo
from typing import Literal

Odd = Literal["", "skipped", "twice"]


def instant(local: datetime.datetime, zone: zoneinfo.ZoneInfo, *, ends: bool) -> datetime.datetime:
    """The moment of a wall-clock time; `ends` says whether something ends then or begins."""
    first, second = _both(local, zone)
    if first > second:
        return first
    return second if ends else first


def odd(local: datetime.datetime, zone: zoneinfo.ZoneInfo) -> Odd:
    """Whether the zone's clock never shows this time, or shows it twice."""
    first, second = _both(local, zone)
    if first == second:
        return ""
    return "skipped" if first > second else "twice"


def _both(local: datetime.datetime, zone: zoneinfo.ZoneInfo) -> tuple[datetime.datetime, datetime.datetime]:
    """The two moments that a wall-clock time can mean; in a gap the first is the later one."""
    plain = local.replace(tzinfo=zone)
    first, second = plain.replace(fold=0), plain.replace(fold=1)
    return first.astimezone(datetime.UTC), second.astimezone(datetime.UTC)


def later(
    at: datetime.datetime, days: int, zone: zoneinfo.ZoneInfo, *, ends: bool = True
) -> datetime.datetime:
    """The same time on the wall some days later."""
    local = at.astimezone(zone).replace(tzinfo=None, fold=0)
    return instant(local + datetime.timedelta(days=days), zone, ends=ends) if days else at


def day(at: datetime.datetime, zone: zoneinfo.ZoneInfo) -> datetime.date:
    """The date on the wall at a moment."""
    return at.astimezone(zone).date()


def told(at: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """A moment in words, with its zone."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} ({zone.key})"
