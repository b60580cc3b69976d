"""A student in JupyterLab in a real browser: join, get, submit, see marks, also with the service away."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests import commands, forked, trust
from tests.journeys import chromium

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "notebooks" / "demo_course"
LESSON = "numbers-and-lists"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class World:
    """A course service, and a JupyterLab of a student who has nothing yet."""

    def __init__(self, folder: Path, environment: Mapping[str, str] = types.MappingProxyType({})) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
            **environment,
        }
        self.course = folder / "course"
        shutil.copytree(COURSE, self.course)
        self.root = folder / "lab"
        self.root.mkdir()
        self.port, self.lab_port = free_port(), free_port()
        self.service = self.serve()
        flags = ["--allow-root"] if os.geteuid() == 0 else []
        options = ["--no-browser", f"--port={self.lab_port}", "--IdentityProvider.token=t", *flags]
        options += [f"--ServerApp.root_dir={self.root}", "--ServerApp.port_retries=0"]
        self.lab = self.open_lab(options)

    def open_lab(
        self, options: list[str], python: str = sys.executable
    ) -> "forked.Process | subprocess.Popen[bytes]":
        """Start the student's JupyterLab; one with packages of its own has to look for them as it begins."""
        if "PYTHONPATH" in self.environment:
            return self.begun(python, options)
        out, told = self.folder / "lab.log", self.environment
        return forked.start(forked.LAB, *options, cwd=ROOT, environment=told, out=out, python=python)

    def begun(self, python: str, options: list[str]) -> "subprocess.Popen[bytes]":
        """Start the JupyterLab of an installation, from its beginning."""
        argv = [python, "-m", "jupyterlab", *options]
        with (self.folder / "lab.log").open("wb") as out:
            return subprocess.Popen(argv, env=self.environment, cwd=self.folder, stdout=out, stderr=out)

    def command(self, *arguments: str) -> str:
        done = commands.run(*arguments, cwd=self.course, environment=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def linked(self, name: str, role: str = "student", *, given: str = "") -> str:
        """Somebody's link, who is brought into the course if need be."""
        known = commands.run("people", "link", name, cwd=self.course, environment=self.environment)
        if known.returncode == 0:
            return known.stdout.strip()
        named = ("--name", given) if given else ()
        return self.command("people", "add", name, "--role", role, *named).strip()

    def serve(self) -> forked.Process:
        words, log = ("serve", str(self.course), "--port", str(self.port)), self.folder / "service.log"
        process = forked.start(forked.COURSEWARE, *words, cwd=ROOT, environment=self.environment, out=log)
        wait_answering(self.port)
        return process

    def end(self) -> None:
        for process in (self.lab, self.service):
            process.send_signal(signal.SIGTERM)
        self.service.wait(30)
        try:
            self.lab.wait(5)
        except subprocess.TimeoutExpired:
            # A Jupyter server that was still sending a file (a film is fetched in parts) when it was told to
            # end waits for ever: AnyIO ends the thread that reads the file only when the request is over.
            self.lab.kill()
            self.lab.wait(30)


def wait_answering(port: int) -> None:
    """Wait until a service answers: one that only listens has not said yet where it is."""
    wait_for(port)
    httpx.get(f"http://127.0.0.1:{port}/health", timeout=180, verify=trust.known())


def wait_for(port: int) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens at {port}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.end()


@pytest.fixture
def page(world: World) -> Iterator[Page]:
    wait_for(world.lab_port)
    with chromium.browser() as browser:
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.goto(f"http://127.0.0.1:{world.lab_port}/lab?token=t&reset")
        opened.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
        yield opened


def course(page: Page) -> None:
    """Open the panel of a Lab that was loaded again: it is there if it was when the layout was kept last, and
    pressing its tab would close it then.
    """
    try:
        expect(page.get_by_role("region", name="Course", exact=True)).to_be_visible(timeout=5_000)
    except AssertionError:
        page.get_by_role("tab", name="Course", exact=True).click()


def solve(world: World) -> None:
    """What the student types, put into the file: the key's answers."""
    copy = world.root / "data-in-python" / LESSON / f"{LESSON}.ipynb"
    copy.write_text(json.dumps(answered(copy.read_bytes(), LESSON)))


def answered(given: bytes, lesson: str) -> dict[str, Any]:
    """A student's notebook of the demonstration course with the key's answers in it."""
    key = json.loads((COURSE / "lessons" / lesson / f"{lesson}.ipynb").read_text())
    answers = {cell["id"]: cell["source"] for cell in key["cells"]}
    book: dict[str, Any] = json.loads(given)
    for cell in book["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = answers[cell["id"]]
    return book


def join_and_solve(world: World, page: Page) -> None:
    """The student joins, gets the lesson and has it solved and open."""
    world.command("release", LESSON)
    link = world.command("people", "add", "sam", "--name", "Sam Doe").strip()
    page.get_by_role("tab", name="Course", exact=True).click()
    page.get_by_label("Paste the join link").fill(link)
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Get: Numbers").click()
    expect(page.get_by_role("button", name="Open: Numbers")).to_be_visible()
    solve(world)
    page.get_by_role("button", name="Open: Numbers").click()
    expect(page.locator(".jp-Notebook").first).to_be_visible()


def test_join_get_submit_see_marks_with_the_service_killed_in_between(world: World, page: Page) -> None:
    join_and_solve(world, page)

    world.service.send_signal(signal.SIGKILL)
    world.service.wait()
    page.get_by_role("button", name="Submit: Numbers").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Waits here to be sent")).to_be_visible(timeout=20_000)

    world.service = world.serve()
    expect(page.get_by_text("Marked: 12 of 12 points").first).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Feedback: Numbers").click()
    frame = page.frame_locator("iframe.cw-Feedback")
    expect(frame.get_by_text("All points").first).to_be_visible()
    with page.context.expect_page() as other:
        page.get_by_role("button", name="Open the course's pages").click()
    own = other.value
    own.get_by_role("button", name="Continue as Sam Doe").click()
    expect(own.get_by_role("heading", name="Lessons", exact=True)).to_be_visible()
    own.close()
    names = page.locator("#jp-MainMenu").inner_text()
    assert "nbgrader" not in names.lower()
    assert "Assignments" not in names
    receipts = json.loads((world.root / "data-in-python" / LESSON / ".courseware" / "copy.json").read_text())
    assert len(receipts["receipts"]) == 1


def test_a_text_file_that_is_open_and_changed_goes_as_it_is_on_the_screen(world: World, page: Page) -> None:
    world.command("release", LESSON)
    link = world.command("people", "add", "sam", "--name", "Sam Doe").strip()
    page.get_by_role("tab", name="Course", exact=True).click()
    page.get_by_label("Paste the join link").fill(link)
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Get: Numbers").click()
    expect(page.get_by_role("button", name="Open: Numbers")).to_be_visible()
    notes = world.root / "data-in-python" / LESSON / "notes.txt"
    notes.write_text("before")
    page.goto(f"http://127.0.0.1:{world.lab_port}/lab/tree/data-in-python/{LESSON}/notes.txt?token=t")
    page.locator(".jp-FileEditor .cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("on the screen")
    course(page)
    page.get_by_role("button", name="Submit: Numbers").click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Marked:").first).to_be_visible(timeout=60_000)
    told = json.loads((notes.parent / ".courseware" / "copy.json").read_text())
    (entry,) = [each for each in told["receipts"][0]["files"] if each["path"] == "notes.txt"]
    assert entry["sha256"] == hashlib.sha256(b"on the screen").hexdigest()


def test_handing_in_while_a_save_runs_asks_nothing_of_files_that_changed(world: World, page: Page) -> None:
    world.command("release", LESSON)
    page.get_by_role("tab", name="Course", exact=True).click()
    page.get_by_label("Paste the join link").fill(world.command("people", "add", "sam").strip())
    page.get_by_role("button", name="Join").click()
    page.get_by_role("button", name="Get: Numbers").click()
    page.get_by_role("button", name="Open: Numbers").click()
    cell = page.locator(".jp-Notebook .jp-CodeCell").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("  # mine")

    held: list[Route] = []
    page.route("**/api/contents/**", lambda route: _slowly(route, held))
    page.keyboard.press("Control+s")
    until = time.monotonic() + 20
    while not held and time.monotonic() < until:
        page.wait_for_timeout(50)
    page.get_by_role("button", name="Submit: Numbers").click()
    page.wait_for_timeout(1000)
    held[0].continue_()  # a second save, of what was changed meanwhile, is not held
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Marked:").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("File Changed")).to_have_count(0)


def _slowly(route: Route, held: list[Route]) -> None:
    """The first save waits until it is told to go on; it has reached the disk then, and its answer has not
    come.
    """
    if route.request.method == "PUT" and not held:
        route.fetch()
        held.append(route)
    else:
        route.continue_()
