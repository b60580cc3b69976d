"""Hostile comments on the pages in a real browser, scripts allowed, the network watched: nothing happens."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.journeys import board, chromium, hostile_comments

COMMENTS = hostile_comments.COMMENTS
FOUND = """() => {
  const tags = ('A B BDI BLOCKQUOTE BR CODE DEL DIV EM H4 H5 H6 HR I KBD LI OL P PRE S SPAN STRONG SUB SUP ' +
    'TABLE TBODY TD TH THEAD TR UL').split(' ');
  const names = ['href', 'rel', 'class', 'tabindex', 'colspan', 'rowspan', 'align'];
  const known = /^(language-[\\w+-]+|mention)$/;
  const good = e => e.closest('math')
    ? [...e.attributes].every(a => !/^on|href|src|^id$/.test(a.name))
    : tags.includes(e.tagName) && [...e.attributes].every(a => names.includes(a.name))
      && (!e.hasAttribute('class') || known.test(e.getAttribute('class')))
      && (!e.hasAttribute('href') || /^https?:/.test(e.getAttribute('href')));
  const bad = [...document.querySelectorAll('.comment *')].filter(e => !good(e));
  return bad.map(e => e.outerHTML.slice(0, 200));
}"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[board.Board]:
    made = board.Board(tmp_path_factory.mktemp("hostile"))
    made.person("mal", "instructor", given="<img src=x onerror=alert(1)>")
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


class Watched:
    """A page of a student, with all that it asked for and all that popped up."""

    def __init__(self, world: board.Board, browser: Browser, name: str, role: str = "student") -> None:
        self.world = world
        self.page: Page = world.visit(browser, world.person(name, role), viewport=board.DESK)
        self.asked: list[str] = []
        self.dialogs: list[str] = []
        self.page.on("request", lambda request: self.asked.append(f"{request.method} {request.url}"))
        self.page.on("dialog", self._refuse)

    def _refuse(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def look(self, path: str) -> int:
        """Open an address; how many comments are there. Nothing else may have been asked for."""
        self.asked.clear()
        address = self.world.origin + path
        self.page.goto(address, wait_until="networkidle")
        self.page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        self.page.mouse.move(300, 400)
        own = (f"GET {address.split('#')[0]}", *(f"GET {self.world.origin}/static/{name}" for name in STATIC))
        assert [each for each in self.asked if each not in own] == [], path
        assert self.dialogs == []
        assert self.page.evaluate(FOUND) == [], path
        assert self.page.url.split("#")[0] == address.split("#")[0]
        assert self.page.locator("main").count() == 1
        assert self.page.evaluate("document.documentElement.scrollWidth") <= board.DESK["width"], path
        return self.page.locator(".comment").count()


STATIC = ("pages.css", "icon.svg")


KINDS = {
    "image beacons": r"<img src=//|!\[a\]\(https:",
    "requests with the reader's cookies": r"<img src=/hub/logout>|!\[a\]\(/sign-out\)",
    "forms": r"<form",
    "command links": r"data-commandlinker-command",
    "dialogs of JupyterLab": r"jp-Dialog",
    "SVG": r"<svg",
    "javascript:": r"(?i)javascript:",
    "MathML": r"<math",
    "LaTeX": r"\$\\href\{javascript:",
    "bidi": "[\u202a-\u202e\u2066-\u2069]",
}


def test_there_are_enough_of_them_and_of_every_kind() -> None:
    assert len(set(COMMENTS)) >= 60
    assert [kind for kind, sign in KINDS.items() if not any(re.search(sign, each) for each in COMMENTS)] == []


def test_reading_them_on_the_pages_runs_and_fetches_nothing(world: board.Board, browser: Browser) -> None:
    thread = world.begin("mal", COMMENTS[0], title=COMMENTS[1])["id"]
    for body in COMMENTS[1:]:
        world.reply("mal", thread, body)
    watched = Watched(world, browser, "amy")
    seen = sum(watched.look(f"/threads/{thread}?after={after}") for after in range(0, len(COMMENTS), 30))
    assert seen == len(COMMENTS)
    for path in (f"{board.C}/threads", f"{board.C}/threads?q=alert"):
        watched.look(path)
    watched.look(f"/threads/{thread}?after=0")
    planted = (
        "<p onclick=x>a</p><i class=tag>b</i><a href='//c'>c</a><form>d</form><math><mi id=e>e</mi></math>"
    )
    watched.page.evaluate("made => { document.querySelector('.comment').innerHTML = made; }", planted)
    assert len(watched.page.evaluate(FOUND)) == 5
    watched.page.context.close()


def test_as_titles_and_excerpts_and_reports_they_are_words(world: board.Board, browser: Browser) -> None:
    for number, body in enumerate(COMMENTS):
        title = body[:200] if number % 2 else ""
        key = "week-task" if number < 5 else None
        world.begin("mal", body, title=title, lesson=True, key=key)
    page = world.ask("amy", "GET", f"{board.L}/threads")["threads"]
    for thread in page[:5]:
        post = world.ask("amy", "GET", f"/threads/{thread['id']}")["posts"][0]["id"]
        world.ask("amy", "POST", f"/posts/{post}/reports", {"reason": COMMENTS[1]})
    student, staff = Watched(world, browser, "amy"), Watched(world, browser, "tess", "instructor")
    student.look(f"{board.L}/threads")
    student.look(f"{board.L}/threads?key=week-task")
    for path in ("inbox", "moderation", "replies", "threads"):
        staff.look(f"{board.C}/{path}")
    for watched in (student, staff):
        watched.page.context.close()


def test_a_preview_is_as_harmless(world: board.Board, browser: Browser) -> None:
    watched = Watched(world, browser, "amy")
    watched.page.goto(f"{world.origin}{board.C}/threads")
    watched.asked.clear()
    watched.page.get_by_role("textbox", name="Your text").fill("\n\n".join(COMMENTS)[:19_000])
    watched.page.get_by_role("button", name="Preview").click()
    watched.page.get_by_role("region", name="Preview").wait_for()
    watched.page.wait_for_load_state("networkidle")
    own = [f"{world.origin}/static/{name}" for name in STATIC] + [f"{world.origin}{board.C}/threads"]
    assert [each for each in watched.asked if each.split(" ", 1)[1] not in own] == []
    assert (watched.dialogs, watched.page.evaluate(FOUND)) == ([], [])
    watched.page.context.close()
