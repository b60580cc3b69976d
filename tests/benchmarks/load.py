"""Load on one address: many kept connections, one request after the other on each.

In: host, port and what one client sends. Out: requests per second and the times they took. Written on bare
streams because the ready-made clients cost more than the service that is measured.
"""

import asyncio
import dataclasses
import statistics
import time
from collections.abc import Callable

Request = Callable[[int, int], bytes]  # (client, number) -> the bytes of one request


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """What came of it; milliseconds are those of the caller."""

    per_second: float
    p50_ms: float
    p99_ms: float
    requests: int
    statuses: dict[int, int]


def request(method: str, path: str, *, host: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def press(host: str, port: int, make: Request, *, clients: int, seconds: float) -> Result:
    """Send for so many seconds from so many clients."""
    return asyncio.run(_press(host, port, make, clients, seconds))


async def _press(host: str, port: int, make: Request, clients: int, seconds: float) -> Result:
    times: list[float] = []
    statuses: dict[int, int] = {}
    started = time.perf_counter()
    end = started + seconds
    await asyncio.gather(*(_client(host, port, make, n, (end, times, statuses)) for n in range(clients)))
    took = time.perf_counter() - started
    ordered = sorted(times)
    return Result(
        per_second=round(len(times) / took, 1),
        p50_ms=round(statistics.median(ordered) * 1000, 2),
        p99_ms=round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
        requests=len(times),
        statuses=statuses,
    )


async def _client(
    host: str, port: int, make: Request, client: int, shared: tuple[float, list[float], dict[int, int]]
) -> None:
    end, times, statuses = shared
    reader, writer = await asyncio.open_connection(host, port)
    number = 0
    while time.perf_counter() < end:
        began = time.perf_counter()
        writer.write(make(client, number))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next(
            (line for line in head.split("\r\n") if line.lower().startswith("content-length:")), ":0"
        )
        await reader.readexactly(int(length.split(":")[1]))
        times.append(time.perf_counter() - began)
        status = int(head.split(" ", 2)[1])
        statuses[status] = statuses.get(status, 0) + 1
        number += 1
    writer.close()
    await writer.wait_closed()
