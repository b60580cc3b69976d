"""Who waits for the disk holds up nobody who reads."""

import asyncio
import dataclasses
import threading

from courseware.service import pools as threads
from courseware.service import routes


def test_a_question_is_answered_while_all_who_write_wait() -> None:
    post = next(route for route in routes.API if route.mode == "write")
    question = next(route for route in routes.API if route.mode == "read")
    disk = threading.Event()

    async def both() -> None:
        pools = threads.Pools(1)
        waiting = [asyncio.ensure_future(pools.of(post).run(lambda: disk.wait(30))) for _ in range(20)]
        try:
            told = pools.of(question).run(lambda: "answer")
            assert await asyncio.wait_for(told, 20) == "answer"
            slow = dataclasses.replace(question, long=True)
            assert await asyncio.wait_for(pools.of(slow).run(lambda: "release"), 20) == "release"
            assert pools.busy
        finally:
            disk.set()
            assert all(await asyncio.gather(*waiting))
            pools.close()
        assert not pools.busy

    asyncio.run(both())
