"""What runs inside the service when no grading waits: checks, then regrades that are tried out.

In: the keys that run. Out: the key of what comes next, below zero, so that it is none of a grading; of checks
even, of trials odd.
"""

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from courseware.grading import course_checks, run, trials, try_out


def unfinished(connection: sa.Connection) -> Iterator[int]:
    """What is not done, the next first."""
    yield from (-2 * key for key in course_checks.unfinished(connection))
    yield from (-2 * key - 1 for key in trials.unfinished(connection))


def following(connection: sa.Connection, running: Collection[int]) -> int | None:
    """What comes next and does not run yet."""
    return next((key for key in unfinished(connection) if key not in running), None)


def perform(worker: run.Worker, key: int) -> None:
    """Do it."""
    if key % 2:
        try_out.perform(worker, (-key - 1) // 2)
    else:
        course_checks.perform(worker, -key // 2)
