"""A captioned lecture in a real browser: JupyterLab without any kernel, and the lesson's page; one person
goes on at the second, whatever machine, also after the course was away.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys import chromium, films, talk, test_accessible


@pytest.fixture
def world(tmp_path: Path) -> Iterator[talk.Talk]:
    made = films.lectured(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="module")
def paged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[talk.Talk]:
    """The one whose pages are looked at; each test goes on where the one before left the lecture."""
    made = films.lectured(tmp_path_factory.mktemp("paged"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def by_keyboard(page: Page, first: str, other: str) -> None:
    """From line to line with the arrows, playing from one with Enter, pausing with K."""
    page.locator(f"{first} button").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(f"{first} [aria-current=true]")).to_contain_text("The last item has index minus one.")
    expect(page.locator(f"{other} [aria-current=true]")).to_contain_text("Indexing")
    films.played_until(page, 13.6)
    page.keyboard.press("k")
    films.until(page, films.PAUSED)
    assert page.evaluate(films.CAPTION) == "The last item has index minus one."


def found(page: Page, first: str) -> None:
    """Words are looked for, and the line that has them plays."""
    lines = page.locator(f"{first} li:visible")
    page.get_by_role("searchbox", name="Search", exact=True).focus()
    page.keyboard.type("SECOND largest")
    expect(lines).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(f"{first} button:focus")).to_contain_text("second largest")
    page.get_by_role("searchbox", name="Search", exact=True).fill("")
    expect(lines).to_have_count(5)


def captioned(page: Page, root: str) -> list[str]:
    """What axe-core finds; that it has seen captions is a pass, not only no finding."""
    page.evaluate(test_accessible.AXE.read_text())
    for _ in range(40):  # another theme draws the cell anew
        page.wait_for_selector(f"{root} video")
        told: dict[str, Any] = page.evaluate(f"axe.run({{include: [['{root}']]}}, {{iframes: false}})")
        if "video-caption" in {rule["id"] for rule in told["passes"]}:
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError(told["incomplete"])
    return [f"{rule['id']}: {node['html'][:100]}" for rule in told["violations"] for node in rule["nodes"]]


def speed(page: Page) -> None:
    """It is chosen from a list or with keys, and ends as it began."""
    chosen = page.get_by_label("Speed")
    chosen.select_option("2")
    assert page.evaluate("document.querySelector('video').playbackRate") == 2
    page.locator("video").focus()
    page.keyboard.press("<")
    expect(chosen).to_have_value("1.75")
    chosen.select_option("1")
    page.locator("video").focus()


def only_from_its_beginning(
    page: Page, sam: httpx.Client, first: str, *, kept: float, until_second: float
) -> None:
    """From a server that sends no parts of a file: it says so, stays where it is, and the place is kept."""
    whole = (films.LECTURE / "lesson.webm").read_bytes()
    page.route("**/lesson.webm*", lambda route: route.fulfill(body=whole, content_type="video/webm"))
    # In Lab the question for a kernel comes whenever the notebook is there.
    unasked = page.locator(".jp-Dialog")
    page.add_locator_handler(unasked, lambda: unasked.get_by_role("button", name="No Kernel").click())
    page.reload()
    page.wait_for_selector(f"{first} button")
    page.evaluate("document.querySelector('video').muted = true")
    expect(page.get_by_text("This video can only be played from its beginning here.")).to_have_count(1)
    expect(page.get_by_text("Goes on at")).to_have_count(0)
    page.evaluate("document.querySelector('video').play()")
    films.played_until(page, 1)
    page.locator(f"{first} button").nth(3).click()
    page.locator("video").focus()
    page.keyboard.press("l")
    assert films.position(page) >= 1
    films.played_until(page, until_second)
    page.evaluate("document.querySelector('video').pause()")
    told = watched_until(page, sam, until_second)
    assert abs(told["position"] - kept) < 0.1


def asked_on_the_way(page: Page) -> None:
    """From such a server a question is asked at its time all the same, and the film is never thrown to its
    beginning; nothing is offered that it cannot do.
    """
    video, asked = (
        "document.querySelector('video')",
        page.get_by_role("region", name="A question in the video"),
    )
    page.evaluate(f"{video}.addEventListener('seeking', () => {video}.dataset.sought = '')")
    page.evaluate(f"{video}.playbackRate = 8, {video}.play()")
    films.played_until(page, 12)
    page.evaluate(f"{video}.playbackRate = 2")
    expect(asked).to_be_focused(timeout=10_000)
    stopped = films.position(page)
    assert 16.139 <= stopped < 20
    assert page.evaluate(f"{video}.paused")
    asked.get_by_role("radio", name="0", exact=True).check()
    asked.get_by_role("button", name="Check answer").click()
    expect(asked.get_by_role("status")).to_have_text("Right.")
    expect(asked.get_by_role("button", name="Hear it again")).to_have_count(0)
    expect(asked.get_by_role("button", name="Continue", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    films.played_until(page, stopped + 0.3)
    expect(asked).to_be_hidden()
    assert page.locator("video[data-sought]").count() == 0


def before_the_place_is_known(page: Page, sam: httpx.Client, *, kept: float, until_second: float) -> None:
    """Who plays while the course has not said yet where they left the film loses no place by it; what they
    watched arrives. Then it goes on there.
    """
    held: list[Route] = []
    asked = re.compile("/watched")
    page.route(
        asked, lambda route: held.append(route) if route.request.method == "GET" else route.continue_()
    )
    page.reload()
    films.ready(page)
    page.evaluate("document.querySelector('video').play()")
    films.played_until(page, until_second)
    page.evaluate("document.querySelector('video').pause()")
    told = watched_until(page, sam, until_second)
    assert held
    assert abs(told["position"] - kept) < 0.1
    for each in held:
        each.continue_()
    films.resumed(page, kept)
    expect(page.get_by_text("Goes on at 0:13")).to_be_visible()
    page.unroute(asked)


def watched_until(page: Page, sam: httpx.Client, second: float) -> dict[str, Any]:
    """What the course knows, once its first span is so long; the page can go on meanwhile."""
    for _ in range(300):
        told: dict[str, Any] = sam.get(films.WATCHED).json()["videos"][0]
        if told["spans"][0][1] >= second:
            return told
        page.wait_for_timeout(20)
    raise AssertionError(told)


def distrusted(world: talk.Talk) -> dict[str, Any]:
    """The student's copy with a cell of code whose stored output Jupyter does not trust; the notebook."""
    output = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b>from elsewhere</b>"}}
    code: dict[str, Any] = {
        "cell_type": "code",
        "id": "mine",
        "metadata": {},
        "source": "",
        "execution_count": None,
    }
    book: dict[str, Any] = json.loads(world.copy.read_bytes())
    book["cells"].append({**code, "outputs": [output]})
    world.copy.write_text(json.dumps(book))
    return book


def test_without_a_kernel_from_machine_to_machine(world: talk.Talk, browser: Browser) -> None:
    sam = world.person("sam")
    book = distrusted(world)
    page = films.in_lab(world, browser)
    assert page.evaluate("window.jupyterapp.shell.currentWidget.content.model.cells.get(3).trusted") is False
    assert page.evaluate("fetch('/api/kernels').then(r => r.json())") == []
    assert page.evaluate("fetch('/api/kernelspecs').then(r => r.json())")["kernelspecs"] == {}
    first, other = ".cw-Lines[lang=en]", ".cw-Film details:first-of-type .cw-Lines"
    assert page.evaluate("document.querySelector('video').poster").count("lesson.jpg") == 1
    by_keyboard(page, first, other)
    speed(page)
    left = films.position(page)
    told = films.known(sam, position=left)
    assert told["path"] == "media/lesson.webm"
    assert [round(start) for start, _ in told["spans"]] == [13]
    found(page, first)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        talk.run(page, "apputils:change-theme", {"theme": theme})
        assert captioned(page, ".jp-Cell:has(.cw-Film) .jp-RenderedMarkdown") == [], theme
    # The keys were for the video: no cell came, went or changed.
    assert json.loads(world.copy.read_bytes()) == book
    assert page.locator(".jp-Notebook .jp-Cell").count() == 4

    elsewhere = films.on_page(world, browser)
    films.resumed(elsewhere, left)
    expect(elsewhere.get_by_text("Goes on at 0:13")).to_be_visible()
    elsewhere.locator(".lines.chapters button").first.click()
    films.played_until(elsewhere, 1.5)
    elsewhere.evaluate("document.querySelector('video').pause()")
    left = films.position(elsewhere)
    assert len(films.known(sam, position=left)["spans"]) == 2
    page.reload()
    films.ready(page)
    films.resumed(page, left)
    expect(page.locator(".cw-Film").get_by_text("Watched:")).to_be_visible()
    page.locator(f"{first} button").nth(3).click()
    films.played_until(page, 13.3)
    page.evaluate("document.querySelector('video').pause()")
    left = films.position(page)
    films.known(sam, position=left)
    before_the_place_is_known(page, sam, kept=left, until_second=2.5)
    only_from_its_beginning(page, sam, first, kept=left, until_second=3)
    only_from_its_beginning(elsewhere, sam, ".lines[lang=en]", kept=left, until_second=5)
    for each in (page, elsewhere):
        asked_on_the_way(each)
    page.close()
    elsewhere.context.close()


def test_what_is_watched_while_the_course_is_away_arrives(world: talk.Talk, browser: Browser) -> None:
    sam = world.person("sam")
    page = films.in_lab(world, browser)
    world.stop_service()
    page.locator(".cw-Lines[lang=en] button").first.click()
    films.played_until(page, 2)
    page.keyboard.press("k")
    films.until(page, films.PAUSED)
    left = films.position(page)
    page.reload()
    films.ready(page)
    films.resumed(page, left)
    world.service = world.serve()
    page.reload()
    films.ready(page)
    films.resumed(page, left)
    told = films.known(sam, position=left)
    assert [round(end) for _, end in told["spans"]] == [round(left)]
    page.close()


def test_what_is_watched_on_a_page_while_the_course_is_away_arrives(
    paged: talk.Talk, browser: Browser
) -> None:
    sam = paged.person("sam")
    page = films.on_page(paged, browser)
    away = re.compile("/watched$")
    page.route(away, lambda route: route.abort())
    page.locator(".lines[lang=en] button").first.click()
    films.played_until(page, 2)
    page.evaluate("document.querySelector('video').pause()")
    left = films.position(page)
    page.wait_for_timeout(500)
    assert sam.get(films.WATCHED).json()["videos"] == []
    page.unroute(away)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    told = films.known(sam, position=left)
    assert [round(end) for _, end in told["spans"]] == [round(left)]
    page.reload()
    films.resumed(page, left)
    assert films.known(sam, position=left)["spans"] == told["spans"]
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_lessons_page(paged: talk.Talk, browser: Browser, scheme: Any) -> None:
    page = films.on_page(paged, browser, color_scheme=scheme, bypass_csp=True)
    first = ".lines[lang=en]"
    by_keyboard(page, first, ".lines.chapters")
    left = films.position(page)
    found(page, first)
    speed(page)
    page.keyboard.press("j")
    films.resumed(page, left - 10)
    assert captioned(page, ".cell:has(.reel)") == []
    page.context.close()


def test_without_scripts_all_that_is_said_can_be_read(paged: talk.Talk, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(paged.command("people", "link", "sam").strip())
    page.get_by_role("button", name="Continue as").click()
    page.get_by_role("link", name="Lesson one").first.click()
    lines = page.locator(".lines[lang=en] li")
    expect(lines).to_have_count(5)
    expect(lines.nth(2)).to_contain_text("0:09 The first item of a list has index zero.")
    expect(page.get_by_label("Speed")).to_be_hidden()
    expect(page.locator("video.film")).to_be_visible()
    page.context.close()
