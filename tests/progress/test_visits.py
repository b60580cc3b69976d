"""Visits on both databases: when one ends, what is kept of the one before, how seldom they are written."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.progress import visits
from courseware.store import schema_progress
from tests import builders
from tests.builders import NOW

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def at(world: builders.World, minutes: float) -> visits.Visit:
    with world.database.write() as connection:
        return visits.note(connection, world.sam, now=NOW + minutes * MINUTE)


def test_a_visit_ends_after_half_an_hour_of_silence(world: builders.World) -> None:
    first = visits.Visit(began=NOW, last=NOW, before=None)
    assert at(world, 0) == first
    assert at(world, 30) == visits.Visit(began=NOW, last=NOW + 30 * MINUTE, before=None)
    later = at(world, 61)
    assert later == visits.Visit(began=NOW + 61 * MINUTE, last=NOW + 61 * MINUTE, before=NOW + 30 * MINUTE)
    again = at(world, 80)
    assert (again.began, again.before) == (later.began, later.before)
    with world.database.read() as connection:
        assert visits.find(connection, world.sam) == again
        assert visits.find(connection, world.kim) is None


def test_each_person_has_one_row_in_a_course(world: builders.World) -> None:
    for minutes in (0, 5, 100):
        at(world, minutes)
    with world.database.write() as connection:
        visits.note(connection, world.kim, now=NOW)
        count = sa.select(sa.func.count()).select_from(schema_progress.visit)
        assert connection.execute(count).scalar_one() == 2


def test_a_clock_that_runs_back_takes_nothing_back(world: builders.World) -> None:
    at(world, 10)
    assert at(world, 5).last == NOW + 10 * MINUTE


@pytest.mark.parametrize(("seconds", "due"), [(0, False), (59, False), (60, True), (4000, True)])
def test_it_is_written_once_a_minute_at_most(seconds: int, due: bool) -> None:
    known = visits.Visit(began=NOW, last=NOW, before=None)
    assert visits.is_due(known, NOW + datetime.timedelta(seconds=seconds)) is due
    assert visits.is_due(None, NOW)
