"""A badge stays with its cell through everything that JupyterLab can do to a cell.

The table is the one that was measured before the extension was written: the key decides, and of several
cells with one key the one that has the recorded id.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import chromium, talk
from tests.notebook import build

SOURCES = ("# Begin", "a = 1\nb = 2", "c = 3", "Some *words*", "d = 4")
KEYS = ("m1", "c1", "c2", "m2", "c3")
KINDS = ("markdown", "code", "code", "markdown", "code")
TALKED = {"c1": 1, "m2": 2}
CURSOR = "(to the second line)"


def lesson() -> dict[str, Any]:
    """Five cells."""
    cells = zip(SOURCES, KINDS, KEYS, strict=True)
    return dict(build.book(*(build.cell(source, kind, id=key) for source, kind, key in cells)))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[talk.Talk]:
    made = talk.Talk(tmp_path_factory.mktemp("cells"), lesson())
    begin(made)
    yield made
    made.end()


def begin(made: talk.Talk) -> None:
    """Somebody else says something about two cells."""
    kim = made.person("kim", given="Kim Roe")
    for key, number in TALKED.items():
        thread = talk.say(kim, key, f"About {key}")
        for again in range(1, number):
            talk.reply(kim, thread["id"], f"More {again}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def jupyterlab(world: talk.Talk, browser: Browser) -> Iterator[Page]:
    world.copy.write_bytes(world.released)
    opened = talk.open_lab(world, browser)
    yield opened
    opened.close()


ANEW = """async () => {
  const { shell, commands } = window.jupyterapp;
  [...shell.widgets('main')].forEach(each => each.dispose());
  const opened = await commands.execute('docmanager:open', { path: 'tiny/one/one.ipynb' });
  await opened.context.ready;
  shell.activateById(opened.id);
}"""


@pytest.fixture
def page(world: talk.Talk, jupyterlab: Page) -> Page:
    """The lesson as it was released, opened anew."""
    world.copy.write_bytes(world.released)
    jupyterlab.evaluate(ANEW)
    jupyterlab.evaluate(talk.SETTLED)
    until(jupyterlab, {"a = 1\nb = 2": "1", "Some *words*": "2", "# Begin": "+", "c = 3": "+", "d = 4": "+"})
    return jupyterlab


def until(page: Page, wanted: dict[str, str]) -> None:
    """Wait until exactly these cells carry a badge that says so."""
    end = time.monotonic() + 20
    while True:
        found = {str(source): text for source, text in talk.badges(page) if text is not None}
        if found == wanted:
            return
        assert time.monotonic() < end, found
        time.sleep(0.1)


def select(page: Page, index: int) -> None:
    page.evaluate(f"() => {{ window.jupyterapp.shell.currentWidget.content.activeCellIndex = {index}; }}")


SPLIT = ("enter-edit-mode", CURSOR, "split-cell-at-cursor")


def operate(page: Page, at: int, commands: list[str]) -> None:
    """Do something to a cell, command by command; one is to put the cursor at the second line."""
    select(page, at)
    for command in commands:
        if command == CURSOR:
            page.evaluate(
                "() => window.jupyterapp.shell.currentWidget.content.activeCell.editor"
                ".setCursorPosition({line: 1, column: 0})"
            )
        else:
            talk.run(page, f"notebook:{command}")


ALL = {"# Begin": "+", "a = 1\nb = 2": "1", "c = 3": "+", "Some *words*": "2", "d = 4": "+"}
WITHOUT = {source: text for source, text in ALL.items() if source != "a = 1\nb = 2"}


MERGED = {source: text for source, text in WITHOUT.items() if source != "c = 3"}
# The cell, what is done to it, and which badges there are afterwards.
OPERATIONS = [
    pytest.param(1, ["move-cell-down"], ALL, id="moved"),
    pytest.param(1, ["copy-cell", "paste-cell-below"], ALL, id="copied"),
    pytest.param(1, ["duplicate-below"], ALL, id="duplicated"),
    pytest.param(1, ["cut-cell", "paste-cell-below"], ALL, id="cut-code"),
    pytest.param(3, ["cut-cell", "paste-cell-below"], ALL, id="cut-markdown"),
    pytest.param(1, ["delete-cell"], WITHOUT, id="deleted"),
    pytest.param(1, ["delete-cell", "undo-cell-action"], ALL, id="undone"),
    pytest.param(1, ["change-cell-to-markdown"], ALL, id="type-changed"),
    pytest.param(1, ["move-cell-up"], ALL, id="moved-up"),
    pytest.param(1, ["copy-cell", "paste-cell-above"], ALL, id="copied-above"),
    pytest.param(1, ["cut-cell", "paste-cell-below", "paste-cell-below"], ALL, id="cut-code-pasted-twice"),
    pytest.param(3, ["cut-cell", "paste-cell-below", "paste-cell-below"], ALL, id="cut-markdown-twice"),
    pytest.param(2, ["merge-cell-above"], {**MERGED, "a = 1\nb = 2\n\nc = 3": "+"}, id="merged-above"),
    pytest.param(1, ["merge-cell-below"], {**MERGED, "a = 1\nb = 2\n\nc = 3": "1"}, id="merged-below"),
    pytest.param(1, [*SPLIT], {**WITHOUT, "b = 2": "1"}, id="split"),
    pytest.param(1, [*SPLIT, "merge-cell-above"], {**WITHOUT, "a = 1\n\nb = 2": "1"}, id="split-merged"),
]


@pytest.mark.parametrize(("at", "commands", "wanted"), OPERATIONS)
def test_a_badge_stays_with_its_cell(
    page: Page, at: int, commands: list[str], wanted: dict[str, str]
) -> None:
    operate(page, at, commands)
    until(page, wanted)


def test_a_file_that_is_renamed_while_it_is_open_keeps_its_badges(world: talk.Talk, page: Page) -> None:
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.rename('renamed.ipynb').then(() => null)"
    )
    until(page, ALL)
    moved = world.copy.with_name("renamed.ipynb")
    select(page, 1)
    talk.run(page, "notebook:move-cell-down")
    until(page, ALL)
    moved.unlink()


def test_an_old_file_without_ids_works_through_the_keys(world: talk.Talk, browser: Browser) -> None:
    book = json.loads(world.released)
    book["nbformat_minor"] = 4
    for cell in book["cells"]:
        cell.pop("id")
    world.copy.write_text(json.dumps(book))
    page = talk.open_lab(world, browser)
    until(page, ALL)
    page.close()


@pytest.mark.parametrize("mode", ["none", "defer", "full", "contentVisibility"])
def test_badges_are_there_however_cells_are_drawn(world: talk.Talk, browser: Browser, mode: str) -> None:
    world.copy.write_bytes(world.released)
    settings = world.folder / "jupyter" / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": mode}))
    page = talk.open_lab(world, browser)
    end = time.monotonic() + 20
    while [text for _, text in talk.badges(page)] != list(ALL.values()):
        assert time.monotonic() < end, talk.badges(page)
        time.sleep(0.2)
    page.close()
    (settings / "tracker.jupyterlab-settings").unlink()


# The last one: it leaves a reply behind.
def test_reading_and_talking_write_nothing_into_the_notebook(world: talk.Talk, page: Page) -> None:
    told = "() => JSON.stringify(window.jupyterapp.shell.currentWidget.context.model.toJSON().cells)"
    before = page.evaluate(told)
    page.locator(".cw-Badge", has_text="1").click()
    page.get_by_role("heading", name="About c1").wait_for()
    page.get_by_role("textbox", name="Your reply").fill("Thank you")
    page.get_by_role("button", name="Reply", exact=True).click()
    page.get_by_text("Thank you").first.wait_for()
    assert world.copy.read_bytes() == world.released
    assert page.evaluate(told) == before
