"""How often work is taken, when the next may come, and which hand-in counts; pure.

In: the rules of a lesson and what was handed in. Out: one sentence of refusal, or none; and the hand-in that
counts: the latest on time, else the latest (`last`); the best, of equals the later (`best`); the one that its
author chose, else as `last` (`chosen`).
"""

import dataclasses
import datetime
from collections.abc import Iterable, Sequence

from courseware.course import explain, rules


@dataclasses.dataclass(frozen=True, kw_only=True)
class Candidate:
    """A hand-in that may count, by its `key`, which later ones have larger; `score` is what it is worth after
    any penalty, None before it was marked.
    """

    key: int
    received: datetime.datetime
    late: bool
    score: float | None = None
    chosen: bool = False


def refusal(
    policy: rules.Attempts,
    earlier: Sequence[datetime.datetime],
    *,
    extra: int = 0,
    now: datetime.datetime,
) -> str:
    """Why nothing can be handed in now; empty if it can. `earlier` are the times of what came before."""
    if policy.limit is not None and len(earlier) >= policy.limit + extra:
        most = policy.limit + extra
        return (
            f"You have handed in {explain.count(len(earlier), 'time')}, and {most} is all that is taken here."
        )
    if not earlier or len(earlier) < policy.free or not policy.cooldown:
        return ""
    # A clock that once stood ahead must not lock anybody out for longer than the cool-down.
    again = min(max(earlier), now) + policy.cooldown
    if now >= again:
        return ""
    wait = explain.span(again - now)
    return f"The next hand-in is taken in {wait}: here, {explain.span(policy.cooldown)} lie between two."


def left(policy: rules.Attempts, used: int, *, extra: int = 0) -> int | None:
    """How many hand-ins are still taken; None if there is no limit."""
    return None if policy.limit is None else max(0, policy.limit + extra - used)


def counting(counts: rules.Counts, handed_in: Iterable[Candidate]) -> Candidate | None:
    """The hand-in that counts; None if there is none."""
    found = list(handed_in)
    if counts == "chosen":
        chosen = [each for each in found if each.chosen]
        found = chosen or found
    if counts == "best":
        return max(found, key=lambda c: (c.score is not None, c.score or 0.0, _last(c)), default=None)
    return max(found, key=_last, default=None)


def _last(each: Candidate) -> tuple[bool, datetime.datetime, int]:
    """The order in which the last counts: whatever is on time before what is late."""
    return not each.late, each.received, each.key


def replaceable(counts: rules.Counts) -> bool:
    """Whether a newer hand-in can make an older one of the same lateness worthless for good."""
    return counts == "last"
