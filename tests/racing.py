"""Two transactions at one moment, on PostgreSQL: SQLite has one writer at a time.

In: what somebody else does. Out: a moment at which they have done it, or wait for this side.
"""

import threading
from collections.abc import Callable

import sqlalchemy as sa

from courseware.store import database

_WAITING = sa.text(
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
)


class Other:
    """Somebody who does something in a thread of their own; `error` is what came of it, if anything did."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self._act()
        except Exception as error:
            self.error = error

    def start(self, db: database.Database) -> None:
        """Let them begin, and return once they are done or wait for somebody."""
        self._thread.start()
        while self._thread.is_alive():
            with db.read() as connection:
                if connection.execute(_WAITING).scalar():
                    return
            self._thread.join(0.02)

    def end(self) -> None:
        """Wait until they are done."""
        self._thread.join(60)
        assert not self._thread.is_alive()
