"""Somebody's dates as a calendar that a phone subscribes to (iCalendar, RFC 5545).

In: due dates in UTC, with how often each was changed. Out: bytes. An event keeps its UID for ever and its
SEQUENCE grows with each change, so that a calendar moves it instead of adding another. Titles are words of
other people: they stay one line of text.
"""

import dataclasses
import datetime
from collections.abc import Iterable

MEDIA_TYPE = "text/calendar; charset=utf-8"
AGAIN = datetime.timedelta(hours=1)
"""How often a calendar should look."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Due:
    """A lesson that is due; `uid` names it in this person's calendar for ever."""

    uid: str
    title: str
    due: datetime.datetime
    revision: int
    url: str


def calendar(name: str, events: Iterable[Due], *, now: datetime.datetime) -> bytes:
    """The calendar of a course.

    Args:
        name: the course's title.
        events: what is due; times are UTC.
        now: when it is asked for; the stamp of all events.
    """
    import icalendar

    made = icalendar.Calendar()
    made.add("prodid", "-//courseware//dates//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _line(name))
    made.add("refresh-interval", AGAIN, parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for each in events:
        event = icalendar.Event()
        event.add("uid", each.uid)
        event.add("sequence", each.revision)
        event.add("dtstamp", now)
        event.add("dtstart", each.due.astimezone(datetime.UTC))
        event.add("summary", _line(each.title))
        event.add("description", _line(name))
        event.add("url", each.url)
        # Something to be done by then keeps nobody from being met at that hour.
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return bytes(made.to_ical())


def _line(text: str) -> str:
    """One line of plain text."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
