"""The discussion panel in a real browser: axe-core, keyboard, drafts, and what a comment cannot do."""

import json
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys import chromium, hostile_comments, talk, test_accessible, test_discussion_cells

lesson = test_discussion_cells.lesson


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[talk.Talk]:
    made = talk.Talk(tmp_path_factory.mktemp("panel"), lesson())
    kim = made.person("kim", given="Kim Roe")
    thread = talk.say(kim, "c1", "Why $b = 2$?\n\n```python\nb = a + 1\n```", title="Where is b from?")
    talk.reply(kim, thread["id"], "I mean **this** line.")
    talk.say(kim, None, "Hello all", kind="discussion", title="Introductions", anonymous=True)
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


OWN = "{include: [['.cw-Discussion'], ['.cw-Badge']]}"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_panel_and_badges(world: talk.Talk, browser: Browser, dark: bool) -> None:
    page = talk.open_lab(world, browser, dark=dark)
    page.locator(".cw-Badge", has_text="2").wait_for()
    talk.run(page, "courseware:discussion")
    expect(page.get_by_role("button", name="Introductions")).to_be_visible()
    found = {"all": test_accessible.findings(page, OWN)}
    page.get_by_role("button", name="New discussion of the lesson").click()
    found["begin"] = test_accessible.findings(page, OWN)
    page.locator(".cw-Badge", has_text="2").click()
    page.get_by_role("heading", name="Where is b from?").wait_for()
    found["thread"] = test_accessible.findings(page, OWN)
    page.get_by_role("button", name="Back", exact=True).click()
    page.get_by_label("Ask about this cell").wait_for()
    found["cell"] = test_accessible.findings(page, OWN)
    assert {name: each for name, each in found.items() if each} == {}
    page.close()


def test_a_whole_conversation_by_keyboard(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    page.locator(".cw-Badge", has_text="2").wait_for()
    page.locator(".jp-Notebook").click(position={"x": 5, "y": 5})
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Alt+n")
    expect(page.locator(".cw-Badge", has_text="2")).to_be_focused()
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", name="Where is b from?")
    expect(heading).to_be_visible()
    page.get_by_role("textbox", name="Your reply").focus()
    page.keyboard.type("Thanks @ki")
    expect(page.get_by_role("option", name="Kim Roe")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Your reply")).to_have_value("Thanks @[Kim Roe] ")
    page.keyboard.type("now I see, dd aa b x")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="Comment 3 by Sam Doe")).to_contain_text("now I see")
    cells = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    assert cells == len(test_discussion_cells.SOURCES)
    page.keyboard.press("Escape")
    expect(page.locator(".cw-Badge", has_text="3")).to_be_focused()
    page.close()


def test_nothing_is_begun_in_a_view_that_goes_away(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    badge = page.locator(".cw-Badge", has_text=re.compile(r"\d"))
    badge.wait_for()
    held: list[Route] = []
    page.route("**/threads?**", lambda route: held.append(route))
    badge.click()
    expect(page.get_by_role("status").filter(has_text="Loading")).to_be_visible()
    expect(page.locator(".cw-Composer")).to_have_count(0)
    assert held
    for asked in held:
        asked.continue_()
    expect(page.get_by_role("heading", name="Where is b from?")).to_be_focused()
    expect(page.get_by_role("textbox", name="Your reply")).to_be_visible()
    page.close()


FOCUS_WHEN_DRAWN = """() => {
  const panel = document.querySelector('.cw-Discussion');
  new MutationObserver((_, watch) => {
    if (panel.querySelector('.cw-Post')) {
      watch.disconnect();
      queueMicrotask(() => { window.focused = document.activeElement.tagName; });
    }
  }).observe(panel, { childList: true, subtree: true });
}"""


def test_the_focus_is_never_nowhere_once_a_view_has_changed(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    page.locator(".cw-Badge").first.wait_for(state="attached", timeout=60_000)
    page.locator(".cw-Badge").first.click()
    page.get_by_label("Ask about this cell").fill("Which one?")
    page.evaluate(FOCUS_WHEN_DRAWN)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cw-Post")).to_contain_text("Which one?")
    assert page.evaluate("() => window.focused") == "H2"
    page.keyboard.press("Escape")
    expect(page.locator(".cw-Badge").first).to_be_focused()
    page.close()


def test_a_draft_outlives_the_page_and_a_service_that_is_away(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    page.locator(".cw-Badge").nth(1).click()
    page.get_by_role("textbox", name="Your reply").fill("half a thought")
    world.stop_service()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    world.service = world.serve()
    page.locator(".cw-Badge").first.wait_for(state="attached", timeout=60_000)
    page.locator(".cw-Badge").nth(1).click()
    expect(page.locator(".cw-Composer textarea").first).to_have_value("half a thought")
    page.keyboard.press("Tab")
    page.close()


EACH = 22
HOSTILE = [
    hostile_comments.COMMENTS[start : start + EACH]
    for start in range(0, len(hostile_comments.COMMENTS), EACH)
]


@pytest.fixture(scope="module")
def reader(world: talk.Talk, browser: Browser) -> Iterator[Page]:
    page = talk.open_lab(world, browser)
    page.locator(".cw-Badge").first.wait_for(state="attached")
    yield page
    page.close()


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_reading_a_comment_runs_and_fetches_nothing(world: talk.Talk, reader: Page, number: int) -> None:
    mal = world.person("mal", "instructor", given="Mal")
    title = f"Hostile {number}"
    thread = talk.say(mal, None, HOSTILE[number][0], title=title)
    for body in HOSTILE[number][1:]:
        talk.reply(mal, thread["id"], body)
    page = reader
    if number:
        page.get_by_role("button", name="Back", exact=True).click()
    else:
        talk.run(page, "courseware:discussion")
    page.get_by_role("button", name=title).wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.get_by_role("button", name=title).click()
    page.get_by_role("heading", name=title).wait_for()
    expect(page.locator(".cw-Post")).to_have_count(len(HOSTILE[number]))
    time.sleep(1)
    assert _foreign(world, asked) == []
    assert dialogs == []
    assert _left(page) == []
    if number == len(HOSTILE) - 1:
        # What is looked for would be found: without the sanitizer these two would have been reported.
        page.evaluate("made => { document.querySelector('.cw-Body').innerHTML = made; }", PLANTED)
        page.wait_for_timeout(500)
        assert len(_left(page)) == 7
        assert _foreign(world, asked) == [f"http://127.0.0.1:{world.lab_port}/hub/logout"]


PLANTED = (
    "<img src='/hub/logout'><form></form><button data-commandlinker-command='x'>x</button>"
    "<a href='javascript:x'>x</a><p class='jp-Dialog'>x</p><p onclick='x'>x</p><style></style>"
)


def _foreign(world: talk.Talk, asked: list[str]) -> list[str]:
    """What was asked for that neither JupyterLab nor the extension asks for."""
    places = ("courseware", "static", "api", "lab")
    own = tuple(f"http://127.0.0.1:{world.lab_port}/{each}/" for each in places)
    return [each for each in asked if not each.startswith(own)]


def _left(page: Page) -> list[str]:
    """What stands in posts and should not."""
    script = """() => [...document.querySelectorAll('.cw-Body *')].filter(e =>
      /^(IMG|FORM|BUTTON|INPUT|SCRIPT|STYLE|IFRAME|OBJECT|EMBED|VIDEO|AUDIO|LINK|META|BASE)$/.test(e.tagName)
      || /jp-Dialog/.test(e.className) || /^(javascript|data):/i.test(e.getAttribute('href') || '')
      || [...e.attributes].some(a => /^on/.test(a.name) || a.name.startsWith('data-commandlinker')))
      .map(e => e.outerHTML)"""
    found: list[str] = json.loads(json.dumps(page.evaluate(script)))
    return found
