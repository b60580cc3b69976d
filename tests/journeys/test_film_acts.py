"""What people do with a film, in JupyterLab and on the lesson's page: answer its questions, ask about a
moment, only listen. Its sound is made by the real ffmpeg, as an author makes it.
"""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from courseware.desk import recordings
from tests.journeys import chromium, talk, test_accessible
from tests.journeys import films as film

ASKED = "A question in the video"
WHY = '"explain": "Counting begins at zero.", "answer"'
VERSION = "label:has(option[value=audio]) select"
SURFACES = ("lab", "page")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[talk.Talk]:
    folder = tmp_path_factory.mktemp("acts")
    lecture = folder / "lecture"
    shutil.copytree(film.LECTURE, lecture)
    program = recordings.ffmpeg()
    assert program
    (lecture / "lesson.jpg").chmod(0o644)
    for wish in recordings.wanted(recordings.recorded(recordings.found(lecture))[0]):
        recordings.make(program, lecture, wish)
    beside = {f"media/{path.name}": path.read_bytes() for path in lecture.glob("lesson.*")}
    asks = "media/lesson.questions.vtt"
    beside[asks] = beside[asks].replace(b'"answer"', WHY.encode())
    made = talk.Talk(folder / "world", film.notebook(), options=film.NO_KERNEL, beside=beside)
    kim = made.person("kim")
    for body in ("Nice.", "Who speaks?"):  # where there is only one, it opens at once
        talk.say(kim, "c1", body)
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def opened(world: talk.Talk, browser: Browser, surface: str, **more: Any) -> Page:
    return film.in_lab(world, browser) if surface == "lab" else film.on_page(world, browser, **more)


def play(page: Page, second: float) -> None:
    """Play from a second, as somebody does who goes there with the player's own bar."""
    page.evaluate(f"document.querySelector('video').currentTime = {second}")
    page.evaluate("document.querySelector('video').play()")


def stop(page: Page, second: float) -> None:
    """Play up to a second."""
    film.played_until(page, second)
    page.evaluate("document.querySelector('video').pause()")


def lines(surface: str) -> str:
    return ".cw-Lines[lang=en]" if surface == "lab" else ".lines[lang=en]"


@pytest.mark.parametrize("surface", SURFACES)
def test_a_film_asks_judges_and_goes_on_by_keyboard(world: talk.Talk, browser: Browser, surface: str) -> None:
    page = opened(world, browser, surface, bypass_csp=True)
    asked = page.get_by_role("region", name=ASKED)
    play(page, 15)
    expect(asked).to_be_visible(timeout=10_000)
    expect(asked).to_be_focused()
    film.resumed(page, 16.139)
    assert page.evaluate("document.querySelector('video').paused")
    expect(asked.get_by_role("group", name="What is the index of the first item?")).to_be_visible()
    assert asked.get_by_role("status").evaluate("e => e.offsetHeight") == 0, "no verdict is to be seen yet"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(asked.get_by_role("radio", name="1", exact=True)).to_be_checked()
    root = ".cw-Question" if surface == "lab" else ".question"
    assert found(page, root) == []
    page.keyboard.press("Enter")
    told = "Not right. The answer is “0”. Counting begins at zero."
    expect(asked.get_by_role("status")).to_have_text(told)
    expect(asked.get_by_role("button", name="Continue", exact=True)).to_be_focused()
    assert found(page, root) == []
    asked.get_by_role("button", name="Hear it again from 0:09").click()
    expect(asked).to_be_hidden()
    film.played_until(page, 9.3)
    # It was answered: the film goes past it now.
    play(page, 15.8)
    film.played_until(page, 17)
    expect(asked).to_be_hidden()
    page.close()


@pytest.mark.parametrize("surface", SURFACES)
def test_who_does_not_answer_goes_on_and_who_is_right_is_told(
    world: talk.Talk, browser: Browser, surface: str
) -> None:
    page = opened(world, browser, surface)
    asked = page.get_by_role("region", name=ASKED)
    play(page, 15.5)
    asked.get_by_role("button", name="Continue without an answer").click(timeout=10_000)
    film.played_until(page, 17)
    play(page, 15.5)
    asked.get_by_role("radio", name="0", exact=True).check(timeout=10_000)
    asked.get_by_role("button", name="Check answer").click()
    expect(asked.get_by_role("status")).to_have_text("Right. Counting begins at zero.")
    page.keyboard.press("Enter")
    film.played_until(page, 17)
    expect(asked).to_be_hidden()
    page.close()


@pytest.mark.parametrize("surface", SURFACES)
def test_only_listening(world: talk.Talk, browser: Browser, surface: str) -> None:
    page = opened(world, browser, surface)
    play(page, 10)
    stop(page, 10.6)
    version = page.locator(VERSION)
    version.select_option("Audio only")
    film.until(page, "document.querySelector('video').currentSrc.includes('lesson.m4a')")
    film.until(page, "document.querySelector('video').readyState > 1")
    film.resumed(page, 10.6)
    page.locator(f"{lines(surface)} button:not(.cw-Talked)").nth(3).click()
    film.played_until(page, 13.4)
    assert page.evaluate("document.querySelector('video').videoWidth") == 0
    assert page.evaluate(film.CAPTION) == "The last item has index minus one."
    current = page.locator(f"{lines(surface)} [aria-current=true]")
    expect(current).to_contain_text("The last item has index minus one.")
    stop(page, 14)
    left = film.position(page)
    told = film.known(world.person("sam"), position=left)
    assert told["path"] == "media/lesson.webm"
    # It is kept on this machine, and so is the place.
    page.reload()
    page.wait_for_selector(lines(surface))
    film.until(page, "document.querySelector('video').currentSrc.includes('lesson.m4a')")
    film.resumed(page, left)
    expect(page.locator(VERSION)).to_have_value("audio")
    page.close()


def test_asking_at_a_moment_on_the_page(world: talk.Talk, browser: Browser) -> None:
    page = film.on_page(world, browser)
    play(page, 9.4)
    stop(page, 9.6)
    page.get_by_role("link", name="Ask at 0:09").click()
    expect(page.get_by_role("checkbox", name="It is about the video at 0:09")).to_be_checked()
    page.get_by_role("textbox", name="Your text").fill("Why zero?")
    page.get_by_role("button", name="Post", exact=True).click()
    page.get_by_role("link", name="at 0:09 of the video").click()
    film.resumed(page, 9)
    page.evaluate("document.querySelector('video').muted = true")
    line = page.locator(".lines[lang=en] li", has_text="The first item")
    expect(line.get_by_role("link", name="Discussion at 0:09")).to_be_visible()
    play(page, 1)
    stop(page, 1.2)
    page.get_by_role("button", name="at 0:09", exact=True).first.click()
    film.played_until(page, 9.1)
    line.get_by_role("link", name="Discussion at 0:09").click()
    expect(page.get_by_text("Why zero?").first).to_be_visible()
    page.context.close()


def test_asking_at_a_moment_in_the_lab(world: talk.Talk, browser: Browser) -> None:
    page = film.in_lab(world, browser)
    play(page, 12.9)
    stop(page, 13.1)
    page.locator(".jp-Cell:has(.cw-Film) > .cw-Badge").click()
    text = page.get_by_role("textbox", name="Ask about this cell")
    text.fill("And minus two?")
    page.get_by_role("checkbox", name="It is about the video at 0:13").check()
    text.press("Control+Enter")  # JupyterLab's own notice may cover the button
    expect(page.get_by_text("at 0:13 of the video")).to_be_visible()
    line = page.locator(".cw-Lines[lang=en] li", has_text="The last item")
    mark = line.get_by_role("button", name="Discussion at 0:13")
    expect(mark).to_be_visible()
    play(page, 1)
    stop(page, 1.2)
    page.get_by_role("button", name="Play from 0:13").click()
    film.played_until(page, 13.2)
    page.get_by_role("button", name="Back", exact=True).click()
    mark.click()
    expect(page.get_by_text("And minus two?").first).to_be_visible()
    page.close()


def found(page: Page, root: str) -> list[str]:
    """What axe-core finds in a part of the page."""
    page.evaluate(test_accessible.AXE.read_text())
    told: dict[str, Any] = page.evaluate(f"axe.run({{include: [['{root}']]}}, {{iframes: false}})")
    return [f"{rule['id']}: {node['html'][:100]}" for rule in told["violations"] for node in rule["nodes"]]
