"""A course whose lesson has the captioned lecture, in JupyterLab without any kernel and on the lesson's page.

In: a scratch folder and a browser. Out: a page with the film, where it stands, what the course knows of it.
"""

import time
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.journeys import talk
from tests.journeys import test_lab_student as lab

LECTURE = Path(__file__).parents[1] / "lecture"
TAG = '<video src="media/lesson.webm" controls title="Lists" data-no-descriptions="All is said."></video>'
NO_KERNEL = (
    "--KernelSpecManager.ensure_native_kernel=False",
    "--KernelSpecManager.allowed_kernelspecs=none-at-all",
)
CAPTION = """[...document.querySelector('video').textTracks]
  .filter(t => t.kind === 'captions' && t.mode === 'showing').map(t => t.activeCues[0].text).join()"""
WATCHED = "/courses/tiny/lessons/one/watched"
PAUSED = "document.querySelector('video').paused"


def notebook() -> dict[str, Any]:
    """A lesson with the lecture in one cell of text."""
    texts = ("# Lists", TAG + "\n\n[Download](media/lesson.webm)", "Now try it.")
    cells = [
        {"cell_type": "markdown", "id": f"c{at}", "metadata": {}, "source": text}
        for at, text in enumerate(texts)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def lectured(folder: Path) -> talk.Talk:
    """A course with the lecture, and a JupyterLab in which nobody can start a kernel."""
    beside = {f"media/{path.name}": path.read_bytes() for path in LECTURE.glob("lesson.*")}
    return talk.Talk(folder, notebook(), options=NO_KERNEL, beside=beside)


def in_lab(world: talk.Talk, browser: Browser) -> Page:
    """JupyterLab with the lesson, where nobody can start a kernel."""
    lab.wait_for(world.lab_port)
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"http://127.0.0.1:{world.lab_port}/lab/tree/tiny/one/one.ipynb?token=t&reset")
    ready(page)
    return page


def ready(page: Page) -> None:
    """The transcript is there, and the question for a kernel is answered with none."""
    page.wait_for_selector(".cw-Lines[lang=en] button", timeout=60_000)
    page.evaluate("document.querySelector('video').muted = true")
    dialog = page.locator(".jp-Dialog")
    if dialog.count():
        dialog.get_by_role("button", name="No Kernel").click()
        expect(dialog).to_have_count(0)


def on_page(world: talk.Talk, browser: Browser, **more: Any) -> Page:
    """The lesson's page, where nobody hears the film."""
    page = world.on_page(browser, "video.film", **more)
    page.evaluate("document.querySelector('video').muted = true")
    return page


def until(page: Page, state: str) -> None:
    """Wait for a state; playwright's own way needs `eval`, which the pages forbid."""
    for _ in range(600):
        if page.evaluate(state):
            return
        page.wait_for_timeout(50)
    raise AssertionError(state)


def played_until(page: Page, second: float) -> None:
    until(page, f"document.querySelector('video').currentTime >= {second}")


def position(page: Page) -> float:
    return float(page.evaluate("document.querySelector('video').currentTime"))


def resumed(page: Page, at: float) -> None:
    """The video stands where it was left, to the second."""
    until(page, f"Math.abs(document.querySelector('video').currentTime - {at}) < 0.5")


def known(sam: httpx.Client, **wanted: float) -> dict[str, Any]:
    """What the course knows, once it is so far."""
    late = time.monotonic() + 30
    while True:
        videos = sam.get(WATCHED).json()["videos"]
        if videos and all(abs(videos[0][name] - value) < 0.5 for name, value in wanted.items()):
            return dict(videos[0])
        assert time.monotonic() < late, videos
        time.sleep(0.1)
