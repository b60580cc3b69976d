"""Files of people who were erased are let go of while the service runs, and how erasures ended is kept.

In: a running service. Out: a thread of its own, until the block ends; where several services stand, what two
of them do is the same as if one did it.
"""

import contextlib
from collections.abc import Iterator

from courseware import wiring
from courseware.desk import erase
from courseware.jobs import rounds

SECONDS = 600.0


@contextlib.contextmanager
def running(service: wiring.Service) -> Iterator[None]:
    """Let go of files again and again, until the block ends."""
    sweep = rounds.Rounds(
        lambda: _sweep(service),
        seconds=SECONDS,
        name="files of erased people",
    )
    sweep.start()
    try:
        yield
    finally:
        sweep.stop(20)


def _sweep(service: wiring.Service) -> None:
    now = service.clock()
    erase.sweep(service.database, service.blobs, now=now)
    erase.settle(service.database, service.state, now=now)
