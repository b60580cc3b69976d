"""A teacher with a keyboard: from the gradebook of a class to why a mark is so, a change of it with its
reason, and back; the table hides nothing that has the focus, and all works on a phone, in the dark.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from courseware.service import identity
from tests import builders, databases
from tests.benchmarks import big_class
from tests.builders import NOW
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
    folder: Path = tmp_path_factory.mktemp("gradebook")
    place = folder / "courseware.sqlite"
    place.write_bytes(databases.migrated_file())
    world = builders.world(f"sqlite:///{place}", folder)
    big_class.fill(world, students=60, places=9)
    with inside.serving(world, folder, now=NOW) as made:
        yield made
    world.close()


def opened(served: inside.Inside, browser: Browser, size: Any, scheme: Any = "light") -> Page:
    """The gradebook, signed in."""
    origin = f"http://c.courseware.localhost:{served.port}"
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    token = served.token(served.world.teacher.person, "pages")
    context.add_cookies([{"name": identity.COOKIE, "value": token, "url": origin}])
    page = context.new_page()
    page.goto(f"{origin}/courses/c/class")
    expect(page.get_by_role("heading", name="Class and marks")).to_be_visible()
    return page


def test_with_a_keyboard_from_the_class_to_a_change_and_back(served: inside.Inside, browser: Browser) -> None:
    page = opened(served, browser, DESK)
    keys.go(page, "Name")
    page.keyboard.type("ada")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=ada*")
    keys.go(page, "Total")
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=-Total*")
    expect(page.get_by_role("columnheader", name="Total")).to_have_attribute("aria-sort", "descending")
    assert "q=ada" in page.url
    page.go_back()
    expect(page.get_by_role("columnheader", name="Total")).not_to_have_attribute("aria-sort", "descending")
    first = page.locator(".book td a", has_not_text="–").first
    name = page.locator(".book tbody th").first.inner_text()
    keys.go(page, first.inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url("**/marks/*")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    keys.go(page, "Change")
    page.keyboard.press("Enter")
    keys.go(page, "Points, 0 to 4")
    page.keyboard.press("Control+a")
    page.keyboard.type("2.75")
    keys.go(page, "Reason, for staff alone")
    page.keyboard.type("The hint was misleading.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.locator(".history")).to_contain_text("→ 2.75")
    expect(page.locator(".history")).to_contain_text("The hint was misleading.")
    keys.go(page, "Change")
    page.keyboard.press("Enter")
    keys.go(page, "Take back")
    page.keyboard.press("Enter")
    expect(page.locator(".history")).to_contain_text("2.75 →")
    page.context.close()


def test_with_a_keyboard_a_whole_lesson_gets_its_mark(served: inside.Inside, browser: Browser) -> None:
    page = opened(served, browser, DESK)
    gradebook = page.url
    page.goto(f"{gradebook}?q=kim")
    nothing = page.locator(".book td a").first.inner_text()
    keys.go(page, nothing)
    page.keyboard.press("Enter")
    page.wait_for_url("**/marks/*")
    expect(page.locator("main")).to_contain_text("Nothing is handed in.")
    keys.go(page, "Set the mark of the whole lesson")
    page.keyboard.press("Enter")
    keys.go(page, "Points, 0 to 10")
    page.keyboard.type("7.5")
    keys.go(page, "Comment for the student")
    page.keyboard.type("Said it *well*.")
    keys.go(page, "Reason, for staff alone")
    page.keyboard.type("Oral exam")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.locator(".whole-mark")).to_contain_text("7.5 / 10")
    expect(page.locator(".history")).to_contain_text("– → 7.5")
    page.goto(f"{gradebook}?q=kim")
    expect(page.locator(".book tbody tr")).to_contain_text("7.5set")
    page.go_back()
    phone: Any = PHONE
    context = browser.new_context(viewport=phone, color_scheme="dark", bypass_csp=True)
    token = served.token(served.world.kim.person, "pages")
    context.add_cookies([{"name": identity.COOKIE, "value": token, "url": gradebook}])
    kim = context.new_page()
    kim.goto(page.url.split("/marks/")[0])
    expect(kim.get_by_role("region", name="Staff set the mark of this lesson")).to_contain_text(
        "Said it well."
    )
    assert findings(kim) == []
    context.close()
    keys.go(page, "Change")
    page.keyboard.press("Enter")
    keys.go(page, "Take back")
    page.keyboard.press("Enter")
    expect(page.locator(".history")).to_contain_text("7.5 → –")
    page.context.close()


def test_names_are_hidden_and_shown_again_where_one_was(served: inside.Inside, browser: Browser) -> None:
    page = opened(served, browser, DESK)
    page.goto(f"{page.url}?sort=-l02&page=2")
    page.get_by_role("button", name="Hide names").click()
    expect(page.locator(".book tbody th").first).to_contain_text("Student ")
    assert "sort=-l02&page=2" in page.url
    page.get_by_role("button", name="Show names").click()
    expect(page.locator(".book tbody th").first).not_to_contain_text("Student ")
    page.context.close()


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_no_stop_is_hidden_and_axe_finds_nothing(
    served: inside.Inside, browser: Browser, size: Any, scheme: Any
) -> None:
    page = opened(served, browser, size, scheme)
    found = {"class": findings(page)}
    page.goto(f"{page.url}?q=bao")
    found["stops"] = keys.wrong(keys.round_trip(page))
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "the page scrolls sideways, not the table in it"
    page.locator(".book td a", has_not_text="–").first.click()
    page.locator("details.change summary").first.click()
    page.locator("details.change summary").nth(1).click()
    found["why"] = findings(page) + keys.wrong(keys.round_trip(page))
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto(f"{page.url.split('/lessons')[0]}/class?q=nobody")
    found["nobody"] = findings(page)
    page.context.close()
    assert {where: each for where, each in found.items() if each} == {}
