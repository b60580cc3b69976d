"""What a queue is to the rooms above: work is announced in the transaction of its row, and run later, at
least once.
"""

import dataclasses
from collections.abc import Callable, Collection
from typing import Protocol

import sqlalchemy as sa

Run = Callable[[int], None]
"""Does the work of a key; it may be called twice for one key and must then do nothing the second time."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kind:
    """Work of one kind. `do` does the next for the job of a number, first of all what that job began already;
    `waiting` tells how much waits for a job, `held` which jobs run some, and `let_go` hears which of them are
    gone. What is `behind` is done only when nothing else waits.
    """

    do: Callable[[int], None]
    waiting: Callable[[], int]
    held: Callable[[], Collection[int]]
    let_go: Callable[[Collection[int]], None]
    behind: bool = False


class Queue(Protocol):
    """Runs work, or has it run."""

    def announce(self, connection: sa.Connection, kind: str, *, number: int = 1) -> None:
        """Say that there will be so much more work of a kind once this transaction is committed."""

    def wake(self) -> None:
        """Say that there may be something to do; call it after the transaction that made it."""

    def stop(self, seconds: float) -> None:
        """Take nothing more and wait for what runs, so many seconds at most."""
