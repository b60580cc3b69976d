"""A teacher with a keyboard: from the gradebook of a class to why a mark is so, a change of it with its
reason, and back; the table hides nothing that has the focus, and all works on a phone, in the dark.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import chromium, generated, keys
from tests.journeys.test_accessible import findings

NOBODY = "s01"  # who never came
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def opened(world: generated.Class, browser: Browser, size: Any, scheme: Any = "light") -> Page:
    """The gradebook, signed in."""
    page = world.page(browser, "tess", viewport=size, color_scheme=scheme, bypass_csp=True)
    page.goto(f"{world.origin}/courses/c/class")
    expect(page.get_by_role("heading", name="Class and marks")).to_be_visible()
    return page


def test_with_a_keyboard_from_the_class_to_a_change_and_back(
    generated_class: generated.Class, browser: Browser
) -> None:
    page = opened(generated_class, browser, DESK)
    keys.go(page, "Name")
    page.keyboard.type("ada e")
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


def test_with_a_keyboard_a_whole_lesson_gets_its_mark(
    generated_class: generated.Class, browser: Browser
) -> None:
    page = opened(generated_class, browser, DESK)
    gradebook = page.url
    page.goto(f"{gradebook}?q={NOBODY}")
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
    page.goto(f"{gradebook}?q={NOBODY}")
    expect(page.locator(".book tbody tr")).to_contain_text("7.5set")
    page.go_back()
    phone: Any = PHONE
    kim = generated_class.page(browser, NOBODY, viewport=phone, color_scheme="dark", bypass_csp=True)
    kim.goto(page.url.split("/marks/")[0])
    expect(kim.get_by_role("region", name="Staff set the mark of this lesson")).to_contain_text(
        "Said it well."
    )
    assert findings(kim) == []
    kim.context.close()
    keys.go(page, "Change")
    page.keyboard.press("Enter")
    keys.go(page, "Take back")
    page.keyboard.press("Enter")
    expect(page.locator(".history")).to_contain_text("7.5 → –")
    page.context.close()


def test_names_are_hidden_and_shown_again_where_one_was(
    generated_class: generated.Class, browser: Browser
) -> None:
    page = opened(generated_class, browser, DESK)
    page.goto(f"{page.url}?sort=-words&show=missing")
    page.get_by_role("button", name="Hide names").click()
    expect(page.locator(".book tbody th").first).to_contain_text("Student ")
    assert "show=missing&sort=-words" in page.url
    page.get_by_role("button", name="Show names").click()
    expect(page.locator(".book tbody th").first).not_to_contain_text("Student ")
    page.context.close()


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_no_stop_is_hidden_and_axe_finds_nothing(
    generated_class: generated.Class, browser: Browser, size: Any, scheme: Any
) -> None:
    page = opened(generated_class, browser, size, scheme)
    found = {"class": findings(page)}
    page.goto(f"{page.url}?q=bao+d")
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
