"""What a student reads before the due date of a lesson with hidden tests, graded in the real sandbox: in the
panel of JupyterLab, on the command line, and on the pages of a desk and a phone, light and dark.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import forked
from tests.journeys import chromium, test_accessible
from tests.journeys import test_lab_panel as panel
from tests.journeys import test_lab_student as lab

WAITS = "The visible part passed. The points are shown after the due date."
# The fourth exercise counts cases: without the hidden ones its number says neither passed nor failed.
SO_FAR = re.compile(r"2 of 2 points so far.*10 more (points )?are shown after the due date")


class World(lab.World):
    """The demonstration's course, with marks of visible tests first and one test that hides nothing."""

    def serve(self) -> forked.Process:
        toml = self.course / "course.toml"
        toml.write_text(toml.read_text().replace('marks = "at-once"', 'marks = "visible-first"'))
        path = self.course / "lessons" / lab.LESSON / f"{lab.LESSON}.ipynb"
        book = json.loads(path.read_text())
        for cell in book["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "test-minutes":
                text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
                cell["source"] = re.sub(r"(?s)### BEGIN HIDDEN.*END HIDDEN TESTS\n?", "", text)
        path.write_text(json.dumps(book))
        return super().serve()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.command("release", lab.LESSON)
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def in_lab(world: World, browser: Browser) -> Page:
    """Join, get, solve and hand in; the panel with the marks."""
    page = panel.opened(world, browser)
    panel.course_panel(page)
    page.get_by_label("Paste the join link").fill(world.command("people", "add", "sam").strip())
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Get: Numbers").click()
    expect(page.get_by_role("button", name="Open: Numbers")).to_be_visible()
    lab.solve(world)
    page.get_by_role("button", name="Submit: Numbers").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.locator(".cw-Panel").get_by_text(SO_FAR)).to_be_visible(timeout=60_000)
    page.get_by_text("Marks per exercise").click()
    return page


def on_pages(world: World, browser: Browser, scheme: Any, width: int) -> Page:
    """A student's page, signed in."""
    size: Any = {"width": width, "height": 844}
    page = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True).new_page()
    page.goto(world.command("people", "link", "sam").strip())
    page.get_by_role("button", name="Continue as").click()
    page.wait_for_url("**/courses/*")
    return page


def test_the_points_so_far_and_when_the_rest_shows(world: World, browser: Browser) -> None:
    page = in_lab(world, browser)
    expect(page.locator(".cw-Panel").get_by_text(WAITS)).to_have_count(2)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate(f"() => document.body.dataset.theme = '{theme}'")
        assert test_accessible.findings(page, panel.OWN) == []
    page.close()
    (told,) = json.loads(world.command("status", lab.LESSON, "--json"))["lessons"]
    work = told["submission"]
    assert (work["score"], work["max_score"], work["withheld"]) == (2, 2, 10)
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = on_pages(world, browser, scheme, width)
        expect(page.get_by_text("so far")).to_be_visible()
        page.get_by_role("link", name="Numbers").first.click()
        page.wait_for_url("**/lessons/*")
        expect(page.get_by_text("10 more points are shown after the due date")).to_be_visible()
        page.get_by_role("link", name="Open the hand-in that counts").click()
        page.wait_for_url("**/submissions/*")
        expect(page.get_by_role("status")).to_contain_text(SO_FAR)
        expect(page.get_by_text(WAITS)).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert test_accessible.findings(page) == []
        framed = page.frame_locator("iframe.feedback")
        expect(framed.get_by_text("The visible part passed. Points are shown after")).to_have_count(2)
        page.context.close()
