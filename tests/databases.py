"""Databases for tests: empty ones, and ones with this version's tables, which are made once and used again.

Migrating costs a second of a test's time on PostgreSQL and a fifth on SQLite. So a worker migrates one of
each: a SQLite file is a copy of the first; the PostgreSQL database gets another name for each test, so that
nothing of an earlier one still reaches it, and is emptied. What a test made of other tables ends it.
"""

import contextlib
import functools
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from courseware.store import columns, database, migrate

_DELETED = 50
"""Once in so many times a database is truncated, which takes six times as long and leaves nothing behind."""


@contextlib.contextmanager
def empty(server: str) -> Iterator[str]:
    """URL of an empty PostgreSQL database, until the block ends."""
    name = _new_name()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield _at(server, name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@functools.cache
def migrated_file() -> bytes:
    """A SQLite database with this version's tables and no row."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "migrated.sqlite")
        _migrate(f"sqlite:///{path}")
        return path.read_bytes()


class Kept:
    """One migrated PostgreSQL database on a server, for one test after the other."""

    def __init__(self, server: str) -> None:
        self._server, self._name = server, ""
        self._tables: list[str] = []
        self._turn = 0

    def fresh(self) -> str:
        """Its address from now on; it has this version's tables and no row."""
        with psycopg.connect(self._server, autocommit=True) as connection:
            name, old = _new_name(), self._name
            if old:
                self._let_go(connection)
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                        sql.Identifier(old), sql.Identifier(name)
                    )
                )
                self._name = name
                if self._emptied():
                    return _at(self._server, name)
                self._drop(connection)
                name = _new_name()
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            self._name = name
        _migrate(_at(self._server, name))
        with psycopg.connect(_at(self._server, name)) as connection:
            self._tables = _found(connection)
        return _at(self._server, name)

    def close(self) -> None:
        """Remove it."""
        if self._name:
            with psycopg.connect(self._server, autocommit=True) as connection:
                self._drop(connection)

    def _let_go(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        """End what is still connected to it, and wait until it is."""
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [self._name]
        )

    def _emptied(self) -> bool:
        """Whether it has the tables that it had; then without a row, and numbers begin at one again."""
        with psycopg.connect(_at(self._server, self._name), autocommit=True) as connection:
            if _found(connection) != self._tables:
                return False
            rows = [name for name in self._tables if name != "alembic_version"]
            self._turn += 1
            if self._turn % _DELETED == 0 or not _deleted(connection, rows):
                names = sql.SQL(", ").join(map(sql.Identifier, rows))
                connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))
        return True

    def _drop(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._name)))
        self._name = ""


def _found(connection: "psycopg.Connection[tuple[object, ...]]") -> list[str]:
    """The tables that there are."""
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [str(name) for (name,) in rows]


def _deleted(connection: "psycopg.Connection[tuple[object, ...]]", tables: list[str]) -> bool:
    """Delete all rows, and let used numbers begin at one again; False where that is not so simple."""
    asked = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    each = [asked.format(sql.Literal(name), sql.Identifier(name)) for name in tables]
    filled = {str(name) for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(each))}
    order = [table.name for table in reversed(columns.metadata.sorted_tables) if table.name in filled]
    if len(order) < len(filled):
        return False
    try:
        with connection.transaction():
            for name in order:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            connection.execute(
                "SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)"
                " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
            )
    except psycopg.errors.ForeignKeyViolation:
        return False
    return True


def _migrate(url: str) -> None:
    db = database.open_at(url)
    migrate.upgrade(db)
    db.close()


def _new_name() -> str:
    return f"courseware_test_{uuid.uuid4().hex}"


def _at(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
