"""What a queue is to the rooms above: work is announced in the transaction of its row, and run later, at
least once.
"""

from collections.abc import Callable
from typing import Protocol

import sqlalchemy as sa

Run = Callable[[int], None]
"""Does the work of a key; it may be called twice for one key and must then do nothing the second time."""


class Queue(Protocol):
    """Runs work, or has it run."""

    def announce(self, connection: sa.Connection, kind: str, *, number: int = 1) -> None:
        """Say that there will be so much more work of a kind once this transaction is committed."""

    def wake(self) -> None:
        """Say that there may be something to do; call it after the transaction that made it."""

    def stop(self, seconds: float) -> None:
        """Take nothing more and wait for what runs, so many seconds at most."""
