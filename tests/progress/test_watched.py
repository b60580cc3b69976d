"""What was watched, on both databases: united, never less, and left where it was left last."""

import datetime
import math
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.progress import watched
from tests import builders
from tests.builders import NOW

PATH = "media/lesson.webm"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def note(
    world: builders.World,
    *spans: tuple[float, float],
    minutes: float = 0,
    position: float | None = 0,
    **more: float,
) -> watched.Watched:
    told = watched.Report(
        duration=more.get("duration", 20), position=position, spans=spans, age=more.get("age", 0)
    )
    with world.database.write() as connection:
        return watched.note(connection, world.sam, (world.one, PATH), told, now=NOW + minutes * MINUTE)


def kept(world: builders.World) -> dict[str, watched.Watched]:
    with world.database.read() as connection:
        return watched.of_lesson(connection, world.sam, world.one)


def test_spans_are_united_and_never_shrink(world: builders.World) -> None:
    first = note(world, (0, 5), position=5)
    assert (first.spans, first.coverage) == (((0, 5000),), 0.25)
    assert note(world, (10, 15), minutes=1, position=15).spans == ((0, 5000), (10000, 15000))
    assert note(world, (4, 11), minutes=2, position=11).coverage == 0.75
    again = note(world, (4, 11), minutes=2, position=11)
    assert note(world, minutes=3, position=2).spans == again.spans == ((0, 15000),)
    assert kept(world)[PATH].position == 2000


def test_when_something_new_was_watched_is_kept(world: builders.World) -> None:
    assert note(world, (0, 5)).grown == NOW
    assert note(world, (1, 4), minutes=1, position=4).grown == NOW
    assert note(world, (4, 6), minutes=2, position=6).grown == NOW + 2 * MINUTE
    assert note(world, (10, 12), minutes=9, age=480).grown == NOW + 2 * MINUTE
    with world.database.read() as connection:
        assert watched.of_person(connection, world.sam) == {(world.one.id, PATH): kept(world)[PATH]}
        assert watched.of_person(connection, world.kim) == {}


def test_another_person_has_another_row(world: builders.World) -> None:
    note(world, (0, 5))
    with world.database.read() as connection:
        assert watched.of_lesson(connection, world.kim, world.one) == {}


def test_a_report_that_comes_late_moves_nothing_back(world: builders.World) -> None:
    note(world, (10, 12), minutes=10, position=12)
    late = note(world, (0, 3), minutes=11, position=3, age=600)
    assert (late.position, late.spans) == (12000, ((0, 3000), (10000, 12000)))
    assert note(world, (3, 4), minutes=12, position=4, age=-1e9).position == 4000
    assert note(world, (3, 4), minutes=13, position=5, age=1e300).position == 4000


def test_a_report_without_a_place_adds_what_was_played_and_moves_nothing(world: builders.World) -> None:
    assert note(world, (0, 2), position=None).position == 0
    assert note(world, (10, 12), minutes=-5, position=12).position == 12000  # what came late knows a place
    seen = note(world, (2, 3), minutes=1, position=None)
    assert (seen.position, seen.spans, seen.grown) == (12000, ((0, 3000), (10000, 12000)), NOW + MINUTE)
    year = 365 * 24 * 60
    assert note(world, (3, 4), minutes=year, position=None).position == 12000
    assert kept(world)[PATH].spans == ((0, 4000), (10000, 12000))
    assert note(world, minutes=year, position=4).position == 4000


@pytest.mark.parametrize(
    "report",
    [
        watched.Report(duration=math.nan, position=0),
        watched.Report(duration=20, position=math.inf),
        watched.Report(duration=20, position=0, spans=[(0, math.nan)]),
        watched.Report(duration=20, position=0, age=math.nan),
        watched.Report(duration=0, position=0),
        watched.Report(duration=-1, position=0),
        watched.Report(duration=86401, position=0),
        watched.Report(duration=20, position=-1),
        watched.Report(duration=20, position=0, spans=[(-1, 2)]),
        watched.Report(duration=20, position=0, spans=[(3, 2)]),
        watched.Report(duration=20, position=0, spans=[(0, 1)] * 1001),
    ],
)
def test_what_is_no_report_is_refused_and_changes_nothing(
    world: builders.World, report: watched.Report
) -> None:
    before = note(world, (0, 1))
    with (
        pytest.raises(errors.UserError) as refused,
        world.database.write() as connection,
    ):
        watched.note(connection, world.sam, (world.one, PATH), report, now=NOW)
    assert refused.value.code == "bad-request"
    assert kept(world)[PATH] == before


def test_what_is_past_the_end_counts_for_nothing(world: builders.World) -> None:
    told = note(world, (19, 500), (600, 700), position=9e9)
    assert (told.spans, told.position, told.coverage) == (((19000, 20000),), 20000, 0.05)
    # The same name may hold a shorter film later.
    assert note(world, duration=10, minutes=1).coverage == 0


def test_a_union_is_what_the_spans_cover() -> None:
    chance = random.Random(7)
    for _ in range(200):
        spans = [(at, at + chance.randrange(1, 4)) for at in (chance.randrange(60) for _ in range(9))]
        coarse = [(start * 1000, end * 1000) for start, end in spans]
        chance.shuffle(coarse)
        seen = {second for start, end in spans for second in range(start, end)}
        made = watched.union(coarse)
        assert {at for start, end in made for at in range(start // 1000, end // 1000)} == seen
        assert watched.union([*made, *coarse]) == made


def test_a_row_has_a_bound_and_still_covers_all() -> None:
    spans = [(at * 1000, at * 1000 + 300 + at % 7) for at in range(5000)]
    made = watched.union(spans)
    assert len(made) == watched.MOST_KEPT
    assert all(any(start <= a and b <= end for start, end in made) for a, b in spans[::97])
