"""Five students and one teacher, never online together: hand-ins, an answer marked by hand, the final CSV."""

import csv
import datetime
import io
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from courseware.lab import client, work
from tests.journeys import chromium
from tests.journeys import test_lab_student as lab

NAMES = ("amy", "ben", "cem", "dia", "eva")
LESSON = "pictures-and-words"


class Class(lab.World):
    """A course service alone."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder, self.course, self.port = folder, folder / "course", lab.free_port()
        state = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder / "config")}
        self.environment = {**os.environ, **state, "COURSEWARE_STORE_DATABASE": database}
        shutil.copytree(lab.COURSE, self.course)
        if database:
            self.command("migrate")
        self.service = self.serve()

    def end(self) -> None:
        self.service.send_signal(signal.SIGTERM)
        self.service.wait(30)

    def study(self, name: str, lesson: str, *, solved: bool) -> None:
        link = self.command("people", "link", name).strip()
        connection = work.join(link, self.folder / f"{name}.json")
        service = client.for_connection(connection)
        copy = work.get(service, connection, self.folder / name, lesson).copy
        if solved:
            for path in copy.folder.glob("*.ipynb"):
                shutil.copy(self.course / "lessons" / lesson / path.name, path)
        handed = work.submit(service, copy, now=datetime.datetime.now(datetime.UTC))
        assert handed.answer is not None
        until = time.monotonic() + 60
        while service.submission(handed.answer["submission"]["id"])["state"] in ("waiting", "running"):
            assert time.monotonic() < until
            time.sleep(0.2)
        service.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    made = Class(tmp_path_factory.mktemp("class"))
    yield made
    made.end()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def test_from_five_hand_ins_to_the_final_csv(world: Class, browser: Browser) -> None:
    world.command("release", LESSON)
    for name in NAMES:
        world.command("people", "add", name)
    for name in NAMES[:4]:
        world.study(name, LESSON, solved=name != "dia")
    staff = browser.new_page()
    staff.goto(world.command("people", "link", owner(world)).strip())
    staff.get_by_role("button", name="Continue as").click()
    staff.get_by_role("link", name="Marking", exact=True).click()
    staff.get_by_role("link", name="describe your chart").click()
    for score in ("4", "3", "2"):
        staff.get_by_label("Points, 0 to 4").fill(score)
        staff.get_by_label("Comment for the student").fill("Clear and short.")
        staff.get_by_role("button", name="Save and next").click()
        expect(staff.get_by_text("Saved:")).to_be_visible()
    rows = {row["username"]: row for row in csv.DictReader(io.StringIO(world.command("grades")))}
    assert {rows[name][LESSON] for name in NAMES} == {""}, "a chart of their own waits to be marked"
    assert {rows[name]["still to mark"] for name in NAMES[:4]} == {LESSON}
    course = staff.get_by_role("navigation", name="Course")
    course.get_by_role("link", name="Marking", exact=True).click()
    staff.get_by_role("link", name="a chart of your own").click()
    for _ in NAMES[:4]:
        staff.get_by_label("Points, 0 to").fill("0")
        staff.get_by_role("button", name="Save and next").click()
        expect(staff.get_by_text("Saved:")).to_be_visible()
    rows = {row["username"]: row for row in csv.DictReader(io.StringIO(world.command("grades")))}
    assert {name: rows[name][LESSON] for name in NAMES} == {
        "amy": "10",
        "ben": "9",
        "cem": "8",
        "dia": "0",
        "eva": "",
    }


def test_a_student_with_no_mouse_and_no_jupyter(world: Class, browser: Browser) -> None:
    world.command("release", "numbers-and-lists")
    link = world.command("people", "add", "fay").strip()
    page = browser.new_page()
    page.goto(link)
    page.get_by_role("button", name="Continue as").press("Enter")
    page.get_by_role("link", name="Numbers, lists and functions", exact=True).press("Enter")
    with page.expect_download() as download:
        page.get_by_role("link", name="numbers-and-lists.ipynb").press("Enter")
    assert download.value.suggested_filename == "numbers-and-lists.ipynb"
    solved = world.course / "lessons" / "numbers-and-lists" / "numbers-and-lists.ipynb"
    worked = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(days=6)
    os.utime(solved, (worked.timestamp(), worked.timestamp()))
    page.get_by_label("Your notebook").set_input_files(solved)
    page.get_by_role("button", name="Hand in").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Marked: 12 of 12 points", timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="receipt").press("Enter")
    receipt = json.loads(Path(download.value.path()).read_text())
    assert (receipt["worked"], receipt["late_seconds"]) == (f"{worked:%Y-%m-%dT%H:%M:%SZ}", 0)
    page.get_by_role("link", name="Open the feedback on").press("Enter")
    expect(page.get_by_text("All points").first).to_be_visible()


def owner(world: Class) -> str:
    listed = world.command("people", "list").splitlines()
    return next(line.split("\t")[0] for line in listed if line.endswith("\towner"))
