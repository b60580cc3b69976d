"""What failed is run once more by the newest release with the tasks that its student had."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.exchange import submissions
from courseware.grading import queued
from courseware.store import schema
from tests import builders
from tests.grading import test_regrade as again


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[again.Class]:
    world = builders.world(database_url, tmp_path)
    yield again.Class(world=world, sandbox=again.Counting())
    world.close()


def fail(course: again.Class, public: str) -> None:
    """Its grading ends as one does whose course lacks something."""
    table = schema.grading
    with course.world.database.write() as connection:
        key = submissions.find(connection, public).id
        mine = (table.c.submission_id == key) & table.c.current.is_(True)
        connection.execute(sa.update(table).where(mine).values(state="failed", finished=builders.NOW))


def retry(course: again.Class, public: str | None) -> int:
    world = course.world
    return queued.retry(
        world.database,
        world.blobs,
        world.course,
        public,
        builders.idle_queue(),
        by=world.teacher.person,
        now=builders.NOW,
    )


def release_of(course: again.Class, public: str) -> int:
    """The number of the release by which a hand-in waits to be graded."""
    with course.world.database.read() as connection:
        key = submissions.find(connection, public).id
        found = sa.select(schema.release.c.number, schema.grading.c.state).join(
            schema.grading, schema.grading.c.release_id == schema.release.c.id
        )
        mine = (schema.grading.c.submission_id == key) & schema.grading.c.current.is_(True)
        number, state = connection.execute(found.where(mine)).one()
    assert state == "waiting"
    return int(number)


def test_a_mended_release_grades_what_failed(course: again.Class) -> None:
    number = course.release(again.lesson(again.GOOD))
    sams = course.hand_in(course.world.sam, number, again.GOOD)
    kims = course.hand_in(course.world.kim, number, again.GOOD)
    for each in (sams, kims):
        fail(course, each)
    stricter = f"{again.DOUBLE}\nassert double(5) == 10"
    mended = course.release(again.lesson(again.GOOD, double=stricter))
    assert retry(course, sams) == 1
    assert release_of(course, sams) == mended
    assert retry(course, None) == 1
    assert release_of(course, kims) == mended
    assert course.work()
    assert course.marks() == {"sam": again.FULL, "kim": again.FULL}
    assert retry(course, None) == 0
    with pytest.raises(errors.UserError, match="failed, so there is none"):
        retry(course, sams)


def test_work_on_other_tasks_stays_with_its_own_release(course: again.Class) -> None:
    number = course.release(again.lesson(again.GOOD))
    sams = course.hand_in(course.world.sam, number, again.GOOD)
    fail(course, sams)
    other = {name: data.replace(b"square", b"cube") for name, data in again.lesson(again.GOOD).items()}
    assert course.release(other) > number
    assert retry(course, sams) == 1
    assert release_of(course, sams) == number
