"""A whole class that hands in within one minute before a deadline.

In: a running service with workers, on PostgreSQL. Out: how long each receipt took from the moment somebody
pressed the button, how the memory of the service went meanwhile, and how the queue drained afterwards.
"""

import asyncio
import collections
import dataclasses
import datetime
import hashlib
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from courseware.course import credentials, people
from courseware.store import database, schema
from tests.benchmarks import load, service
from tests.journeys import test_lab_student as lab

_T, _S = schema.grading, schema.submission
MEBIBYTE = 1 << 20


@dataclasses.dataclass(frozen=True, kw_only=True)
class Storm:
    """`receipts` are seconds from the press of the button, which waits for nobody; `memory` the resident
    bytes of the service, each half second.
    """

    receipts: tuple[float, ...]
    statuses: collections.Counter[int]
    memory: tuple[int, ...]

    @property
    def p99(self) -> float:
        """Of the receipts."""
        return sorted(self.receipts)[int(0.99 * (len(self.receipts) - 1))]

    @property
    def growth(self) -> int:
        """By how many bytes the last third of the storm went over the first two."""
        early = 2 * len(self.memory) // 3
        return max(self.memory[early:]) - max(self.memory[:early])


@dataclasses.dataclass(frozen=True, kw_only=True)
class Drained:
    """How many gradings ended how, in how many seconds after the last receipt, how many a second from the
    first to the last, and by how many places one was overtaken at most.
    """

    ended: collections.Counter[str]
    seconds: float
    per_second: float
    overtaken: int


def enrol(running: service.Running, owner: str, db: database.Database, number: int) -> list[str]:
    """So many students by a class list; a credential for each."""
    listed = "\n".join(f"s{n:05},Student {n},s{n:05}@school.example" for n in range(number))
    with running.client(owner) as client:
        client.post(
            f"/api/v1/courses/{running.course}/people/import",
            json={"csv": f"username,name,email\n{listed}\n"},
            headers={"Idempotency-Key": "class"},
            timeout=600,
        ).raise_for_status()
    now = datetime.datetime.now(datetime.UTC)
    with db.write() as connection:
        return [
            credentials.issue(
                connection,
                people.by_username(connection, f"s{n:05}"),
                course=None,
                ceiling="lab",
                label="storm",
                now=now,
                expires=None,
            )
            for n in range(number)
        ]


def hand_in(running: service.Running, tokens: Sequence[str], *, seconds: float, process: int) -> Storm:
    """All hand in, each at a moment of their own within so many seconds."""
    with running.client(running.students[0]) as client:
        book = lab.answered(service.student_notebook(client, running.course), service.LESSON)
    requests = [_request(running, token, number, book) for number, token in enumerate(tokens)]
    return asyncio.run(_all(running, requests, seconds, process))


async def _all(running: service.Running, requests: Sequence[bytes], seconds: float, process: int) -> Storm:
    moments = random.Random(len(requests))
    receipts: list[float] = []
    memory: list[int] = []
    statuses: collections.Counter[int] = collections.Counter()
    watching = asyncio.create_task(_watch(process, memory))

    async def one(request: bytes) -> None:
        await asyncio.sleep(moments.uniform(0, seconds))
        began = time.perf_counter()
        status = await _answered(running, request)
        receipts.append(time.perf_counter() - began)
        statuses[status] += 1

    await asyncio.gather(*map(one, requests))
    watching.cancel()
    return Storm(receipts=tuple(receipts), statuses=statuses, memory=tuple(memory))


async def _answered(running: service.Running, request: bytes) -> int:
    reader, writer = await asyncio.open_connection(running.host, running.port)
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    await reader.read()
    writer.close()
    return int(head.split(" ", 2)[1])


async def _watch(process: int, memory: list[int]) -> None:
    while True:
        memory.append(resident(process))
        await asyncio.sleep(0.5)


def _request(running: service.Running, token: str, number: int, book: dict[str, object]) -> bytes:
    """The bytes of one hand-in, as a Lab sends it; no two notebooks are the same."""
    data = json.dumps({**book, "metadata": {"number": number}}).encode()
    name = f"{service.LESSON}.ipynb"
    entry = {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    mark = f"storm-{number}"
    body = (
        (
            f'--{mark}\r\nContent-Disposition: form-data; name="manifest"\r\n\r\n'
            f"{json.dumps({'release': 1, 'files': [entry]})}\r\n--{mark}\r\n"
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + data
        + f"\r\n--{mark}--\r\n".encode()
    )
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Idempotency-Key": mark,
        "Connection": "close",
    }
    path = f"/api/v1/courses/{running.course}/lessons/{service.LESSON}/submissions"
    return load.request("POST", path, host=f"{running.host}:{running.port}", headers=headers, body=body)


def drain(db: database.Database, *, patience: float) -> Drained:
    """Wait until nothing waits any more.

    Raises:
        TimeoutError: it takes longer than `patience` seconds.
    """
    began, until = time.monotonic(), time.monotonic() + patience
    while (left := _left(db)) > 0:
        if time.monotonic() > until:
            raise TimeoutError(f"{left} still wait")
        time.sleep(0.2)
    seconds = time.monotonic() - began
    with db.read() as connection:
        rows = connection.execute(
            sa.select(_T.c.state, _T.c.queued, _T.c.finished).where(_T.c.current).order_by(_T.c.id)
        ).all()
    span = max(row.finished for row in rows) - min(row.queued for row in rows)
    return Drained(
        ended=collections.Counter(row.state for row in rows),
        seconds=round(seconds, 1),
        per_second=round(len(rows) / span.total_seconds(), 1),
        overtaken=_overtaken([row.finished for row in rows]),
    )


def _left(db: database.Database) -> int:
    with db.read() as connection:
        waits = sa.select(sa.func.count()).select_from(_T).where(_T.c.state.in_(("waiting", "running")))
        return int(connection.execute(waits).scalar_one())


def _overtaken(ends: Sequence[datetime.datetime]) -> int:
    """By how many places something was done later than its turn, at most."""
    order = sorted(range(len(ends)), key=lambda at: ends[at])
    return max(place - at for place, at in enumerate(order))


def kept(db: database.Database, files: Path) -> int:
    """The bytes of the database and of the files beside it."""
    with db.read() as connection:
        rows = int(connection.execute(sa.text("select pg_database_size(current_database())")).scalar_one())
    return rows + sum(each.stat().st_size for each in files.rglob("*") if each.is_file())


def resident(process: int) -> int:
    """The resident memory of a process, in bytes."""
    told = Path(f"/proc/{process}/status").read_text().partition("VmRSS:")[2]
    return int(told.split()[0]) << 10
