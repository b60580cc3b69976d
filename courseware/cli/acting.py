"""What a command changes in the database itself, past the service: the one place where commands do that.

In: the settings, the state folder, and what is done to which course. Out: a transaction, and in it the record
of who gave the command, by the name that the system knows them by. Both are there, or none.
"""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from courseware import settings, wiring

if TYPE_CHECKING:  # the service's half is loaded by the commands that need it
    import sqlalchemy as sa

    from courseware.course import permissions
    from courseware.exchange import keys


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """A command, the right that it stands for, and the name of the course, which is there once it is done."""

    command: str
    action: "permissions.Action"
    course: str


@contextlib.contextmanager
def here(told: settings.Settings, state: Path, change: Change) -> "Iterator[tuple[sa.Connection, keys.Ring]]":
    """A transaction that changes something, with its record."""
    from courseware.course import access_records, courses

    with wiring.opened(told, state=state) as (db, _, ring), db.write() as connection:
        yield connection, ring
        course = courses.find(connection, change.course)
        access_records.by_command(connection, change.command, change.action, course, now=wiring.utc_now())
