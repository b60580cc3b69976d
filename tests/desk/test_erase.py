"""Somebody is erased: threads stay readable, receipts hold, files go, a backup brings nobody back."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, manifest, people
from courseware.desk import erase
from courseware.discussion import look, model, write
from courseware.exchange import model as exchange_model
from courseware.exchange import receipts, releases, storage, submissions, submit
from courseware.store import archive, blobs, database, schema, schema_erasure
from tests import builders
from tests.builders import HOUR, NOW, upload

OWN = builders.NOTEBOOK.replace(b'"source": "1"', b'"source": "sam@home"')
"""A notebook that nobody else has."""


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def hand_in(world: builders.World, name: str, data: bytes, key: str = "k") -> str:
    viewer = {"sam": world.sam, "kim": world.kim}[name]
    got = submit.receive_upload(world.desk, viewer, "one", upload(key, data), now=NOW)
    return got.submission.public


def erased(world: builders.World, state: Path) -> None:
    with world.database.write() as connection:
        erase.person(connection, world.sam.person, state=state, by=world.teacher.person, now=NOW)


def used(world: builders.World) -> int:
    with world.database.read() as connection:
        return storage.of_course(connection, world.course.id, usual=0).used


def test_receipts_go_on_after_the_last_one_was_erased(world: builders.World, tmp_path: Path) -> None:
    hand_in(world, "kim", builders.NOTEBOOK)
    hand_in(world, "sam", OWN)
    erased(world, tmp_path)
    hand_in(world, "kim", builders.NOTEBOOK, "again")
    with world.database.read() as connection:
        assert receipts.broken_link(connection, world.course) is None
        bodies = [json.loads(body) for body in connection.execute(sa.select(schema.receipt.c.body)).scalars()]
    assert [body.get("sequence") for body in bodies] == [1, None, 3]
    with world.database.write() as connection:
        changed = schema.receipt.c.sequence == 3
        connection.execute(schema.receipt.update().where(changed).values(previous_hash="x"))
    with world.database.read() as connection:
        assert receipts.broken_link(connection, world.course) == 3


def test_files_that_nobody_has_go_and_others_stay(world: builders.World, tmp_path: Path) -> None:
    hand_in(world, "kim", builders.NOTEBOOK)
    before = used(world)
    kept = submissions.find
    hand_in(world, "sam", builders.NOTEBOOK, "same")
    public = hand_in(world, "sam", OWN)
    with world.database.read() as connection:
        (entry,) = kept(connection, public).files
    assert used(world) == before + len(OWN)
    erased(world, tmp_path)
    assert used(world) == before
    erase.sweep(world.database, world.blobs, now=NOW)
    assert entry.sha256 in set(world.blobs.digests())  # somebody may just hand in the same bytes
    erase.sweep(world.database, world.blobs, now=NOW + HOUR)
    assert entry.sha256 not in set(world.blobs.digests())
    assert world.blobs.get(entry.sha256) == OWN
    erase.sweep(world.database, world.blobs, now=NOW + 25 * HOUR)
    with pytest.raises(errors.Permanent, match="missing"):
        world.blobs.get(entry.sha256)
    assert {file.sha256 for file in of(world, "kim")} <= set(world.blobs.digests())
    with world.database.read() as connection:
        assert connection.execute(sa.select(schema_erasure.erased_blob)).all() == []


def of(world: builders.World, name: str) -> tuple[exchange_model.FileEntry, ...]:
    with world.database.read() as connection:
        person = people.by_username(connection, name)
        (found,) = [
            each for each in submissions.of_lesson(connection, world.one.id) if each.person_id == person.id
        ]
        return found.files


@pytest.mark.parametrize("swept", [0, 1])
def test_bytes_that_somebody_hands_in_meanwhile_stay(
    world: builders.World, tmp_path: Path, swept: int
) -> None:
    hand_in(world, "sam", OWN)
    erased(world, tmp_path)
    for _ in range(swept):
        erase.sweep(world.database, world.blobs, now=NOW + HOUR)
    hand_in(world, "kim", OWN)
    for hours in (2, 26, 52):
        erase.sweep(world.database, world.blobs, now=NOW + hours * HOUR)
        (file,) = of(world, "kim")
        assert world.blobs.get(file.sha256) == OWN
    assert file.sha256 in set(world.blobs.digests())
    with world.database.read() as connection:
        assert connection.execute(sa.select(schema_erasure.erased_blob)).all() == []


def test_threads_stay_readable(world: builders.World, tmp_path: Path) -> None:
    place = model.Place(course=world.course, lesson=world.one)
    asked = model.Beginning(title="Sam asks", words=model.Words(body="Who am I?"))
    with world.database.write() as connection:
        thread = write.begin(connection, world.sam, place, asked, now=NOW).id
        write.reply(connection, world.kim, thread, model.Words(body="You are Sam."), now=NOW)
    erased(world, tmp_path)
    with world.database.read() as connection:
        told = look.thread(connection, world.kim, thread, now=NOW)
    assert (told.thread.title, [post.author.name for post in told.posts]) == ("", ["[deleted]", "kim"])
    assert [post.body for post in told.posts] == ["", "You are Sam."]


def test_the_user_name_is_free_again_and_who_comes_is_somebody_else(
    world: builders.World, tmp_path: Path
) -> None:
    erased(world, tmp_path)
    with world.database.write() as connection:
        assert people.known(connection, "sam") is None
        assert "sam" not in [m.person.username for m in people.members(connection, world.course)]
        again = people.add(
            connection, world.course, username="sam", name="Sam", email=None, role="student", now=NOW
        )
    assert again.public != world.sam.person.public


def test_whoever_owns_the_course_stays(world: builders.World, tmp_path: Path) -> None:
    with world.database.write() as connection, pytest.raises(errors.UserError, match="owns the course"):
        erase.person(connection, world.teacher.person, state=tmp_path, by=None, now=NOW)
    assert not (tmp_path / erase.FILE).exists()


def test_one_that_is_rolled_back_is_not_done_again(world: builders.World, tmp_path: Path) -> None:
    def broken_off() -> None:
        with world.database.write() as connection:
            erase.person(connection, world.sam.person, state=tmp_path, by=None, now=NOW)
            raise errors.Temporary("away")

    with pytest.raises(errors.Temporary):
        broken_off()
    with world.database.write() as connection:
        assert erase.again(connection, tmp_path / erase.FILE, state=tmp_path, now=NOW) == 0
        assert people.by_public(connection, world.sam.person.public) is not None
    erased(world, tmp_path)
    assert last(tmp_path) == "begun"
    erase.settle(world.database, tmp_path, now=NOW)
    assert last(tmp_path) == "begun", "it could still be on its way"
    for _ in range(2):
        erase.settle(world.database, tmp_path, now=NOW + HOUR)
        assert last(tmp_path) == "done"
    assert len((tmp_path / erase.FILE).read_text().splitlines()) == 4


@pytest.mark.parametrize("committed", [True, False])
def test_one_that_a_crash_broke_off_is_settled_by_the_database(
    world: builders.World, tmp_path: Path, committed: bool
) -> None:
    begun = {"person": world.sam.person.public, "at": NOW.isoformat(), "state": "begun"}
    if committed:
        erased(world, tmp_path / "elsewhere")
    (tmp_path / erase.FILE).write_text(json.dumps(begun) + "\n")
    erase.settle(world.database, tmp_path, now=NOW + HOUR)
    assert last(tmp_path) == ("done" if committed else "undone")
    with world.database.write() as connection:
        assert erase.again(connection, tmp_path / erase.FILE, state=tmp_path, now=NOW) == 0


def last(state: Path) -> str:
    """What the last line of the list of erasures says."""
    return str(json.loads((state / erase.FILE).read_text().splitlines()[-1])["state"])


def test_a_backup_brings_nobody_back(world: builders.World, tmp_path: Path) -> None:
    hand_in(world, "sam", OWN)
    state = tmp_path / "state"
    archive.backup(world.database, world.blobs, tmp_path / "keys", tmp_path / "before.zip")
    erased(world, state)
    db = database.open_at(f"sqlite:///{tmp_path / 'restored.sqlite'}")
    kept = blobs.open_at(str(tmp_path / "restored"))
    archive.restore(db, kept, tmp_path / "restored-keys", tmp_path / "before.zip")
    with db.write() as connection:
        assert people.by_public(connection, world.sam.person.public) is not None
        assert erase.again(connection, state / erase.FILE, state=tmp_path / "new", now=NOW) == 1
        assert people.by_public(connection, world.sam.person.public) is None
        assert erase.again(connection, state / erase.FILE, state=tmp_path / "new", now=NOW) == 0
    erase.sweep(db, kept, now=NOW + datetime.timedelta(hours=1))
    assert len(list(kept.digests())) == len(list(world.blobs.digests())) - 1
    db.close()


@pytest.mark.parametrize("text", ["sam\n", "[]\n", '{"person"}\n'])
def test_what_is_no_list_of_erased_people_is_refused(
    world: builders.World, tmp_path: Path, text: str
) -> None:
    (tmp_path / "list").write_text(text)
    with world.database.write() as connection, pytest.raises(errors.UserError, match="no list of erased"):
        erase.again(connection, tmp_path / "list", state=tmp_path, now=NOW)


def test_a_course_that_is_over_keeps_its_lessons_and_no_student(
    world: builders.World, tmp_path: Path
) -> None:
    hand_in(world, "sam", OWN)
    hand_in(world, "kim", builders.NOTEBOOK)
    text = builders.MANIFEST.replace('id = "c"', 'id = "d"')
    with world.database.write() as connection:
        other = courses.put(connection, manifest.parse(text), text, now=NOW)
        people.enrol(connection, other, world.kim.person, "student", now=NOW)
        ended = erase.course(connection, world.course, state=tmp_path, now=NOW)
    assert [each.username for each in ended.alone] == ["sam"]
    assert [each.username for each in ended.elsewhere] == ["kim"]
    with world.database.read() as connection:
        present = people.present(connection, world.course, now=NOW)
        assert [each.person.username for each in present] == ["tess"]
        assert people.role(connection, other, world.kim.person, now=NOW) == "student"
        assert people.known(connection, "sam") is None
        assert releases.newest(connection, world.one.id) is not None
