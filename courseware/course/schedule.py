"""Which dates hold for one person and lesson, and why; pure. The one resolver: nothing else decides about
dates.

In: the lesson's dates. Out: what holds, and at a given moment the lesson's state. Person, group and pace
come in between when courses have them.
"""

import datetime
from typing import Literal

from courseware.course import model

State = Literal["not-open", "open", "late", "closed"]


def resolve(lesson: model.Dates) -> model.Dates:
    """The dates that hold for a person."""
    known = any((lesson.opens, lesson.due, lesson.closes))
    return model.Dates(
        opens=lesson.opens,
        due=lesson.due,
        closes=lesson.closes,
        why="The dates of the lesson, the same for everybody." if known else "The lesson has no dates.",
    )


def state(dates: model.Dates, now: datetime.datetime) -> State:
    """What a lesson is to a person now."""
    if dates.opens is not None and now < dates.opens:
        return "not-open"
    if dates.closes is not None and now >= dates.closes:
        return "closed"
    if dates.due is not None and now > dates.due:
        return "late"
    return "open"


def late_seconds(dates: model.Dates, received: datetime.datetime) -> int:
    """How late work is that comes in at a moment; 0 if it is not."""
    if dates.due is None or received <= dates.due:
        return 0
    return max(1, int((received - dates.due).total_seconds()))
