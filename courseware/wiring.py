"""The one place where ports meet what implements them.

In: settings. Out: sandboxes, and the bundle of things a service works with. Everything above asks here;
nothing below does. The one clock is here, and is another one only in tests.
"""

import contextlib
import dataclasses
import datetime
import functools
import logging
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from courseware import errors, settings
from courseware.sandbox import port

if TYPE_CHECKING:  # the service's half is loaded only where there is a service
    import sqlalchemy as sa

    from courseware.course import recorder
    from courseware.exchange import keys, submit
    from courseware.grading import run, turns
    from courseware.jobs import deferred
    from courseware.jobs import port as jobs_port
    from courseware.mail import sender
    from courseware.notices import teller
    from courseware.sandbox import selftest
    from courseware.store import alone, blobs, database

Clock = Callable[[], datetime.datetime]
LOOK_SECONDS = 2.0
"""From one look whether another version migrated the database to the next."""
log = logging.getLogger("courseware.wiring")


def utc_now() -> datetime.datetime:
    """The time."""
    return datetime.datetime.now(datetime.UTC)


def sandbox(*, unsafe: bool) -> port.Sandbox:
    """The sandbox of this machine; without one only by the explicit wish `unsafe`.

    Raises:
        Permanent: this machine gives no sandbox.
    """
    from courseware.sandbox import kernels, lanes, orphans, selftest

    orphans.sweep()
    if unsafe:
        return kernels.Unconfined()
    fast = fork_servers()
    if fast.report.level == "jail":
        return lanes.Lanes(fast.sandbox, kernels.Jailed())
    found = selftest.probe()
    if found.level != "none":
        return kernels.Jailed()
    if fast.report.level == "pod":
        return fast.sandbox
    raise errors.Permanent(
        f"{fast.report.reason} {found.reason} Pass --unsafe-no-sandbox only for code that you trust."
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fast:
    """The fast lane, and whether its walls hold on this machine; `others` are the levels that do not."""

    sandbox: port.Sandbox
    report: "selftest.Report"
    others: "tuple[selftest.Report, ...]" = ()


@functools.cache
def fork_servers() -> Fast:
    """The fork servers of this process; they are kept, and shared by all who grade in it."""
    from courseware.sandbox import forkserver, selftest

    box = forkserver.Forked()
    jail = selftest.forked(box)
    if jail.level != "none":
        return Fast(sandbox=box, report=jail)
    box = forkserver.Forked("pod")
    pod = selftest.forked(box)
    return Fast(sandbox=box, report=pod, others=(jail,))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Service:
    """What a running service works with; `course_quota` is how many bytes a course keeps that has no quota of
    its own, 0 none.
    """

    database: "database.Database"
    blobs: "blobs.Blobs"
    keys: "keys.Ring"
    queue: "jobs_port.Queue"
    turns: "turns.Turns"
    worker: "run.Worker"
    clock: Clock
    state: Path
    mail_secret: bytes = dataclasses.field(repr=False)
    teller: "teller.Teller"
    recorder: "recorder.Recorder"
    course_quota: int = 0

    @property
    def sandbox(self) -> port.Sandbox:
        """Where code is run."""
        return self.worker.sandbox

    def desk(self) -> "submit.Desk":
        """What handing in needs; the work it makes is announced in the same transaction."""
        from courseware.exchange import submit
        from courseware.grading import gradings, take_in

        def enqueue(connection: "sa.Connection", taken: "submit.Taken", now: datetime.datetime) -> None:
            take_in.take_in(connection, self.blobs, taken, now)
            self.queue.announce(connection, gradings.KIND)

        return submit.Desk(
            database=self.database,
            blobs=self.blobs,
            keys=self.keys,
            enqueue=enqueue,
            usual=self.course_quota,
        )


@contextlib.contextmanager
def running(told: settings.Settings, *, state: Path, clock: Clock = utc_now) -> Iterator[Service]:
    """A service's things, its database brought up to date and its queue running, until the block ends.

    Raises:
        UserError: a database of another schema, or on a network file system; a key that signs is not here.
        Permanent: no sandbox here, and the settings do not say `none`.
    """
    from courseware.course import recorder
    from courseware.grading import turns
    from courseware.notices import compose, secret, teller
    from courseware.store import alone

    where = mail_of(told)
    with (
        opened(told, state=state, clock=clock) as (db, kept, ring),
        alone.Alone(db, "gradings") as only,
        _worker(told.grading, db, kept, clock) as worker,
    ):
        with db.read() as connection:
            ring.require(connection)
        key, sender = secret.ensure(state / "keys"), told.mail.sender or "course@localhost"
        office = compose.Office(sender=sender, reply=told.mail.reply, base="", secret=key)
        telling = teller.Teller(db, clock, where, office)
        recording = recorder.Recorder(db, clock, keep_days=told.audit.keep_days, tidies=only.is_ours)
        order = turns.Turns()
        queue = _queue(told.grading, worker, order, only)
        try:
            with watched(db, db.refuse):
                yield Service(
                    database=db,
                    blobs=kept,
                    keys=ring,
                    queue=queue,
                    turns=order,
                    worker=worker,
                    clock=clock,
                    state=state,
                    mail_secret=key,
                    teller=telling,
                    recorder=recording,
                    course_quota=course_quota(told.store),
                )
        finally:
            for each in (telling, queue, recording):
                each.stop(20)


def course_quota(told: settings.Store) -> int:
    """The bytes that a course keeps that has no quota of its own; 0 is none."""
    return round(told.course_quota_gb * 1_000_000_000)


@contextlib.contextmanager
def _worker(
    told: settings.Grading, db: "database.Database", kept: "blobs.Blobs", clock: Clock
) -> "Iterator[run.Worker]":
    """What gradings need, in a service and in a worker; when the block ends, nothing that they began runs."""
    from courseware.grading import run
    from courseware.sandbox import behind

    limits = port.Limits(cell_seconds=told.cell_seconds, notebook_seconds=told.notebook_seconds)
    with behind.Behind(sandbox(unsafe=told.sandbox == "none"), told.slots) as ending:
        yield run.Worker(
            database=db, blobs=kept, sandbox=ending, limits=limits, clock=clock, python=python_of
        )


def _queue(
    told: settings.Grading, worker: "run.Worker", order: "turns.Turns", only: "alone.Alone"
) -> "jobs_port.Queue":
    """The queue of a service: run in it, or announced to workers."""
    if told.runner == "workers":
        return _announcing(worker.database)
    return _embedded(worker, order, only, slots=told.slots)


def _announcing(db: "database.Database") -> "deferred.Announcing":
    """The queue in a database, for workers.

    Raises:
        UserError: it is SQLite's, or has to be migrated first.
    """
    if db.dialect != "postgresql":
        raise errors.UserError(
            'Workers need PostgreSQL: set [store] database = "postgresql://HOST/NAME", or leave [grading]'
            ' runner = "service", where the service itself grades.'
        )
    from courseware.desk import afterwards
    from courseware.jobs import deferred, tables

    with db.read() as connection:
        tables.require(connection)
    return deferred.Announcing(db.address, behind=afterwards.BEHIND)


def _embedded(
    worker: "run.Worker", order: "turns.Turns", only: "alone.Alone", *, slots: int
) -> "jobs_port.Queue":
    """The queue of this process, running: what was handed in, then what is to be checked. Of several services
    on one database one works: it takes what runs as broken off, and would take it from another one.
    """
    from courseware.desk import afterwards
    from courseware.jobs import embedded

    def following(running: Collection[int]) -> int | None:
        if not only.is_ours():
            return None
        with worker.database.read() as connection:
            grading = order.next(connection, running)
            return grading or work.following(connection, running)

    queue = embedded.Embedded(following, slots=slots)
    work = afterwards.Work(worker, queue, slots)
    queue.start(work.perform)
    return queue


@contextlib.contextmanager
def grader(
    told: settings.Grading, db: "database.Database", kept: "blobs.Blobs"
) -> "Iterator[deferred.Worker]":
    """A worker on the queue of this database, not yet begun; it has to have stopped when the block ends.

    Raises:
        UserError: the database has no queue for workers.
        Permanent: no sandbox here, and the settings do not say `none`.
    """
    from courseware.desk import afterwards
    from courseware.grading import turns
    from courseware.jobs import deferred

    queue = _announcing(db)
    with _worker(told, db, kept, utc_now) as worker:
        work = afterwards.Work(worker, queue, told.slots)
        yield deferred.Worker(db.address, work.kinds(turns.Turns()), slots=told.slots)


@contextlib.contextmanager
def opened(
    told: settings.Settings, *, state: Path, clock: Clock = utc_now
) -> "Iterator[tuple[database.Database, blobs.Blobs, keys.Ring]]":
    """Database, blobs and keys of a state folder. SQLite is migrated, after a copy; PostgreSQL must be
    migrated already.
    """
    from courseware.exchange import keys
    from courseware.store import blobs, database, migrate

    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    db = database.open_at(told.store.database or f"sqlite:///{state / 'courseware.db'}")
    try:
        if db.dialect == "sqlite":
            migrate.upgrade(db, backup_to=state / f"before-migration-{clock():%Y%m%dT%H%M%S}.db")
            if not told.store.database:
                os.chmod(state / "courseware.db", 0o600)
        else:
            migrate.require(db)
        yield db, blobs.open_at(told.store.blobs or str(state / "blobs")), keys.Ring(state / "keys")
    finally:
        db.close()


@contextlib.contextmanager
def watched(db: "database.Database", moved: Callable[[str], None]) -> Iterator[None]:
    """Look every two seconds, until the block ends, whether another version migrated the database; `moved`
    hears it once, in a sentence.
    """
    from courseware.jobs import rounds
    from courseware.store import migrate

    since, said = migrate.Since(db), False

    def once() -> None:
        nonlocal said
        why = "" if said else since.moved()
        if why:
            said = True
            log.error(why)
            moved(why)

    looking = rounds.Rounds(once, seconds=LOOK_SECONDS, name="schema")
    looking.start()
    try:
        yield
    finally:
        looking.stop(20)


def mail_of(told: settings.Settings) -> "sender.Sender | None":
    """Where letters are handed over; None if no mail is set up.

    Raises:
        UserError: a mail server without the address that letters come from, or an address that is none.
    """
    from courseware.mail import folder, message, smtp
    from courseware.notices import reply_address

    mail = told.mail
    if not (mail.host or mail.folder):
        return None
    if mail.host and not mail.sender:
        raise errors.UserError("courseware.toml: [mail] needs sender, the address that letters come from.")
    if mail.sender:
        try:
            message.address(mail.sender)
        except errors.Permanent as error:
            raise errors.UserError(f"courseware.toml: [mail] sender: {error.message}") from None
    if mail.reply:
        reply_address.address(mail.reply, "a" * 42)
    if mail.folder:
        return folder.Folder(path=Path(mail.folder))
    return smtp.Smtp(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        password=mail.password,
        timeout=mail.timeout_seconds,
        authorities=mail.authorities,
    )


def python_of(environment: Mapping[str, Any]) -> Path:
    """The interpreter that a release was qualified with."""
    from courseware.sandbox import pythons

    return Path(str(environment["python"])) if environment.get("python") else pythons.current()
