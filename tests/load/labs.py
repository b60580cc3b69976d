"""Many open Labs, each of which asks for what is new as often as it was told to.

In: a running service and a credential for each Lab. Out: what share of one core the service needs for them.
"""

import asyncio
import collections
import dataclasses
import json
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import load, service

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Share:
    """How many asked in all, how they were answered, and the share of one core (1.0: all of it)."""

    asked: int
    statuses: collections.Counter[int]
    core: float


def ask(running: service.Running, tokens: Sequence[str], *, seconds: float, process: int) -> Share:
    """One Lab for each credential, for so many seconds."""
    return asyncio.run(_all(running, tokens, seconds, process))


async def _all(running: service.Running, tokens: Sequence[str], seconds: float, process: int) -> Share:
    statuses: collections.Counter[int] = collections.Counter()
    first = time.monotonic()
    used, end = processor_seconds(process), first + seconds
    await asyncio.gather(*(_lab(running, token, end, statuses) for token in tokens))
    took = time.monotonic() - first
    return Share(
        asked=statuses.total(),
        statuses=statuses,
        core=round((processor_seconds(process) - used) / took, 3),
    )


async def _lab(running: service.Running, token: str, end: float, statuses: collections.Counter[int]) -> None:
    """One that was opened at some moment, keeps its connection and asks again when it is told to."""
    host = f"{running.host}:{running.port}"
    request = load.request(
        "GET",
        f"/api/v1/pulse?course={running.course}",
        host=host,
        headers={"Authorization": f"Bearer {token}"},
    )
    wait = random.Random(token).uniform(0, end - time.monotonic())
    reader, writer = await asyncio.open_connection(running.host, running.port)
    while (at := time.monotonic() + wait) < end:
        await asyncio.sleep(at - time.monotonic())
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = head.lower().partition("content-length:")[2].split()[0]
        wait = json.loads(await reader.readexactly(int(length)))["next_seconds"]
        statuses[int(head.split(" ", 2)[1])] += 1
    writer.close()


def processor_seconds(process: int) -> float:
    """What a process has used, with those children of its that have ended."""
    told = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, told[11:15])) / _TICKS
