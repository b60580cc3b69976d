"""The two queues, inside the service and in PostgreSQL, hold one contract."""

import threading
import time
from collections.abc import Collection, Iterator

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.jobs import deferred, embedded, port, tables
from courseware.store import database
from tests import databases
from tests.jobs import contract

HELD_BY_NONE = 2**40
"""The number of a job that is not there."""


class Inside:
    """The queue inside the service."""

    def __init__(self) -> None:
        self.rows = contract.Rows()
        self._queue = embedded.Embedded(self._following, slots=2, rescan_seconds=0.05)

    def _following(self, running: Collection[int]) -> int | None:
        with self.rows.lock:
            return next((key for key in self.rows.open if key not in running), None)

    def start(self, do: contract.Do) -> None:
        self._queue.start(do)

    def announce(self) -> None:
        self._queue.wake()

    def stop(self, seconds: float) -> None:
        self._queue.stop(seconds)


class InPostgres:
    """The queue in PostgreSQL, announced to by a service and worked on by a worker."""

    def __init__(self, url: str) -> None:
        self.rows = contract.Rows()
        self.database = database.open_at(url)
        with self.database.write() as connection:
            connection.execute(sa.text("delete from procrastinate_jobs"))  # of an earlier test
        self._announcing = deferred.Announcing(url)
        self._url = url
        self.let_go: list[int] = []
        self._worker: deferred.Worker | None = None

    def start(self, do: contract.Do) -> None:
        def work(job: int) -> None:
            key = self.rows.take()
            if key is not None:
                try:
                    do(key)
                finally:
                    self.rows.give_back(key)

        kind = port.Kind(
            do=work, waiting=self._waiting, held=lambda: [HELD_BY_NONE], let_go=self.let_go.extend
        )
        self._worker = deferred.Worker(self._url, {"row": kind}, slots=2, look_seconds=0.3)
        self._worker.start()

    def _waiting(self) -> int:
        with self.rows.lock:
            return sum(key not in self.rows.taken for key in self.rows.open)

    def announce(self) -> None:
        with self.database.write() as connection:
            self.announce_in(connection)

    def announce_in(self, connection: sa.Connection) -> None:
        self._announcing.announce(connection, "row")

    def stop(self, seconds: float) -> None:
        if self._worker is not None:
            self._worker.stop(seconds)
        self.database.close()


@pytest.fixture(scope="module")
def queued(postgres_server: str) -> Iterator[str]:
    """A database with the queue's tables alone."""
    with databases.empty(postgres_server) as url:
        db = database.open_at(url)
        with db.write() as connection:
            assert tables.upgrade(connection)
        db.close()
        yield url


@pytest.fixture(params=["inside", "in PostgreSQL"])
def site(request: pytest.FixtureRequest) -> Iterator[contract.Site]:
    made: contract.Site = (
        Inside() if request.param == "inside" else InPostgres(request.getfixturevalue("queued"))
    )
    yield made
    made.stop(10)


def test_work_that_is_there_at_the_start_and_later_is_run_once(site: contract.Site) -> None:
    for key in (1, 2, 3):
        site.rows.add(key)
        site.announce()
    site.start(site.rows.finish)
    assert site.rows.ended()
    site.rows.add(4)
    site.announce()
    assert site.rows.ended()
    assert sorted(site.rows.done) == [1, 2, 3, 4]


def test_what_nobody_announced_is_found(site: contract.Site) -> None:
    site.start(site.rows.finish)
    time.sleep(0.1)
    site.rows.add(1)
    assert site.rows.ended()


def test_what_broke_off_is_run_again(site: contract.Site) -> None:
    tries = []

    def flaky(key: int) -> None:
        tries.append(key)
        if len(tries) == 1:
            raise errors.Temporary("away")
        if len(tries) == 2:
            raise ZeroDivisionError
        site.rows.finish(key)

    site.rows.add(1)
    site.announce()
    site.start(flaky)
    assert site.rows.ended()
    assert tries == [1, 1, 1]


def test_stopping_waits_for_what_runs_and_takes_nothing_more(site: contract.Site) -> None:
    begun, free = threading.Semaphore(0), threading.Event()

    def slow(key: int) -> None:
        begun.release()
        free.wait(20)
        site.rows.finish(key)

    for key in (1, 2, 3):
        site.rows.add(key)
        site.announce()
    site.start(slow)
    assert begun.acquire(timeout=20)
    assert begun.acquire(timeout=20)
    stopper = threading.Thread(target=site.stop, args=(20,))
    stopper.start()
    time.sleep(0.2)
    assert stopper.is_alive()
    free.set()
    stopper.join(20)
    assert sorted(site.rows.done) == [1, 2]


def test_what_a_transaction_announced_is_there_once_it_is_committed(queued: str) -> None:
    site = InPostgres(queued)
    announcing = deferred.Announcing(queued)

    def broken() -> None:
        with site.database.write() as connection:
            announcing.announce(connection, "row", number=3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert _jobs(site) == 0
    with site.database.write() as connection:
        announcing.announce(connection, "row", number=3)
    assert _jobs(site) == 3
    site.start(site.rows.finish)
    until = time.monotonic() + 20
    while (_jobs(site) or not site.let_go) and time.monotonic() < until:
        time.sleep(0.05)
    # A job that finds nothing to do is done, and work that a job holds which is gone is let go.
    assert _jobs(site) == 0
    assert set(site.let_go) == {HELD_BY_NONE}
    site.stop(10)


def test_what_is_behind_comes_when_nothing_else_waits(queued: str) -> None:
    site = InPostgres(queued)
    announcing = deferred.Announcing(queued, behind=("behind",))
    done: list[str] = []

    def kind(name: str) -> port.Kind:
        return port.Kind(
            do=lambda job: done.append(name),
            waiting=lambda: 0,
            held=lambda: [],
            let_go=lambda jobs: None,
            behind=name == "behind",
        )

    for name, number in (("behind", 2), ("row", 2)):
        with site.database.write() as connection:
            announcing.announce(connection, name, number=number)
    worker = deferred.Worker(queued, {name: kind(name) for name in ("behind", "row")}, slots=1)
    worker.start()
    until = time.monotonic() + 20
    while len(done) < 4 and time.monotonic() < until:
        time.sleep(0.05)
    worker.stop(10)
    site.stop(10)
    assert done == ["row", "row", "behind", "behind"]


def test_a_job_that_its_worker_does_not_know_of_is_run_again(queued: str) -> None:
    """The database went away while it told a worker of the job, or was told of its end: the worker lives on,
    and the job would count as being run for ever.
    """
    site = InPostgres(queued)
    site.start(site.rows.finish)
    site.rows.add(1)
    assert site.rows.ended()
    with site.database.write() as connection:
        site.announce_in(connection)
        lost = "update procrastinate_jobs set status = 'doing', worker_id = (%s) where status = 'todo'"
        alive = "select id from procrastinate_workers order by last_heartbeat desc limit 1"
        assert connection.execute(sa.text(lost % alive)).rowcount == 1
        site.rows.add(2)
    assert site.rows.ended()
    site.stop(10)


def _jobs(site: InPostgres) -> int:
    with site.database.read() as connection:
        return int(connection.execute(sa.text("select count(*) from procrastinate_jobs")).scalar_one())


def test_the_tables_are_made_once_and_asked_for(postgres_url: str) -> None:
    db = database.open_at(postgres_url)
    with db.write() as connection, pytest.raises(errors.UserError, match="courseware migrate"):
        tables.require(connection)
    with db.write() as connection:
        assert tables.upgrade(connection)
    with db.write() as connection:
        assert not tables.upgrade(connection)
        tables.require(connection)
        connection.execute(sa.text("COMMENT ON TABLE procrastinate_jobs IS '99.00.00_01_later.sql'"))
        with pytest.raises(errors.UserError, match="newer procrastinate"):
            tables.upgrade(connection)
    db.close()
