"""The queue inside the service: a bounded pool of threads over the rows that are not done.

In: a function that gives the key of the open work that comes next, but none of those that run. Out: each is
run at least once. Nothing is kept here: after a kill the rows are still open, and the next start finds them.
One process on a database may use it at a time: `wiring` lets one of several services find anything.
"""

import logging
import threading
from collections.abc import Callable, Collection

import sqlalchemy as sa

from courseware import errors
from courseware.jobs import port

log = logging.getLogger("courseware.jobs")
Next = Callable[[Collection[int]], int | None]
"""The key of the next work that is not in the collection."""


class Embedded:
    """See `port.Queue`."""

    def __init__(self, following: Next, *, slots: int, rescan_seconds: float = 5.0) -> None:
        self._following = following
        self._slots = slots
        self._rescan = rescan_seconds
        self._lock = threading.Condition()
        self._running: set[int] = set()
        self._stopping = False
        self._woken = True
        self._threads: list[threading.Thread] = []

    def start(self, run: port.Run) -> None:
        """Begin to run work."""
        for number in range(self._slots):
            thread = threading.Thread(target=self._work, args=(run,), name=f"job-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def announce(self, connection: sa.Connection, kind: str, *, number: int = 1) -> None:
        """Nothing: the rows themselves are looked through; see `port.Queue`."""

    def wake(self) -> None:
        """Look for work now; see `port.Queue`."""
        with self._lock:
            self._woken = True
            self._lock.notify_all()

    def stop(self, seconds: float) -> None:
        """Take nothing more; see `port.Queue`."""
        with self._lock:
            self._stopping = True
            self._lock.notify_all()
        for thread in self._threads:
            thread.join(seconds / max(1, len(self._threads)))

    def _work(self, run: port.Run) -> None:
        """One slot: take the oldest open work that no other slot has, run it, look again."""
        while True:
            key = self._take()
            if key is None:
                return
            try:
                run(key)
            except errors.Temporary as error:
                log.warning("work %s waits: %s", key, error.message)
                self._pause()
            except Exception:
                # A defect must not end the slot; the row stays open and its attempts are counted.
                log.exception("work %s broke off", key)
                self._pause()
            finally:
                with self._lock:
                    self._running.discard(key)

    def _take(self) -> int | None:
        """The next key for this slot; waits until there is one; None when it is time to stop."""
        while True:
            with self._lock:
                if self._stopping:
                    return None
                self._woken = False
                running = frozenset(self._running)
            try:
                key = self._following(running)
            except errors.CoursewareError as error:
                log.warning("the queue cannot be read: %s", error.message)
                key = None
            with self._lock:
                if key is not None and key not in self._running:
                    self._running.add(key)
                    return key
                if key is None and not self._woken and not self._stopping:
                    self._lock.wait(self._rescan)

    def _pause(self) -> None:
        """Wait a little before the next try."""
        with self._lock:
            self._lock.wait_for(lambda: self._stopping, 1.0)
