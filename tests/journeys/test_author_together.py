"""Two windows on one notebook of a lesson (real-time collaboration): what its author marks in one holds in
both, can be taken back, and is in the file.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import chromium
from tests.journeys import test_author_lab as author
from tests.journeys import test_lab_student as lab

OURS = Path(sys.prefix)
THEIRS = OURS / "rtc"
ENVIRONMENT = {
    "JUPYTER_PATH": str(OURS / "share" / "jupyter"),
    "JUPYTER_CONFIG_PATH": str(OURS / "etc" / "jupyter"),
    "PATH": f"{OURS / 'bin'}{os.pathsep}{os.environ['PATH']}",
}


class Shared(author.Desk):
    """A JupyterLab in which several windows share a document."""

    def open_lab(self, options: list[str], python: str = str(THEIRS / "bin" / "python")) -> Any:
        """Start it with jupyter-collaboration."""
        more = [f"--LabApp.app_dir={OURS}/share/jupyter/lab", "--YDocExtension.document_save_delay=0.2"]
        more += [f"--SQLiteYStore.db_path={self.folder}/ystore.db"]
        return super().open_lab([*options, *more], python)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[lab.World]:
    made = Shared(tmp_path, ENVIRONMENT)
    author.begin(made)
    yield made
    made.end()


def test_a_mark_holds_in_both_windows(world: lab.World) -> None:
    author.joined(world, "ida", "instructor")
    with chromium.browser() as browser:
        path = f"mine/lessons/{author.FRESH}/{author.FRESH}.ipynb"
        first, second = (author.opened(world, browser, path) for _ in range(2))
        for page in (first, second):
            page.locator(".cw-Author-bar").first.wait_for(timeout=60_000)
        author.active(first, 2)
        author.command(first, "Mark the cell: Tests")
        marked = ".jp-Cell[data-cw-author='tests']"
        both(first, second, marked, 1)
        first.keyboard.press("z")
        both(first, second, marked, 0)
        author.command(first, "Mark the cell: Tests")
        author.command(second, "Show the author's panel")
        panel = second.locator(author.PANEL)
        expect(panel.get_by_role("row", name="the-sum Tests 1")).to_be_visible()
        panel.get_by_role("button", name="Look it over now").click()
        expect(panel.get_by_text("2 warnings. Warnings do not stop a release.")).to_be_visible()
        assert author.marks(author.kept(world, author.FRESH))[2]["grade_id"] == "the-sum"


def both(first: Page, second: Page, cells: str, count: int) -> None:
    """How many such cells both windows show."""
    for page in (first, second):
        expect(page.locator(cells)).to_have_count(count)
