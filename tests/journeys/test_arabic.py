"""The pages in Arabic: from right to left, nothing wider than the screen, code from left to right."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import board, chromium, test_accessible, test_update_lab
from tests.journeys import test_class_of_five as five

STUDENT = {
    "course": "",
    "lesson": f"/lessons/{board.LESSON}",
    "talk": "/threads",
    "news": "/notices",
    "dates": "/dates",
    "letters": "/preferences",
    "sign-ins": "/sign-ins",
    "seen": "/seen",
}
STAFF = {"inbox": "/inbox", "class": "/class", "people": "/people", "marking": "/marking"}
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CODE = """() => [...document.querySelectorAll('pre:not([dir]), code, math')]
  .map(e => getComputedStyle(e).direction)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[board.Board]:
    made = board.Board(tmp_path_factory.mktemp("arabic"))
    made.command("release", "pictures-and-words")
    made.person("amy", given="أمينة")
    made.study("amy", board.LESSON, solved=True)
    made.begin("amy", "لماذا تبدأ القوائم من `0`؟ For example `a[0]`.", title="سؤال عن القوائم", lesson=True)
    made.begin("amy", "Why is **this** so?", title="An English question")
    yield made
    made.end()


def arabic(page: Page, world: board.Board) -> None:
    """Choose the language, as people do."""
    page.goto(world.origin + board.C + "/preferences")
    page.locator("#language").select_option("ar")
    page.locator("form.compose .primary").click()
    page.wait_for_selector("html[lang=ar][dir=rtl]")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_pages_from_right_to_left(world: board.Board, browser: Browser, size: str) -> None:
    view = board.DESK if size == "desk" else board.PHONE
    found, wider = {}, {}
    for link, paths in (
        (world.person("amy"), STUDENT),
        (world.command("people", "link", five.owner(world)).strip(), STAFF),
    ):
        page = world.visit(browser, link, viewport=view, bypass_csp=True)
        arabic(page, world)
        for name, path in paths.items():
            page.goto(world.origin + board.C + path)
            test_update_lab.pictured(page, f"ar-{size}-{name}")
            wider[name] = page.evaluate(WIDER)
            if size == "desk":  # what axe reads is the same at either width
                found[name] = test_accessible.findings(page)
            assert set(page.evaluate(CODE)) <= {"ltr"}, name
        if name == "marking":
            page.goto(world.origin + board.C + "/threads")
            page.get_by_role("link", name="سؤال عن القوائم").click()
            page.wait_for_url("**/threads/thr_*")
            test_update_lab.pictured(page, f"ar-{size}-thread")
            found["thread"] = test_accessible.findings(page)
            page.goto(world.origin + board.C + "/class")
            page.locator("tbody td a").first.click()
            page.wait_for_url("**/marks/per_*")
            test_update_lab.pictured(page, f"ar-{size}-why")
            wider["why"], found["why"] = page.evaluate(WIDER), test_accessible.findings(page)
            page.locator("main a[href^='/submissions/']").first.click()
            page.wait_for_url("**/submissions/*")
            test_update_lab.pictured(page, f"ar-{size}-submission")
            wider["submission"] = page.evaluate(WIDER)
        page.context.close()
    assert {name: each for name, each in found.items() if each} == {}
    assert {name: much for name, much in wider.items() if much > 0} == {}


def test_what_people_write_runs_its_own_way(world: board.Board, browser: Browser) -> None:
    page = world.visit(browser, world.person("amy"), viewport=board.DESK)
    arabic(page, world)
    page.goto(world.origin + board.C + "/threads")
    way = "e => getComputedStyle(e).direction"
    assert page.get_by_role("link", name="An English question").evaluate(way) == "ltr"
    assert page.get_by_role("link", name="سؤال عن القوائم").evaluate(way) == "rtl"
    page.get_by_role("link", name="An English question").click()
    assert page.locator(".comment").first.evaluate(way) == "ltr"
    page.context.close()
