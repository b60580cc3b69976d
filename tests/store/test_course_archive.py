"""One course goes to another service, whole and alone: work, marks, talk, receipts; nothing of others."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.course import courses, lessons, manifest, model, people
from courseware.discussion import look, write
from courseware.discussion import model as talk
from courseware.exchange import keys, publish, receipts, submit
from courseware.grading import grades
from courseware.store import archive, blobs, database, schema
from tests import builders, databases
from tests.builders import NOW, upload
from tests.interchange import test_lms

OTHER = builders.MANIFEST.replace('id = "c"', 'id = "d"').replace("A course", "Another one")
SECRET = builders.NOTEBOOK.replace(b'"source": "1"', b'"source": "of the other course"')


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def another_course(world: builders.World) -> model.Course:
    """A second course in the same service, with Sam in it and somebody who is in it alone."""
    parsed = manifest.parse(OTHER)
    with world.database.write() as connection:
        course = courses.put(connection, parsed, OTHER, now=NOW)
        lessons.sync(connection, course, parsed, now=NOW)
        world.keys.ensure(connection, course, now=NOW)
        one = lessons.find(connection, course, "one")
        people.enrol(connection, course, world.sam.person, "student", now=NOW)
        lou = people.add(
            connection, course, username="lou", name="Lou Lonely", email=None, role="student", now=NOW
        )
    publish.publish(world.database, world.blobs, one, builders.bundle(), by=world.teacher.person, now=NOW)
    for person in (world.sam.person, lou):
        viewer = model.Viewer(person=person, course=course, role="student", ceiling="cli")
        submit.receive_upload(world.desk, viewer, "one", upload(f"d-{person.username}", SECRET), now=NOW)
        with world.database.write() as connection:
            wish = talk.Beginning(title="Elsewhere", words=talk.Words(body="said elsewhere"))
            write.begin(connection, viewer, talk.Place(course=course), wish, now=NOW)
    return course


def asked(world: builders.World) -> str:
    """A thread of the course that goes."""
    wish = talk.Beginning(title="Sam asks", words=talk.Words(body="Who am I?"))
    place = talk.Place(course=world.course, lesson=world.one)
    with world.database.write() as connection:
        thread = write.begin(connection, world.sam, place, wish, now=NOW).id
        write.reply(connection, world.kim, thread, talk.Words(body="Sam."), now=NOW)
    return thread


def test_a_course_goes_whole_and_alone(world: builders.World, tmp_path: Path) -> None:
    another_course(world)
    before = test_lms.table(world, sam=3.5, kim=2)
    thread = asked(world)
    target, ring = tmp_path / "c.zip", tmp_path / "keys"
    archive.backup(world.database, world.blobs, ring, target, course_id=world.course.id)
    with zipfile.ZipFile(target) as zipped:
        text = b"".join(zipped.read(name) for name in zipped.namelist()).decode(errors="replace")
        private = [name for name in zipped.namelist() if name.startswith("keys/")]
        assert zipped.read("tables/credential.jsonl") == b""
    assert not [word for word in ("Lonely", "elsewhere", "other course", "Another one") if word in text]
    assert len(private) == 1
    place = tmp_path / "there.sqlite"
    place.write_bytes(databases.migrated_file())
    db, kept = database.open_at(f"sqlite:///{place}"), blobs.open_at(str(tmp_path / "there"))
    archive.restore(db, kept, tmp_path / "there-keys", target)
    with db.read() as connection:
        assert [each.slug for each in courses.everything(connection)] == ["c"]
        assert receipts.broken_link(connection, world.course) is None
        after = grades.of_class(connection, world.course, now=NOW)
        told = look.thread(connection, world.kim, thread, now=NOW)
    assert {key: cell.score for key, cell in after.cells.items()} == {
        key: cell.score for key, cell in before.cells.items()
    }
    assert [post.body for post in told.posts] == ["Who am I?", "Sam."]
    desk = submit.Desk(
        database=db, blobs=kept, keys=keys.Ring(tmp_path / "there-keys"), enqueue=lambda *_: None
    )
    got = submit.receive_upload(desk, world.kim, "one", upload("there"), now=NOW)
    assert got.receipt["sequence"] == 3
    with db.read() as connection:
        assert receipts.broken_link(connection, world.course) is None
    db.close()


def test_no_row_that_comes_along_names_one_that_does_not(world: builders.World, tmp_path: Path) -> None:
    another_course(world)
    test_lms.table(world, sam=3.5)
    asked(world)
    archive.backup(
        world.database, world.blobs, tmp_path / "keys", tmp_path / "c.zip", course_id=world.course.id
    )
    with zipfile.ZipFile(tmp_path / "c.zip") as zipped:
        rows = {
            name.removeprefix("tables/").removesuffix(".jsonl"): [
                json.loads(line) for line in zipped.read(name).decode().splitlines()
            ]
            for name in zipped.namelist()
            if name.startswith("tables/")
        }
    keys_of = {name: {row.get("id") for row in found} for name, found in rows.items()}
    for table in schema.course.metadata.sorted_tables:
        for column in table.c:
            for reference in column.foreign_keys:
                named = {row[column.name] for row in rows[table.name]} - {None}
                assert named <= keys_of[reference.column.table.name], (table.name, column.name)
    with world.database.read() as connection:
        everything = connection.execute(
            sa.select(sa.func.count()).select_from(schema.submission)
        ).scalar_one()
    assert (len(rows["submission"]), everything) == (1, 3)
