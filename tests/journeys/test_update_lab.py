"""A newer release in JupyterLab: what changes is shown, it comes into the open notebook beside what was
typed, and it is taken back; by keyboard too, and axe-core finds nothing.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys import chromium, test_accessible
from tests.journeys import test_lab_panel as panel
from tests.journeys import test_lab_student as lab

LESSON = lab.LESSON
MINUTE = 60_000


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


def mend(world: lab.World) -> None:
    """The teacher mends a text, says more at an exercise, and adds a cell; released."""
    path = world.course / "lessons" / LESSON / f"{LESSON}.ipynb"
    book = json.loads(path.read_text())
    cells: dict[str, dict[str, Any]] = {cell["id"]: cell for cell in book["cells"]}
    prose, exercise = cells["names-prose"], cells["minutes"]
    prose["source"] = "".join(prose["source"]) + "\n\nA mended sentence."
    exercise["source"] = "# Think of // and %.\n" + "".join(exercise["source"])
    added = {"cell_type": "markdown", "id": "added", "metadata": {}, "source": "One word more."}
    book["cells"].append(added)
    path.write_text(json.dumps(book))
    world.command("release", LESSON)


def cell_with(page: Page, text: str) -> Locator:
    return page.locator(".jp-Notebook .jp-Cell", has_text=text).first


def answered(page: Page) -> None:
    """Type an answer into the first exercise; nothing is saved."""
    page.get_by_role("button", name="Open: Numbers").click()
    exercise = cell_with(page, "total_minutes = 275")
    expect(exercise).to_be_visible(timeout=MINUTE)
    exercise.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nhours, minutes = 4, 35  # typed")


def in_copy(world: lab.World) -> str:
    return (world.root / "data-in-python" / LESSON / f"{LESSON}.ipynb").read_text()


def pictured(page: Page, name: str) -> None:
    """Keep a picture of the panel, where one is asked for."""
    folder = os.environ.get("COURSEWARE_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_what_changed_comes_into_the_open_notebook_and_is_taken_back(
    world: lab.World, browser: Browser
) -> None:
    page = panel.joined(world, browser)
    mend(world)
    page.reload()
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=MINUTE)
    lab.course(page)
    expect(page.get_by_text("There is a newer version of this lesson.")).to_be_visible(timeout=MINUTE)
    answered(page)
    page.get_by_text("What would change").click()
    told = page.get_by_label(f"{LESSON}.ipynb", exact=True)
    expect(told.get_by_text("Changed by the course and by you: you get both")).to_be_visible(timeout=MINUTE)
    expect(told.locator(".cw-mod-new", has_text="A mended sentence.")).to_be_visible()
    expect(told.get_by_text("Added by the course")).to_be_visible()
    pictured(page, "update-light")
    assert test_accessible.findings(page, panel.OWN) == []
    update = page.get_by_role("button", name="Update: Numbers")
    update.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Brought up to date: {LESSON}.ipynb.")).to_be_visible(timeout=MINUTE)
    expect(cell_with(page, "A mended sentence.")).to_be_visible()
    expect(cell_with(page, "# typed").locator(".cm-content")).to_contain_text("total_minutes = 275")
    expect(cell_with(page, "The course's version of the cell above")).to_contain_text("Think of // and %.")
    assert "One word more." in in_copy(world)
    assert "# typed" in in_copy(world)
    pictured(page, "updated-light")
    page.get_by_role("button", name="Take the update back: Numbers").click()
    expect(page.get_by_text(f"As before the update: {LESSON}.ipynb.")).to_be_visible(timeout=MINUTE)
    expect(cell_with(page, "A mended sentence.")).to_have_count(0)
    expect(cell_with(page, "# typed")).to_be_visible()
    assert "One word more." not in in_copy(world)
    expect(page.get_by_text("There is a newer version of this lesson.")).to_be_visible(timeout=MINUTE)
    page.close()
