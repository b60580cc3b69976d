"""Backup and restore: everything in one file that either engine can be restored from.

In: an open database with writes going on, blobs, the folder of keys. Out: a zip with one file of JSON
lines per table (all read in one snapshot), the blobs that those rows name, and the keys. Blobs come before
rows everywhere, so a snapshot's blobs are all there. Restoring goes into an empty database only.
"""

import bisect
import dataclasses
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.store import blobs as blobs_store
from courseware.store import (
    columns,
    course_rows,
    database,
    migrate,
    schema,
    schema_checks,
    schema_trials,
    tables,
)

FORMAT = 1
_REFUSED = (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.ProgrammingError, sa.exc.CompileError)
_KEY = re.compile(r"keys/[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.(pem|secret)")
Step = Callable[[str], None]
STEPS = len(tables.metadata.sorted_tables) + 1  # each table, and the files
_NAME = frozenset({"manifest", "files", "source", "student", "feedback_hash", "content"})
NAMING = tuple(table for table in tables.metadata.sorted_tables if _NAME & set(table.c.keys()))
"""The tables whose rows may name blobs."""


def backup(
    db: database.Database,
    blobs: blobs_store.Blobs,
    keys: Path,
    target: Path,
    *,
    course_id: int | None = None,
    step: Step = lambda _: None,
) -> None:
    """Write the archive, of all or of one course; the file appears whole or not at all, readable by this user
    alone.

    Raises:
        UserError: the file exists already.
    """
    if target.exists():
        raise errors.UserError(f"{target} exists already. Give another file.")
    fresh = target.with_name(f".{target.name}.part")
    handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                _write(archive, db, _Kept(blobs=blobs, keys=keys, course_id=course_id), step)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)


def restore(
    db: database.Database, blobs: blobs_store.Blobs, keys: Path, source: Path, *, step: Step = lambda _: None
) -> None:
    """Bring an archive into an empty database.

    Raises:
        UserError: no such archive, of another version, or the database is not empty.
    """
    try:
        archive = zipfile.ZipFile(source)
        about = dict(json.loads(archive.read("about.json")))
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
        raise errors.UserError(f"{source} is no backup of courseware.") from None
    with archive:
        if about.get("format") != FORMAT or about.get("revision") != migrate.newest():
            raise errors.UserError(
                f"{source} is of another version ({about.get('revision')}). Restore it there, then migrate."
            )
        migrate.upgrade(db)
        with db.read() as connection:
            if connection.execute(sa.select(sa.func.count()).select_from(schema.course)).scalar_one():
                raise errors.UserError("The database is not empty. Restore into a new one.")
        secret = [name for name in archive.namelist() if name.startswith("keys/")]
        if not all(_KEY.fullmatch(name) for name in secret):
            raise errors.UserError(f"{source} is no backup of courseware: it holds keys of other names.")
        for name in archive.namelist():
            if name.startswith("blobs/"):
                blobs.put(archive.read(name))
        try:
            with db.write() as connection:
                for table in tables.metadata.sorted_tables:
                    _read_table(connection, table, archive)
                    step(table.name)
                for name in secret:
                    _write_key(keys, Path(name).name, archive.read(name))
        except (KeyError, ValueError, TypeError, AttributeError, *_REFUSED) as error:
            message = (
                f"{source} is no backup of courseware: its rows cannot be read ({type(error).__name__})."
            )
            raise errors.UserError(message) from None
        step("files")


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Kept:
    """Where files and keys are, and which course is asked for; None is all."""

    blobs: blobs_store.Blobs
    keys: Path
    course_id: int | None

    def key_files(self, public: set[str]) -> list[Path]:
        """The keys that go along: of one course those that sign its receipts, no secret of the service."""
        found = sorted((*self.keys.glob("*.pem"), *self.keys.glob("*.secret")))
        return found if self.course_id is None else [path for path in found if path.stem in public]


def _write(archive: zipfile.ZipFile, db: database.Database, kept: _Kept, step: Step) -> None:
    """All parts, rows first: the blobs they name are kept already and never change."""
    wanted: set[str] = set()
    signing: set[str] = set()
    archive.writestr("about.json", json.dumps({"format": FORMAT, "revision": migrate.newest()}))
    with db.snapshot() as connection:
        only = course_rows.Course(connection, kept.course_id) if kept.course_id is not None else None
        for table in tables.metadata.sorted_tables:
            read = [_plain(row) for row in connection.execute(_raw(table)).mappings()]
            rows = [row for row in read if only is None or only.has(table, row)]
            for row in rows:
                wanted.update(named(table, row))
            if table is schema.signing_key:
                signing = {row["public"] for row in rows}
            lines = [json.dumps(row) for row in rows]
            archive.writestr(f"tables/{table.name}.jsonl", "\n".join(lines))
            step(table.name)
    for digest in sorted(wanted):
        archive.writestr(f"blobs/{digest}", kept.blobs.get(digest))
    for path in kept.key_files(signing):
        archive.writestr(f"keys/{path.name}", path.read_bytes())
    step("files")


def _raw(table: sa.Table) -> sa.Select[Any]:
    """All columns as they are stored, instants as integers."""
    raw = [
        sa.type_coerce(c, sa.BigInteger).label(c.name) if isinstance(c.type, columns.Instant) else c
        for c in table.c
    ]
    order = list(table.primary_key.columns)
    return sa.select(*raw).order_by(*order)


def named(table: sa.Table, row: Mapping[str, Any]) -> Iterator[str]:
    """The hashes of the blobs that a row names; text that people wrote is never searched for them."""
    if table in (schema.release, schema_trials.trial) and row["manifest"]:
        told = json.loads(row["manifest"])
        yield from (file["sha256"] for file in (*told["student"], *told["instructor"]))
    elif table in (schema.submission, schema.draft, schema_checks.course_check):
        yield from (file["sha256"] for file in json.loads(row["files"]))
    elif table is schema.draft_release:
        yield from (file["sha256"] for name in ("source", "student") for file in json.loads(row[name]))
    elif table in (schema.grading, schema_trials.trial_work) and row["feedback_hash"]:
        yield row["feedback_hash"]
    elif table is schema.execution:
        yield row["content"]


def _plain(row: Any) -> dict[str, Any]:
    """A row as JSON; bytes as hex."""
    return {name: {"hex": value.hex()} if isinstance(value, bytes) else value for name, value in row.items()}


def _read_table(connection: sa.Connection, table: sa.Table, archive: zipfile.ZipFile) -> None:
    """Insert the rows of one table as they were, and set PostgreSQL's counter after them."""
    text = archive.read(f"tables/{table.name}.jsonl").decode()
    rows = [json.loads(line) for line in text.splitlines()]
    for row in rows:
        for name, value in row.items():
            if isinstance(value, dict):
                row[name] = bytes.fromhex(value["hex"])
    if table is schema.journal or table is schema.journal_cursor:
        _renumber(rows, [json.loads(line) for line in archive.read("tables/journal.jsonl").splitlines()])
    bare = sa.table(table.name, *(sa.column(c.name) for c in table.c))
    for start in range(0, len(rows), 500):
        connection.execute(bare.insert(), rows[start : start + 500])
    if connection.dialect.name == "postgresql" and "id" in table.c and rows:
        highest = max(int(row["id"]) for row in rows)
        connection.execute(
            sa.text("select setval(pg_get_serial_sequence(:table, 'id'), :highest)"),
            {"table": table.name, "highest": highest},
        )


def _renumber(rows: list[dict[str, Any]], entries: list[dict[str, Any]]) -> None:
    """Number events, and readers' places among them, in the order of reading: the transaction numbers of
    another server mean nothing here.
    """
    order = sorted((entry["xid"], entry["id"]) for entry in entries)
    for row in rows:
        place = (row["xid"], row["entry_id" if "entry_id" in row else "id"])
        row["entry_id" if "entry_id" in row else "id"] = bisect.bisect_right(order, place)
        row["xid"] = 0


def _write_key(keys: Path, name: str, data: bytes) -> None:
    """A private key, for this user alone."""
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(keys / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
