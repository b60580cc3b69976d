"""What a queue is to the rooms above: work is announced in the transaction of its row, and run later, at
least once.
"""

from collections.abc import Callable
from typing import Protocol

Run = Callable[[int], None]
"""Does the work of a key; it may be called twice for one key and must then do nothing the second time."""


class Queue(Protocol):
    """Runs work."""

    def wake(self) -> None:
        """Say that there may be something to do; call it after the transaction that made it."""

    def start(self, run: Run) -> None:
        """Begin to run work."""

    def stop(self, seconds: float) -> None:
        """Take nothing more and wait for what runs, so many seconds at most."""
