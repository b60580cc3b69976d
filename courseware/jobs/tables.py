"""procrastinate's own tables beside ours in PostgreSQL: made and brought up to date by `courseware migrate`.

In: a transaction. Out: its tables at the version that is installed, which a comment on the first of them
names by procrastinate's last migration. Refused: tables of a newer one, or of none that is known.
"""

from pathlib import Path
from typing import Any

import procrastinate.schema
import sqlalchemy as sa

from courseware import errors

_TABLE = "procrastinate_jobs"


def upgrade(connection: sa.Connection) -> bool:
    """Make the tables, or bring them up to date; whether there was something to do.

    Raises:
        UserError: a newer version made them.
    """
    known = _migrations()
    at = _at(connection)
    _check(at, known)
    if at == known[-1].name:
        return False
    if at is None:
        _run(connection, procrastinate.schema.SchemaManager.get_schema())
    for each in known if at else ():
        if each.name > (at or ""):
            _run(connection, each.read_text(encoding="utf-8"))
    _run(connection, f"COMMENT ON TABLE {_TABLE} IS '{known[-1].name}'")
    return True


def require(connection: sa.Connection) -> None:
    """Refuse a database without the tables, or with others.

    Raises:
        UserError: it has to be migrated first, or a newer version made them.
    """
    known, at = _migrations(), _at(connection)
    _check(at, known)
    if at != known[-1].name:
        raise errors.UserError("The database has no queue for workers yet. Run `courseware migrate`.")


def _check(at: str | None, known: list[Path]) -> None:
    if at is not None and at not in {each.name for each in known}:
        raise errors.UserError(
            f"A newer procrastinate made the queue in this database ({at}). Update courseware."
        )


def _migrations() -> list[Path]:
    """procrastinate's migrations, in their order."""
    return sorted(Path(procrastinate.schema.SchemaManager.get_migrations_path()).glob("*.sql"))


def _at(connection: sa.Connection) -> str | None:
    """The last migration of the tables that are there; None if there are none."""
    if not sa.inspect(connection).has_table(_TABLE):
        return None
    query = sa.text(f"SELECT obj_description(to_regclass('{_TABLE}'), 'pg_class')")
    return str(connection.execute(query).scalar() or "")


def _run(connection: sa.Connection, script: str) -> None:
    """Many statements at once, which only the driver itself takes."""
    driver: Any = connection.connection.driver_connection
    driver.execute(script)
