"""Sam comes back to JupyterLab: what others left, each line a way to it, in five requests."""

import contextlib
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys import chromium, talk, test_accessible
from tests.notebook import build

pytestmark = pytest.mark.slow
CELLS, KEY = 200, "c150"
DAY = 86_400_000_000
ASKED = re.compile(r"/courses/tiny/since(\?|$)")


def lesson(last: str = "end = 1") -> dict[str, Any]:
    """Two hundred cells."""
    cells = [build.cell(f"a{number} = {number}", "code", id=f"c{number}") for number in range(CELLS - 1)]
    return dict(build.book(*cells, build.cell(last, "code", id="last")))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[talk.Talk]:
    made = talk.Talk(tmp_path_factory.mktemp("since"), lesson())
    lived_in(made)
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def lived_in(world: talk.Talk) -> None:
    """Sam asks and leaves; a day later Kim has answered, and the lesson has a new version."""
    sam, kim = world.person("sam"), world.person("kim", given="Kim Roe")
    first = sam.get("/courses/tiny/since").json()
    assert (first["since"], first["news"]) == (None, 0)
    thread = talk.say(sam, KEY, "Why is it so far down?", title="Far down")
    (kept,) = (world.folder / "state").rglob("courseware.db")
    with contextlib.closing(sqlite3.connect(kept)) as connection:
        connection.execute("update visit set began = began - ?, last = last - ?", (DAY, DAY))
        connection.execute("update release set published = published - ?", (2 * DAY,))
        connection.commit()
    talk.reply(kim, thread["id"], "Because, @[Sam Doe], there are **many**.", anonymous=True)
    wish = {"kind": "discussion", "title": "Study group", "body": "@[Sam Doe], do you join?"}
    talk.sent(kim, "POST", "/courses/tiny/threads", wish)
    (world.course / "lessons" / "one" / "one.ipynb").write_text(json.dumps(lesson("end = 2")))
    world.command("release", "one")


def since(page: Page) -> Any:
    """The list in the panel, which nobody asked for: it is the first thing that is seen."""
    found = page.get_by_role("list", name="Since you were last here")
    expect(found).to_be_visible(timeout=60_000)
    return found


def requests(asked: list[str]) -> list[str]:
    """What the extension asked this Lab's server for; a pulse is what comes later, again and again."""
    found = [each.split("/courseware/")[1] for each in asked if re.search(r":\d+/courseware/", each)]
    return sorted(each for each in found if each != "pulse")


def test_a_long_lesson_with_its_news_takes_five_requests(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split("?")[0]))
    page.reload()
    expect(page.locator(".cw-Badge.cw-mod-unread")).to_have_text("2", timeout=60_000)
    since(page)
    page.wait_for_timeout(3000)
    assert requests(asked) == [
        "api/courses/tiny/lessons/one/discussion",
        "api/courses/tiny/since",
        "lessons",
        "status",
    ]
    talk.run(page, "courseware:discussion")
    expect(
        page.get_by_role("region", name="Discussion").get_by_role("button", name="Far down")
    ).to_be_visible()
    page.wait_for_timeout(1000)
    assert len(requests(asked)) == 5
    page.close()


def test_each_line_is_a_way_to_what_is_new(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    lines = since(page)
    told = [re.sub(r"\s+", " ", each) for each in lines.get_by_role("listitem").all_inner_texts()]
    assert [each.split(" · ")[0] for each in told] == [
        "You are named Study group @Sam Doe, do you join? Kim Roe",
        "Answer to your question Far down Because, @Sam Doe, there are many. Anonymous 1",
        "New release Lesson one Release 2",
    ]
    lines.get_by_role("button", name="Far down").click()
    answer = page.get_by_role("article", name="Comment 2 by Anonymous 1")
    expect(answer).to_contain_text("Because, @Sam Doe, there are many.", timeout=30_000)
    cell = page.locator(".jp-Cell", has_text="a150 = 150")
    expect(cell).to_be_in_viewport(timeout=60_000)
    lines.get_by_role("button", name="Study group").click()
    expect(page.get_by_role("article", name="Comment 1 by Kim Roe")).to_contain_text("@Sam Doe, do you join?")
    page.close()


def test_the_panel_tells_the_way_and_opens_what_is_next(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    since(page)
    way = page.get_by_role("region", name="Your way through the course")
    expect(way.get_by_role("progressbar")).to_have_attribute(
        "aria-valuetext", "1 of 1 lessons done", timeout=60_000
    )
    expect(way).to_contain_text("All lessons are done.")
    assert test_accessible.findings(page, "document.querySelector('.cw-Way')") == []
    page.close()


CLOSED = """async () => {
  const open = window.jupyterapp.shell.currentWidget;
  await open.context.save();
  open.dispose();
}"""


def test_a_discussion_opens_without_its_notebook(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    # Closed at once: what a kernel says of itself late makes the notebook unsaved again, and then Lab asks.
    page.evaluate(CLOSED)
    lines = since(page)
    lines.get_by_role("button", name="Study group").click()
    expect(page.get_by_role("article", name="Comment 1 by Kim Roe")).to_be_visible()
    lines.get_by_role("button", name="Far down").click()
    expect(page.locator(".jp-Cell", has_text="a150 = 150")).to_be_in_viewport(timeout=60_000)
    expect(page.get_by_role("article", name="Comment 2 by Anonymous 1")).to_be_visible()
    page.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_what_is_new(world: talk.Talk, browser: Browser, dark: bool) -> None:
    page = talk.open_lab(world, browser, dark=dark)
    since(page)
    assert test_accessible.findings(page, "{include: [['.cw-Panel']]}") == []
    page.close()


def test_the_panel_comes_with_news_alone_and_not_to_somebody_who_has_begun(
    world: talk.Talk, browser: Browser
) -> None:
    page = talk.open_lab(world, browser)
    since(page)
    held: list[Route] = []
    page.route(ASKED, lambda route: held.append(route))
    talk.load(world, page)
    page.locator(".jp-Cell", has_text="a0 = 0").click()
    arrives(page, held)
    expect(files(page)).to_be_visible()
    with nothing_new(world):
        talk.load(world, page)
        arrives(page, held)
        expect(files(page)).to_be_visible()
        talk.run(page, "courseware:show")
        expect(page.locator(".cw-Since")).to_contain_text("Nothing is new")
    page.close()


def files(page: Page) -> Any:
    """The file browser, which JupyterLab begins with."""
    return page.get_by_role("region", name="File Browser Section")


def arrives(page: Page, held: list[Route]) -> None:
    """What is new arrives in the panel; it was asked for and waits."""
    end = time.monotonic() + 60
    while not held:
        assert time.monotonic() < end, "nobody asks what is new"
        page.wait_for_timeout(50)
    with page.expect_response(ASKED):
        held.pop().continue_()
    page.wait_for_selector(".cw-Since", state="attached", timeout=60_000)
    page.wait_for_timeout(300)  # a panel that comes comes with the list


@contextlib.contextmanager
def nothing_new(world: talk.Talk) -> Iterator[None]:
    """As if Sam's visit before this one had ended just now."""
    (kept,) = (world.folder / "state").rglob("courseware.db")
    with contextlib.closing(sqlite3.connect(kept)) as connection:
        ((person, before),) = connection.execute(
            "select person_id, before from visit where before is not null"
        ).fetchall()
        connection.execute("update visit set before = last where person_id = ?", (person,))
        connection.commit()
        try:
            yield
        finally:
            connection.execute("update visit set before = ? where person_id = ?", (before, person))
            connection.commit()
