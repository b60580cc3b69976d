"""Who may need a word, on 500 people whose ways are planted: how many of those who leave are named in time,
and how many who are named stay after all. The figures are printed; nobody is ranked.
"""

import dataclasses
import datetime
import random

from courseware.insight import attention
from tests.builders import NOW

PEOPLE, SEED, LOOKED = 500, 11, 18
"""People, and the day on which staff look: the first two lessons were due on days 7 and 14."""
DUE = {"One": 7, "Two": 14}
ABSENT, EARLY, LATER, SKIPPED = 0.05, 0.07, 0.05, 0.05
"""Shares: who never comes, who leaves after the first lesson and after the second; and how often a lesson is
left out by somebody who stays.
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Planted:
    """Somebody: the last lesson that they are there for (0: none), and the days of their hand-ins."""

    stays: bool
    leaves_after: int
    handed: dict[str, int]

    @property
    def known(self) -> attention.Known:
        """What the course knows of them on the day."""
        began = NOW - datetime.timedelta(days=LOOKED)
        days = self.handed.values()
        return attention.Known(
            began=began,
            opened=self.leaves_after > 0,
            last=began + datetime.timedelta(days=max(days)) if days else None,
            missing=tuple(title for title in DUE if title not in self.handed),
        )


def planted(chance: random.Random) -> Planted:
    way, leaves = chance.random(), 3
    for number, share in enumerate((ABSENT, EARLY, LATER)):
        if way < share:
            leaves = number
            break
        way -= share
    handed = {
        title: due - chance.randrange(4)
        for number, (title, due) in enumerate(DUE.items(), start=1)
        if number <= leaves and chance.random() >= SKIPPED
    }
    return Planted(stays=leaves == 3, leaves_after=leaves, handed=handed)


def test_who_leaves_is_named_in_time() -> None:
    chance = random.Random(SEED)
    people = [planted(chance) for _ in range(PEOPLE)]
    named = [each for each in people if attention.reasons(each.known, now=NOW)]
    leaving = [each for each in people if not each.stays]
    right = sum(not each.stays for each in named)
    precision, recall = right / len(named), right / len(leaving)
    print(f"\na word: precision {precision:.3f}, recall {recall:.3f}; {len(leaving)} of {PEOPLE} leave")
    assert precision >= 0.6
    assert recall >= 0.6
    early = [each for each in leaving if each.leaves_after < 2]
    assert all(each in named for each in early), "who is gone already is never overlooked"
    assert not any(len(each.handed) == len(DUE) for each in named), "who did everything is left in peace"
