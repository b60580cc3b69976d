"""Drafts are published at their time while the service runs, and tried with wrong answers when staff ask.

In: a running service. Out: a thread for each, until the block ends; where several services stand, one of
them does it.
"""

import contextlib
from collections.abc import Callable, Iterator

from courseware import wiring
from courseware.desk import audit_drafts, publish_later, release
from courseware.jobs import rounds
from courseware.store import alone

SECONDS = 10.0
AUDIT_SECONDS = 2.0


@contextlib.contextmanager
def running(service: wiring.Service) -> Iterator[None]:
    """Publish what is due, and try what waits, again and again, until the block ends."""

    def publish() -> None:
        publish_later.run(tools(service), now=service.clock())

    def audit() -> None:
        audit_drafts.run(tools(service))

    with (
        _alone(service, publish, seconds=SECONDS, name="planned releases"),
        _alone(service, audit, seconds=AUDIT_SECONDS, name="wrong answers"),
    ):
        yield


@contextlib.contextmanager
def _alone(service: wiring.Service, act: Callable[[], None], *, seconds: float, name: str) -> Iterator[None]:
    """Rounds of which one service does each."""
    with alone.Alone(service.database, name) as only:

        def once() -> None:
            if only.is_ours():
                act()

        made = rounds.Rounds(once, seconds=seconds, name=name)
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
