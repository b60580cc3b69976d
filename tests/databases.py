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

from courseware.store import database, migrate


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
        self._tables = self._found()
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
        if self._found() != self._tables:
            return False
        rows = [sql.Identifier(name) for name in self._tables if name != "alembic_version"]
        with psycopg.connect(_at(self._server, self._name), autocommit=True) as connection:
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(rows)))
        return True

    def _found(self) -> list[str]:
        with psycopg.connect(_at(self._server, self._name)) as connection:
            rows = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            )
            return [str(name) for (name,) in rows]

    def _drop(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._name)))
        self._name = ""


def _migrate(url: str) -> None:
    db = database.open_at(url)
    migrate.upgrade(db)
    db.close()


def _new_name() -> str:
    return f"courseware_test_{uuid.uuid4().hex}"


def _at(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
