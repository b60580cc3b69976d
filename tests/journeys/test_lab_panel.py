"""The course panel: axe-core in both themes, the keyboard alone, a second machine, and Notebook 7."""

import contextlib
import datetime
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from courseware import receipt
from courseware.lab import client, connections, work
from tests.journeys import chromium, clocked, test_accessible
from tests.journeys import test_lab_student as lab

LESSON = lab.LESSON
OWN = "{include: [['.cw-Panel']]}"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[lab.World]:
    made = lab.World(tmp_path)
    made.command("release", LESSON)
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def opened(world: lab.World, browser: Browser, place: str = "lab") -> Page:
    lab.wait_for(world.lab_port)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"http://127.0.0.1:{world.lab_port}/{place}?token=t")
    return page


def course_panel(page: Page) -> None:
    """Open the panel as somebody without a mouse does: by the command palette."""
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
    page.wait_for_selector(".jp-Launcher", timeout=60_000)
    page.keyboard.press("Control+Shift+c")
    page.keyboard.type("Show the course")
    page.keyboard.press("Enter")


def test_from_joining_to_the_marks_by_keyboard(world: lab.World, browser: Browser) -> None:
    page = opened(world, browser)
    course_panel(page)
    page.get_by_label("Paste the join link").focus()
    page.keyboard.type(world.command("people", "add", "sam").strip())
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Get: Numbers")
    button.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Open: Numbers")).to_be_visible()
    lab.solve(world)
    page.get_by_role("button", name="Open: Numbers").focus()
    page.keyboard.press("Enter")
    # Lab puts the focus there once the file is loaded; what had it earlier goes with the empty cell.
    expect(page.locator(".jp-Notebook .jp-Cell.jp-mod-active")).to_be_focused(timeout=60_000)
    page.keyboard.press("Control+Alt+s")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(f"{LESSON}.ipynb")).to_be_visible(timeout=60_000)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Marked: 12 of 12 points").first).to_be_visible(timeout=60_000)
    page.get_by_text("All hand-ins").focus()
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the receipt").focus()
        page.keyboard.press("Enter")
    told = json.loads(Path(download.value.path()).read_text())
    copy = world.root / "data-in-python" / LESSON
    sent = {each["path"]: (copy / each["path"]).read_bytes() for each in told["files"]}
    assert receipt.problems(told, sent) == []
    found = {}
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate(f"() => document.body.dataset.theme = '{theme}'")
        found[theme] = test_accessible.findings(page, OWN)
    assert {name: each for name, each in found.items() if each} == {}
    page.close()


def keeps_the_panel(asked: Request) -> bool:
    """Whether Lab keeps a layout with our panel on top; on a slow machine it keeps an earlier one first."""
    kept = asked.method == "PUT" and "api/workspaces" in asked.url
    return kept and '"current":"courseware-course"' in (asked.post_data or "")


def test_a_lab_that_is_loaded_again_shows_the_panel_and_feedback_once(
    world: lab.World, browser: Browser
) -> None:
    page = opened(world, browser)
    with page.expect_response(lambda told: keeps_the_panel(told.request), timeout=60_000):
        course_panel(page)
    page.get_by_label("Paste the join link").fill(world.command("people", "add", "sam").strip())
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Get: Numbers").click()
    page.get_by_role("button", name="Submit: Numbers").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Marked: 0 of 12 points").first).to_be_visible(timeout=60_000)
    for _ in range(2):
        with page.expect_response(lambda told: "feedback" in told.url):
            page.get_by_role("button", name="Feedback: Numbers").click()
        page.evaluate("() => new Promise(shown => setTimeout(() => requestAnimationFrame(shown), 300))")
        expect(page.locator("iframe.cw-Feedback")).to_have_count(1)
    for light, scheme in (("false", "dark"), ("true", "light")):
        page.evaluate(f"() => document.body.dataset.jpThemeLight = '{light}'")
        page.get_by_role("button", name="Feedback: Numbers").click()
        shown = page.frame_locator("iframe.cw-Feedback").locator("html")
        expect(shown).to_have_css("color-scheme", scheme)
    page.reload()
    expect(page.get_by_role("button", name="Open: Numbers")).to_be_visible(timeout=60_000)
    another_link(world, page)
    page.close()


def another_link(world: lab.World, page: Page) -> None:
    """Another course's link is used beside the course that is shown, which stays if it is no link."""
    another = page.locator("details", has_text="Join another course")
    another.locator("summary").click()
    for link, said in (("nothing", "This is no join link."), (world.linked("sam"), "")):
        another.get_by_label("Paste the join link").fill(link)
        another.get_by_role("button", name="Join").click()
        expect(page.locator(".cw-Panel").get_by_text(said or "Marked: 0 of 12").first).to_be_visible()
        expect(another.get_by_label("Paste the join link")).to_have_value(link if said else "")
    expect(page.get_by_role("combobox", name="Course")).to_have_count(0)


def test_the_lesson_that_is_next_is_one_press_away(world: lab.World, browser: Browser) -> None:
    page = opened(world, browser)
    course_panel(page)
    link = world.command("people", "add", "sam", "--name", "Sam Doe").strip()
    wish = ("--lesson", LESSON, "--text", "<b>نص</b>, in large print", "--reason", "eyes")
    world.command("people", "grant", "sam", "format", *wish)
    page.get_by_label("Paste the join link").fill(link)
    page.get_by_role("button", name="Join").click()
    way = page.get_by_role("region", name="Your way through the course")
    expect(way).to_contain_text("0 of 4 lessons done · about 5 h 30 min left")
    way.get_by_role("button", name="Go on: Numbers").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".jp-Notebook .jp-Cell.jp-mod-active")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Next · In progress")).to_be_visible()
    taken_along(world, page)
    planned(way, page)
    weeks_later(world, page)
    in_another_format(page)
    shifted(world, page)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate(f"() => document.body.dataset.theme = '{theme}'")
        assert test_accessible.findings(page, OWN) == []
    page.close()


def taken_along(world: lab.World, page: Page) -> None:
    """The pack lies in the root, and is told; a second one is refused. Since then the course has a pace."""
    page.get_by_role("button", name="For offline: Numbers").focus()
    page.keyboard.press("Enter")
    said = page.locator(".cw-Got")
    expect(said.get_by_text(f"Written: {LESSON}-offline.zip.")).to_be_visible(timeout=60_000)
    inside = re.compile(rf"In it: index.html, .* release 1: .*files/{LESSON}\.ipynb")
    expect(said.get_by_text(inside)).to_be_visible()
    before = (world.root / f"{LESSON}-offline.zip").read_bytes()
    assert f"{LESSON}-offline/index.html" in zipfile.ZipFile(io.BytesIO(before)).namelist()
    manifest = world.course / "course.toml"
    text = re.sub(r"^(opens|due|closes) = .*\n", "", manifest.read_text(), flags=re.MULTILINE)
    manifest.write_text(text.replace('"fixed"', '"paced"'))
    world.command("release", LESSON)
    page.keyboard.press("Control+Shift+c")
    page.keyboard.type("Take this lesson along")
    page.keyboard.press("Enter")
    told = page.locator(".cw-Lesson", has=page.get_by_role("heading", name="Numbers"))
    refused = told.get_by_text("is there already, perhaps with your work in it.")
    expect(refused).to_be_in_viewport(timeout=60_000)
    assert (world.root / f"{LESSON}-offline.zip").read_bytes() == before


def planned(way: Locator, page: Page) -> None:
    """Hours are chosen; a pause and a zone that cannot be are refused in words, beside their buttons."""
    way.get_by_text("Hours a week, pause, time zone").focus()
    page.keyboard.press("Enter")
    expect(way.get_by_text("Your dates are in the time zone Europe/Berlin.")).to_be_visible()
    way.get_by_label("Hours a week that you mean").fill("5")
    page.keyboard.press("Enter")
    expect(way.get_by_text("Your plan was changed.")).to_be_visible()
    expect(way.get_by_text("of the 5 h that you chose")).to_be_visible()
    way.get_by_label("First day of a pause").fill("2020-01-01")
    way.get_by_label("Last day of a pause").fill("2020-01-02")
    page.keyboard.press("Enter")
    expect(way.get_by_text("A pause begins today or later.")).to_be_visible()
    way.get_by_label("Where you live now").fill("Mars/Base")
    page.keyboard.press("Enter")
    expect(way.get_by_text("There is no time zone 'Mars/Base'")).to_be_visible()


def weeks_later(world: lab.World, page: Page) -> None:
    """The date of the first lessons has passed, for the course and on the wall; nothing is loaded again."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(weeks=4)
    file, log = world.folder / "clock.json", world.folder / "service.log"
    clocked.write(file, moment)
    world.service.terminate()
    world.service.wait(30)
    world.service = clocked.start(world.course, world.port, file, log=log, environment=world.environment)
    lab.wait_for(world.port)
    page.clock.set_system_time(moment)


def in_another_format(page: Page) -> None:
    """What was granted stands at its lesson alone, as it was written, with the way to the lesson's page."""
    told = page.locator(".cw-Formats")
    expect(told).to_have_count(1)
    expect(told.get_by_text("<b>نص</b>, in large print")).to_have_attribute("dir", "auto")
    with page.context.expect_page() as other:
        told.get_by_role("button", name="Open the lesson's page: Numbers").focus()
        page.keyboard.press("Enter")
    own = other.value
    own.get_by_role("button", name="Continue as Sam Doe").click()
    expect(own.get_by_role("region", name="For you")).to_contain_text("<b>نص</b>, in large print")
    assert own.url.endswith(f"/lessons/{LESSON}")
    own.close()


def shifted(world: lab.World, page: Page) -> None:
    """A missed date is begun anew by a press; the course moves it and what follows, and the panel says so."""
    before = due(world)
    lesson = page.locator(".cw-Lesson", has=page.get_by_role("button", name="Shift my dates"))
    expect(lesson).to_have_count(1)
    expect(lesson).to_contain_text("Was due")
    title = lesson.get_by_role("heading", level=3).inner_text()
    page.get_by_role("button", name=f"Shift my dates: {title}").focus()
    page.keyboard.press("Enter")
    mine = page.locator(".cw-Lesson", has=page.get_by_role("heading", name=title))
    said = mine.get_by_text("Your plan was changed. The lessons show your dates.")
    expect(said).to_be_focused(timeout=60_000)
    expect(mine).to_contain_text("Due in")
    expect(page.get_by_role("button", name="Shift my dates")).to_have_count(0)
    after = due(world)
    assert all(after[slug] > before[slug] for slug in before)


def due(world: lab.World) -> dict[str, str]:
    """When Sam's lessons are due, as the course has it."""
    [mine] = connections.read(world.folder / "config" / "courseware" / "connections.json")
    with contextlib.closing(client.for_connection(mine)) as service:
        return {each["slug"]: each["due"] for each in service.way()["lessons"]}


def test_a_kept_copy_goes_on_at_a_second_machine(world: lab.World, browser: Browser) -> None:
    page = opened(world, browser)
    course_panel(page)
    page.get_by_label("Paste the join link").fill(world.command("people", "add", "sam").strip())
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Get: Numbers").click()
    expect(page.get_by_role("button", name="Open: Numbers")).to_be_visible()
    lab.solve(world)
    work = world.root / "data-in-python" / LESSON / f"{LESSON}.ipynb"
    written = work.read_bytes()
    page.get_by_role("button", name="Keep a copy in the course: Numbers").click()
    expect(page.get_by_role("button", name="Keep a copy in the course: Numbers")).to_be_enabled()
    shutil.rmtree(world.root / "data-in-python")
    page.reload()
    course_panel(page)
    page.get_by_role("button", name="Continue here: Numbers").click()
    expect(page.get_by_role("button", name="Open: Numbers")).to_be_visible()
    assert work.read_bytes() == written
    page.close()


def joined(world: lab.World, browser: Browser) -> Page:
    """The panel with the lesson got."""
    page = opened(world, browser)
    course_panel(page)
    page.get_by_label("Paste the join link").fill(world.command("people", "add", "sam").strip())
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Get: Numbers").click()
    expect(page.get_by_role("button", name="Open: Numbers")).to_be_visible()
    return page


def kept_elsewhere(world: lab.World, text: str) -> bytes:
    """Another machine takes the kept copy, adds a line, and keeps that."""
    connection = connections.read(world.folder / "config" / "courseware" / "connections.json")[0]
    service = client.for_connection(connection)
    root = world.folder / "other"
    copy = work.continue_here(service, connection, root, LESSON).copy
    path = copy.folder / f"{LESSON}.ipynb"
    book = json.loads(path.read_text())
    book["cells"][0]["source"] += text
    path.write_text(json.dumps(book))
    work.keep_copy(service, copy)
    service.close()
    return path.read_bytes()


def test_the_newer_copy_comes_to_the_first_machine(world: lab.World, browser: Browser) -> None:
    page = joined(world, browser)
    here = world.root / "data-in-python" / LESSON / f"{LESSON}.ipynb"
    page.get_by_role("button", name="Keep a copy in the course: Numbers").click()
    expect(page.get_by_role("button", name="Keep a copy in the course: Numbers")).to_be_enabled(
        timeout=60_000
    )
    newer = kept_elsewhere(world, "\n\nfrom the train")
    page.get_by_role("button", name="Keep a copy in the course: Numbers").click()
    expect(page.get_by_text("Take it first with")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("The course keeps a newer copy, from another machine.")).to_be_visible(
        timeout=60_000
    )
    page.get_by_role("button", name="Open: Numbers").click()
    expect(page.locator(".jp-Notebook").first).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Continue here: Numbers").click()
    expect(page.get_by_text(f"Now as in the kept copy: {LESSON}.ipynb.")).to_be_visible(timeout=60_000)
    assert here.read_bytes() == newer
    first = page.locator(".jp-Notebook .jp-Cell").first
    expect(first).to_contain_text("from the train")  # what is open is what came
    kept_elsewhere(world, "\n\nfrom home")
    page.get_by_role("button", name="Keep a copy in the course: Numbers").click()
    again = page.get_by_role("button", name="Continue here: Numbers")
    expect(again).to_be_enabled(timeout=60_000)
    first.locator(".jp-RenderedMarkdown").dblclick()
    first.locator(".cm-content").click()
    expect(first.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" typed here")
    again.click()
    expect(page.get_by_text("You have changed")).to_be_visible(timeout=60_000)
    expect(first).to_contain_text("from the train typed here")
    assert "from the train typed here" in here.read_text()
    beside = here.with_name(f"{LESSON}.kept.ipynb").read_text()
    assert ("from home" in beside, "typed here" in beside) == (True, False)
    page.close()


def test_what_get_did_and_what_a_hand_in_lacks_is_told_in_words(world: lab.World, browser: Browser) -> None:
    more = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (world.course / "lessons" / LESSON / "more.ipynb").write_text(json.dumps(more))
    world.command("release", LESSON)
    page = joined(world, browser)
    expect(page.get_by_text("Written: ")).to_be_visible(timeout=60_000)
    (world.root / "data-in-python" / LESSON / "more.ipynb").unlink()
    page.get_by_role("button", name="Submit: Numbers").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.locator(".cw-Lesson").get_by_text("Not in this hand-in: more.ipynb.").first).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_text("Marked:").first).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Get what is missing: Numbers").click()
    expect(page.get_by_text("Written: more.ipynb.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Left as you have it: ")).to_be_visible(timeout=60_000)
    assert (world.root / "data-in-python" / LESSON / "more.ipynb").exists()
    page.close()


def test_the_same_panel_in_notebook_7(world: lab.World, browser: Browser) -> None:
    page = opened(world, browser, "tree")
    link = world.command("people", "add", "sam").strip()
    page.get_by_role("menuitem", name="View").wait_for(timeout=60_000)
    page.keyboard.press("Control+Shift+c")
    page.keyboard.type("Show the course")
    page.keyboard.press("Enter")
    page.get_by_label("Paste the join link").fill(link)
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Get: Numbers").click()
    expect(page.get_by_role("button", name="Open: Numbers")).to_be_visible()
    lab.solve(world)
    with page.context.expect_page() as other:
        page.get_by_role("button", name="Open: Numbers").click()
    notebook = other.value
    notebook.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    badge = notebook.locator(".jp-Cell .cw-Badge").first
    badge.wait_for(state="attached", timeout=60_000)
    badge.click()
    said = notebook.get_by_role("region", name="Discussion")
    said.locator(".cw-Composer textarea").first.fill("Which box?")
    notebook.keyboard.press("Control+Enter")
    expect(notebook.locator(".cw-Post")).to_contain_text("Which box?", timeout=60_000)
    expect(badge).to_have_text("1", timeout=60_000)
    notebook.keyboard.press("Escape")
    expect(badge).to_be_focused()
    notebook.get_by_role("button", name="Submit").click()
    notebook.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(notebook.get_by_text("Marked: 12 of 12 points").first).to_be_visible(timeout=60_000)
    notebook.close()
    page.close()
