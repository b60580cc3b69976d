"""Threads about a moment of a video: where one can be, who sees that there is one, and what becomes of it."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.course import model
from courseware.discussion import cells, look, moderation
from courseware.discussion import model as talk
from courseware.exchange import publish
from tests import builders
from tests.builders import NOW
from tests.discussion import test_threads as said
from tests.notebook import test_films as films

ANCHORS = [
    {"key": "film", "id": "a", "source": f"# Lists\n\n{films.TAG}", "grade_id": None},
    {"key": "text", "id": "b", "source": f"Write `{films.TAG}`.", "grade_id": None},
]


def with_film(world: builders.World) -> builders.World:
    """The lesson has a cell with a video, and one that only speaks of it."""
    bundle = dataclasses.replace(builders.bundle(), anchors={"n": ANCHORS})
    publish.publish(world.database, world.blobs, world.one, bundle, by=world.teacher.person, now=NOW)
    return world


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = with_film(builders.world(database_url, tmp_path))
    yield made
    made.close()


def moments(world: builders.World, who: model.Viewer) -> dict[str, list[tuple[str, int]]]:
    with world.database.read() as connection:
        found = look.discussion(connection, who, world.one, now=NOW).moments
    return {key: [(each.thread, each.second) for each in some] for key, some in found.items()}


def test_moments_are_told_in_the_order_of_the_video(world: builders.World) -> None:
    late = said.ask(world, world.sam, key="film", moment=192)
    early = said.ask(world, world.kim, key="film", moment=0)
    plain = said.ask(world, world.sam, key="film")
    assert (late.moment, early.moment, plain.moment) == (192, 0, None)
    assert moments(world, world.kim) == {"film": [(early.id, 0), (late.id, 192)]}
    with world.database.read() as connection:
        assert look.thread(connection, world.kim, late.id, now=NOW).thread.moment == 192


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"key": "text", "moment": 3}, "Only a cell with a video"),
        ({"moment": 3}, "Only a cell with a video"),
        ({"key": "film", "moment": -1}, "a second of a video"),
        ({"key": "film", "moment": 86_401}, "a second of a video"),
    ],
)
def test_a_moment_that_no_video_has_is_refused(
    world: builders.World, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(errors.UserError, match=says):
        said.ask(world, world.sam, **given)
    assert moments(world, world.sam) == {}


def test_nobody_learns_of_a_moment_whose_thread_they_do_not_see(world: builders.World) -> None:
    private = said.ask(world, world.sam, key="film", kind="private", moment=7)
    assert moments(world, world.sam) == moments(world, world.teacher) == {"film": [(private.id, 7)]}
    assert moments(world, world.kim) == {}


def test_a_thread_that_is_moved_leaves_its_moment(world: builders.World) -> None:
    thread = said.ask(world, world.sam, key="film", moment=7).id

    def move(key: str) -> talk.Thread:
        change = moderation.ThreadChange(key=key)
        with world.database.write() as connection:
            return moderation.change_thread(connection, world.teacher, thread, change, now=NOW)

    assert move("film").moment == 7
    moved = move("text")
    assert (moved.key, moved.moment) == ("text", None)
    assert moments(world, world.sam) == {}


@pytest.mark.parametrize(
    ("source", "called"),
    [
        ("\n## Lists\nmore", "Lists"),
        (films.TAG, "Lists"),
        ('<video src="a.webm"></video>\n\nmore', "Video"),
        ('<video title="<b>" src="a.webm">', "<b>"),
        ("<videos", "<videos"),
        ("", ""),
    ],
)
def test_a_cell_is_called_by_its_first_line_or_its_videos_title(source: str, called: str) -> None:
    assert cells.heading(source) == called
