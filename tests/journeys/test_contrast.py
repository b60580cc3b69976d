"""Pages and panels where people ask for more contrast, or the system chooses the colours: axe-core, a focus
that is seen, states that are not a colour alone; JupyterLab's own high-contrast themes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import board, chromium, keys, talk, test_accessible
from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_panel as panel
from tests.notebook import build

MODES: dict[str, dict[str, Any]] = {
    "forced": {"forced_colors": "active"},
    "forced-dark": {"forced_colors": "active", "color_scheme": "dark"},
    "more": {"contrast": "more"},
    "more-dark": {"contrast": "more", "color_scheme": "dark"},
}
STUDENT = ("", "/threads", "/notices", "/dates", "/preferences", "/sign-ins", f"/lessons/{board.LESSON}")
STAFF = ("/inbox", "/class", "/people", "/marking")
HIGH = ("JupyterLab Dark High Contrast",)
"""The themes of JupyterLab 4 that are made for this."""
MINUTE = 60_000
BORDERS = """selector => [...document.querySelectorAll(selector)].map(each => {
  const style = getComputedStyle(each);
  return [each.hasAttribute('aria-current'), style.borderBottomColor, style.borderBottomWidth].join(' ');
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[board.Board]:
    made = board.Board(tmp_path_factory.mktemp("contrast"))
    made.person("amy", given="Amy")
    made.begin("amy", "Why is it so?", title="A question", lesson=True)
    yield made
    made.end()


@pytest.mark.parametrize("mode", MODES)
def test_pages(world: board.Board, browser: Browser, mode: str) -> None:
    options = {"viewport": board.DESK, "bypass_csp": True, **MODES[mode]}
    found, unseen = {}, {}
    # Every page has the same ring around the focus, and going from stop to stop takes longest.
    rounds = ("/preferences", f"/lessons/{board.LESSON}", "/people")
    for link, paths in (
        (world.person("amy"), STUDENT),
        (world.command("people", "link", five.owner(world)).strip(), STAFF),
    ):
        page = world.visit(browser, link, **options)
        for path in paths:
            page.goto(world.origin + board.C + path)
            found[path] = test_accessible.findings(page)
            if path in rounds:
                unseen[path] = [stop.name for stop in keys.round_trip(page) if "focus not seen" in stop.wrong]
        page.context.close()
    assert {path: each for path, each in found.items() if each} == {}
    assert {path: each for path, each in unseen.items() if each} == {}


def test_where_one_is_shows_in_the_systems_colours(world: board.Board, browser: Browser) -> None:
    page = world.visit(browser, world.person("amy"), viewport=board.DESK, **MODES["forced"])
    borders = page.evaluate(BORDERS, ".tabs a")
    current = {each for each in borders if each.startswith("true")}
    others = {each.partition(" ")[2] for each in borders if each.startswith("false")}
    assert len(current) == 1
    assert current.pop().partition(" ")[2] not in others
    page.context.close()


def themed(page: Page, theme: str) -> None:
    talk.run(page, "apputils:change-theme", {"theme": theme})
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", theme, timeout=MINUTE)
    page.wait_for_timeout(500)


def test_panels(tmp_path: Path, browser: Browser) -> None:
    world = talk.Talk(tmp_path, dict(build.book(build.cell("# One", "markdown", id="c0"))))
    try:
        kim = world.person("kim", given="Kim Roe")
        talk.say(kim, None, "Why?", title="A question")
        page = talk.open_lab(world, browser)
        found: dict[str, list[str]] = {}
        for name in ("course", "discussion"):
            talk.run(page, "courseware:show" if name == "course" else "courseware:discussion")
            expect(page.locator(f"#courseware-{name}")).to_be_visible(timeout=MINUTE)
            page.wait_for_timeout(1000)
            for theme in HIGH:
                themed(page, theme)
                found[f"{name} {theme}"] = test_accessible.findings(page, panel.OWN)
            themed(page, "JupyterLab Light")
            for mode in ("forced", "more"):
                page.emulate_media(
                    forced_colors=MODES[mode].get("forced_colors", "none"),
                    contrast=MODES[mode].get("contrast", "no-preference"),
                )
                found[f"{name} {mode}"] = test_accessible.findings(page, panel.OWN)
            page.emulate_media(forced_colors="none", contrast="no-preference")
        page.close()
    finally:
        world.end()
    assert {place: each for place, each in found.items() if each} == {}
