"""Amy goes through the course by its map: on a phone without scripts, and by keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import board, chromium, test_accessible

C = board.C


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[board.Board]:
    """Three lessons, of which Amy has handed in one and read none."""
    made = board.Board(tmp_path_factory.mktemp("way"))
    made.command("release", "syllabus")
    made.command("release", "tables-with-pandas")
    made.command("people", "add", "amy", "--name", "Amy Adams")
    made.study("amy", board.LESSON, solved=True)
    yield made
    made.end()


def test_the_next_lesson_is_one_click_away(world: board.Board, browser: Browser) -> None:
    amy = world.visit(
        browser, world.person("amy"), viewport=board.PHONE, java_script_enabled=False, has_touch=True
    )
    way = amy.get_by_role("region", name="Your way through the course")
    expect(way.get_by_role("progressbar", name="Your way through the course")).to_have_attribute(
        "aria-valuetext", "1 of 4 lessons done"
    )
    expect(way).to_contain_text("about 3 h 45 min left")
    begin = way.get_by_role("link", name="Begin: How this course works")
    begin.focus()
    amy.keyboard.press("Enter")
    expect(amy).to_have_title("How this course works · Data in Python: first steps")
    amy.goto(f"{world.origin}{C}")
    expect(way).to_contain_text("2 of 4 lessons done")
    expect(way.get_by_role("link", name="Begin: Tables with pandas")).to_be_visible()
    listed = amy.get_by_role("listitem").filter(has=amy.get_by_role("heading", level=2))
    assert [each.locator(".eyebrow").all_inner_texts() for each in listed.all()] == [
        ["Done"],
        ["Done"],
        ["Next"],
        [],
    ]
    amy.get_by_role("link", name="What staff can see about me").click()
    expect(amy.get_by_role("heading", name="Your marks")).to_be_visible()
    amy.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [board.PHONE, board.DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    world: board.Board, browser: Browser, scheme: Any, size: Any
) -> None:
    page = world.visit(
        browser,
        world.person("amy"),
        viewport=size,
        color_scheme=scheme,
        bypass_csp=True,
        forced_colors="none",
    )
    for path in ("", "/dates", "/seen"):
        page.goto(f"{world.origin}{C}{path}")
        assert test_accessible.findings(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    page.context.close()
