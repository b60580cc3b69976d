"""The queue inside the service: everything runs, a failure is tried again, and it stops when told."""

import threading
import time
from collections.abc import Collection

from courseware import errors
from courseware.jobs import embedded


class Rows:
    """Open work as a table would list it."""

    def __init__(self, *keys: int) -> None:
        self.open = list(keys)
        self.done: list[int] = []
        self.lock = threading.Lock()

    def following(self, running: Collection[int]) -> int | None:
        with self.lock:
            return next((key for key in self.open if key not in running), None)

    def finish(self, key: int) -> None:
        with self.lock:
            self.open.remove(key)
            self.done.append(key)

    def ended(self, seconds: float = 10) -> bool:
        until = time.monotonic() + seconds
        while self.open and time.monotonic() < until:
            time.sleep(0.01)
        return not self.open


def test_work_that_is_there_at_the_start_and_later_is_run_once() -> None:
    rows = Rows(1, 2, 3)
    queue = embedded.Embedded(rows.following, slots=2, rescan_seconds=60)
    queue.start(rows.finish)
    assert rows.ended()
    rows.open.append(4)
    queue.wake()
    assert rows.ended()
    queue.stop(5)
    assert sorted(rows.done) == [1, 2, 3, 4]


def test_without_a_wake_up_a_rescan_finds_it() -> None:
    rows = Rows()
    queue = embedded.Embedded(rows.following, slots=1, rescan_seconds=0.05)
    queue.start(rows.finish)
    time.sleep(0.1)
    rows.open.append(1)
    assert rows.ended()
    queue.stop(5)


def test_what_broke_off_is_run_again() -> None:
    rows, tries = Rows(1), []

    def flaky(key: int) -> None:
        tries.append(key)
        if len(tries) == 1:
            raise errors.Temporary("away")
        if len(tries) == 2:
            raise ZeroDivisionError
        rows.finish(key)

    queue = embedded.Embedded(rows.following, slots=1, rescan_seconds=0.05)
    queue.start(flaky)
    assert rows.ended()
    queue.stop(5)
    assert tries == [1, 1, 1]


def test_stopping_waits_for_what_runs_and_takes_nothing_more() -> None:
    rows, begun, free = Rows(1, 2), threading.Event(), threading.Event()

    def slow(key: int) -> None:
        begun.set()
        free.wait(10)
        rows.finish(key)

    queue = embedded.Embedded(rows.following, slots=1)
    queue.start(slow)
    begun.wait(10)
    stopper = threading.Thread(target=queue.stop, args=(10,))
    stopper.start()
    time.sleep(0.05)
    free.set()
    stopper.join(10)
    assert rows.done == [1]
