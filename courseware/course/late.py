"""What late work loses; pure.

In: a policy, how late the work came, and how many late days are left. Out: the share of its points that it
loses, the days taken from the bank, and why, in words.
"""

import dataclasses
import datetime
import math

from courseware.course import explain, rules


@dataclasses.dataclass(frozen=True, kw_only=True)
class Penalty:
    """`percent` of the points that the work earned is taken off; `days` of the bank are spent."""

    percent: float = 0.0
    days: int = 0
    why: str = ""

    def after(self, score: float) -> float:
        """What is left of a score."""
        return score * (100.0 - self.percent) / 100.0


NONE = Penalty()


def penalty(policy: rules.Late, seconds: int, *, left: int = 0, forgiven: bool = False) -> Penalty:
    """What work loses that came so many seconds late; `left` is what the bank still has."""
    if seconds <= 0:
        return NONE
    late = datetime.timedelta(seconds=seconds)
    told = f"It came {explain.span(late)} late"
    if forgiven:
        return Penalty(why=f"{told}; this was forgiven.")
    if policy.kind == "accept":
        return Penalty(why=f"{told}; late work loses nothing here.")
    if late <= policy.grace:
        return Penalty(why=f"{told}, within the grace of {explain.span(policy.grace)}.")
    days = min(math.ceil(late / rules.DAY), left)
    if policy.kind == "zero" and days * rules.DAY < late:
        days = 0
    rest = late - days * rules.DAY
    if days:
        told = (
            f"{told}; {explain.count(days, 'late day')} of {left} left cover {explain.span(days * rules.DAY)}"
        )
    if rest <= datetime.timedelta():
        return Penalty(days=days, why=f"{told}.")
    if policy.kind == "zero":
        return Penalty(percent=100.0, why=f"It came {explain.span(late)} late; late work gets 0 points.")
    begun = math.ceil(rest / policy.every)
    taken = min(begun * policy.percent, 100.0 - policy.floor)
    words = f"{told}: {policy.percent:g} % off for each {explain.one(policy.every)} begun, {taken:g} % in all"
    if policy.floor and taken < begun * policy.percent:
        words = f"{words}, since late work keeps at least {policy.floor:g} %"
    return Penalty(percent=taken, days=days, why=f"{words}.")
