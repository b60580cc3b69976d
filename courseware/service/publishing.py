"""Drafts are published at their time while the service runs.

In: a running service. Out: a thread, until the block ends; where several services stand, one of them does it.
"""

import contextlib
from collections.abc import Iterator

from courseware import wiring
from courseware.desk import publish_later, release
from courseware.jobs import rounds
from courseware.store import alone

SECONDS = 10.0


@contextlib.contextmanager
def running(service: wiring.Service) -> Iterator[None]:
    """Publish what is due, again and again, until the block ends."""
    with alone.Alone(service.database, "planned releases") as only:

        def once() -> None:
            if only.is_ours():
                publish_later.run(tools(service), now=service.clock())

        made = rounds.Rounds(once, seconds=SECONDS, name="planned releases")
        made.start()
        try:
            yield
        finally:
            made.stop(20)


def tools(service: wiring.Service) -> release.Tools:
    """What a release is made with."""
    return release.Tools(
        database=service.database,
        blobs=service.blobs,
        sandbox=service.sandbox,
        limits=service.worker.limits,
        usual=service.course_quota,
    )
