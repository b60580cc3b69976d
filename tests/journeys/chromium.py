"""The browser of the tests: Debian's Chromium, which nobody sees.

In: which names lead where. Out: a browser, closed at the end; what its pages show when a test fails.
"""

import contextlib
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = "MAP *.localhost 127.0.0.1"
PATIENCE = 15_000
"""Milliseconds in which what is expected of a page has to come: a busy machine draws late."""
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_PROGRAMS = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "prerequisites.py"))["CHROMIUM"]
_OPEN: list[Browser] = []


@contextlib.contextmanager
def browser(names: str = HERE) -> Iterator[Browser]:
    """A real Chromium; `names` are its rules for hosts."""
    expect.set_options(timeout=PATIENCE)
    found = next(filter(None, map(shutil.which, _PROGRAMS)))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found, args=[*_FLAGS, f"--host-resolver-rules={names}"]
        )
        _OPEN.append(opened)
        try:
            yield opened
        finally:
            _OPEN.remove(opened)
        opened.close()


def shown() -> Iterator[tuple[str, str]]:
    """The address of each open page, and what somebody who does not see is told of it."""
    for each in (page for one in _OPEN for context in one.contexts for page in context.pages):
        yield each.url, _told(each)


def _told(page: Page) -> str:
    try:
        return page.locator("body").aria_snapshot(timeout=2_000)
    except Exception as error:  # whatever it is, the failure of the journey itself is to be told
        return f"It does not say: {error}"
