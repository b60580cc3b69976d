"""What waits for staff, and how long it takes until somebody answers.

In: a member of staff. Out: open questions that they may see, those that nobody answered first, the oldest
first; and the times of the course until a first answer.
"""

import bisect
import dataclasses
import datetime
import math
from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.course import permissions
from courseware.discussion import model, shown, sight, threads

Claimed = Literal["all", "mine", "nobody"]
DAYS = 90


@dataclasses.dataclass(frozen=True, kw_only=True)
class Times:
    """How long questions of the last `DAYS` days took until somebody else wrote, in seconds; None before the
    first answer. `waiting` are open ones without any.
    """

    answered: int
    waiting: int
    median: float | None
    ninth: float | None


def waiting(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    *,
    claimed: Claimed = "all",
    cursor: str | None = None,
    now: datetime.datetime,
) -> model.Threads:
    """Open questions that the viewer looks after: those without an answer first, then the oldest.

    Raises:
        UserError: the viewer is not staff, or not here as staff.
    """
    permissions.check(viewer, permissions.Action.MODERATE)
    asks = threads.waits() & sight.taught(viewer)
    chosen: dict[Claimed, sa.ColumnElement[bool]] = {
        "all": sa.true(),
        "mine": threads.T.c.claimed_by == viewer.person.id,
        "nobody": threads.T.c.claimed_by.is_(None),
    }
    rows = threads.oldest(connection, viewer, asks & chosen[claimed], cursor=cursor, now=now)
    more = len(rows) > threads.PAGE
    rows = rows[: threads.PAGE]
    return model.Threads(
        threads=shown.all_threads(connection, viewer, rows),
        next=threads.place_of(rows[-1]) if more else None,
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answered:
    """The same until somebody of staff wrote: `within` counts those that took at most as many hours as
    `STEPS` says, each in the first step that holds it, and at last those that took longer; `oldest` is how
    long the oldest one that is open has waited for staff, `waiting` how many do.
    """

    within: tuple[int, ...]
    median: float | None
    ninth: float | None
    waiting: int
    oldest: float | None


def asking(
    connection: sa.Connection, viewer: course_model.Viewer, *, now: datetime.datetime
) -> dict[int, datetime.datetime]:
    """Who (a key) waits for a first answer, and since when; only of what the viewer looks after.

    Raises:
        UserError: the viewer may not know who asked anonymously.
    """
    permissions.check(viewer, permissions.Action.SEE_NAMES)
    return threads.unanswered_of(connection, viewer, now=now)


STEPS = (1, 6, 24, 72, 168)


def by_staff(connection: sa.Connection, viewer: course_model.Viewer, *, now: datetime.datetime) -> Answered:
    """How quick staff are; only of what the viewer looks after."""
    since = now - datetime.timedelta(days=DAYS)
    told = threads.first_answers(connection, viewer, since, now=now)
    took = sorted((each.by_staff - each.created).total_seconds() for each in told if each.by_staff)
    waits = [
        (now - each.created).total_seconds() for each in told if not each.by_staff and each.state == "open"
    ]
    within = [0] * (len(STEPS) + 1)
    for each in took:
        within[bisect.bisect_left(STEPS, each / 3600)] += 1
    return Answered(
        within=tuple(within),
        median=_at(took, 0.5),
        ninth=_at(took, 0.9),
        waiting=len(waits),
        oldest=max(waits, default=None),
    )


def times(connection: sa.Connection, viewer: course_model.Viewer, *, now: datetime.datetime) -> Times:
    """How quick the course is; only of what the viewer looks after."""
    since = now - datetime.timedelta(days=DAYS)
    told = threads.first_answers(connection, viewer, since, now=now)
    took = sorted((each.answered - each.created).total_seconds() for each in told if each.answered)
    return Times(
        answered=len(took),
        waiting=sum(1 for each in told if each.answered is None and each.state == "open"),
        median=_at(took, 0.5),
        ninth=_at(took, 0.9),
    )


def _at(ordered: Sequence[float], share: float) -> float | None:
    """The value that this share of all is at or below."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None
