"""A student with a keyboard alone: from the list of lessons to a handed-in lesson and its feedback, on pages
and in JupyterLab; at each stop the focus is seen, and nothing holds it.
"""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FileChooser, Page, expect

from tests.journeys import board, chromium, keys
from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_panel as panel
from tests.journeys import test_lab_student as lab

LESSON = lab.LESSON
MINUTE = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[board.Board]:
    made = board.Board(tmp_path_factory.mktemp("keys"))
    made.person("amy", given="Amy")
    made.begin("amy", "Why is it so?", title="A question")
    yield made
    made.end()


def test_from_the_list_of_lessons_to_the_feedback(world: board.Board, browser: Browser) -> None:
    page = world.visit(browser, world.person("amy"), viewport=board.DESK)
    chosen: list[FileChooser] = []
    page.on("filechooser", lambda found: chosen.append(found))  # long before a key opens one
    title = "Numbers, lists and functions"
    keys.go(page, title)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lessons/*")
    page.wait_for_load_state()
    keys.go(page, "Your notebook")
    solved = world.course / "lessons" / LESSON / f"{LESSON}.ipynb"
    page.keyboard.press("Space")
    until = time.monotonic() + 30
    while not chosen:
        assert time.monotonic() < until, "no chooser opened"
        page.wait_for_timeout(50)
    chosen[0].set_files(solved)
    keys.go(page, "Hand in")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submissions/*")
    expect(page.get_by_role("status")).to_contain_text("Marked: 12 of 12 points", timeout=MINUTE)
    keys.go(page, "Open the feedback on")
    page.keyboard.press("Enter")
    expect(page.get_by_text("All points").first).to_be_visible()
    page.close()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_stop_of_a_students_pages(world: board.Board, browser: Browser, size: str) -> None:
    view = board.DESK if size == "desk" else board.PHONE
    page = world.visit(browser, world.person("amy"), viewport=view)
    paths = ["", "/threads", "/notices", "/dates", "/preferences", "/sign-ins", "/seen", f"/lessons/{LESSON}"]
    found = {}
    for path in paths:
        page.goto(world.origin + board.C + path)
        stops = keys.round_trip(page)
        assert len(stops) > 8, path
        found[path] = keys.wrong(stops)
    page.goto(world.origin + board.C + "/threads")
    page.get_by_role("link", name="A question").click()
    found["thread"] = keys.wrong(keys.round_trip(page))
    page.close()
    assert {path: each for path, each in found.items() if each} == {}


def test_every_stop_of_a_teachers_pages(world: board.Board, browser: Browser) -> None:
    page = world.visit(
        browser, world.command("people", "link", five.owner(world)).strip(), viewport=board.DESK
    )
    found = {}
    for path in ("/inbox", "/class", "/marking", "/people", "/moderation", "/replies", "/mail"):
        page.goto(world.origin + board.C + path)
        found[path] = keys.wrong(keys.round_trip(page))
    page.close()
    assert {path: each for path, each in found.items() if each} == {}


def test_the_looks_find_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<style>.no:focus { outline: none }</style><button class='no'>hidden focus</button>"
        "<div style='position: relative'><button>under</button>"
        "<div style='position: absolute; inset: 0; background: #fff'></div></div>"
        "<button style='width: 10px; height: 10px; padding: 0'>a</button>"
        "<button style='width: 10px; height: 10px; padding: 0'>b</button>"
    )
    said = " ".join(keys.wrong(keys.round_trip(page)))
    assert "'hidden focus': focus not seen" in said
    assert "'under': covered" in said
    assert "'a': small [10, 10]" in said
    assert "'b': focus" not in said
    page.set_content(
        "<button>one</button><button onkeydown='event.preventDefault()'>trap</button><button>two</button>"
    )
    with pytest.raises(AssertionError, match="caught"):
        keys.round_trip(page)
    page.close()


def test_in_jupyterlab_with_tab_alone(tmp_path: Path, browser: Browser) -> None:
    world = lab.World(tmp_path)
    try:
        world.command("release", LESSON)
        page = panel.opened(world, browser)
        panel.course_panel(page)
        keys.go(page, "Paste the join link")
        page.keyboard.type(world.command("people", "add", "sam").strip())
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Get: Numbers")).to_be_visible(timeout=MINUTE)
        keys.go(page, "Get: Numbers")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Submit: Numbers")).to_be_enabled(timeout=MINUTE)
        copy = world.root / "data-in-python" / LESSON / f"{LESSON}.ipynb"
        shutil.copy(world.course / "lessons" / LESSON / copy.name, copy)
        stop = keys.go(page, "Submit: Numbers")
        assert stop.wrong == ()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible(timeout=MINUTE)
        page.keyboard.press("Enter")
        expect(page.get_by_text("Marked: 12 of 12 points").first).to_be_visible(timeout=MINUTE)
        keys.go(page, "Feedback: Numbers")
        page.keyboard.press("Enter")
        shown = page.frame_locator("iframe.cw-Feedback")
        expect(shown.get_by_text("All points").first).to_be_visible(timeout=MINUTE)
        page.locator("#courseware-course summary").first.focus()
        own = [keys.look(page)]
        while (stop_ := _next(page)) is not None:
            own.append(stop_)
        assert keys.wrong([each for each in own if each]) == []
        assert len(own) > 5
        page.close()
    finally:
        world.end()


def _next(page: Page) -> keys.Stop | None:
    """The next stop, as long as it is in the panel."""
    page.keyboard.press("Tab")
    inside = page.evaluate("() => document.activeElement.closest('#courseware-course') !== null")
    return keys.look(page) if inside else None
