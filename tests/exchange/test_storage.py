"""What a course keeps is counted once, staff stop at the quota, hand-ins later, other courses never."""

import concurrent.futures
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import courses, manifest
from courseware.exchange import drafts, publish, storage, submit
from courseware.exchange import model as exchange_model
from tests import builders
from tests.builders import NOW

HALF = 500_000


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def used(world: builders.World) -> int:
    with world.database.read() as connection:
        return storage.of_course(connection, world.course.id, usual=0).used


def stored(world: builders.World) -> int:
    """The bytes that are really there."""
    return sum(len(world.blobs.get(digest)) for digest in world.blobs.digests())


def limited(world: builders.World, more: int) -> None:
    """Leave a course room for so many bytes more."""
    with world.database.write() as connection:
        storage.put_quota(connection, world.course, used(world) + more)


def filled(size: int, mark: str) -> exchange_model.Upload:
    """A hand-in of about so many bytes."""
    book = json.loads(builders.NOTEBOOK)
    book["cells"][0]["source"] = mark * size
    return builders.upload(mark, json.dumps(book).encode())


def hand_in(world: builders.World, wish: exchange_model.Upload) -> submit.Received:
    return submit.receive_upload(world.desk, world.sam, "one", wish, now=NOW)


def keep(world: builders.World, wish: exchange_model.Upload) -> drafts.Draft:
    return drafts.keep(world.database, world.blobs, world.sam, world.one, wish, now=NOW)


def release(world: builders.World, bundle: exchange_model.Bundle) -> exchange_model.Release:
    return publish.publish(world.database, world.blobs, world.one, bundle, by=world.teacher.person, now=NOW)


def film(data: bytes) -> exchange_model.Bundle:
    made = builders.bundle()
    return dataclasses.replace(made, student={**made.student, "film.webm": data})


def test_each_file_counts_once_however_it_came(world: builders.World) -> None:
    assert used(world) == stored(world) > 0
    wish = filled(1000, "a")
    keep(world, wish)
    before = used(world)
    hand_in(world, wish)
    release(world, builders.bundle())
    assert used(world) == before == stored(world)


def test_staff_stop_at_the_quota_and_students_go_on(world: builders.World) -> None:
    release(world, film(b"f" * 10_000_000))
    limited(world, HALF)
    with pytest.raises(errors.UserError, match=r"10\.0 MB of files of the 10\.5 MB .* would add 0\.6 MB"):
        release(world, film(b"g" * 600_000))
    assert stored(world) == used(world)
    hand_in(world, filled(600_000, "b"))
    keep(world, filled(200_000, "c"))
    with pytest.raises(errors.UserError, match="no more copies, only hand-ins"):
        keep(world, filled(400_000, "d"))
    hand_in(world, filled(400_000, "e"))
    with pytest.raises(errors.Temporary, match="no room for hand-ins now"):
        hand_in(world, filled(600_000, "g"))
    assert stored(world) == used(world)
    # What is there already is no more, so it is taken; with a larger quota the very same goes.
    release(world, film(b"f" * 10_000_000))
    limited(world, 10 * HALF)
    assert hand_in(world, filled(600_000, "g")).fresh


def test_one_course_says_nothing_of_another(world: builders.World) -> None:
    text = builders.MANIFEST.replace('"c"', '"other"')
    with world.database.write() as connection:
        other = courses.put(connection, manifest.parse(text), text, now=NOW)
        storage.put_quota(connection, other, 1)
        assert storage.of_course(connection, other.id, usual=5) == storage.Storage(used=0, quota=1)
        storage.put_quota(connection, other, None)
        assert storage.of_course(connection, other.id, usual=5).quota == 5
    assert hand_in(world, filled(1000, "a")).fresh


def test_of_many_at_the_same_time_no_more_come_in_than_fit(world: builders.World) -> None:
    with world.database.write() as connection:
        storage.put_quota(connection, world.course, 10 * HALF)

    def one(mark: str) -> bool:
        try:
            return hand_in(world, filled(HALF, mark)).fresh
        except errors.Temporary:
            return False

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        taken = sum(pool.map(one, "abcdefghijklmnop"))
    assert taken == 10
    assert used(world) <= 10 * HALF * 1.1
