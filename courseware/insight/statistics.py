"""What numbers of a class say; pure.

In: numbers of people, each person's own or each exercise's. Out: where their middle lies and how they are
spread, how hard an exercise is and how well it tells apart those who did well in the rest from those who did
not. Refused, by None: what too few people would decide; a number of three people is about those people.
"""

import dataclasses
import math
import statistics
from collections.abc import Sequence

FEWEST, FEWEST_TOGETHER = 5, 10
"""Below so many nothing is said of a class, and nothing of how two numbers of it go together."""
BINS = 10


@dataclasses.dataclass(frozen=True, kw_only=True)
class Spread:
    """Where shares from 0 to 1 lie: the first and last of ten parts, the quarters, the middle; and how many
    are in each of `BINS` equal parts, of which the last takes 1.
    """

    number: int
    tenth: float
    quarter: float
    median: float
    three_quarters: float
    ninth: float
    bins: tuple[int, ...]


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of all is at or below: one that was there, none between two."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(shares: Sequence[float]) -> Spread | None:
    """Where these shares lie; None for too few."""
    if len(shares) < FEWEST:
        return None
    ordered = sorted(shares)
    bins = [0] * BINS
    for each in ordered:
        # Marks above the maximum count as full, and a share such as 0.3 is in the part that begins there.
        bins[max(0, min(BINS - 1, math.floor(each * BINS + 1e-9)))] += 1
    return Spread(
        number=len(ordered),
        tenth=quantile(ordered, 0.1),
        quarter=quantile(ordered, 0.25),
        median=statistics.median(ordered),
        three_quarters=quantile(ordered, 0.75),
        ninth=quantile(ordered, 0.9),
        bins=tuple(bins),
    )


def difficulty(shares: Sequence[float]) -> float | None:
    """The mean share of the points: the higher, the easier. None for too few."""
    return statistics.fmean(shares) if len(shares) >= FEWEST else None


def discrimination(own: Sequence[float], rest: Sequence[float]) -> float | None:
    """How the points of an exercise go with those of all others, from -1 to 1; person by person in both.

    It is the correlation of an item with the rest of the test, which for an exercise that is right or
    wrong is the point-biserial one. The item is left out of the rest, or it would go with itself:
    Henrysson, Correction of item-total correlations in item analysis, Psychometrika 28 (1963), pp.
    211-218. None for too few people, and where all have the same points.
    """
    if len(own) < FEWEST_TOGETHER or _same(own) or _same(rest):
        return None
    return max(-1.0, min(1.0, statistics.correlation(own, rest)))


def _same(numbers: Sequence[float]) -> bool:
    """Whether all are equal, as far as sums of points can be told apart."""
    return max(numbers) - min(numbers) < 1e-9


def attempts(full: Sequence[bool | None]) -> int | None:
    """At which hand-in, counted from 1, somebody first had full marks; None if never. What nobody has marked
    is an attempt, too.
    """
    return next((n for n, each in enumerate(full, 1) if each), None)


def middle(numbers: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return statistics.median(numbers) if numbers else None
