"""Discussions on the pages in a real browser, at phone width and without scripts: ask, answer, come back."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import board, chromium, test_accessible

CELL = "week-task"
PLACES = ("threads", f"lessons/{board.LESSON}", f"lessons/{board.LESSON}?ask={CELL}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[board.Board]:
    made = board.Board(tmp_path_factory.mktemp("pages"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def phone(world: board.Board, browser: Browser, name: str, **given: Any) -> Page:
    """Somebody with a phone whose browser runs no scripts."""
    link = world.person(name, **given)
    return world.visit(browser, link, viewport=board.PHONE, java_script_enabled=False)


def test_ask_answer_and_come_back_never_there_together(world: board.Board, browser: Browser) -> None:
    amy = phone(world, browser, "amy", given="Amy Adams")
    amy.goto(f"{world.origin}{board.L}")
    amy.locator(f"section.beside a[href$='?ask={CELL}#write']").click()
    expect(amy.get_by_role("textbox", name="Your text")).to_be_visible()
    amy.get_by_role("textbox", name="Title").fill("Which index is Friday?")
    amy.get_by_role("textbox", name="Your text").fill("Is it `week[4]` or $5$?")
    amy.get_by_role("button", name="Preview").click()
    expect(amy.get_by_role("region", name="Preview").locator("code")).to_have_text("week[4]")
    amy.get_by_role("button", name="Post", exact=True).click()
    expect(amy.get_by_role("heading", name="Which index is Friday?")).to_be_visible()
    expect(amy.get_by_role("status")).to_have_text("Posted.")
    address = amy.url.split("?")[0]
    amy.context.close()

    ben = phone(world, browser, "ben", given="Ben Bell")
    ben.goto(f"{world.origin}{board.C}/threads?filter=unanswered")
    expect(ben.get_by_text("1 new")).to_be_visible()
    ben.get_by_role("link", name="Which index is Friday?").click()
    assert ben.url == address
    expect(ben.get_by_text("New", exact=True)).to_be_visible()
    ben.get_by_role("textbox", name="Your reply").fill("`week[4]`: the first is **0**, @[Amy Adams].")
    ben.get_by_role("button", name="Reply").click()
    expect(ben.get_by_role("article", name="Comment 2, Ben Bell")).to_contain_text("@Amy Adams")
    ben.context.close()

    amy = phone(world, browser, "amy")
    amy.goto(f"{world.origin}{board.L}")
    beside = amy.locator("section.beside", has_text="Which index is Friday?")
    expect(beside.get_by_text("1 new")).to_be_visible()
    beside.get_by_role("link", name="Which index is Friday?").click()
    amy.get_by_role("article", name="Comment 2").get_by_role("button", name="This answers it").click()
    expect(amy.get_by_text("Answered question")).to_be_visible()
    amy.get_by_role("article", name="Comment 2").get_by_role("button", name="Thanks").click()
    expect(amy.get_by_role("button", name="Thanks 1")).to_be_visible()
    amy.get_by_role("link", name="Show it in the lesson").click()
    expect(amy.locator("section.beside", has_text="Which index is Friday?")).not_to_contain_text("new")
    amy.context.close()


def test_staff_find_a_question_and_settle_it(world: board.Board, browser: Browser) -> None:
    thread = world.begin("amy", "May I hand in late?", kind="private", title="I was ill")
    world.person("tess", "instructor", given="Tess Hill")
    world.person("gus", "grader", given="Gus Wood")
    tess = phone(world, browser, "tess")
    tess.get_by_role("link", name="Inbox").click()
    card = tess.get_by_role("listitem").filter(has_text="I was ill")
    card.get_by_role("button", name="I look after it").click()
    expect(tess.get_by_role("listitem").filter(has_text="I was ill")).to_contain_text(
        "Tess Hill looks after it"
    )
    tess.get_by_role("link", name="Kept replies").click()
    tess.get_by_role("textbox", name="Title").fill("Late")
    tess.get_by_role("textbox", name="The reply").fill("Yes, until **Friday**.")
    tess.get_by_role("button", name="Keep").click()
    tess.goto(f"{world.origin}/threads/{thread['id']}")
    tess.get_by_role("button", name="Insert").click()
    expect(tess.get_by_role("textbox", name="Your reply")).to_have_value("Yes, until **Friday**.")
    tess.get_by_role("button", name="Reply").click()
    tess.get_by_text("Moderate").click()
    tess.get_by_label("Who looks after it").select_option("Gus Wood")
    tess.get_by_role("button", name="Assign").click()
    expect(tess.get_by_text("Gus Wood looks after it")).to_be_visible()
    tess.context.close()
    gus = phone(world, browser, "gus")
    gus.goto(f"{world.origin}{board.C}/inbox?whose=mine")
    gus.get_by_role("button", name="Mark as answered").click()
    gus.goto(f"{world.origin}{board.C}/inbox?whose=mine")
    expect(gus.get_by_text("You look after no open question.")).to_be_visible()
    gus.context.close()


def test_a_report_is_decided_and_can_be_undone(world: board.Board, browser: Browser) -> None:
    thread = world.begin("amy", "so **rude**", title="Reported one", kind="discussion")
    post = world.ask("ben", "GET", f"/threads/{thread['id']}")["posts"][0]["id"]
    world.ask("ben", "POST", f"/posts/{post}/reports", {"reason": "Not kind"})
    world.person("tess", "instructor", given="Tess Hill")
    tess = phone(world, browser, "tess")
    tess.goto(f"{world.origin}{board.C}/moderation")
    card = tess.get_by_role("listitem").filter(has_text="Not kind")
    expect(card).to_contain_text("Ben")
    card.get_by_role("button", name="Hide the comment").click()
    expect(tess.get_by_text("Not kind")).to_have_count(0)
    assert world.ask("ben", "GET", f"/threads/{thread['id']}")["posts"][0]["body"] == ""
    tess.get_by_role("listitem").filter(has_text="Reported one").get_by_role(
        "button", name="Show it again"
    ).click()
    expect(tess.get_by_text("Nothing is hidden.")).to_be_visible()
    assert world.ask("ben", "GET", f"/threads/{thread['id']}")["posts"][0]["body"] == "so **rude**"
    tess.context.close()


def test_a_text_outlives_every_refusal(world: board.Board, browser: Browser) -> None:
    page = phone(world, browser, "cem")
    page.goto(f"{world.origin}{board.C}/threads")
    long = "too long " * 2500
    page.get_by_role("textbox", name="Title").fill("Kept")
    page.get_by_role("textbox", name="Your text").evaluate(
        "(e, t) => { e.maxLength = 99999; e.value = t; }", long
    )
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("20,000 are the most")
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Kept")
    assert page.get_by_role("textbox", name="Your text").input_value().strip() == long.strip()
    page.get_by_role("textbox", name="Your text").fill("A private thought")
    page.get_by_label("What is it?").select_option("private")
    page.get_by_label("Hide my name").check()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Staff see who asks")
    expect(page.get_by_role("textbox", name="Your text")).to_have_value("A private thought")
    expect(page.get_by_label("What is it?")).to_have_value("private")
    page.context.clear_cookies()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("heading", name="Please sign in")).to_be_visible()
    expect(page.get_by_label("What you wrote")).to_have_value("Kept\n\nA private thought")
    page.context.close()


def test_sent_twice_is_there_once_and_a_changed_text_is_another(world: board.Board, browser: Browser) -> None:
    page = phone(world, browser, "dia")
    page.goto(f"{world.origin}{board.C}/threads")
    page.get_by_role("textbox", name="Your text").fill("Only once")
    page.get_by_role("button", name="Post", exact=True).dblclick()
    page.wait_for_url("**/threads/thr_*")
    page.go_back()
    page.get_by_role("textbox", name="Your text").fill("Something else")
    page.get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url("**/threads/thr_*")
    page.goto(f"{world.origin}{board.C}/threads?filter=mine")
    expect(page.get_by_role("link", name="Only once")).to_have_count(1)
    expect(page.get_by_role("link", name="Something else")).to_have_count(1)
    page.context.close()


def test_edit_delete_restore_report(world: board.Board, browser: Browser) -> None:
    thread = world.begin("eve", "first words", title="Eves thread")
    eve = phone(world, browser, "eve")
    eve.goto(f"{world.origin}/threads/{thread['id']}")
    eve.get_by_role("link", name="Edit").click()
    eve.get_by_role("textbox", name="Your comment").fill("second words")
    eve.get_by_role("button", name="Save").click()
    expect(eve.get_by_text("second words")).to_be_visible()
    eve.get_by_role("link", name="edited").click()
    expect(eve.get_by_text("first words")).to_be_visible()
    eve.get_by_role("link", name="Cancel").click()
    eve.get_by_role("button", name="Delete").click()
    expect(eve.get_by_text("This comment was deleted.")).to_be_visible()
    eve.get_by_role("button", name="Restore").click()
    expect(eve.get_by_text("second words")).to_be_visible()
    ben = phone(world, browser, "ben")
    ben.goto(f"{world.origin}/threads/{thread['id']}")
    ben.get_by_role("article").get_by_text("Report").first.click()
    ben.get_by_label("What is wrong with it?").fill("It is rude")
    ben.get_by_role("button", name="Report").click()
    expect(ben.get_by_role("status")).to_contain_text("Staff will look at it")


def test_search_and_pages_of_a_list(world: board.Board, browser: Browser) -> None:
    staff = next(
        line.split("\t")[0] for line in world.command("people", "list").splitlines() if "\towner" in line
    )
    for number in range(32):
        world.begin(staff, f"number {number}", title=f"Chapter {number:02}", kind="discussion")
    page = phone(world, browser, "fay")
    page.goto(f"{world.origin}{board.C}/threads")
    page.get_by_role("searchbox").fill("chapt")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=2)).to_have_count(31)
    page.get_by_role("link", name="Older discussions").click()
    expect(page.get_by_role("heading", name="Chapter 00")).to_be_visible()
    page.get_by_role("searchbox").fill("banana ' OR 1")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nothing found for")).to_be_visible()
    page.context.close()


def test_a_long_thread_by_its_pages(world: board.Board, browser: Browser) -> None:
    staff = next(
        line.split("\t")[0] for line in world.command("people", "list").splitlines() if "\towner" in line
    )
    thread = world.begin(staff, "post 1", title="Long")
    for number in range(2, 71):
        world.reply(staff, thread["id"], f"post {number}")
    page = phone(world, browser, "gil")
    page.goto(f"{world.origin}/threads/{thread['id']}")
    expect(page.get_by_role("article")).to_have_count(30)
    page.get_by_role("link", name="Later comments").click()
    page.get_by_role("link", name="Later comments").click()
    expect(page.get_by_role("article", name="Comment 70")).to_be_visible()
    page.goto(f"{world.origin}{board.C}/threads?filter=unread")
    expect(page.get_by_role("link", name="Long")).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [board.PHONE, board.DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    world: board.Board, browser: Browser, scheme: Any, size: Any
) -> None:
    thread = world.begin(
        "amy",
        "| a | b |\n|---|---|\n| 1 | `" + "x" * 200 + "` |\n\n# Big\n\n$$\\sum_i x_i$$",
        lesson=True,
        key=CELL,
    )
    world.reply("ben", thread["id"], "W" * 300 + "\n\n```\n" + "y" * 300 + "\n```")
    post = world.ask("amy", "GET", f"/threads/{thread['id']}")["posts"][0]["id"]
    page = world.visit(browser, world.person("amy"), viewport=size, color_scheme=scheme, bypass_csp=True)
    places = [f"{board.C}/{place}" for place in PLACES]
    places += [
        f"/threads/{thread['id']}",
        f"/posts/{post}",
        f"{board.L}/threads?key={CELL}",
        f"{board.C}/threads?q=zzz",
    ]
    for place in places:
        _check(page, world.origin + place, size["width"])
    page.context.close()
    world.ask("ben", "POST", f"/posts/{post}/reports", {"reason": "w" * 300})
    staff = world.visit(
        browser, world.person("tess", "instructor"), viewport=size, color_scheme=scheme, bypass_csp=True
    )
    for place in (
        f"{board.C}/inbox",
        f"{board.C}/moderation",
        f"{board.C}/replies",
        f"/threads/{thread['id']}",
    ):
        _check(staff, world.origin + place, size["width"])
    staff.context.close()


def _check(page: Page, address: str, width: int) -> None:
    page.goto(address)
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    assert test_accessible.findings(page) == [], address
    assert page.evaluate("document.documentElement.scrollWidth") <= width, address
