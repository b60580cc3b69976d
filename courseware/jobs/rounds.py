"""Work that is done again and again: every few seconds, and soon after somebody says that there is some.

In: a function that does one round. Out: it is called in a thread of its own, one round after the other, with
a short rest between them, so that one round does what many wake it for. A round that fails is logged, and the
next one comes all the same.
"""

import logging
import threading
from collections.abc import Callable

from courseware import errors

REST = 0.2
"""Seconds from the end of a round to the next at least."""
log = logging.getLogger("courseware.jobs")


class Rounds:
    """A thread that does rounds until it is stopped."""

    def __init__(self, once: Callable[[], None], *, seconds: float, name: str) -> None:
        self._once, self._seconds, self._name = once, seconds, name
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def stopping(self) -> bool:
        """Whether a round should end early."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Do a round soon."""
        self._woken.set()

    def stop(self, seconds: float) -> None:
        """Begin no other round, and wait for the one that is on, so many seconds at most."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                self._once()
            except errors.Temporary as error:
                log.warning("%s: %s", self._name, error.message)
            except Exception:
                log.exception("%s: a round failed", self._name)
            self._stopping.wait(REST)
            self._woken.wait(self._seconds)
