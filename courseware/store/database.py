"""The database: one door to SQLite and PostgreSQL.

In: an address (`sqlite:///path` or `postgresql://…`). Out: read and write transactions as SQLAlchemy
connections. Writes on SQLite begin IMMEDIATE, so that two writers wait instead of failing. Refused: a
database file on a network file system, whose locks do not hold.
"""

import contextlib
import itertools
import os
import re
import sqlite3
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import psycopg.conninfo
import sqlalchemy as sa
import sqlalchemy.exc

from courseware import errors
from courseware.store import flush

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

_REMOTE = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "fuse.sshfs",
        "glusterfs",
        "ceph",
        "lustre",
        "afs",
        "beegfs",
    }
)

FOREIGN_STEPS, FOREIGN_LENGTH = 1_000_000, 50_000_000
"""Of a file that another program wrote: some ten seconds of work, of which reading a thousand students with
forty assignments needs a small part; and the longest value, in bytes.
"""

RESTED = 5.0
"""Seconds after which a PostgreSQL connection is asked whether it still lives."""

_LINE = {
    "connect_timeout": 3,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 8000,
}
"""Of a connection to PostgreSQL over a network: after some 8 seconds in which nothing comes back it is given
up, also where the other side rests. The system alone would wait for a quarter of an hour, or for ever.
"""
_HOLD = (
    "SELECT set_config('tcp_keepalives_idle', '4', false), set_config('tcp_keepalives_interval', '2', false),"
    " set_config('tcp_keepalives_count', '2', false), set_config('tcp_user_timeout', '8000', false)"
)
"""Tells the server the same, which would hold the locks of a client that it cannot reach any more."""
_SLOW, _AWAY = 1.0, 2.0
"""After how many seconds an attempt to connect that failed counts as slow, and for how many seconds nobody
tries again then: each thread would wait for the next, and hundreds of requests for the threads.
"""

_LOCK = sa.text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
_AUTOCOMMIT = {"isolation_level": "AUTOCOMMIT"}
_OCTAL = re.compile(r"\\([0-7]{3})")


class Database:
    """An open database; `dialect` is `sqlite` or `postgresql`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.dialect: str = engine.dialect.name
        # Statements of a read stand alone, as those of a PostgreSQL transaction of this kind do: a read is
        # spared two rounds to the server, or two statements of SQLite.
        self._reading = engine if self.dialect == "sqlite" else engine.execution_options(**_AUTOCOMMIT)
        # SQLite lets one writer in and has the others look again after a pause, which grows; writers of this
        # process queue here instead.
        self._turn = threading.Lock() if self.dialect == "sqlite" else contextlib.nullcontext()
        kept = engine.url.database if self.dialect == "sqlite" else None
        self._flush = flush.Flush(flush.Journal(Path(kept))) if kept else None
        self.refused = ""
        """Why nothing is asked of it any more, once `refuse` was called."""
        self._away = 0.0

    @property
    def address(self) -> str:
        """Where it is, with its password."""
        return self._engine.url.render_as_string(hide_password=False)

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for reading; each statement sees what is there when it runs."""
        with self._connected("", self._reading) as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that writes; committed and on the disk when the block ends, rolled back when it
        raises.

        Raises:
            Temporary: the database is away, locked or full.
        """
        with self._turn, self._connected("BEGIN IMMEDIATE", self._engine) as connection:
            yield connection
        if self._flush is not None:
            try:
                self._flush.wait()
            except OSError as error:
                raise errors.Temporary(f"The database cannot be used now: {error.strerror}.") from error

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A transaction that sees one moment of the whole database, however long it takes."""
        with self._connected("BEGIN", self._engine) as connection:
            if self.dialect == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection

    def refuse(self, why: str) -> None:
        """From now on ask nothing of it; whoever wants to hears why, as a Temporary."""
        self.refused = why

    def apart(self) -> sa.Connection:
        """A connection of the caller's own, for what a session holds: each statement stands alone, and
        closing it ends the session.

        Raises:
            Temporary: the database is away, or refused.
        """
        if self.refused:
            raise errors.Temporary(self.refused)
        try:
            connection = self._reading.connect()
        except sqlalchemy.exc.OperationalError as error:
            raise errors.Temporary(f"The database cannot be used now: {_first_line(error)}.") from error
        connection.detach()
        return connection

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _connected(self, begin: str, engine: sa.Engine) -> Iterator[sa.Connection]:
        """A connection with its transaction begun.

        Raises:
            Temporary: the database is away, locked or full.
            UserError: a value that no column can hold, such as a text with a NUL character.
        """
        if self.refused:
            raise errors.Temporary(self.refused)
        try:
            with self._connect(engine) as connection:
                connection.info["begin"] = begin
                with connection.begin():
                    yield connection
        except sqlalchemy.exc.TimeoutError as error:
            raise errors.Temporary("The database cannot be used now: too many wait for it.") from error
        except (sqlalchemy.exc.OperationalError, sqlite3.OperationalError) as error:
            raise errors.Temporary(f"The database cannot be used now: {_first_line(error)}.") from error
        except sqlalchemy.exc.DataError as error:
            raise errors.UserError(
                "Something in this request cannot be kept: too long, too large, or a sign that is no text.",
                code="bad-request",
            ) from error

    def _connect(self, engine: sa.Engine) -> sa.Connection:
        """A connection; refused at once while the database was just found not to answer.

        Raises:
            Temporary: it does not answer.
        """
        begun = time.monotonic()
        if begun < self._away:
            raise errors.Temporary("The database cannot be used now: it does not answer.")
        try:
            return engine.connect()
        except sqlalchemy.exc.OperationalError:
            now = time.monotonic()
            if now - begun > _SLOW and self.dialect == "postgresql":
                self._away = now + _AWAY
            raise


def conninfo(address: str) -> str:
    """An address as PostgreSQL's own library reads it, with how long it waits for a server."""
    url = sa.make_url(address)
    told = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.conninfo.make_conninfo(told, **_line(url))


async def limit_hold(connection: "psycopg.AsyncConnection[object]") -> None:
    """Tell the server to let go soon of what the other end of a connection holds, once it is out of reach."""
    await connection.execute(_HOLD)
    await connection.commit()


def _line(url: sa.URL) -> dict[str, int]:
    """How patient a connection to PostgreSQL is, as far as its address does not say so itself."""
    return {name: value for name, value in _LINE.items() if name not in url.query}


def open_at(address: str) -> Database:
    """Open the database at this address.

    Raises:
        UserError: an address of another kind, or a file on a network file system.
    """
    try:
        url = sa.make_url(address)
    except sqlalchemy.exc.ArgumentError:
        raise errors.UserError(
            "The database must be given as sqlite:///PATH or postgresql://HOST/NAME."
        ) from None
    if url.get_backend_name() == "sqlite":
        return Database(_sqlite(url))
    if url.get_backend_name() == "postgresql":
        return Database(_postgresql(url))
    raise errors.UserError("The database must be given as sqlite:///PATH or postgresql://HOST/NAME.")


@contextlib.contextmanager
def foreign(path: Path, *, steps: int = FOREIGN_STEPS) -> Iterator[sa.Connection]:
    """A SQLite file that another program wrote, to be read: nothing is written, not even beside it, and what
    its schema would have run is not. Whoever wrote it can make a question endless, so all of them together
    have so many `steps`, in thousands of the database's own.

    Raises:
        UserError: these did not suffice.
    """
    left = itertools.count(steps, -1)
    spent = False

    def spend() -> bool:
        nonlocal spent
        spent = spent or next(left) <= 0
        return spent

    def connect() -> sqlite3.Connection:
        made = sqlite3.connect(where, uri=True)
        made.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, FOREIGN_LENGTH)
        made.set_progress_handler(spend, 1000)
        return made

    where = f"file:{urllib.parse.quote(str(path.resolve()))}?mode=ro&immutable=1"
    engine = sa.create_engine("sqlite://", creator=connect)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA trusted_schema = OFF")
            yield connection
    except sa.exc.OperationalError:
        if not spent:
            raise
        raise errors.UserError(
            f"{path} takes too long to read, as if somebody had made it so. Ask whoever gave it to you.",
            code="too-large",
        ) from None
    finally:
        engine.dispose()


def on_network(path: Path, mounts: str) -> str | None:
    """The kind of network file system that a path lies on, judged by the text of /proc/mounts; None if it is
    local.
    """
    best, kind = "", ""
    real = str(path)
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        # Blanks and the like stand there as \\040; other letters as they are.
        point = _OCTAL.sub(lambda found: chr(int(found.group(1), 8)), fields[1])
        if (real == point or real.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind if kind in _REMOTE else None


def copy_sqlite(address: str, target: Path) -> None:
    """A consistent copy of a SQLite database that may be in use (SQLite's own online backup)."""
    source = sa.make_url(address).database or ""
    with (
        contextlib.closing(sqlite3.connect(source)) as live,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)


def _sqlite(url: sa.URL) -> sa.Engine:
    """An engine on a SQLite file with durable settings."""
    if url.database and url.database != ":memory:":
        path = Path(url.database).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        mounts = Path("/proc/mounts").read_text() if os.path.exists("/proc/mounts") else ""
        kind = on_network(path, mounts)
        if kind:
            raise errors.UserError(
                f"The database {path} lies on a network file system ({kind}), where locks do not hold. "
                "Choose a local folder, or PostgreSQL."
            )
    engine = sa.create_engine(
        url, connect_args={"timeout": 30, "check_same_thread": False}, pool_size=8, max_overflow=16
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        statement = connection.info.pop("begin", "BEGIN")
        if statement:
            # Past SQLAlchemy, which prepares for a result: it costs as much there as a query.
            connection.connection.cursor().execute(statement)

    return engine


def _postgresql(url: sa.URL) -> sa.Engine:
    """An engine on a PostgreSQL server. A connection is asked whether it lives only after a rest: asking
    each time would be one round to the server more for every request.
    """
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=_line(url),
        pool_size=8,
        max_overflow=16,
        pool_timeout=10,
    )

    @sa.event.listens_for(engine, "connect")
    def hold(connection: Any, _: Any) -> None:
        connection.execute(_HOLD)
        connection.commit()

    @sa.event.listens_for(engine, "checkin")
    def rest(connection: Any, record: Any) -> None:
        record.info["rests"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def wake(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("rests", time.monotonic()) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise sqlalchemy.exc.DisconnectionError("The connection died while it rested.") from error

    return engine


def _first_line(error: Exception) -> str:
    """The driver's own words, without the statement."""
    return (str(getattr(error, "orig", error)).strip().splitlines() or ["no answer"])[0].rstrip(".")


def insert(dialect: str, table: sa.Table) -> "postgresql.Insert | sqlite.Insert":
    """An insert that can say what is to happen where such a row is there already."""
    from sqlalchemy.dialects import postgresql, sqlite

    if dialect == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def lock(connection: sa.Connection, name: str) -> None:
    """Hold a named lock until the transaction ends, so that two writers of one thing come one after the
    other.

    On SQLite a write transaction is alone already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"name": name})
