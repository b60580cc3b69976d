"""Lani in Apia and Tess in New York go through a lesson in the week in which New York's clocks go back, and
are never online together.

Real JupyterLab, browser and SMTP; only the clock is set. Lani watches half of the lecture, hands in something
wrong, asks on the cell and sleeps. Tess reads the letter in her morning and answers it by mail. Lani is told
in hers, goes on at the second where she left the lecture, passes ten minutes before the lesson is due by New
York's new time, and reads the feedback. What she hands in a quarter of an hour later is late.
"""

import datetime
import email.message
import email.utils
import re
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import forked
from tests.journeys import chromium, clocked, films, letters, talk, test_mail_in
from tests.journeys import test_lab_student as lab
from tests.mail import postbox
from tests.notebook import build

LANI, TESS = letters.SAM, letters.TESS
APIA, NEW_YORK = zoneinfo.ZoneInfo("Pacific/Apia"), zoneinfo.ZoneInfo("America/New_York")
COURSE = """\
[course]
id = "tiny"
title = "A tiny course"
time_zone = "America/New_York"

[policies]
marks = "at-once"

[[lessons]]
slug = "one"
title = "Lesson one"
due = "2026-11-02T09:00"
"""
WRONG, RIGHT = "def last(items):\n    return items[0]", "def last(items):\n    return items[-1]"
TESTS = "assert last([7]) == 7\n### BEGIN HIDDEN TESTS\nassert last([1, 2]) == 2\n### END HIDDEN TESTS"


def notebook() -> dict[str, Any]:
    """The lecture and one exercise."""
    solution = f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"
    cells = (
        build.cell("# Lists", "markdown", id="title"),
        build.cell(films.TAG, "markdown", id="film"),
        {**build.answer(solution, "last"), "id": "answer"},
        {**build.machine(TESTS, "test-last"), "id": "tests"},
    )
    return dict(build.book(*cells))


class World(letters.World):
    """The course of New York with its mail, and Lani's JupyterLab."""

    def __init__(self, folder: Path, outgoing: int) -> None:
        self.file = folder / "clock.json"
        self.at("2026-10-31 18:00", APIA)
        beside = {f"media/{path.name}": path.read_bytes() for path in films.LECTURE.glob("lesson.*")}
        super().__init__(folder, outgoing, notebook(), name="Lani", beside=beside)

    def serve(self) -> forked.Process:
        (self.course / "course.toml").write_text(COURSE)
        log = self.folder / "service.log"
        process = clocked.start(self.course, self.port, self.file, log=log, environment=self.environment)
        lab.wait_for(self.port)
        return process

    def at(self, local: str, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
        """It is this time on somebody's wall."""
        moment = datetime.datetime.fromisoformat(local).replace(tzinfo=zone)
        clocked.write(self.file, moment)
        return moment


@pytest.fixture
def box() -> postbox.Postbox:
    return postbox.Postbox()


@pytest.fixture
def world(tmp_path: Path, box: postbox.Postbox) -> Iterator[World]:
    with postbox.listening(box) as port:
        made = World(tmp_path, port)
        yield made
        made.end()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def choose(world: World, browser: Browser, name: str, zone: zoneinfo.ZoneInfo, **kinds: str) -> None:
    """Somebody says where they live and which letters they want; none between 22 and 7."""
    letters.choose(world.pages(browser, name), zone=zone.key, quiet=True, **kinds)


def in_lab(world: World, browser: Browser) -> Page:
    """Lani's JupyterLab, with the lesson, by the clock on her wall."""
    lab.wait_for(world.lab_port)
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, timezone_id=APIA.key)
    page = context.new_page()
    page.clock.set_system_time(clocked.Clock(world.file)())
    page.goto(f"http://127.0.0.1:{world.lab_port}/lab/tree/tiny/one/one.ipynb?token=t&reset")
    films.ready(page)
    page.evaluate(talk.SETTLED)
    return page


def write(page: Page, source: str) -> None:
    """What Lani types into her exercise, and saves."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    expect(cell.locator(".cm-content")).to_contain_text(source.splitlines()[-1].strip())
    page.keyboard.press("Control+s")


def hand_in(page: Page) -> None:
    talk.run(page, "courseware:show")
    page.get_by_role("button", name="Submit: Lesson one").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Hand in")).click()


def test_a_lesson_between_apia_and_new_york(world: World, browser: Browser, box: postbox.Postbox) -> None:
    choose(world, browser, "sam", APIA)
    choose(world, browser, "tess", NEW_YORK, new_questions="at-once")

    world.at("2026-10-31 19:00", APIA)
    left = lani_watches_fails_asks_and_sleeps(world, browser)

    # 2026-11-01 02:00 was twice in New York. Tess's letter waited for her morning.
    morning = world.at("2026-11-01 10:00", NEW_YORK)
    test_mail_in.until(lambda: len(box.letters(TESS)) == 1)
    [asked] = box.letters(TESS)
    assert sent(asked) >= morning
    assert "Lani asked a question" in postbox.text(asked)
    answer(world, asked, "Which index has the last item? See the lecture at 0:12.")

    # It was four in the morning in Apia.
    morning = world.at("2026-11-02 07:30", APIA)
    test_mail_in.until(lambda: len(box.letters(LANI)) == 2)
    assert all(sent(each) >= morning for each in box.letters(LANI))
    said = [postbox.text(each) for each in box.letters(LANI)]
    assert ["Your work was marked" in text for text in said].count(True) == 1
    assert ["Tess Tutor answered your question" in text for text in said].count(True) == 1

    # 2026-11-02 09:00 in New York, by its new time, is 03:00 of the 3rd in Apia.
    world.at("2026-11-03 02:50", APIA)
    lani_comes_back_and_passes(world, browser, left)
    world.at("2026-11-03 03:05", APIA)
    what_comes_later_is_late(world, browser)
    assert len(box.letters(LANI)) == len(box.mailbox(LANI))
    assert "Traceback" not in (world.folder / "service.log").read_text()


def sent(letter: email.message.EmailMessage) -> datetime.datetime:
    return email.utils.parsedate_to_datetime(str(letter["Date"]))


def answer(world: World, letter: email.message.EmailMessage, text: str) -> None:
    """Tess answers a letter with her mail program."""
    made = email.message.EmailMessage()
    made["From"], made["To"] = f"Tess Tutor <{TESS}>", str(letter["Reply-To"])
    made["Subject"], made["Message-ID"] = f"Re: {letter['Subject']}", "<one@uni.example>"
    made["In-Reply-To"] = str(letter["Message-ID"])
    made.set_content(text)
    world.send(made)


def lani_watches_fails_asks_and_sleeps(world: World, browser: Browser) -> float:
    """Where she left the lecture, in seconds."""
    page = in_lab(world, browser)
    page.locator(".cw-Lines[lang=en] button").first.click()
    films.played_until(page, 3)
    page.keyboard.press("k")
    left = films.position(page)
    write(page, WRONG)
    hand_in(page)
    panel = page.get_by_role("region", name="Course", exact=True)
    expect(panel.get_by_text("Marked: 0 of 2 points").first).to_be_visible(timeout=60_000)
    page.locator(".jp-CodeCell .cw-Badge").first.click()
    page.get_by_label("Ask about this cell").fill("Why is this not the last item?")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("article", name="Comment 1 by Lani")).to_be_visible()
    page.context.close()
    return left


def lani_comes_back_and_passes(world: World, browser: Browser, left: float) -> None:
    page = in_lab(world, browser)
    films.resumed(page, left)
    talk.run(page, "courseware:show")
    since = page.get_by_role("list", name="Since you were last here")
    expect(since).to_contain_text("Which index has the last item?")
    write(page, RIGHT)
    hand_in(page)
    panel = page.get_by_role("region", name="Course", exact=True)
    expect(panel.get_by_text("Marked: 2 of 2 points").first).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Feedback: Lesson one").click()
    frame = page.frame_locator("iframe.cw-Feedback")
    expect(frame.get_by_text("All points").first).to_be_visible()
    page.context.close()
    assert not any(each["late_seconds"] for each in hand_ins(world))


def hand_ins(world: World) -> list[dict[str, Any]]:
    """Lani's, as the course has them."""
    told = world.person("sam").get("/courses/tiny/lessons/one/submissions")
    found: list[dict[str, Any]] = told.raise_for_status().json()["submissions"]
    return found


def what_comes_later_is_late(world: World, browser: Browser) -> None:
    page = in_lab(world, browser)
    write(page, RIGHT + "  # sure")
    hand_in(page)
    test_mail_in.until(lambda: len(hand_ins(world)) == 3)
    page.context.close()
    assert sum(bool(each["late_seconds"]) for each in hand_ins(world)) == 1
