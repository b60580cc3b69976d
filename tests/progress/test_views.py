"""Which lessons somebody has opened, on both databases: the first time stays, staff are not noted."""

import concurrent.futures
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.progress import views
from courseware.store import schema_progress
from tests import builders
from tests.builders import HOUR, NOW


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def note(world: builders.World, now: datetime.datetime = NOW) -> None:
    with world.database.write() as connection:
        views.note(connection, world.sam, world.one, now=now)


def test_the_first_time_stays_and_is_ones_own(world: builders.World) -> None:
    with world.database.read() as connection:
        assert views.is_due(connection, world.sam, world.one)
        assert not views.is_due(connection, world.teacher, world.one)
    note(world)
    note(world, NOW + HOUR)
    with world.database.read() as connection:
        assert not views.is_due(connection, world.sam, world.one)
        assert views.of_person(connection, world.sam) == {world.one.id: NOW}
        assert views.of_person(connection, world.kim) == {}


def test_opened_in_many_tabs_at_once_it_is_one_first_time(world: builders.World) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: note(world), range(16)))
    with world.database.read() as connection:
        count = sa.select(sa.func.count()).select_from(schema_progress.lesson_view)
        assert connection.execute(count).scalar_one() == 1
