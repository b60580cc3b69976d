"""One processor core for the threads of the service that take turns at Python's lock.

In: a thread. Out: it, and each thread that it starts from then on, runs on one core. Only one of them runs
Python at a time anyway. On several cores each turn wakes another core up, which costs more than the turn: the
busiest routes answer a third more requests on one (docs/explanation/architecture.md has the figures). What
grades runs in processes of its own, on all cores.
"""

import contextlib
import os
from collections.abc import Callable


def settle() -> None:
    """Let this thread stay on one core; its number comes from the process, so that several share them out."""
    cores = sorted(os.sched_getaffinity(0))
    # Where a container forbids it, the service is slower and nothing else.
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {cores[os.getpid() % len(cores)]})


def elsewhere() -> Callable[[], None]:
    """What a thread does that may start programs: it goes back to the cores that this thread has now."""
    cores = os.sched_getaffinity(0)

    def spread() -> None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, cores)

    return spread
