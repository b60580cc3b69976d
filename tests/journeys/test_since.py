"""Amy comes back after three days and sees on the course's page what Ben and the course left for her."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import board, chromium, test_accessible

AWAY = 3 * 86_400_000_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[board.Board]:
    """Both were here for the first time; three days have passed."""
    made = board.Board(tmp_path_factory.mktemp("since"))
    first_visits(made, browser)
    lived_in(made)
    yield made
    made.end()


def days_pass(world: board.Board) -> None:
    """Whoever was here was so three days ago, and the lesson had been released before."""
    (kept,) = (world.folder / "state").rglob("courseware.db")
    with contextlib.closing(sqlite3.connect(kept)) as connection:
        connection.execute("update visit set began = began - ?, last = last - ?", (AWAY, AWAY))
        connection.execute("update release set published = published - ? where id = 1", (2 * AWAY,))
        connection.commit()


def lived_in(world: board.Board) -> None:
    """Amy asks and leaves; what happens then."""
    amys = world.begin("amy", "`week[5]` gives me an error.", title="Which index is Friday?", lesson=True)
    days_pass(world)
    world.command("people", "add", "ben", "--name", "Ben Bell")
    world.reply("ben", amys["id"], "The first is **0**, so Friday is `week[4]`.")
    world.reply("ben", amys["id"], "And $n - 1$ is the last.")
    world.begin("ben", "@[Amy Adams], do you join us?", title="Study group", kind="discussion")
    world.begin("ben", "Only staff may know.", title="My marks", kind="private")
    world.study("amy", board.LESSON, solved=True)
    world.command("release", "pictures-and-words")


def first_visits(world: board.Board, browser: Browser) -> None:
    """Whoever comes for the first time is welcomed, and told of nothing."""
    world.command("people", "add", "amy", "--name", "Amy Adams")
    world.command("people", "add", "tess", "--role", "owner", "--name", "Tess Tutor")
    for name in ("amy", "tess"):
        first = visit(world, browser, name, viewport=board.PHONE, java_script_enabled=False)
        expect(first.get_by_role("region", name="Welcome")).to_be_visible()
        assert first.get_by_role("heading", name="Since you were last here").count() == 0
        first.context.close()


def visit(world: board.Board, browser: Browser, name: str, **options: Any) -> Page:
    """Somebody on the course's page."""
    return world.visit(browser, world.person(name), **options)


def test_amy_comes_back_and_sees_what_ben_left(world: board.Board, browser: Browser) -> None:
    amy = visit(world, browser, "amy", viewport=board.PHONE, java_script_enabled=False)
    since = amy.get_by_role("region", name="Since you were last here")
    expect(since).to_contain_text("4 new since")
    expect(since).to_contain_text("(3 days ago)")
    assert since.get_by_role("link").all_inner_texts() == [
        "Study group",
        "Which index is Friday?",
        "Numbers, lists and functions",
        "Pictures and words",
    ]
    since.get_by_role("link", name="Which index is Friday?").click()
    expect(amy.get_by_role("article", name="Comment 2, Ben Bell")).to_be_in_viewport()
    amy.context.close()

    staff = visit(world, browser, "tess", viewport=board.PHONE, java_script_enabled=False)
    waiting = staff.get_by_role("region", name="Since you were last here")
    expect(waiting.get_by_role("link", name="My marks")).to_be_visible()
    staff.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [board.PHONE, board.DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    world: board.Board, browser: Browser, scheme: Any, size: Any
) -> None:
    for name in ("amy", "tess"):
        page = visit(world, browser, name, viewport=size, color_scheme=scheme, bypass_csp=True)
        expect(page.get_by_role("heading", name="Since you were last here")).to_be_visible()
        assert test_accessible.findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.context.close()
