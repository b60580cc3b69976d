"""A test is mended: what that would change is tried out, looked at, applied, and taken back."""

import datetime
import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from courseware.lab import client, work
from tests.journeys import test_accessible as accessible
from tests.journeys import test_class_of_five as five

LESSON = "numbers-and-lists"
RIGHT = "return celsius * 9 / 5 + 32"
ROUNDS = "return round(celsius * 9 / 5 + 32)"
STOPS = "return celsius * 9 / 5 + 32 if celsius < 1000 else 0"
STRICT = "assert abs(to_fahrenheit(36.6) - 97.88) < 0.001"
OTHER = "assert abs(to_fahrenheit(5500) - 9932) < 1"
browser = five.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[five.Class]:
    """Three students: one whose answer is right, one whom the old test wronged, one whom it let through."""
    made = five.Class(tmp_path_factory.mktemp("regrade"))
    made.command("release", LESSON)
    for name, answer in (("amy", RIGHT), ("ben", ROUNDS), ("cem", STOPS)):
        made.command("people", "add", name)
        study(made, name, answer)
    yield made
    made.end()


def study(world: five.Class, name: str, answer: str) -> None:
    """Hand in the key with this answer in it."""
    connection = work.join(world.command("people", "link", name).strip(), world.folder / f"{name}.json")
    service = client.for_connection(connection)
    copy = work.get(service, connection, world.folder / name, LESSON).copy
    for path in copy.folder.glob("*.ipynb"):
        shutil.copy(world.course / "lessons" / LESSON / path.name, path)
        replaced(path, RIGHT, answer)
    handed = work.submit(service, copy, now=datetime.datetime.now(datetime.UTC))
    assert handed.answer is not None
    until = time.monotonic() + 60
    while service.submission(handed.answer["submission"]["id"])["state"] in ("waiting", "running"):
        assert time.monotonic() < until
        time.sleep(0.2)
    service.close()


def replaced(path: Path, old: str, new: str) -> None:
    """One text of a notebook in place of another."""
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        cell["source"] = "".join(cell["source"]).replace(old, new)
    path.write_text(json.dumps(book))


def mend(world: five.Class) -> None:
    """The test asks for something else."""
    for path in (world.course / "lessons" / LESSON).glob("*.ipynb"):
        replaced(path, STRICT, OTHER)


def signed_in(world: five.Class, browser: Browser, scheme: str = "light", width: int = 1280) -> Page:
    size = {"width": width, "height": 844}
    opened = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True)  # type: ignore[arg-type]
    page = opened.new_page()
    page.goto(world.command("people", "link", five.owner(world)).strip())
    page.get_by_role("button", name="Continue as").click()
    page.wait_for_url("**/courses/*")
    return page


def points(world: five.Class) -> dict[str, str]:
    """By student, from the table of the class."""
    lines = [line.split(",") for line in world.command("grades").splitlines()]
    column = lines[0].index(LESSON)
    return {line[lines[0].index("username")]: line[column] for line in lines[1:]}


def test_tried_applied_and_undone(world: five.Class, browser: Browser) -> None:
    before = points(world)
    assert (before["amy"], before["ben"], before["cem"]) == ("12", "9", "12")
    mend(world)
    world.command("release", LESSON, "--draft")
    page = signed_in(world, browser)
    here = f"{page.url}/lessons/{LESSON}/regrade"
    page.goto(here)
    page.get_by_role("button", name="Try the draft release").click()
    told = page.get_by_role("heading", name="Would change: 2 marks")
    expect(told).to_be_visible(timeout=60_000)
    expect(page.get_by_text("1 up", exact=True)).to_be_visible()
    expect(page.get_by_text("1 down", exact=True)).to_be_visible()
    expect(page.get_by_text("is not published yet. Publish it, then apply this.")).to_be_visible()
    assert points(world) == before

    page.get_by_role("link", name="Down", exact=True).click()
    row = page.get_by_role("row").filter(has_text="cem")
    row.get_by_text("test-fahrenheit").click()
    expect(row.get_by_text("AssertionError")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="ben")).to_have_count(0)

    page.get_by_role("link", name="Draft release").click()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(f"/lessons/{LESSON}\\?published="), timeout=60_000)
    page.goto(here)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Changed: 2 marks")).to_be_visible(timeout=60_000)
    after = points(world)
    assert (after["amy"], after["ben"], after["cem"]) == ("12", "12", "9")

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Undone: all marks are as they were.")).to_be_visible()
    assert points(world) == before


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_is_for_everybody(world: five.Class, browser: Browser, scheme: str, width: int) -> None:
    page = signed_in(world, browser, scheme, width)
    page.goto(f"{page.url}/lessons/{LESSON}/regrade")
    seen = {"before": accessible.findings(page)}
    later = page.context.new_page()  # as somebody else's, who looked before it began
    later.goto(page.url)
    page.get_by_role("button", name="Try the newest release").click()
    later.get_by_role("button", name="Try the newest release").click()
    expect(later.get_by_role("alert")).to_contain_text("began a dry run of this lesson at")
    expect(later.get_by_text("begun by")).to_be_visible()
    expect(page.get_by_role("heading", name="Would change: 2 marks")).to_be_visible(timeout=60_000)
    page.goto(f"{page.url}?show=all")
    for each in page.locator("details").all():
        each.locator("summary").click()
    seen["ready"] = accessible.findings(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Drop").click()
    expect(page.get_by_role("heading", name="Dropped: nothing was changed.")).to_be_visible()
    seen["dropped"] = accessible.findings(page)
    page.get_by_role("link", name="Try another rule for late work").click()
    page.get_by_label("late =").fill("{ kind = 3 }")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_contain_text("kind must be")
    seen["late, refused"] = accessible.findings(page)
    page.get_by_label("late =").fill('"zero"')
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="No mark changes.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    seen["late"] = accessible.findings(page)
    assert {name: found for name, found in seen.items() if found} == {}


def test_a_student_asks_for_another_look(world: five.Class, browser: Browser) -> None:
    student = browser.new_context(bypass_csp=True).new_page()
    student.goto(world.command("people", "link", "ben").strip())
    student.get_by_role("button", name="Continue as").click()
    student.get_by_role("link", name="Numbers, lists and functions", exact=True).click()
    student.get_by_role("link", name="Open the hand-in that counts").click()
    row = student.get_by_role("row").filter(has_text="Ask for another look").last
    row.locator("summary").click()
    row.get_by_label("What should be looked at again").fill("My <b>spell</b> is right.")
    seen = {"asking": accessible.findings(student)}
    row.get_by_role("button", name="Ask for another look").click()
    expect(student.get_by_role("heading", name="Another look at a mark")).to_be_visible()
    staff = signed_in(world, browser)
    staff.goto(f"{staff.url}/inbox")
    expect(staff.get_by_text("Asks for another look")).to_be_visible()
    staff.get_by_role("link", name="Another look at").click()
    staff.get_by_label("The mark stays as it is.").check()
    staff.get_by_label("Why, for the student").fill("All four cases were right: you have all points.")
    seen["deciding"] = accessible.findings(staff)
    staff.get_by_role("button", name="Decide").click()
    expect(staff.get_by_text("Done.")).to_be_visible()
    student.reload()
    expect(student.get_by_text("All four cases were right")).to_be_visible()
    student.get_by_role("link", name="The hand-in").click()
    expect(student.get_by_role("link", name="Looked at again: the mark stays")).to_be_visible()
    assert {name: found for name, found in seen.items() if found} == {}
