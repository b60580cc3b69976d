"""When a service that a Lab started may end by itself: nobody has asked for a while, and nothing waits.

In: requests as they are answered, and whether there is work. Out: the moment to end. A service that people
started themselves has no such moment.
"""

import asyncio
import time
from collections.abc import Callable

LOOK_SECONDS = 5.0


class Watch:
    """How long it is since somebody asked; work in hand counts as somebody asking."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._last = clock()

    def touch(self) -> None:
        """Somebody asked."""
        self._last = self._clock()

    def over(self, *, busy: Callable[[], bool]) -> bool:
        """Whether it is time to end. `busy` is asked only when nobody has been there for long enough."""
        if not self._seconds or self._clock() - self._last < self._seconds:
            return False
        if busy():
            self.touch()
            return False
        return True

    async def wait(self, busy: Callable[[], bool]) -> None:
        """Until it is over; for ever if it never is."""
        pause = min(LOOK_SECONDS, max(0.1, self._seconds / 4)) if self._seconds else LOOK_SECONDS
        while not await asyncio.to_thread(lambda: self.over(busy=busy)):
            await asyncio.sleep(pause)
