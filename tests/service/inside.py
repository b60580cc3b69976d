"""The service on a small world, in a thread of this very process: real HTTP, a clock of its own.

In: a world of `builders`. Out: a place to send requests to, as API or as pages, under a credential.
"""

import asyncio
import contextlib
import dataclasses
import datetime
import functools
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from courseware import settings, wiring
from courseware.course import credentials, model, recorder
from courseware.grading import turns
from courseware.notices import compose, teller
from courseware.service import app, identity, render, vouching
from tests import builders, trust
from tests.journeys import test_lab_student as lab

TICK = datetime.timedelta(seconds=20)
_PLAIN = {"Accept-Encoding": "identity"}  # both ends are this process: packing would cost it twice


@dataclasses.dataclass
class Inside:
    """A served world; each request comes 20 seconds after the one before."""

    world: builders.World
    port: int
    now: datetime.datetime
    client: httpx.Client
    telling: teller.Teller | None = None
    recording: recorder.Recorder = dataclasses.field(init=False)
    vouched: vouching.Vouching | None = None

    def clock(self) -> datetime.datetime:
        """The service's time."""
        return self.now

    def token(self, person: model.Person, ceiling: model.Ceiling, course: model.Course | None = None) -> str:
        """A fresh credential of somebody."""
        with self.world.database.write() as connection:
            return credentials.issue(
                connection,
                person,
                course=course or self.world.course,
                ceiling=ceiling,
                label="",
                now=self.now,
                expires=None,
            )

    def ask(self, token: str, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """One request: JSON to the API, a form to the pages."""
        self.now += TICK
        headers: dict[str, str] = {"Authorization": f"Bearer {token}"} if token else {}
        if path.startswith("/api/"):
            headers["Idempotency-Key"] = f"{self.now:%d%H%M%S}"
            more["json"] = body
        else:
            headers["Host"] = f"c.courseware.localhost:{self.port}"
            more["data"] = body
        headers |= more.pop("headers", {})
        if method == "GET":
            more = {}
        return self.client.request(method, path, headers=headers, **more)


def unpacked(answer: httpx.Response) -> str:
    """The text of an answer, of a zip that of all that is in it: packed, ids that differ make all differ."""
    if answer.headers.get("Content-Type") != "application/zip":
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "\n".join(f"{name}\n{archive.read(name).decode()}" for name in archive.namelist())


def _service(inside: Inside, folder: Path, queue: Any, worker: Any) -> wiring.Service:
    """What a service works with, on a world and its clock."""
    world = inside.world
    office = compose.Office(sender="c@school.example", reply="", base="", secret=b"s" * 32)
    inside.recording = recorder.Recorder(world.database, inside.clock, keep_days=400, tidies=lambda: True)
    inside.telling = telling = teller.Teller(world.database, inside.clock, None, office)
    return wiring.Service(
        database=world.database,
        blobs=world.blobs,
        keys=world.keys,
        queue=queue,
        turns=turns.Turns(),
        worker=worker,
        clock=inside.clock,
        state=folder,
        mail_secret=b"s" * 32,
        teller=telling,
        recorder=inside.recording,
    )


@functools.cache
def _usual() -> render.Renderer:
    """The pages in all their languages: reading and compiling them takes longer than most tests ask for."""
    return render.Renderer()


@contextlib.contextmanager
def serving(
    world: builders.World,
    folder: Path,
    *,
    now: datetime.datetime,
    queue: Any = None,
    worker: Any = None,
    renderer: render.Renderer | None = None,
    hub: settings.Hub | None = None,
    port: int = 0,
    limits: settings.Limits | None = None,
) -> Iterator[Inside]:
    """Serve until the block ends; `queue` and `worker` only where work is handed in or released, `renderer`
    where pages are in a language of the test, `hub` and `port` where people come from a Hub that knows the
    port, `limits` where not the usual ones hold.
    """
    port = port or lab.free_port()
    place = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=place, timeout=60, verify=trust.known(), headers=_PLAIN) as client:
        inside = Inside(world=world, port=port, now=now, client=client)
        service = _service(inside, folder, queue, worker)
        started, stop = threading.Event(), threading.Event()

        async def serve() -> None:
            hosts = identity.hosts("", "", "c", port)
            with vouching.running(service, hub or settings.Hub(), hosts) as vouched:
                inside.vouched = vouched
                await listen(hosts, vouched)

        async def listen(hosts: identity.Hosts, vouched: vouching.Vouching | None) -> None:
            made = app.application(
                service, hosts, threads=2, renderer=renderer or _usual(), hub=vouched, told=limits
            )
            server, _ = app.serve_on(made, "127.0.0.1", port)
            started.set()
            while not stop.is_set():
                await asyncio.sleep(0.05)
            server.stop()
            await server.close_all_connections()
            made.settings["pools"].close()

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        assert started.wait(30)
        try:
            yield inside
        finally:
            stop.set()
            thread.join(30)
            inside.recording.stop(30)
