"""JupyterLab with the extension of the minor version before, as it was released, and the service of this one.

`.venv/older` has the wheel that lies in `tests/older`; nothing of this checkout is in that JupyterLab.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import courseware
from courseware.lab import client
from tests.journeys import chromium
from tests.journeys import test_lab_student as lab

OLDER = Path(sys.prefix) / "older" / "bin" / "python"


def told_by_older(words: str) -> str:
    """What the older installation says to a line of Python."""
    argv = [str(OLDER), "-c", f"from courseware.lab import client; print({words})"]
    return subprocess.run(argv, cwd="/", check=True, capture_output=True, text=True).stdout.strip()


class Older(lab.World):
    """A course service, and a JupyterLab of the older installation."""

    def open_lab(self, options: list[str], python: str = str(OLDER)) -> subprocess.Popen[bytes]:
        return self.begun(python, options)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[lab.World]:
    made = Older(tmp_path)
    yield made
    made.end()


@pytest.fixture
def page(world: lab.World) -> Iterator[Page]:
    lab.wait_for(world.lab_port)
    with chromium.browser() as browser:
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.goto(f"http://127.0.0.1:{world.lab_port}/lab?token=t&reset")
        opened.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
        yield opened


def test_it_is_the_minor_version_before_and_nothing_of_this_one() -> None:
    older, ours = (
        [int(part) for part in told.split(".")] for told in (told_by_older("client.VERSION"), client.VERSION)
    )
    assert [older[0], older[1] + 1] == ours[:2]
    assert not Path(told_by_older("client.__file__")).is_relative_to(Path(courseware.__file__).parent)


def test_a_student_with_the_older_extension_gets_hands_in_sees_marks_and_talks(
    world: lab.World, page: Page
) -> None:
    lab.join_and_solve(world, page)
    page.get_by_role("button", name="Submit: Numbers").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Marked: 12 of 12 points").first).to_be_visible(timeout=60_000)
    cell = page.locator(".jp-Notebook .jp-Cell").nth(1)
    cell.click()
    cell.locator(".cw-Badge").click()
    page.get_by_label("Ask about this cell").fill("Why a list?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cw-Post")).to_contain_text("Why a list?")
    expect(page.locator(".cw-Badge", has_text="1")).to_be_visible()
    page.get_by_role("button", name="Feedback: Numbers").click()
    expect(page.frame_locator("iframe.cw-Feedback").get_by_text("All points").first).to_be_visible()
