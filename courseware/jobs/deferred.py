"""The queue in PostgreSQL, on procrastinate: what a service announces, any number of workers on any machines
run.

In: work that is announced in the transaction of its row, by its kind alone. Out: each announcement is a job;
the worker that takes it does the next work of that kind, whichever that is then, and knows it again by the
number of the job if it is run once more. A worker that dies is noticed by its heartbeat, and its jobs are
given to others; one that lives gives up what it is said to run and does not, since the database went away as
one told the other of the job; work whose job was lost gets a new one.
"""

import asyncio
import concurrent.futures
import contextlib
import functools
import logging
import threading
from collections.abc import Callable, Collection, Mapping

import procrastinate
import procrastinate.exceptions
import procrastinate.jobs
import procrastinate.types
import procrastinate.worker
import sqlalchemy as sa

from courseware import errors
from courseware.jobs import port
from courseware.store import database

log = logging.getLogger("courseware.jobs")
VERSION = 1
"""Of what is written in a job."""
TASK = "courseware.work"
PATIENCE = 10.0
"""Seconds that a worker waits for a connection before it says that the database is away."""
BEAT, DEAD = 3.0, 12.0
"""Seconds from one sign of life of a worker to the next, and after how many it counts as dead."""
LOOK = 5.0
"""Seconds between two looks for work whose worker died or whose job was lost."""
_NOT_AHEAD = "UPDATE procrastinate_workers SET last_heartbeat = NOW() WHERE last_heartbeat > NOW()"
"""When the database's clock was set back, a dead worker would count as living until that time comes again."""


class Announcing:
    """See `port.Queue`: everything is run by workers; what is `behind` only when nothing else waits."""

    def __init__(self, address: str, *, behind: Collection[str] = ()) -> None:
        self._behind = behind
        connector = procrastinate.SyncPsycopgConnector(conninfo=database.conninfo(address))
        self._app = procrastinate.App(connector=connector)

    def announce(self, connection: sa.Connection, kind: str, *, number: int = 1) -> None:
        """Write so many jobs in this transaction; see `port.Queue`."""
        task = self._app.configure_task(
            TASK,
            queue=kind,
            priority=-1 if kind in self._behind else 0,
            connection=connection.connection.driver_connection,
        )
        if number:
            task.batch_defer(*[_job(kind)] * number)

    def wake(self) -> None:
        """Nothing: PostgreSQL tells the workers."""

    def stop(self, seconds: float) -> None:
        """Nothing runs here."""


class Worker:
    """Runs what was announced, so many pieces of work at once, from `start` until it is told to stop."""

    def __init__(
        self,
        address: str,
        kinds: Mapping[str, port.Kind],
        *,
        slots: int,
        look_seconds: float = LOOK,
    ) -> None:
        self._kinds, self._slots, self._seconds = kinds, slots, look_seconds
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=database.conninfo(address), timeout=PATIENCE, configure=database.limit_hold
            )
        )
        self._app.task(name=TASK, pass_context=True)(self._do)
        self._pool = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="worker")
        self._stopping = threading.Event()
        self._end: Callable[[], object] = self._stopping.set
        self._ran: concurrent.futures.Future[None] | None = None
        self._running: set[int] = set()
        self._strays: set[int] = set()

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._ran = self._pool.submit(asyncio.run, self._run())

    def stop(self, seconds: float) -> None:
        """Take nothing more and wait for what runs, so many seconds at most."""
        self._stopping.set()
        with contextlib.suppress(RuntimeError):  # it has ended already
            self._end()
        self.wait(seconds)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the worker has ended, so many seconds at most; whether it has."""
        if self._ran is None:
            return True
        try:
            self._ran.result(seconds)
        except TimeoutError:
            return False
        return True

    async def _run(self) -> None:
        """Work until told to stop; while the database is away, try again and again."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(self._slots + 2))
        while not self._stopping.is_set():
            working = asyncio.create_task(self._work())
            self._end = functools.partial(loop.call_soon_threadsafe, working.cancel)
            if self._stopping.is_set():
                working.cancel()
            try:
                await working
            except asyncio.CancelledError:
                return
            except procrastinate.exceptions.ConnectorException as error:
                log.warning("the queue cannot be used now: %s", error)
                await asyncio.sleep(self._seconds)

    async def _work(self) -> None:
        """Work as long as the database is there."""
        async with self._app.open_async():
            worker = procrastinate.worker.Worker(
                self._app,
                queues=list(self._kinds),
                concurrency=self._slots,
                fetch_job_polling_interval=self._seconds,
                update_heartbeat_interval=BEAT,
                stalled_worker_timeout=DEAD,
                delete_jobs="always",
                install_signal_handlers=False,
            )
            looking = asyncio.create_task(self._look_again_and_again(worker))
            try:
                await worker.run()  # type: ignore[no-untyped-call]  # it says of no result
            finally:
                looking.cancel()
                await asyncio.wait([looking])

    def _do(self, context: procrastinate.JobContext, *, version: int, kind: str) -> None:
        """One job: the next work of its kind. What fails is written where the work is; the job is done."""
        if version != VERSION:
            log.error("a job of version %s was left: this worker knows %s", version, VERSION)
            return
        number = int(context.job.id or 0)
        self._running.add(number)
        try:
            self._kinds[kind].do(number)
        except errors.CoursewareError as error:
            log.warning("a job of %s broke off: %s", kind, error.message)
        except Exception:
            log.exception("a job of %s broke off", kind)
        finally:
            self._running.discard(number)

    async def _look_again_and_again(self, worker: procrastinate.worker.Worker) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self._look(worker)
            except (procrastinate.exceptions.ConnectorException, errors.CoursewareError) as error:
                log.warning("the queue cannot be looked through: %s", error)

    async def _look(self, worker: procrastinate.worker.Worker) -> None:
        """Have the jobs of dead workers and our own strays run again, and give new jobs to work without."""
        manager = self._app.job_manager
        await manager.connector.execute_query_async(_NOT_AHEAD)
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD):
            await self._again(job)
        for job in await self._found_twice(worker):
            await self._again(job)
        for name, kind in self._kinds.items():
            await self._let_go(kind)
            there = await manager.list_queues_async(queue=name)
            jobs = sum(each["todo"] + each["doing"] for each in there)
            missing = await asyncio.to_thread(kind.waiting) - jobs
            if missing > 0:
                log.warning("%s of %s waited without a job", missing, name)
                task = self._app.configure_task(TASK, queue=name, priority=-1 if kind.behind else 0)
                await task.batch_defer_async(*[_job(name)] * missing)

    async def _let_go(self, kind: port.Kind) -> None:
        """Of work that is held, let go what is held by jobs that are gone, as after a restore."""
        gone = [job for job in await asyncio.to_thread(kind.held) if not await self._there(job)]
        if gone:
            log.warning("the jobs %s are gone; what they ran waits again", gone)
            await asyncio.to_thread(kind.let_go, gone)

    async def _there(self, job: int) -> bool:
        return bool(list(await self._app.job_manager.list_jobs_async(id=job)))

    async def _found_twice(self, worker: procrastinate.worker.Worker) -> list[procrastinate.jobs.Job]:
        """The jobs that this worker is said to run and did not run at this look and the one before: one that
        has just come or ended is still on its way.
        """
        if worker.worker_id is None:
            return []
        told = await self._app.job_manager.list_jobs_async(worker_id=worker.worker_id, status="doing")
        idle = {int(job.id or 0): job for job in told if job.id not in self._running}
        before, self._strays = self._strays, set(idle)
        return [job for number, job in idle.items() if number in before]

    async def _again(self, job: procrastinate.jobs.Job) -> None:
        try:
            await self._app.job_manager.retry_job(job)
            log.warning("the worker of job %s died or lost it; it is run again", job.id)
        except procrastinate.exceptions.ConnectorException:
            log.info("job %s was taken care of by another worker", job.id)


def _job(kind: str) -> procrastinate.types.JSONDict:
    """What is written in a job."""
    return {"version": VERSION, "kind": kind}
