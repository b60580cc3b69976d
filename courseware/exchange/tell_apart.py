"""Tell exercises of one title apart.

In: the exercises of a release. Out: the same; those that share their title, as two below one heading do, have
their key in it. It is for people who look at a list, and is not stored.
"""

import collections
import dataclasses
from collections.abc import Sequence

from courseware.exchange import model


def exercises(found: Sequence[model.Exercise]) -> tuple[model.Exercise, ...]:
    """The exercises, each with a title of its own."""
    several = collections.Counter(each.title for each in found)
    return tuple(
        dataclasses.replace(each, title=f"{each.title} ({each.key})") if several[each.title] > 1 else each
        for each in found
    )
