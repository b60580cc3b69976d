"""Bring a database to this version's schema.

In: an open database. Out: the same with all migrations applied, or the word that it is older. The
migrations are hand-written and import no room. A SQLite file is copied before it is changed.
"""

from pathlib import Path

import alembic.command
import alembic.config
import alembic.migration
import alembic.script
import sqlalchemy as sa

from courseware import errors
from courseware.store import database

_FOLDER = Path(__file__).parent / "migrations"


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


def upgrade(db: database.Database, *, backup_to: Path | None = None) -> bool:
    """Apply what is missing; True if something was. `backup_to` is where a SQLite file is copied first.

    Raises:
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
    with db.write() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
    return True


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
