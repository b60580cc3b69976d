"""JupyterLab in other languages: no text of ours goes past the catalogues, and German and Arabic arrive."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import pseudo
from tests.journeys import (
    chromium,
    films,
    packs,
    talk,
    test_accessible,
    test_questions,
    test_update_lab,
)
from tests.journeys import test_lab_student as lab
from tests.notebook import build

LESSON = lab.LESSON
MINUTE = 60_000
OURS = (
    ".cw-Panel, .cw-Film, .cw-Question, .cw-Quiz, .cw-Check, .cw-Hint, .cw-Badge, .cw-Status, "
    ".jp-Dialog-content, [data-command^='courseware:']"
)
HEARD = """(roots) => {
  const data =
    'bdi, code, pre, iframe, textarea, h3[dir], th, .cw-Body, strong[dir], .cw-RowTitle, .cw-Names';
  const found = [];
  for (const root of document.querySelectorAll(roots)) {
    for (const each of [root, ...root.querySelectorAll('*')]) {
      for (const name of ['alt', 'aria-label', 'aria-valuetext', 'placeholder', 'title']) {
        found.push(each.getAttribute(name) || '');
      }
      if (each.closest(data)) { continue; }
      for (const text of each.childNodes) {
        if (text.nodeType === 3) { found.push(text.textContent); }
      }
    }
  }
  return found;
}"""
KIT = """from courseware.kit import check, hints
check.exercise("test-k-0", notebook="one.ipynb")
hints.show("zqhint")
display({check.TYPE: {"tests": 1}, "text/plain": "<b>zqother</b>"}, raw=True)"""
TITLES = re.findall(r'^title = "(.*)"$', (lab.COURSE / "course.toml").read_text(encoding="utf-8"), re.M)
HEADINGS = [
    heading
    for path in (lab.COURSE / "lessons" / LESSON).glob("*.ipynb")
    for heading in re.findall(r'"#+ (.*?)(?:\\n)?"', path.read_text(encoding="utf-8"))
]
DATA = re.compile(
    "|".join(re.escape(each) for each in sorted({*TITLES, *HEADINGS}, key=len, reverse=True))
    + r"|A tiny course|Lesson one|Lists?\b|\bsam\b|Sam Doe|[\w./-]+\.(?:ipynb|csv|png|webm|toml)|https?://\S+|sub_\w+|"
    r"JupyterLab|Markdown|LaTeX|Ctrl(?:\+Alt\+\w)?|Enter|\bzq\w+|Europe/\w+|UTC|courseware join LINK|"
    # What the author of the lesson wrote, the answers that are given, and what Python calls an error.
    r"Negative numbers count from the end\.|It counts from the|Which word\?|return|yield|Twice \w+ is \w+\.|"
    r"What is the index of the first item\?|NotImplementedError|NameError: name 'k' is not defined|"
    r"test-k-0"
)


def past(page: Page) -> list[str]:
    """What of ours is read or heard, and is in no catalogue."""
    found = set()
    for text in page.evaluate(HEARD, OURS):
        bare = text
        while "⟦" in bare and (shorter := re.sub(r"⟦[^⟦⟧]*⟧", " ", bare)) != bare:
            bare = shorter
        if re.search(r"[A-Za-z]{2,}", DATA.sub(" ", bare)):
            found.add(text.strip())
    return sorted(found)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def in_lab(world: lab.World, browser: Browser, *, width: int = 1280) -> Page:
    lab.wait_for(world.lab_port)
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"http://127.0.0.1:{world.lab_port}/lab?token=t&reset")
    there(page)
    return page


def there(page: Page) -> None:
    """Lab has drawn what it draws at first; until then it moves panels itself."""
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=MINUTE)
    page.wait_for_selector(".jp-Launcher, .jp-Notebook", timeout=MINUTE)
    tab(page, "course")


def tab(page: Page, name: str) -> None:
    """Open one of our panels by its tab."""
    panel = page.locator(f"#courseware-{name}")
    if not panel.is_visible():
        page.locator(f".jp-SideBar [data-id='courseware-{name}']").click()
    expect(panel).to_be_visible(timeout=MINUTE)


def press(page: Page, text: str) -> None:
    """Press a button by its English text."""
    page.locator(f"button:text-is('{text}')").first.click(timeout=MINUTE)


def open_all(page: Page) -> None:
    """Unfold what is folded in the Course panel."""
    page.evaluate(
        "() => document.querySelectorAll('.cw-Panel details:not([open]) > summary').forEach(s => s.click())"
    )
    page.wait_for_timeout(1500)


def joined(world: lab.World, page: Page) -> None:
    page.locator("#cw-link").fill(world.command("people", "add", "sam", "--name", "Sam Doe").strip())
    page.locator("#courseware-course form button").click()
    expect(page.locator(".cw-Lesson").first).to_be_visible(timeout=MINUTE)


def test_no_text_of_the_panels_goes_past_the_catalogues(tmp_path: Path, browser: Browser) -> None:
    world = lab.World(tmp_path, packs.environment(tmp_path, packs.PSEUDO))
    try:
        world.command("release", LESSON)
        page = in_lab(world, browser)
        seen = begun(world, page) | updated(world, page)
        press(page, pseudo.marked("Open"))
        page.wait_for_selector(".jp-Notebook .jp-Cell .cw-Badge", state="attached", timeout=MINUTE)
        seen["notebook"] = past(page)
        seen |= discussed(page)
        page.close()
    finally:
        world.end()
    assert {place: found for place, found in seen.items() if found} == {}


def begun(world: lab.World, page: Page) -> dict[str, list[str]]:
    """From joining to the marks."""
    say = pseudo.marked
    seen = {"nobody": past(page)}
    page.locator("#cw-link").fill("https://zq.example/no")
    page.locator("#courseware-course form button").click()
    expect(page.locator(".cw-Banner")).to_be_visible(timeout=MINUTE)
    seen["a link that is none"] = past(page)
    joined(world, page)
    seen["lessons"] = past(page)
    press(page, say("Get"))
    expect(page.locator(".cw-Got").first).to_be_visible(timeout=MINUTE)
    seen["got"] = past(page)
    press(page, say("Submit"))
    expect(page.locator(".jp-Dialog-content")).to_be_visible(timeout=MINUTE)
    seen["dialog"] = past(page)
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.locator(".cw-Score").filter(has_text="12").first).to_be_visible(timeout=MINUTE)
    open_all(page)
    return {**seen, "marked": past(page)}


def updated(world: lab.World, page: Page) -> dict[str, list[str]]:
    """A newer release, looked at and brought in."""
    say = pseudo.marked
    press(page, say("Keep a copy in the course"))
    test_update_lab.mend(world)
    page.reload()
    there(page)
    expect(page.locator(".cw-Update")).to_be_visible(timeout=MINUTE)
    open_all(page)
    seen = {"an update": past(page)}
    press(page, say("Update"))
    expect(page.locator(f"button:text-is('{say('Take the update back')}')")).to_be_visible(timeout=MINUTE)
    return {**seen, "updated": past(page)}


def discussed(page: Page) -> dict[str, list[str]]:
    """The Discussion panel: empty, writing, read, with what can be done to a comment."""
    tab(page, "discussion")
    page.wait_for_timeout(1000)
    seen = {"no discussion": past(page)}
    page.locator(".cw-Badge").first.click()
    page.locator("#courseware-discussion textarea").first.fill("zqwhy?")
    seen["writing"] = past(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cw-Post")).to_be_visible(timeout=MINUTE)
    seen["a discussion"] = past(page)
    press(page, pseudo.marked("Edit"))
    seen["changing"] = past(page)
    press(page, pseudo.marked("Cancel"))
    press(page, pseudo.marked("Delete"))
    page.wait_for_timeout(1500)
    seen["deleted"] = past(page)
    page.locator(".cw-Back").first.click()
    page.wait_for_timeout(1000)
    seen["all discussions"] = past(page)
    return seen


def lesson() -> dict[str, Any]:
    """A lecture, a question of each kind, and exercises whose tests can and cannot be checked at once."""

    def exercise(name: str, *tests: str) -> list[dict[str, Any]]:
        solved = build.answer(f"### BEGIN SOLUTION\n{name} = 1\n### END SOLUTION", name)
        marked = [build.machine(text, f"test-{name}-{at}") for at, text in enumerate(tests)]
        return [{**each, "id": each["metadata"]["nbgrader"]["grade_id"]} for each in (solved, *marked)]

    book = test_questions.notebook()
    counted = exercise("g", "2 if g == 1 else 0")
    unseen = exercise("k", "assert k == 1", "### BEGIN HIDDEN TESTS\nassert k == 1\n### END HIDDEN TESTS")
    film = build.cell(films.TAG, "markdown", id="film")
    return {**book, "cells": [film, *book["cells"], *counted, *unseen, build.cell("1 + 1", id="kit")]}


def test_no_text_in_a_lesson_goes_past_the_catalogues(tmp_path: Path, browser: Browser) -> None:
    beside = {f"media/{path.name}": path.read_bytes() for path in films.LECTURE.glob("lesson.*")}
    told = packs.environment(tmp_path, packs.PSEUDO)
    world = talk.Talk(tmp_path, lesson(), beside=beside, environment=told)
    try:
        test_questions.allow_checks(world)
        test_questions.edit(world, "g", "g = 1")
        test_questions.edit(world, "kit", KIT)
        page = talk.open_lab(world, browser)
        page.wait_for_selector(".cw-Lines[lang=en] button", timeout=MINUTE)
        page.evaluate("document.querySelectorAll('.cw-Lines').forEach(e => e.remove())")
        seen = watched(page) | answered(page) | checked(page)
        page.close()
    finally:
        world.end()
    assert {place: found for place, found in seen.items() if found} == {}


def watched(page: Page) -> dict[str, list[str]]:
    """A film: at rest, searched, asking, and after a wrong answer."""
    film, asked = page.locator(".cw-Film"), page.locator(".cw-Question")
    expect(film).to_have_attribute("dir", "rtl")
    film.locator("input[type=search]").fill("e")
    seen = {"a film": past(page)}
    page.evaluate("document.querySelector('video').muted = true")
    page.evaluate("document.querySelector('video').currentTime = 15.5")
    page.evaluate("document.querySelector('video').play()")
    expect(asked).to_be_visible(timeout=MINUTE)
    seen["a film that asks"] = past(page)
    asked.get_by_role("radio").last.check()
    press(page, pseudo.marked("Check answer"))
    expect(asked.locator(".cw-Verdict")).not_to_be_empty()
    expect(asked.locator(".cw-Verdict")).to_have_css("text-align", "start")
    return {**seen, "a film that judges": past(page)}


def answered(page: Page) -> dict[str, list[str]]:
    """Questions: open, with what is no answer, wrong, right, and over."""
    choice, number, several, text = (
        test_questions.in_lab(page, said) for said in ("Which gives", "What is 1", "Which are", "Which word")
    )
    expect(choice).to_have_attribute("dir", "rtl")
    # The notebook runs from left to right in any language; a form stands below its cell's text.
    left = "e => e.getBoundingClientRect().left"
    asked = choice.locator("xpath=..").locator(".jp-RenderedMarkdown").first
    assert choice.locator("form").evaluate(left) >= asked.evaluate(left)
    seen = {"questions": past(page)}

    def answer(form: Locator, expected: str, place: str) -> None:
        said = form.get_by_role("alert")
        before = said.text_content() or ""
        form.locator("button").click()
        expect(said).not_to_have_text(before)  # what was said before may have been as wrong
        expect(said).to_have_class(f"cw-mod-{expected}")
        seen[place] = past(page)

    answer(choice, "wrong", "no answer")
    choice.get_by_role("radio").first.check()
    answer(choice, "wrong", "a wrong answer")
    choice.get_by_role("radio").last.check()
    answer(choice, "right", "a right answer")
    number.locator("input").fill("dd")
    answer(number, "wrong", "no number")
    several.get_by_role("checkbox").first.check()
    answer(several, "wrong", "half of an answer")
    text.locator("input").fill("yield")
    answer(text, "wrong", "no more attempts")
    return seen


def checked(page: Page) -> dict[str, list[str]]:
    """Exercises, checked in the kernel and on the course."""
    seen = {}
    for at, bar in enumerate(page.locator(".cw-Check").all()):
        expect(bar).to_have_attribute("dir", "rtl")
        for button in bar.locator("button").all():
            button.click()
            expect(button).to_be_enabled(timeout=MINUTE)
            seen[f"check {at} {button.inner_text()}"] = past(page)
    assert len(seen) == 8
    page.locator(".jp-CodeCell").last.click()
    talk.run(page, "notebook:run-cell")
    shown = page.locator(".jp-OutputArea :is(.cw-Check, .cw-Hint)")
    expect(shown).to_have_count(3, timeout=MINUTE)
    assert {each.get_attribute("dir") for each in shown.all()} == {"rtl"}
    expect(shown.last).to_have_text("<b>zqother</b>")
    return {**seen, "what the kit displays": past(page)}


@pytest.mark.parametrize(
    ("locale", "title", "button", "direction"),
    [("de_DE", "Dein Weg durch den Kurs", "Holen", "ltr"), ("ar_SA", "طريقك عبر المقرّر", "جلب", "rtl")],
)
def test_a_language_arrives_with_what_the_server_says(
    tmp_path: Path, browser: Browser, locale: str, title: str, button: str, direction: str
) -> None:
    world = lab.World(tmp_path, packs.environment(tmp_path, locale))
    try:
        world.command("release", LESSON)
        page = in_lab(world, browser)
        panel = page.locator("#courseware-course")
        expect(panel).to_have_attribute("dir", direction)
        expect(panel).to_have_attribute("lang", locale[:2])
        page.locator("#cw-link").fill("https://zq.example/no")
        page.locator("#courseware-course form button").click()
        said = {"de": "Das ist kein Beitrittslink.", "ar": "هذا ليس رابط انضمام."}[locale[:2]]
        expect(page.locator(".cw-Banner")).to_contain_text(said, timeout=MINUTE)
        joined(world, page)
        expect(panel.get_by_role("heading", name=title)).to_be_visible()
        press(page, button)
        expect(page.locator(".cw-Got").first).to_be_visible(timeout=MINUTE)
        found = test_accessible.findings(page, "{include: [['.cw-Panel']]}")
        test_update_lab.pictured(page, f"course-{locale}")
        page.close()
    finally:
        world.end()
    assert found == []
