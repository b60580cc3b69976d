"""Bring a database to this version's schema.

In: an open database. Out: the same with all migrations applied, or the word that it is older. The
migrations are hand-written and import no room. A SQLite file is copied before it is changed. On PostgreSQL
they wait for tables that are in use a while and no longer: who asks after them would wait behind them.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import alembic.command
import alembic.config
import alembic.migration
import alembic.script
import sqlalchemy as sa

from courseware import errors
from courseware.store import database

_FOLDER = Path(__file__).parent / "migrations"
PATIENCE = 10.0
"""Seconds that a migration waits for each table that is in use."""
_IN_USE = "55P03"  # PostgreSQL's word for a lock that was not to be had in time

_AT: sa.Select[str] = sa.select(sa.column("version_num")).select_from(sa.table("alembic_version"))
"""What alembic reads too, without what it prepares for each time: services ask it every few seconds."""


class Since:
    """Whether a database is still at the schema that it had when this was made. The folder of migrations
    cannot tell: it may be of a newer version by now.
    """

    def __init__(self, db: database.Database) -> None:
        self._database, self._at = db, current(db)

    def moved(self) -> str:
        """Why whoever began with the old schema has to stop, in one sentence; empty if it is still there.

        Raises:
            Temporary: the database is away.
        """
        with self._database.read() as connection:
            at = connection.execute(_AT).scalar()
        if at == self._at:
            return ""
        return (
            f"The database was migrated (schema {at}; this version of courseware knows {self._at}), so"
            " nothing more is taken here. Start the new version."
        )


def current(db: database.Database) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with db.read() as connection:
        return alembic.migration.MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision of this version of courseware."""
    head = alembic.script.ScriptDirectory(str(_FOLDER)).get_current_head()
    if head is None:
        raise errors.Permanent("This installation has no migrations; install courseware again.")
    return head


def upgrade(db: database.Database, *, backup_to: Path | None = None, patience: float = PATIENCE) -> bool:
    """Apply what is missing; True if something was. `backup_to` is where a SQLite file is copied first.

    Raises:
        Temporary: a table stays in use.
        UserError: a newer version made the database; going back would lose what it keeps.
    """
    at = current(db)
    if at == newest():
        return False
    _check_known(at)
    if at is not None and backup_to is not None and db.dialect == "sqlite":
        database.copy_sqlite(db.address, backup_to)
    config = alembic.config.Config()
    config.set_main_option("script_location", str(_FOLDER))
    with changing(db, patience=patience) as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
    return True


@contextlib.contextmanager
def changing(db: database.Database, *, patience: float = PATIENCE) -> Iterator[sa.Connection]:
    """A transaction that changes tables, one at a time; it waits so many seconds for each of them at most.

    Raises:
        Temporary: a table stays in use; nothing was changed.
    """
    try:
        with db.write() as connection:
            if db.dialect == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(patience * 1000)}")
                database.lock(connection, "migrate")
            yield connection
    except errors.Temporary as error:
        if getattr(getattr(error.__cause__, "orig", None), "sqlstate", None) != _IN_USE:
            raise
        raise errors.Temporary(
            f"A table stayed in use for {patience:g} seconds, so nothing was changed. End the long"
            " transaction (pg_stat_activity names it), or stop services and workers, and run `courseware"
            " migrate` again."
        ) from error


def _check_known(at: str | None) -> None:
    """Refuse a database that this version does not know."""
    script = alembic.script.ScriptDirectory(str(_FOLDER))
    if at is not None and at not in {each.revision for each in script.walk_revisions()}:
        raise errors.UserError(
            f"A newer version of courseware made this database (schema {at}; this one knows {newest()})."
            " Update courseware, or restore a backup of this version."
        )


def require(db: database.Database) -> None:
    """Refuse a database of another schema.

    Raises:
        UserError: it has to be migrated first, or a newer version made it.
    """
    at = current(db)
    _check_known(at)
    if at != newest():
        shown = at or "empty"
        raise errors.UserError(
            f"The database is at {shown}, this version needs {newest()}. Run `courseware migrate`."
        )


def tables(connection: sa.Connection) -> list[str]:
    """The names of the tables that are there."""
    return sorted(sa.inspect(connection).get_table_names())
