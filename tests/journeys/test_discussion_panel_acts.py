"""All that the discussion panel offers, done once in a real JupyterLab: begin, act, find, step through."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import chromium, talk, test_discussion_cells

FAILS = """() => {
  const cell = window.jupyterapp.shell.currentWidget.content.activeCell;
  cell.model.sharedModel.setSource('d = 1 / 0');
}"""


class Panel(talk.Talk):
    """Sam's JupyterLab, and kim, who is never there at the same time."""

    kim: httpx.Client


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    made = Panel(tmp_path_factory.mktemp("acts"), test_discussion_cells.lesson())
    made.kim = made.person("kim", given="Kim Roe")
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture
def page(world: Panel, browser: Browser) -> Iterator[Page]:
    world.copy.write_bytes(world.released)
    opened = talk.open_lab(world, browser)
    opened.locator(".cw-Badge").first.wait_for(state="attached")
    yield opened
    opened.close()


def listed(person: httpx.Client, **query: str) -> list[dict[str, Any]]:
    """The threads of the lesson as somebody sees them."""
    found = person.get("/courses/tiny/lessons/one/threads", params=query).raise_for_status().json()
    return list(found["threads"])


def again(page: Page) -> None:
    """Load the page once more: what others wrote meanwhile is there."""
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.evaluate(talk.SETTLED)
    page.locator(".cw-Badge:not(.cw-mod-empty)").first.wait_for(timeout=60_000)


def discuss(page: Page, index: int) -> None:
    """Go to a cell and press the keys that open its discussion."""
    page.locator(".jp-Notebook").click(position={"x": 5, "y": 5})
    page.keyboard.press("Escape")
    test_discussion_cells.select(page, index)
    page.keyboard.press("Control+Alt+m")


def test_ask_about_a_cell_with_its_error_and_without_ones_name(world: Panel, page: Page) -> None:
    test_discussion_cells.select(page, 4)
    page.evaluate(FAILS)
    talk.run(page, "notebook:run-cell")
    expect(page.locator(".jp-OutputArea-output", has_text="ZeroDivisionError").first).to_be_visible(
        timeout=60_000
    )
    discuss(page, 4)
    expect(page.get_by_text("No comments yet. Start the discussion.")).to_be_visible()
    expect(page.get_by_label("Send my cell and its error along")).to_be_checked()
    page.get_by_label("Hide my name from other students").check()
    page.get_by_label("Title (you may leave it out)").fill("Zero")
    page.get_by_label("Ask about this cell").fill("Why **not**?")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".cw-Preview strong")).to_have_text("not")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("article")).to_contain_text("ZeroDivisionError")
    expect(page.locator(".cw-Badge", has_text="1")).to_be_visible()
    expect(page.get_by_label("Hide my name from other students")).to_be_checked()
    for text in ("And", "then?"):
        page.get_by_role("textbox", name="Your reply").fill(text)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("article").last).to_contain_text(text)
        expect(page.get_by_role("textbox", name="Your reply")).to_have_value("")
    (thread,) = listed(world.kim, key="c3")
    assert (thread["author"]["name"], thread["author"]["id"]) == ("Anonymous 1", None)
    post, *more = world.kim.get(f"/threads/{thread['id']}").json()["posts"]
    assert [(each["body"], each["author"]["name"]) for each in more] == [
        ("And", "Anonymous 1"),
        ("then?", "Anonymous 1"),
    ]
    assert post["attachment"]["cell"] == "d = 1 / 0"
    assert "ZeroDivisionError" in post["attachment"]["traceback"]


def test_a_private_question_is_sent_though_hiding_was_ticked_before(world: Panel, page: Page) -> None:
    page.locator(".jp-Notebook").click(position={"x": 5, "y": 5})
    page.keyboard.press("Escape")
    test_discussion_cells.select(page, 3)
    page.locator(".jp-cell-toolbar [data-command='courseware:discuss-cell']").click()
    page.get_by_label("Hide my name from other students").check()
    page.get_by_label("Only for staff").check()
    expect(page.get_by_label("Hide my name from other students")).to_have_count(0)
    page.get_by_label("Ask about this cell").fill("I was ill.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="Comment 1 by Sam Doe")).to_contain_text("I was ill.")
    expect(page.get_by_text("Private, with staff")).to_be_visible()
    assert listed(world.kim, key="m2") == []


def test_answer_react_report_edit_delete_and_follow(world: Panel, page: Page) -> None:
    discuss(page, 1)
    page.get_by_label("Ask about this cell").fill("Is it one?")
    page.get_by_role("button", name="Post", exact=True).click()
    own = page.get_by_role("article", name="Comment 1 by Sam Doe")
    expect(own).to_contain_text("Is it one?")
    (thread,) = listed(world.kim, key="c1")
    talk.reply(world.kim, thread["id"], "It is.")
    page.get_by_role("button", name="Back", exact=True).click()
    page.get_by_role("button", name="Is it one?").click()
    kims = page.get_by_role("article", name="Comment 2 by Kim Roe")
    kims.get_by_role("button", name="Thanks").click()
    expect(kims.get_by_role("button", name="Thanks 1")).to_have_attribute("aria-pressed", "true")
    kims.get_by_role("button", name="Report").click()
    kims.get_by_role("textbox").fill("Too short")
    kims.get_by_role("button", name="Report").click()
    expect(kims.get_by_role("textbox")).to_have_count(0)
    kims.get_by_role("button", name="This answers it").click()
    expect(page.get_by_text("Answered question")).to_be_visible()
    own.get_by_role("button", name="Edit").click()
    own.get_by_role("textbox").fill("Is it *one*?")
    own.get_by_role("button", name="Save").click()
    expect(own).to_contain_text("edited")
    own.get_by_role("button", name="Delete").click()
    expect(own).to_contain_text("This comment was deleted.")
    expect(page.get_by_role("heading", name="[deleted]")).to_be_visible()
    own.get_by_role("button", name="Restore").click()
    expect(own.locator("em")).to_have_text("one")
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_text("Open question")).to_be_visible()
    page.get_by_role("button", name="Stop following").click()
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()


def test_filters_search_and_what_is_not_in_ones_copy(world: Panel, page: Page) -> None:
    talk.say(world.kim, "c2", "About three", title="Third")
    talk.say(world.kim, None, "Hello all", kind="discussion", title="Introductions")
    again(page)
    test_discussion_cells.select(page, 2)
    talk.run(page, "notebook:delete-cell")
    talk.run(page, "courseware:discussion")
    rows = page.locator(".cw-Rows")
    expect(rows.get_by_role("button", name="Introductions")).to_be_visible(timeout=40_000)
    page.get_by_role("button", name="Unanswered").click()
    expect(rows.get_by_role("button", name="Introductions")).to_have_count(0)
    expect(rows.get_by_role("button", name="Third")).to_be_visible()
    page.get_by_role("button", name="Endorsed").click()
    expect(page.get_by_text("Nothing here. Try another filter.")).to_be_visible()
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_label("Search the discussion").fill("hello")
    page.keyboard.press("Enter")
    expect(rows.get_by_role("button")).to_have_count(1)
    page.get_by_label("Search the discussion").fill("")
    page.get_by_text("Not in your copy (1)").click()
    page.locator(".cw-NotHere").get_by_role("button", name="c = 3").click()
    expect(page.get_by_role("heading", name="Third")).to_be_visible()
    page.get_by_role("textbox", name="Your reply").fill("Still here")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="Comment 2 by Sam Doe")).to_contain_text("Still here")
    expect(page.get_by_role("button", name="Show the cell")).to_have_count(0)
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_role("heading", name="Not in your copy")).to_be_visible()


def test_keys_step_to_the_discussion_before_and_after(world: Panel, page: Page) -> None:
    for key in ("c1", "c2"):
        talk.say(world.kim, key, f"Step {key}")
    again(page)
    page.locator(".cw-Badge:not(.cw-mod-empty)").nth(1).wait_for(timeout=60_000)
    page.locator(".jp-Notebook").click(position={"x": 5, "y": 5})
    page.keyboard.press("Escape")
    test_discussion_cells.select(page, 0)
    badges = page.locator(".cw-Badge")
    for keys, index in (("Control+Alt+n", 1), ("Control+Alt+n", 2), ("Control+Alt+p", 1)):
        page.keyboard.press(keys)
        expect(badges.nth(index)).to_be_focused()
