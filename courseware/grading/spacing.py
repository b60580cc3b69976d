"""When a question that somebody has answered is asked again. Pure.

The rule: after a right answer the next is due 1, 3, 7, 21 and 60 days later, one step further each time it
is right when it was due; a wrong answer begins again with 1 day; after the last step it is asked no more.
The source: spaced retrieval is much better than massed (g = 0.74), while schedules that widen are no better
or worse than even ones (g = 0.03): Latimier, Peyre and Ramus, Educational Psychology Review 33 (2021). So a
short fixed table, which a student can be told, serves as well as a model of memory.
"""

import datetime
from collections.abc import Iterable

DAYS = (1, 3, 7, 21, 60)
MOST_A_DAY = 10
"""How many questions a review list has at most."""


def due(answers: Iterable[tuple[datetime.datetime, bool]]) -> datetime.datetime | None:
    """When the next answer is due after these, in the order of time; None if there are none, or no more."""
    step: int = 0
    when: datetime.datetime | None = None
    for at, right in answers:
        if not right:
            step = 0
        elif when is not None and at >= when:
            step += 1
        when = at + datetime.timedelta(days=DAYS[step]) if step < len(DAYS) else None
    return when
