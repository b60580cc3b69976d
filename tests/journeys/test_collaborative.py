"""Badges on a server where several windows share one document (real-time collaboration).

The Lab is that of `.venv/rtc`: the same libraries, and jupyter-collaboration. Two windows show the same
notebook; what is done to a cell in one holds in both.
"""

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys import chromium, talk, test_discussion_cells
from tests.journeys.test_discussion_cells import ALL, OPERATIONS, until

NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[talk.Talk]:
    ours = Path(sys.prefix)
    theirs, folder = ours / "rtc", tmp_path_factory.mktemp("shared")
    made = talk.Talk(
        folder,
        test_discussion_cells.lesson(),
        python=str(theirs / "bin" / "python"),
        options=[
            f"--LabApp.app_dir={ours}/share/jupyter/lab",
            "--YDocExtension.document_save_delay=0.2",
            f"--SQLiteYStore.db_path={folder}/ystore.db",  # else it lies in the checkout
        ],
        environment={
            "JUPYTER_PATH": str(ours / "share" / "jupyter"),
            "JUPYTER_CONFIG_PATH": str(ours / "etc" / "jupyter"),
            "PATH": f"{ours / 'bin'}{os.pathsep}{os.environ['PATH']}",
        },
    )
    test_discussion_cells.begin(made)
    yield made
    made.end()


@pytest.fixture(scope="module")
def opened(world: talk.Talk) -> Iterator[tuple[Page, Page]]:
    with chromium.browser() as browser:
        yield talk.open_lab(world, browser), talk.open_lab(world, browser)


@pytest.fixture
def windows(world: talk.Talk, opened: tuple[Page, Page]) -> tuple[Page, Page]:
    name = f"one-{next(NUMBERS)}.ipynb"  # a room lives on after its last window; each test has its own
    world.copy.with_name(name).write_bytes(world.released)
    for page in opened:
        talk.run(page, "docmanager:open", {"path": f"tiny/one/{name}"})
        page.evaluate(talk.SETTLED)
        until(page, ALL)
    return opened


SET = "window.jupyterapp.shell.currentWidget.content.widgets[4].model.sharedModel.setSource('d = 5')"


def test_the_document_is_shared(windows: tuple[Page, Page]) -> None:
    windows[0].evaluate(f"() => {{ {SET}; }}")
    changed = {("d = 5" if source == "d = 4" else source): text for source, text in ALL.items()}
    until(windows[1], changed)


@pytest.mark.parametrize(("at", "commands", "wanted"), OPERATIONS)
def test_a_badge_stays_with_its_cell_in_both_windows(
    windows: tuple[Page, Page], at: int, commands: list[str], wanted: dict[str, str]
) -> None:
    test_discussion_cells.operate(windows[0], at, commands)
    for page in windows:
        until(page, wanted)
