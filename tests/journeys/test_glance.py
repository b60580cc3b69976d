"""The class at a glance in a browser: from the class to a lesson and to a cell of it, with a keyboard;
axe-core finds nothing in both themes; and no page scrolls sideways, whatever is drawn in it.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import answers, chromium, generated, keys
from tests.journeys.test_accessible import findings

ABSENT = generated.people()[generated.ABSENT[0]]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def opened(world: generated.Class, browser: Browser, size: Any, scheme: Any = "light", **more: Any) -> Page:
    """The gradebook, signed in."""
    page = world.page(browser, "tess", viewport=size, color_scheme=scheme, **more)
    page.goto(f"{world.origin}/courses/c/class")
    return page


def test_from_the_class_to_a_lesson_under_the_policy(
    generated_class: generated.Class, browser: Browser
) -> None:
    page = opened(generated_class, browser, DESK)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    keys.go(page, "The class at a glance")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The class at a glance")).to_be_visible()
    # Lessons; the one in which a person has marked enough; the steps of time until an answer.
    expect(page.locator("table.glance tbody tr")).to_have_count(len(answers.LESSONS) + 1 + 6)
    keys.go(page, "Numbers and means")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("At a glance: Numbers and means")
    ink = page.locator("figure, .picture svg path[fill='var(--accent)']").first
    assert ink.evaluate("each => getComputedStyle(each).fill") == "rgb(11, 87, 164)"
    assert said == []
    page.context.close()


def table(page: Page, caption: str) -> dict[str, list[str]]:
    """The cells of a table by the head of the row."""
    found: list[list[str]] = page.get_by_role("table", name=caption).evaluate(
        "each => [...each.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return {name: cells for name, *cells in found}


def test_it_tells_what_the_class_did(generated_class: generated.Class, browser: Browser) -> None:
    page = opened(generated_class, browser, DESK)
    counting = generated.counting()
    for slug, (_, exercises) in answers.LESSONS.items():
        page.goto(f"{generated_class.origin}/courses/c/lessons/{slug}/glance")
        given = [each.given for (_, lesson), each in counting.items() if lesson == slug]
        full = [sum(each[n].points == answers.POINTS for each in given) for n in (0, 1)]
        told = table(page, "Exercises and how they do")
        assert [told[each.key.capitalize()][:2] for each in exercises] == [
            [str(len(given)), str(number)] for number in full
        ]
        cells = table(page, "Cells where people ask or lose points")
        lost = {name.split(". ")[1]: told[2] for name, told in cells.items() if told[2] != "–"}
        assert {f"{len(given) - number} / {len(given)}" for number in full} <= set(lost.values())
        assert sum(int(told[0]) for told in cells.values()) >= 5
        assert page.get_by_role("heading", name="Fahrenheit", exact=True).count() == (slug == "numbers")
    page.goto(f"{generated_class.origin}/courses/c/lessons/numbers/glance")
    page.locator("section:has(#films) summary").click()
    parts = [int(people) for (people,) in table(page, "People by part of the video").values()]
    watched = {each.person.username for each in generated.plan() if each.lesson == "numbers"}
    assert parts[0] == len(watched) > parts[-1]
    assert parts == sorted(parts, reverse=True)
    page.context.close()


def test_a_word_with_one_click(generated_class: generated.Class, browser: Browser) -> None:
    page = opened(generated_class, browser, DESK)
    page.get_by_role("link", name="The class at a glance").click()
    page.get_by_role("link", name="Who may need a word").click()
    page.get_by_role("link", name=f"Write to them {ABSENT.name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Write to {ABSENT.name}")
    page.get_by_label("Your text").fill("How are you doing?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_have_text("Posted.")
    expect(page.get_by_role("main")).to_contain_text(f"To {ABSENT.name}")
    page.context.close()


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_and_no_stop_is_hidden(
    generated_class: generated.Class, browser: Browser, size: Any, scheme: Any
) -> None:
    page = opened(generated_class, browser, size, scheme, bypass_csp=True)
    course = page.url.removesuffix("/class")
    found = {}
    page.goto(f"{course}/attention")
    message = page.get_by_role("link", name=f"Write to them {ABSENT.name}").get_attribute("href") or ""
    for place in ("glance", "lessons/numbers/glance", "attention", message.removeprefix("/courses/c/")):
        page.goto(f"{course}/{place}")
        for summary in page.locator("details summary").all():
            summary.click()
        found[place] = findings(page) + keys.wrong(keys.round_trip(page))
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, "the page scrolls sideways, not what is in it"
    page.context.close()
    assert {where: each for where, each in found.items() if each} == {}
