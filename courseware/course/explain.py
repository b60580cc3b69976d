"""Why a date or a penalty is what it is, in words; pure.

In: what was decided. Out: plain sentences, for the person whom it concerns.
"""

import datetime
import zoneinfo
from typing import Literal

from courseware.course import wall

Layer = Literal["person", "group", "pace", "pace-end", "pace-shift", "lesson", "course"]
Word = Literal["opens", "due", "closes"]
_LAYERS: dict[Layer, str] = {
    "person": "a date of your own",
    "group": "the date of your group",
    "pace": "your own pace, counted from your start",
    "pace-end": "your own pace, cut off by the end of the course",
    "pace-shift": "your own pace, since you shifted your dates",
    "lesson": "the date of the lesson",
    "course": "the date of the course",
}
_WORDS: dict[Word, str] = {"opens": "Opens", "due": "Due", "closes": "Closes"}
NO_DATES = "The lesson has no dates."
SAME = "The dates of the lesson, the same for everybody."


def date(word: Word, layer: Layer, at: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """A date and where it comes from."""
    return f"{_WORDS[word]} {wall.told(at, zone)}: {_LAYERS[layer]}."


def more(days: int, cause: str) -> str:
    """Days that were added, such as by an extension."""
    return f"{count(days, 'more day')} by {cause}."


def slower(factor: float) -> str:
    """That a pace leaves more time."""
    return f"It leaves you {factor:g} times as long."


def now_due(at: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """Where a due date ended up."""
    return f"So it is due {wall.told(at, zone)}."


def closes_later(at: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """That a lesson stays open for somebody as long as it is not due."""
    return f"It stays open for you until {wall.told(at, zone)}."


def count(number: int, word: str) -> str:
    """A number of things."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def span(length: datetime.timedelta) -> str:
    """A length of time in its two largest parts; what is less than a minute is a second at least."""
    seconds = max(1, round(length.total_seconds()))
    parts = []
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(count(number, word))
    return " ".join(parts[:2])


def one(length: datetime.timedelta) -> str:
    """A length of time after "each"."""
    return span(length).removeprefix("1 ")
