"""Being the only one: of all processes on one PostgreSQL, one at most does something at a time.

In: a database and the name of what is done. Out: whether this process is the one. It is as long as its
session holds a lock of that name; when it ends, however it ends, the server gives the lock to the next who
asks; of a machine that is gone without a word, after some seconds (`database` says how many). On SQLite there
is one service only, and it is always the one.
"""

import contextlib
import threading
from types import TracebackType

import sqlalchemy as sa
import sqlalchemy.exc

from courseware.store import database

_TAKE = sa.text("select pg_try_advisory_lock(hashtextextended(:name, 0))")
_LIVES = sa.text("select 1")


class Alone:
    """A claim to be the only one; a context manager that lets go."""

    def __init__(self, db: database.Database, name: str) -> None:
        self._database, self._name = db, name
        self._turn = threading.Lock()
        self._held: sa.Connection | None = None
        self._over = False

    def is_ours(self) -> bool:
        """Whether this process is the one now; asked before each piece of work, and tried for if nobody is.

        Raises:
            Temporary: the database is away; then another process may be the one by now.
        """
        if self._database.dialect != "postgresql":
            return True
        with self._turn:
            return not self._over and (self._lives() or self._take())

    def __enter__(self) -> "Alone":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go, for good."""
        with self._turn:
            self._over = True
            self._drop()

    def _lives(self) -> bool:
        """Whether the session that holds the lock is still there."""
        if self._held is None:
            return False
        try:
            self._held.execute(_LIVES)
        except sqlalchemy.exc.DBAPIError:
            self._drop()
            return False
        return True

    def _take(self) -> bool:
        with contextlib.ExitStack() as unless_taken:
            connection = unless_taken.enter_context(self._database.apart())
            if not connection.execute(_TAKE, {"name": self._name}).scalar_one():
                return False
            unless_taken.pop_all()
            self._held = connection
            return True

    def _drop(self) -> None:
        if self._held is not None:
            with contextlib.suppress(sqlalchemy.exc.DBAPIError):
                self._held.close()
            self._held = None
