"""An author in a real JupyterLab: marks cells by keyboard, sees what lint says at its cell, tries the lesson
as a blank student and with the key, uploads a draft; and a student, who is shown none of it.
"""

import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator
from playwright.sync_api import Browser, Locator, Page, expect

from courseware.lab import connections, work
from tests.journeys import chromium, talk, test_accessible
from tests.journeys import test_lab_student as lab

LESSON = "numbers-and-lists"
FRESH = "sums"
SHOTS = os.environ.get("COURSEWARE_SHOTS", "")
PANEL = "#courseware-author"
OWN = "{include: [['#courseware-author'], ['.cw-Author-bar']]}"


class Desk(lab.World):
    """A JupyterLab whose theme a test can change."""

    def open_lab(self, options: list[str], python: str = sys.executable) -> Any:
        """Start it."""
        return super().open_lab([*options, "--LabApp.expose_app_in_browser=True"], python)


BOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}


def plain(*cells: tuple[str, str]) -> str:
    """A notebook with no mark in it."""
    made = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(source, id=f"c{at}")
            if kind == "code"
            else nbformat.v4.new_markdown_cell(source, id=f"c{at}")
            for at, (kind, source) in enumerate(cells)
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    return str(nbformat.writes(made))


def begin(made: lab.World) -> None:
    """Have the course's folder in the Lab's root, with one lesson more, in which nothing is marked."""
    folder = made.course / "lessons" / FRESH
    folder.mkdir()
    (folder / f"{FRESH}.ipynb").write_text(
        plain(
            ("markdown", "# The sum\nAdd two numbers."),
            ("code", "def add(a, b):\n    return a + b"),
            ("code", "assert add(1, 2) == 3"),
            ("markdown", "Why is this so?"),
        )
    )
    with (made.course / "course.toml").open("a") as text:
        text.write(f'\n[[lessons]]\nslug = "{FRESH}"\ntitle = "Sums"\n')
    made.command("release", LESSON)
    shutil.copytree(made.course, made.root / "mine")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.World]:
    """A course that is served, and a Lab in whose root its author keeps the course's folder."""
    made = Desk(tmp_path_factory.mktemp("author"))
    begin(made)
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def joined(world: lab.World, name: str, role: str) -> None:
    """Have the Lab be somebody's."""
    kept = Path(world.environment["XDG_CONFIG_HOME"]) / "courseware" / "connections.json"
    kept.unlink(missing_ok=True)
    place = connections.file_of({**os.environ, **world.environment})
    work.join(world.linked(name, role), place, ceiling="lab")


def opened(world: lab.World, browser: Browser, path: str) -> Page:
    lab.wait_for(world.lab_port)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"http://127.0.0.1:{world.lab_port}/lab/tree/{path}?token=t&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=60_000)
    page.evaluate(talk.SETTLED)
    return page


def command(page: Page, name: str) -> None:
    """Do something as somebody without a mouse does: by the command palette."""
    page.keyboard.press("Control+Shift+c")
    box = page.locator(".lm-CommandPalette-input")
    expect(box).to_be_focused()
    box.fill(name)
    expect(page.locator(".lm-CommandPalette-item.lm-mod-active")).to_contain_text(name)
    page.keyboard.press("Enter")


def active(page: Page, number: int) -> Locator:
    """Go to a cell by its number, in command mode."""
    cell = page.locator(".jp-Notebook .jp-Cell").nth(number)
    cell.locator(".jp-InputPrompt").click()
    expect(cell).to_have_class(re.compile("jp-mod-active"))
    return cell


def kept(world: lab.World, name: str) -> list[dict[str, Any]]:
    """The cells of a source notebook as the file has them."""
    path = world.root / "mine" / "lessons" / name / f"{name}.ipynb"
    cells: list[dict[str, Any]] = json.loads(path.read_text())["cells"]
    return cells


def write_at_the_end(page: Page, number: int, text: str) -> None:
    """Type at the end of a cell, and leave it."""
    active(page, number)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+End")
    page.keyboard.type(text)
    page.keyboard.press("Escape")


def seen(page: Page, name: str) -> dict[str, list[str]]:
    """What axe-core says of panel and bars in both themes; pictures where somebody wants to look at them."""
    found = {}
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        light = theme.endswith("Light")
        talk.run(page, "apputils:change-theme", {"theme": theme})
        expect(page.locator(f"body[data-jp-theme-light='{str(light).lower()}']")).to_be_attached()
        found[theme] = test_accessible.findings(page, OWN)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{'light' if light else 'dark'}.png")
    return {theme: each for theme, each in found.items() if each}


def test_an_author_writes_a_lesson(world: lab.World, browser: Browser) -> None:
    joined(world, "ida", "instructor")
    page = opened(world, browser, f"mine/lessons/{FRESH}/{FRESH}.ipynb")
    panel = page.locator(PANEL)
    page.locator(".cw-Author-bar").first.wait_for(timeout=60_000)
    marks_by_keyboard(page, panel)
    sees_errors_at_the_cell(page, panel)
    page.keyboard.press("Control+s")
    expect(panel.get_by_text("Nothing stands against a release.")).to_be_visible()
    as_nbgrader_has_it(world)
    tries_it(world, page, panel)
    uploads(world, page, panel)
    page.close()


def marks_by_keyboard(page: Page, panel: Locator) -> None:
    """Say what cells are for, take it back, and put what students do not get between its lines."""
    answer = page.locator(".jp-Cell[data-cw-author='answer']")
    active(page, 1)
    command(page, "Mark the cell: Answer, marked by tests")
    expect(answer.get_by_role("combobox", name="What this cell is for")).to_have_value("answer")
    page.keyboard.press("z")
    expect(answer).to_have_count(0)
    command(page, "Mark the cell: Answer, marked by tests")
    expect(answer).to_have_count(1)
    page.keyboard.press("Enter")
    for key in ("Control+Home", "ArrowDown", "Shift+End"):
        page.keyboard.press(key)
    command(page, "Put the selection into a solution")
    expect(answer).to_contain_text("### BEGIN SOLUTION")
    page.keyboard.press("Escape")
    active(page, 3)
    command(page, "Mark the cell: Answer, marked by a person")
    active(page, 2)
    command(page, "Mark the cell: Tests")
    page.keyboard.press("Control+Alt+a")
    expect(panel.get_by_role("heading", name="Author")).to_be_focused()
    expect(panel.get_by_label("Id")).to_have_value("the-sum-tests")
    panel.get_by_label("What it is for").select_option("Read-only")
    readonly = page.locator(".jp-Cell[data-cw-author='readonly']")
    expect(readonly).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(readonly).to_have_count(0)
    expect(panel.get_by_label("What it is for")).to_have_value("tests")
    panel.get_by_label("Id").fill("the-sum")
    expect(panel.get_by_text("Another cell has this id.")).to_be_visible()
    panel.get_by_label("Id").fill("add-tests")
    panel.get_by_label("Points").fill("2")
    expect(panel.get_by_role("row", name="Together 3")).to_be_visible()
    panel.get_by_role("button", name="the-sum-2").click()
    expect(panel.get_by_label("Id")).to_have_value("the-sum-2")


def sees_errors_at_the_cell(page: Page, panel: Locator) -> None:
    """What lint says stands below the cell that it is about, and goes when it is mended."""
    write_at_the_end(page, 2, "\n### BEGIN HIDDEN TESTS\nassert add(2, 2) == 4")
    panel.get_by_role("button", name="Look it over now").press("Enter")
    expect(panel.get_by_text("1 error. Errors stop a release.")).to_be_visible()
    bar = page.locator(".jp-Notebook .jp-Cell").nth(2).locator(".cw-Author-bar")
    expect(bar).to_contain_text("Error BEGIN HIDDEN TESTS has no END HIDDEN TESTS.")
    panel.get_by_role("button", name="cell 3 (add-tests)").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".jp-Notebook .jp-Cell").nth(2)).to_be_focused()
    assert seen(page, "error") == {}
    write_at_the_end(page, 2, "\n### END HIDDEN TESTS")


def as_nbgrader_has_it(world: lab.World) -> None:
    """nbgrader's own validator takes what was written, which is what its extension writes."""
    book = nbformat.from_dict({**BOOK, "cells": kept(world, FRESH)})
    for cell in book.cells:
        if "nbgrader" in cell.metadata:
            MetadataValidator().validate_cell(cell)
    lines = ["def add(a, b):", "    ### BEGIN SOLUTION", "    return a + b", "    ### END SOLUTION"]
    assert "".join(book.cells[1].source) == "\n".join(lines)
    told = marks(book.cells)
    usual = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    assert told == [
        None,
        {**usual, "solution": True, "grade_id": "the-sum"},
        {**usual, "grade": True, "locked": True, "grade_id": "add-tests", "points": 2},
        {**usual, "grade": True, "solution": True, "grade_id": "the-sum-2", "points": 1},
    ]


def tries_it(world: lab.World, page: Page, panel: Locator) -> None:
    """The key gets all, a blank copy none; the copies go when they are closed."""
    panel.get_by_role("button", name="Run as the key").click()
    expect(panel.get_by_text("As the key: 2 of 2 points.")).to_be_visible(timeout=60_000)
    for _ in range(2):  # the second takes the place of the first
        panel.get_by_role("button", name="Run as a blank student").click()
        expect(panel.get_by_text("As a blank student: 0 of 2 points.")).to_be_visible(timeout=60_000)
    expect(panel.get_by_role("row", name="add-tests did not pass 0 of 2")).to_be_visible()
    page.get_by_role("tab", name=f"{FRESH}-blank.ipynb").click()
    blank = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    expect(blank.get_by_text("This is a copy to be tried.")).to_be_visible()
    expect(blank.locator(".jp-Cell").nth(1)).to_contain_text("raise NotImplementedError()")
    expect(blank).not_to_contain_text("add(2, 2)")
    assert seen(page, "tried") == {}
    for name in ("blank", "key"):
        with page.expect_response(lambda told: "author/remove" in told.url):
            page.get_by_role("tab", name=f"{FRESH}-{name}.ipynb").locator(".lm-TabBar-tabCloseIcon").click()
    assert not (world.root / "courseware-author").exists()
    expect(page.get_by_role("dialog")).to_have_count(0)


def uploads(world: lab.World, page: Page, panel: Locator) -> None:
    """A draft lies in the course; what stands against one is said and nothing is uploaded."""
    write_at_the_end(page, 2, "\nassert False")
    panel.get_by_label("What is new, for students").fill("All of it")
    panel.get_by_role("button", name="Upload a draft").press("Enter")  # a toast of Lab may lie over it
    expect(panel.get_by_text("was not released: 1 findings stop it.")).to_be_visible(timeout=60_000)
    panel.get_by_role("checkbox", name="key-below-full").check()
    panel.get_by_role("button", name="Upload a draft").press("Enter")
    expect(panel.get_by_text("The key gets 0 of 2 points, a blank copy 0.")).to_be_visible(timeout=60_000)
    active(page, 2)
    page.keyboard.press("Enter")
    for key in ("Control+End", "Shift+Home", "Backspace", "Escape"):
        page.keyboard.press(key)
    panel.get_by_role("button", name="Upload a draft").press("Enter")
    expect(panel.get_by_text("The draft is uploaded. 1 test passed")).to_be_visible(timeout=60_000)
    assert seen(page, "draft") == {}
    with page.context.expect_page() as other:
        panel.get_by_role("button", name="Open the draft's page").press("Enter")
    other.value.wait_for_url(re.compile(rf"/courses/data-in-python/lessons/{FRESH}/draft-release|/sign-in"))
    other.value.close()
    tells_of_a_plan(world, page, panel)
    assert world.command("release", FRESH, "--publish").startswith(f"{FRESH}: release 1, 1 test passed")
    world.service.send_signal(signal.SIGKILL)
    world.service.wait()
    panel.get_by_role("button", name="Look it over now").press("Enter")
    expect(panel.get_by_text("does not answer. Try again later.")).to_be_visible(timeout=60_000)
    world.service = world.serve()


def tells_of_a_plan(world: lab.World, page: Page, panel: Locator) -> None:
    """What others decided on the course's pages stands in the panel, and after a reload the panel too."""
    expect(panel.get_by_text("Students get no release of this lesson.")).to_be_visible()
    world.command("releases", "plan", FRESH, "2030-12-01T08:00")
    panel.get_by_role("button", name="Look it over now").press("Enter")
    expect(panel.get_by_text(re.compile("Release 1 will be published on .*2030"))).to_be_visible(
        timeout=60_000
    )
    panel.get_by_role("button", name="Open the releases").scroll_into_view_if_needed()
    assert seen(page, "plan") == {}
    box = panel.bounding_box()
    assert box is not None
    assert box["width"] > 200  # as wide as other panels, though it stands in a room
    with page.context.expect_page() as other:
        panel.get_by_role("button", name="Open the releases").press("Enter")
    other.value.wait_for_url(re.compile(rf"/courses/data-in-python/lessons/{FRESH}/releases|/sign-in"))
    other.value.close()
    page.goto(page.url.split("?")[0])
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
    expect(panel.get_by_text("Release 1 will be published on")).to_be_visible(timeout=60_000)
    world.command("releases", "cancel", FRESH)


def marks(cells: list[dict[str, Any]]) -> list[Any]:
    """What nbgrader's metadata say of each cell."""
    return [each["metadata"].get("nbgrader") for each in cells]


def test_an_nbgrader_notebook_opens_unchanged(world: lab.World, browser: Browser) -> None:
    joined(world, "ida", "instructor")
    path = world.root / "mine" / "lessons" / LESSON / f"{LESSON}.ipynb"
    before = path.read_bytes()
    page = opened(world, browser, f"mine/lessons/{LESSON}/{LESSON}.ipynb")
    page.locator(".cw-Author-bar").first.wait_for(timeout=60_000)
    command(page, "Show the author's panel")
    expect(page.locator(PANEL).get_by_role("row", name="Together 12")).to_be_visible()
    told = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells")
    cells = json.loads(before)["cells"]
    assert marks(told) == marks(cells)
    assert [each for each in marks(told) if each] != []
    assert path.read_bytes() == before
    page.close()


def test_a_student_is_shown_nothing_of_it(world: lab.World, browser: Browser) -> None:
    joined(world, "sam", "student")
    lab.wait_for(world.lab_port)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"http://127.0.0.1:{world.lab_port}/lab/tree/mine/lessons/{FRESH}/{FRESH}.ipynb?token=t&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=60_000)
    page.get_by_role("tab", name="Course", exact=True).click()
    expect(page.get_by_role("region", name="Course", exact=True).get_by_text("Numbers").first).to_be_visible()
    expect(page.locator(f"{PANEL}, .cw-Author-bar")).to_have_count(0)
    assert [url for url in asked if "/courseware/author/" in url] == []
    page.close()
