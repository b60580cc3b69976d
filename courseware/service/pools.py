"""The threads of a service: bounded, so that what is too much is refused and not piled up.

In: work that waits for a disk or for somebody else. Out: its result, awaited. Refused: more than so many
pieces of work that wait already.
"""

import asyncio
import concurrent.futures
import contextvars
from collections.abc import Callable
from typing import TypeVar

from courseware import errors
from courseware.service import affinity, call

T = TypeVar("T")
MAX_WAITING = 256
_LONG, _WRITERS = 2, 4


class Pool:
    """A bounded number of threads with a bounded queue in front; `first` is what each does when it begins.
    What they log is known to belong to the request they work for.
    """

    def __init__(self, threads: int, first: Callable[[], None] | None = None) -> None:
        self._pool = concurrent.futures.ThreadPoolExecutor(
            threads, thread_name_prefix="service", initializer=first
        )
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Run blocking work; refuse it while too much is waiting.

        Raises:
            Temporary: the service has more to do than it can.
        """
        if self._waiting >= MAX_WAITING:
            raise errors.Temporary("The service is busy. Try again in a moment.")
        self._waiting += 1
        try:
            context = contextvars.copy_context()
            return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: context.run(work))
        finally:
            self._waiting -= 1

    @property
    def busy(self) -> bool:
        """Whether something runs or waits."""
        return self._waiting > 0

    def close(self) -> None:
        """Wait for what runs."""
        self._pool.shutdown(wait=True)


class Pools:
    """The threads of a service: a few that read, who get in each other's way little; more that write, who
    mostly wait for the disk and hold up nobody who reads; two for what takes seconds; and one for what needs
    no database, so that it waits for nobody who does.
    """

    def __init__(self, readers: int) -> None:
        self.reading, self._writing = Pool(readers), Pool(_WRITERS * readers)
        self._long = Pool(_LONG, affinity.elsewhere())
        self._apart = Pool(1)
        self._all = (self.reading, self._writing, self._long, self._apart)

    def of(self, route: call.Route) -> Pool:
        """Where a route is done."""
        if route.long:
            return self._long
        if route.mode == "none":
            return self._apart
        return self.reading if route.mode == "read" else self._writing

    @property
    def busy(self) -> bool:
        """Whether something runs or waits."""
        return any(pool.busy for pool in self._all)

    def close(self) -> None:
        """Wait for what runs."""
        for pool in self._all:
            pool.close()
