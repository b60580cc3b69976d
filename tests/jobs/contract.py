"""What every queue does: what is announced is run, what broke off is run again, and it stops when told."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

Do = Callable[[int], None]


class Rows:
    """Open work as a table would list it; each row is taken by one slot at a time."""

    def __init__(self, *keys: int) -> None:
        self.open = list(keys)
        self.taken: set[int] = set()
        self.done: list[int] = []
        self.lock = threading.Lock()

    def add(self, key: int) -> None:
        with self.lock:
            self.open.append(key)

    def take(self) -> int | None:
        """The first that nobody has."""
        with self.lock:
            found = next((key for key in self.open if key not in self.taken), None)
            if found is not None:
                self.taken.add(found)
            return found

    def give_back(self, key: int) -> None:
        with self.lock:
            self.taken.discard(key)

    def finish(self, key: int) -> None:
        with self.lock:
            self.open.remove(key)
            self.done.append(key)

    def ended(self, seconds: float = 20) -> bool:
        until = time.monotonic() + seconds
        while self.open and time.monotonic() < until:
            time.sleep(0.01)
        return not self.open


class Site(Protocol):
    """A queue with rows; `announce` says that there is one more."""

    rows: Rows

    def start(self, do: Do) -> None: ...
    def announce(self) -> None: ...
    def stop(self, seconds: float) -> None: ...
