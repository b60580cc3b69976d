"""Small real things for tests: a migrated database with a course, people, a lesson and a release."""

import dataclasses
import datetime
import functools
import json
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from courseware.course import amend, courses, lessons, manifest, model, people
from courseware.exchange import keys, publish, submit
from courseware.exchange import model as exchange_model
from courseware.grading import take_in
from courseware.jobs import embedded
from courseware.store import blobs, database, journal, migrate, schema
from tests import databases

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
MANIFEST = """[course]
id = "c"
title = "A course"
time_zone = "Europe/Berlin"

[[lessons]]
slug = "one"
title = "One"
opens = 2026-11-01T08:00:00
due = 2026-11-23T14:00:00
closes = 2026-11-24T14:00:00

[[lessons]]
slug = "two"
title = "Two"
opens = 2027-01-01T08:00:00
"""
# Due at 13:00 UTC: Berlin is one hour ahead in November.
NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "outputs": []}],
    }
).encode()
EXERCISE = exchange_model.Exercise(notebook="n", key="t", title="T", points=4, kind="tests")


@dataclasses.dataclass(frozen=True, kw_only=True)
class World:
    """A course with a teacher and two students; lesson `one` has a release."""

    database: database.Database
    blobs: blobs.Blobs
    keys: keys.Ring
    course: model.Course
    teacher: model.Viewer
    sam: model.Viewer
    kim: model.Viewer
    one: model.Lesson

    @property
    def desk(self) -> submit.Desk:
        """What handing in needs, with the real queue of gradings."""

        def enqueue(*given: object) -> None:
            connection, taken, now = given
            take_in.take_in(connection, self.blobs, taken, now)  # type: ignore[arg-type]  # the port's own arguments

        return submit.Desk(database=self.database, blobs=self.blobs, keys=self.keys, enqueue=enqueue)

    def close(self) -> None:
        """Close the database."""
        self.database.close()


@dataclasses.dataclass(frozen=True, kw_only=True)
class _First:
    """The world that is made first; on SQLite the others are copies of its database and its other files."""

    world: World
    rows: bytes
    files: dict[Path, tuple[int, bytes | None]]


def world(url: str, folder: Path) -> World:
    """All of it, in a database at this address that has no row yet. Worlds on SQLite have the same ids and
    keys: two of them are to each other as a service and its backup.
    """
    path = Path(url.removeprefix("sqlite:///"))
    is_new = url.startswith("sqlite:///") and (
        not path.exists() or path.read_bytes() == databases.migrated_file()
    )
    return _copied(path, folder) if is_new else _made(url, folder)


def _copied(path: Path, folder: Path) -> World:
    """A copy of the first: making it anew costs more than most tests do with it."""
    first = _first()
    path.write_bytes(first.rows)
    for name, (mode, data) in first.files.items():
        if data is None:
            (folder / name).mkdir(parents=True, exist_ok=True)
        else:
            (folder / name).write_bytes(data)
        (folder / name).chmod(mode)
    return dataclasses.replace(
        first.world,
        database=database.open_at(f"sqlite:///{path}"),
        blobs=blobs.open_at(str(folder / "blobs")),
        keys=keys.Ring(folder / "keys"),
    )


@functools.cache
def _first() -> _First:
    with tempfile.TemporaryDirectory() as name:
        path, folder = Path(name, "courseware.sqlite"), Path(name, "files")
        folder.mkdir()
        made = _made(f"sqlite:///{path}", folder)
        made.close()
        files = {
            each.relative_to(folder): (
                each.stat().st_mode & 0o777,
                each.read_bytes() if each.is_file() else None,
            )
            for each in sorted(folder.rglob("*"))
        }
        return _First(world=made, rows=path.read_bytes(), files=files)


def _made(url: str, folder: Path) -> World:
    """All of it, made by what makes it in a service."""
    db = migrated(url)
    kept, ring = blobs.open_at(str(folder / "blobs")), keys.Ring(folder / "keys")
    parsed = manifest.parse(MANIFEST)
    with db.write() as connection:
        course = courses.put(connection, parsed, MANIFEST, now=NOW)
        lessons.sync(connection, course, parsed, now=NOW)
        ring.ensure(connection, course, now=NOW)
        made = {
            name: model.Viewer(
                person=people.add(
                    connection, course, username=name, name=name, email=None, role=role, now=NOW
                ),
                course=course,
                role=role,
                ceiling="cli",
            )
            for name, role in _PEOPLE
        }
        one = lessons.find(connection, course, "one")
    publish.publish(db, kept, one, bundle(), by=made["tess"].person, now=NOW)
    return World(
        database=db,
        blobs=kept,
        keys=ring,
        course=course,
        teacher=made["tess"],
        sam=made["sam"],
        kim=made["kim"],
        one=one,
    )


def person(
    connection: sa.Connection,
    course: model.Course,
    username: str,
    *,
    name: str,
    email: str | None = None,
    role: model.Role = "student",
    now: datetime.datetime = NOW,
) -> model.Person:
    """Somebody of the course, just so: added, or changed if they are there already."""
    here = {each.person.username: each for each in people.members(connection, course)}
    if username not in here:
        return people.add(connection, course, username=username, name=name, email=email, role=role, now=now)
    wish = amend.Change(name=name, email=email or "", role=role, back=True)
    return amend.change(connection, course, here[username], wish, by=None, now=now).person


def migrated(url: str) -> database.Database:
    """An open database with this version's tables."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        path.write_bytes(databases.migrated_file())
    db = database.open_at(url)
    if migrate.current(db) != _newest():
        migrate.upgrade(db)
    return db


@functools.cache
def _newest() -> str:
    """This version's revision, looked up once in all tests."""
    return migrate.newest()


def news(db: database.Database, reader: str, wanted: list[str]) -> list[journal.Entry]:
    """What a reader is told, once it is these kinds: transactions of other tests hold news back a moment."""
    until = time.monotonic() + 20
    while True:
        with db.read() as connection:
            found = journal.read(connection, reader)
        if [entry.kind for entry in found] == wanted:
            return found
        assert time.monotonic() < until, found
        time.sleep(0.05)


_PEOPLE: tuple[tuple[str, model.Role], ...] = (("tess", "owner"), ("sam", "student"), ("kim", "student"))


def idle_queue() -> embedded.Embedded:
    """A queue in which nothing runs."""
    return embedded.Embedded(lambda running: None, slots=1)


def bundle() -> exchange_model.Bundle:
    """A release of one notebook."""
    return exchange_model.Bundle(
        student={"n.ipynb": NOTEBOOK},
        instructor={"n.ipynb": NOTEBOOK},
        answers=frozenset(),
        exercises=(EXERCISE,),
        anchors={"n": [{"key": "a", "id": "a", "source": "1", "grade_id": None}]},
        report={},
        environment={},
    )


def upload(
    key: str, data: bytes = NOTEBOOK, *, release: int = 1, name: str = "n.ipynb"
) -> exchange_model.Upload:
    """A hand-in of one file."""
    return exchange_model.Upload(release=release, files={name: data}, client_key=key)


def events(connection: sa.Connection) -> list[journal.Entry]:
    """All that happened so far, whether or not a slow transaction could still come before it."""
    rows = connection.execute(sa.select(schema.journal).order_by(schema.journal.c.id)).mappings()
    return [journal.Entry(**{**row, "data": json.loads(row["data"])}) for row in rows]
