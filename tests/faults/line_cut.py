"""The line between a service and its database is cut while a class hands in: packets vanish, nobody refuses
them. Who asks meanwhile is told to try again, soon; then it goes on, and each promise is marked once.

Run by `test_line_cut`, which gives it the right to make network interfaces.
"""

import concurrent.futures
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.store import database
from tests.benchmarks import service
from tests.faults import link, server
from tests.journeys import test_soak as soak

CUTS, AWAY = (10, 20.0) if soak.FULL else (1, 10.0)
RUNNERS = ["service", "workers"] if soak.FULL else ["workers"]
CLASS = 60  # who ask at once while the line is cut, more than there are threads
SOON = 15.0  # seconds in which each of them is answered
BACK = 15.0  # seconds after which all goes on once the line is mended


@pytest.fixture
def line() -> Iterator[link.Line]:
    with link.made() as made:
        yield made


@pytest.fixture
def postgres(tmp_path: Path, line: link.Line) -> Iterator[server.Server]:
    made = server.Server(tmp_path / "postgres", line)
    made.start()
    yield made
    line.mend()
    made.kill()


def test_what_a_lost_client_holds_is_let_go(postgres: server.Server, line: link.Line) -> None:
    """A transaction of which the server hears no more, with a lock that everybody waits for."""
    kept = database.open_at(postgres.url)
    begun = time.monotonic()
    with pytest.raises(errors.Temporary):
        _locked_and_cut(kept, line)
    told = time.monotonic() - begun
    line.mend()
    time.sleep(2)  # so long nobody is let near a database that did not answer
    with kept.write() as connection:
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{BACK} s'"))
        database.lock(connection, "for all")
    kept.close()
    print(
        f"a cut within a transaction: told after {told:.1f} s, let go after {time.monotonic() - begun:.1f} s"
    )
    assert told < SOON


def _locked_and_cut(kept: database.Database, line: link.Line) -> None:
    with kept.write() as connection:
        database.lock(connection, "for all")
        time.sleep(0.3)  # the server knows that its answer came, and has nothing more to send
        line.cut()
        connection.execute(sa.text("SELECT 1"))


@pytest.mark.parametrize("runner", RUNNERS)
def test_cut_while_a_class_hands_in(
    tmp_path: Path, postgres: server.Server, line: link.Line, runner: str
) -> None:
    number = 2 if runner == "workers" else 0
    answers: list[tuple[int, float]] = []
    waits: list[float] = []
    with (
        service.running(tmp_path, postgres.url, students=soak.STUDENTS + 1, runner=runner) as (made, running),
        made.workers(number),
    ):
        with running.client(running.students[0]) as client:
            book = service.student_notebook(client, running.course)

        def cut() -> None:
            if len(waits) == CUTS:
                return
            line.cut()
            until = time.monotonic() + AWAY
            with concurrent.futures.ThreadPoolExecutor(CLASS) as pool:
                answers.extend(pool.map(lambda number: _asked(running, number), range(CLASS)))
            time.sleep(max(0.0, until - time.monotonic()))
            line.mend()
            begun = time.monotonic()
            _until_taken(running, book, f"after-{len(waits)}")
            waits.append(time.monotonic() - begun)

        _, ended = soak.hand_in_while(running, cut)
    slowest = max(took for _, took in answers)
    print(
        f"{len(waits)} cuts; {len(answers)} answers within {slowest:.1f} s; back after {waits}; {dict(ended)}"
    )
    assert {status for status, _ in answers} == {503}
    assert slowest < SOON
    assert max(waits) < BACK
    assert ended["marked"] >= soak.STUDENTS


def _until_taken(running: service.Running, book: bytes, key: str) -> None:
    """Hand in for somebody whom no other hand-in here is of, until it is taken."""
    until = time.monotonic() + 60
    while True:
        try:
            with running.client(running.students[-1]) as client:
                service.hand_in(client, running.course, book, key)
            return
        except httpx.HTTPStatusError as error:
            if error.response.status_code != 503:
                raise
        assert time.monotonic() < until
        time.sleep(0.1)


def _asked(running: service.Running, number: int) -> tuple[int, float]:
    """The status of an answer that needs the database, and after how many seconds it came."""
    begun = time.monotonic()
    with running.client(running.students[number % soak.STUDENTS]) as client:
        status = client.get("/api/v1/me").status_code
    return status, time.monotonic() - begun
