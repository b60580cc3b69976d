"""The class at a glance in a browser: from the class to a lesson and to a cell of it, with a keyboard;
axe-core finds nothing in both themes; and no page scrolls sideways, whatever is drawn in it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from courseware.course import courses, manifest
from courseware.service import identity
from tests import builders, databases
from tests.benchmarks import big_class
from tests.builders import NOW
from tests.insight.test_attention import ON
from tests.journeys import chromium, keys
from tests.journeys.test_accessible import findings
from tests.service import inside

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[inside.Inside]:
    folder: Path = tmp_path_factory.mktemp("glance")
    place = folder / "courseware.sqlite"
    place.write_bytes(databases.migrated_file())
    world = builders.world(f"sqlite:///{place}", folder)
    big_class.fill(world, students=60, places=9)
    text = big_class.text(9) + ON
    with world.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=NOW)
    with inside.serving(world, folder, now=NOW) as made:
        yield made
    world.close()


def opened(served: inside.Inside, browser: Browser, size: Any, scheme: Any = "light", **more: Any) -> Page:
    """The gradebook, signed in."""
    origin = f"http://c.courseware.localhost:{served.port}"
    context = browser.new_context(viewport=size, color_scheme=scheme, **more)
    token = served.token(served.world.teacher.person, "pages")
    context.add_cookies([{"name": identity.COOKIE, "value": token, "url": origin}])
    page = context.new_page()
    page.goto(f"{origin}/courses/c/class")
    return page


def test_from_the_class_to_a_lesson_under_the_policy(served: inside.Inside, browser: Browser) -> None:
    page = opened(served, browser, DESK)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    keys.go(page, "The class at a glance")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The class at a glance")).to_be_visible()
    expect(page.locator("table.glance tbody tr")).to_have_count(19)
    keys.go(page, "Lesson 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("At a glance: Lesson 1")
    ink = page.locator("figure, .picture svg path[fill='var(--accent)']").first
    assert ink.evaluate("each => getComputedStyle(each).fill") == "rgb(11, 87, 164)"
    assert said == []
    page.context.close()


def test_a_word_with_one_click(served: inside.Inside, browser: Browser) -> None:
    page = opened(served, browser, DESK)
    page.get_by_role("link", name="The class at a glance").click()
    page.get_by_role("link", name="Who may need a word").click()
    page.get_by_role("link", name="Write to them sam").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Write to sam")
    page.get_by_label("Your text").fill("How are you doing?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_have_text("Posted.")
    expect(page.get_by_role("main")).to_contain_text("To sam")
    page.context.close()


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_and_no_stop_is_hidden(
    served: inside.Inside, browser: Browser, size: Any, scheme: Any
) -> None:
    page = opened(served, browser, size, scheme, bypass_csp=True)
    course = page.url.removesuffix("/class")
    found = {}
    sam = served.world.sam.person.public
    for place in ("glance", "lessons/l00/glance", "attention", f"people/{sam}/message"):
        page.goto(f"{course}/{place}")
        for summary in page.locator("details summary").all():
            summary.click()
        found[place] = findings(page) + keys.wrong(keys.round_trip(page))
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, "the page scrolls sideways, not what is in it"
    page.context.close()
    assert {where: each for where, each in found.items() if each} == {}
