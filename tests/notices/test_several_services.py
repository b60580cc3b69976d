"""Several services on one PostgreSQL tell people once, over real SMTP; another goes on for a killed one."""

import asyncio
import collections
import concurrent.futures
import contextlib
import datetime
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware.course import people
from courseware.mail import sender, smtp
from courseware.notices import letters, outbox, preferences, rules, signing_in
from courseware.store import database, schema_notices
from tests import builders
from tests.builders import NOW
from tests.mail import postbox
from tests.notices import told
from tests.notices.told import MINUTE

ROOT = Path(__file__).parents[2]
CLASS = 30


@pytest.fixture
def world(postgres_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(postgres_url, tmp_path)
    told.addressed(made)
    yield made
    made.close()


def class_with_digests(world: builders.World) -> list[str]:
    """So many students who want one letter a day; their addresses."""
    with world.database.write() as connection:
        made = [
            people.add(
                connection,
                world.course,
                username=f"p{n}",
                name=f"P{n}",
                email=f"p{n}@school.example",
                role="student",
                now=NOW,
            )
            for n in range(CLASS)
        ]
        for each in made:
            preferences.choose(connection, each.id, {"announcement": "daily"})
    return [str(each.email) for each in made]


class Slow(postbox.Postbox):
    """A mail server that thinks about each letter."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(0.05)
        return await super().handle_DATA(server, session, envelope)


class Telling:
    """Processes that tell, and the time by which they do."""

    def __init__(self, world: builders.World, port: int, folder: Path) -> None:
        self._clock, self.now = folder / "clock", NOW
        self.move(NOW)
        command = [sys.executable, "-m", "tests.notices.telling", world.database.address, str(port)]
        self.processes = [
            subprocess.Popen([*command, str(self._clock)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for each in self.processes:
            assert each.stdout is not None
            assert each.stdout.readline() == "tells\n"

    def move(self, to: datetime.datetime) -> None:
        """Have it be another time, for all of them at once."""
        self._clock.with_suffix(".new").write_text(to.isoformat())
        os.replace(self._clock.with_suffix(".new"), self._clock)

    def end(self) -> None:
        for each in self.processes:
            each.kill()
            each.communicate()


def until(true: Callable[[], bool], seconds: float = 25) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def of_class(world: builders.World, state: str) -> int:
    return sum(name.startswith("p") and each == state for name, each, _ in told.states(world))


def announced(world: builders.World) -> int:
    """To how many people the announcement is to be told."""
    table = schema_notices.notice
    with world.database.read() as connection:
        query = sa.select(sa.func.count()).where(table.c.kind == "announcement")
        return int(connection.execute(query).scalar_one())


def due(world: builders.World) -> datetime.datetime:
    """When the digests are due."""
    table = schema_notices.letter
    with world.database.read() as connection:
        query = sa.select(table.c.due).where(table.c.kind == "digest")
        found: datetime.datetime = max(connection.execute(query).scalars())
        return found


@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True], ids=["both live", "one is killed"])
def test_each_digest_arrives_once(world: builders.World, tmp_path: Path, killed: bool) -> None:
    addresses = class_with_digests(world)
    box = Slow()
    with postbox.listening(box) as port, contextlib.ExitStack() as ends:
        telling = Telling(world, port, tmp_path)
        ends.callback(telling.end)
        told.ask(world, world.teacher, "No class", board=True, kind="announcement", title="News")
        until(lambda: announced(world) == CLASS + 2)
        telling.move(due(world))
        until(lambda: len(box.taken) > 5)
        if killed:
            telling.processes[0].kill()
        if killed and of_class(world, "sent") < CLASS:
            until(lambda: of_class(world, "waiting") == 0)
            telling.move(due(world) + letters.STALE + MINUTE)
        until(lambda: of_class(world, "sent") == CLASS)
    times = collections.Counter(to for to, _ in box.taken if to in addresses)
    assert set(times) == set(addresses)
    # What a killed one was just handing over goes out again, and is one letter by its Message-ID.
    assert sum(times.values()) <= CLASS + killed
    assert {len(box.mailbox(each)) for each in addresses} == {1}


class Waits:
    """A mail server so slow that a claim grows old while letters wait for their turn; what it does then."""

    def __init__(self, inner: sender.Sender, then: Callable[[], None]) -> None:
        self.inner, self.then = inner, then

    @contextlib.contextmanager
    def open(self) -> Iterator[sender.Session]:
        with self.inner.open() as session:
            yield _Waits(session, self.then)


class _Waits:
    def __init__(self, session: sender.Session, then: Callable[[], None]) -> None:
        self.session, self.then = session, then

    def send(self, letter: sender.Outgoing) -> None:
        self.session.send(letter)
        self.then()


def test_a_slow_mail_server_lets_nobody_else_send_what_waits_here(world: builders.World) -> None:
    class_with_digests(world)
    told.ask(world, world.teacher, "No class", board=True, kind="announcement", title="News")
    told.read(world)
    now = [due(world)]
    box = postbox.Postbox()
    with postbox.listening(box) as port:
        server = smtp.Smtp(host="127.0.0.1", port=port, security="plain", timeout=10)
        other = told.outgoing(world, server, lambda: now[0])

        def slow() -> None:
            now[0] += letters.STALE - MINUTE
            if len(box.taken) == 4:
                outbox.run(other)

        assert outbox.run(told.outgoing(world, Waits(server, slow), lambda: now[0])) > 4
    assert max(collections.Counter(to for to, _ in box.taken).values()) == 1


def test_a_link_that_two_services_are_asked_for_is_one_letter(world: builders.World) -> None:
    address, secret = "sam@school.example", b"s" * 32
    other = database.open_at(world.database.address)

    def second() -> int:
        with other.write() as connection:
            return signing_in.asked(connection, address, secret, now=NOW)

    with concurrent.futures.ThreadPoolExecutor(1) as pool, world.database.write() as connection:
        assert signing_in.asked(connection, address, secret, now=NOW) == 1
        asked = pool.submit(second)
        with pytest.raises(TimeoutError):
            asked.result(0.3)
        connection.commit()
        assert asked.result(10) == 0
    other.close()


def test_news_that_two_services_read_at_once_is_told_once(world: builders.World) -> None:
    other = database.open_at(world.database.address)
    told.ask(world, world.teacher, "News", board=True, kind="announcement", title="News")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        end = time.monotonic() + 20
        while not told.states(world):
            assert time.monotonic() < end
            both = [pool.submit(rules.run, db, mail=True, now=NOW) for db in (world.database, other)]
            assert sum(each.result() for each in both) <= 1
    other.close()
    assert sorted(name for name, _, _ in told.states(world)) == ["kim", "sam"]
