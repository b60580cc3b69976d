"""A small course for the tests of every room: a migrated database, people, one lesson and its release."""

import dataclasses
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from courseware.course import courses, lessons, manifest, model, people
from courseware.exchange import keys, publish, submit
from courseware.exchange import model as exchange_model
from courseware.grading import assignment, gradings
from courseware.notebook import files, settings_nbgrader
from courseware.sandbox import kernels, pythons
from courseware.store import blobs, database, migrate
from tests.notebook import build

NOW = datetime.datetime(2026, 9, 10, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
MANIFEST = """\
[course]
id = "tiny"
title = "A tiny course"
time_zone = "UTC"

[[lessons]]
slug = "one"
title = "Lesson one"
opens = 2026-09-01T00:00:00
due = 2026-09-20T00:00:00
closes = 2026-09-30T00:00:00

[[lessons]]
slug = "two"
title = "Lesson two"
"""
NOTEBOOK = build.book(
    build.answer("### BEGIN SOLUTION\ndef f(x):\n    return x + 1\n### END SOLUTION", "f"),
    build.machine("assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(5) == 6\n### END HIDDEN TESTS", "t"),
    build.cell("Say why.", "markdown", grade_id="why", grade=True, solution=True, points=3),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class World:
    """The course, its people by role, what handing in needs, and the release of lesson one."""

    database: database.Database
    blobs: blobs.Blobs
    ring: keys.Ring
    course: model.Course
    people: dict[str, model.Person]
    lesson: model.Lesson
    release: exchange_model.Release

    @property
    def desk(self) -> submit.Desk:
        """A desk that enqueues gradings, as the service's does."""

        def enqueue(connection: object, submission: exchange_model.Submission, now: datetime.datetime) -> None:
            gradings.enqueue(connection, submission, now)  # type: ignore[arg-type]  # submit hands a connection

        return submit.Desk(database=self.database, blobs=self.blobs, keys=self.ring, enqueue=enqueue)

    def viewer(self, name: str, *, ceiling: model.Ceiling = "lab") -> model.Viewer:
        """Somebody of the course, asking."""
        with self.database.read() as connection:
            role = people.role(connection, self.course, self.people[name], now=NOW)
        assert role is not None
        return model.Viewer(person=self.people[name], course=self.course, role=role, ceiling=ceiling)

    def hand_in(
        self, name: str = "sam", *, key: str = "k1", now: datetime.datetime = NOW, text: str = "return x + 1"
    ) -> submit.Received:
        """Hand in lesson one with this body of the function."""
        return submit.receive_upload(
            self.desk, self.viewer(name), "one", upload(answered(self, text), key=key), now=now
        )


@contextmanager
def world(url: str, folder: Path) -> Iterator[World]:
    """The course at this database; files go below the folder."""
    db, kept, ring = migrated(url), blobs.open_at(str(folder / "blobs")), keys.Ring(folder / "keys")
    try:
        with db.write() as connection:
            parsed = manifest.parse(MANIFEST)
            course = courses.put(connection, parsed, MANIFEST, now=NOW)
            lessons.sync(connection, course, parsed, now=NOW)
            ring.ensure(connection, course, now=NOW)
            known = {
                name: people.add(
                    connection, course, username=name, name=name.title(), email=None, role=role, now=NOW
                )
                for name, role in (
                    ("olga", "owner"), ("ina", "instructor"), ("gus", "grader"),
                    ("sam", "student"), ("kim", "student"),
                )
            }  # fmt: skip
            lesson = lessons.find(connection, course, "one")
        release = publish.publish(db, kept, lesson, bundle(), by=known["olga"], now=NOW)
        yield World(
            database=db, blobs=kept, ring=ring, course=course, people=known, lesson=lesson, release=release
        )
    finally:
        db.close()


def migrated(url: str) -> database.Database:
    """An open database with this version's tables."""
    db = database.open_at(url)
    migrate.upgrade(db)
    return db


def bundle() -> exchange_model.Bundle:
    """A release of one small notebook."""
    python = pythons.current()
    made = assignment.prepare(
        {"work.ipynb": files.write(NOTEBOOK)},
        options=settings_nbgrader.Options(),
        autotests=None,
        sandbox=kernels.Unconfined(),
        python=python,
    )
    built = made.notebooks["work"]
    built.student["metadata"]["courseware"] = {"format": 1, "course": "tiny", "lesson": "one", "release": 1}
    return exchange_model.Bundle(
        student={"work.ipynb": files.write(built.student)},
        instructor={"work.ipynb": files.write(built.marking)},
        answers=made.answers,
        exercises=tuple(
            exchange_model.Exercise(
                notebook=e.notebook,
                key=e.key,
                title=e.title,
                points=e.points,
                kind="tests" if e.kind == "tests" else "person",
            )
            for e in made.exercises
        ),
        anchors={},
        report={},
        environment={"python": str(python)},
    )


def answered(place: World, text: str) -> bytes:
    """The released notebook, solved with this body."""
    data = place.blobs.get(place.release.student[0].sha256)
    notebook = files.read(data, name="work.ipynb")
    notebook["cells"][0]["source"] = f"def f(x):\n    {text}"
    return files.write(notebook)


def upload(
    data: bytes, *, key: str = "k1", release: int = 1, path: str = "work.ipynb"
) -> exchange_model.Upload:
    """One file under a client key."""
    return exchange_model.Upload(release=release, files={path: data}, client_key=key)
