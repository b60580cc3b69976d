"""The pages on a phone: nothing is wider than the screen, whatever people are called."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys import test_class_of_five as five

WIDTH = 390
C = "/courses/data-in-python"
browser = five.browser


@pytest.fixture
def world(tmp_path: Path) -> Iterator[five.Class]:
    made = five.Class(tmp_path)
    yield made
    made.end()


def test_no_page_is_wider_than_a_phone(world: five.Class, browser: Browser) -> None:
    world.command("release", five.LESSON)
    wolfe = world.command("people", "add", "a" * 100, "--name", "Wolfeschlegelsteinhausenbergerdorff" * 4)
    world.command("people", "add", "amy", "--name", "Amy")
    page = browser.new_page(viewport={"width": WIDTH, "height": 800})
    link = world.command("people", "link", five.owner(world)).strip()
    page.goto(link)
    page.get_by_role("button", name="Continue as").click()
    page.goto(link.split("/join")[0] + C + "/people")
    page.get_by_role("link", name=re.compile("^Wolfe")).click()
    person = page.url.split(C)[1]
    world.command("release", five.LESSON, "--draft")
    draft = f"/lessons/{five.LESSON}/draft-release"
    for path in (
        "",
        person,
        "/sign-ins",
        draft,
        "/people",
        "/class",
        "/marking",
        "/glance",
        f"/lessons/{five.LESSON}",
        f"/lessons/{five.LESSON}/releases",
        "/nothing-here",
    ):
        page.goto(link.split("/join")[0] + C + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, path
    own = browser.new_page(viewport={"width": WIDTH, "height": 800})
    own.goto(wolfe.strip())
    own.get_by_role("button", name="Continue as").click()
    name = own.locator(".who a")
    assert own.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert "Wolfe" in (name.get_attribute("title") or "")
    assert (
        name.evaluate("e => e.scrollWidth > e.clientWidth && getComputedStyle(e).textOverflow") == "ellipsis"
    )
    page.goto(link.split("/join")[0] + "/sign-in")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
