"""The discussion panel in a real browser: axe-core, keyboard, drafts, and what a comment cannot do."""

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import talk, test_accessible, test_discussion_cells

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
    with talk.browser() as opened:
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


def test_a_draft_outlives_the_page_and_a_service_that_is_away(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    page.locator(".cw-Badge").nth(1).click(force=True)
    page.locator(".cw-Composer textarea").first.fill("half a thought")
    world.stop_service()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    world.service = world.serve()
    page.locator(".cw-Badge").first.wait_for(state="attached", timeout=60_000)
    page.locator(".cw-Badge").nth(1).click(force=True)
    expect(page.locator(".cw-Composer textarea").first).to_have_value("half a thought")
    page.keyboard.press("Tab")
    page.close()


HOSTILE = [
    "<img src=/hub/logout>",
    "<img src=x onerror=alert(1)>",
    "![a](https://evil.example/p.png)",
    "![a](/hub/logout)",
    "<form method=post action=/hub/logout><button>Go</button></form>",
    "<script>fetch('/steal')</script>",
    "<svg onload=alert(1)><image href=//evil.example/x /></svg>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "<iframe src=//evil.example></iframe>",
    "<button data-commandlinker-command='notebook:delete-cell'>x</button>",
    "<div class='jp-Dialog' style='position:fixed;inset:0;background:url(//evil.example/b)'>gone</div>",
    "<math><mtext><style><img src=//evil.example></style></mtext></math>",
    "$\\href{javascript:alert(1)}{x}$",
    "<link rel=stylesheet href=//evil.example/a.css><style>@import '//evil.example/b.css'</style>",
    "<video src=//evil.example/v poster=//evil.example/p></video><audio src=//evil.example/a></audio>",
    "<object data=//evil.example/o></object><embed src=//evil.example/e>",
    "<base href=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'>",
    "<input autofocus onfocus=alert(1)><details open ontoggle=alert(1)>x</details>",
]


def test_reading_a_comment_runs_and_fetches_nothing(world: talk.Talk, browser: Browser) -> None:
    kim = world.person("mal", "instructor", given="Mal")
    thread = talk.say(kim, "c2", HOSTILE[0], title="Hostile")
    for body in HOSTILE[1:]:
        talk.reply(kim, thread["id"], body)
    page = talk.open_lab(world, browser)
    page.locator(".cw-Badge", has_text=str(len(HOSTILE))).wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.locator(".cw-Badge", has_text=str(len(HOSTILE))).click()
    page.get_by_role("heading", name="Hostile").wait_for()
    expect(page.locator(".cw-Post")).to_have_count(len(HOSTILE))
    time.sleep(1)
    own = tuple(
        f"http://127.0.0.1:{world.lab_port}/{each}/" for each in ("courseware", "static", "api", "lab")
    )
    assert [each for each in asked if not each.startswith(own)] == []
    assert dialogs == []
    assert _left(page) == []
    page.close()


def _left(page: Page) -> list[str]:
    """What stands in posts and should not."""
    script = """() => [...document.querySelectorAll('.cw-Body *')].filter(e =>
      /^(IMG|FORM|BUTTON|INPUT|SCRIPT|STYLE|IFRAME|OBJECT|EMBED|VIDEO|AUDIO|LINK|META|BASE)$/.test(e.tagName)
      || /jp-Dialog/.test(e.className) || /^(javascript|data):/i.test(e.getAttribute('href') || '')
      || [...e.attributes].some(a => /^on/.test(a.name) || a.name.startsWith('data-commandlinker')))
      .map(e => e.outerHTML)"""
    found: list[str] = json.loads(json.dumps(page.evaluate(script)))
    return found
