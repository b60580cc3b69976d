"""A test is mended: what that would change is tried out, looked at, applied, and taken back."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import answers, generated
from tests.journeys import test_accessible as accessible
from tests.journeys import test_class_of_five as five

LESSON = "numbers"
BEN = "s12"
browser = five.browser


@pytest.fixture(scope="module")
def world(own_class: generated.Class) -> generated.Class:
    """The class, in which the old test wronged some and let others through."""
    return own_class


def by_answer(line: str) -> set[str]:
    """Who has this line in the hand-in that counts."""
    return {
        each.person.username
        for (_, lesson), each in generated.counting().items()
        if lesson == LESSON and line in each.given[0].source
    }


UP, DOWN = by_answer(answers.ROUNDS), by_answer(answers.STOPS)
MARKS = len(UP) + len(DOWN)


def mend(world: generated.Class) -> None:
    """The test asks for something else."""
    for path in (world.course / "lessons" / LESSON).glob("*.ipynb"):
        book = json.loads(path.read_text())
        for cell in book["cells"]:
            cell["source"] = "".join(cell["source"]).replace(answers.STRICT, answers.OTHER)
        path.write_text(json.dumps(book))


def signed_in(world: generated.Class, browser: Browser, scheme: str = "light", width: int = 1280) -> Page:
    return world.page(
        browser, "tess", color_scheme=scheme, viewport={"width": width, "height": 844}, bypass_csp=True
    )


def name_of(username: str) -> str:
    return next(each.name for each in generated.people() if each.username == username)


def points(world: generated.Class) -> dict[str, float]:
    """By student, as far as they are marked: the spreadsheet leaves out what a person has still to mark."""
    told = json.loads(world.command("grades", "--json"))["people"]
    cells = {row["person"]["username"]: row["cells"].get(LESSON, {}) for row in told}
    return {who: cell.get("score") or 0.0 for who, cell in cells.items()}


def test_tried_applied_and_undone(world: generated.Class, browser: Browser) -> None:
    before = points(world)
    assert UP
    assert DOWN
    mend(world)
    world.command("release", LESSON, "--draft")
    page = signed_in(world, browser)
    here = f"{page.url}/lessons/{LESSON}/regrade"
    page.goto(here)
    page.get_by_role("button", name="Try the draft release").click()
    told = page.get_by_role("heading", name=f"Would change: {MARKS} marks")
    expect(told).to_be_visible(timeout=60_000)
    expect(page.get_by_text(f"{len(UP)} up", exact=True)).to_be_visible()
    expect(page.get_by_text(f"{len(DOWN)} down", exact=True)).to_be_visible()
    expect(page.get_by_text("is not published yet. Publish it, then apply this.")).to_be_visible()
    assert points(world) == before

    page.get_by_role("link", name="Down", exact=True).click()
    row = page.get_by_role("row").filter(has_text=name_of(min(DOWN)))
    row.get_by_text("test-fahrenheit").click()
    expect(row.get_by_text("AssertionError")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=name_of(min(UP)))).to_have_count(0)

    page.get_by_role("link", name="Draft release").click()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(f"/lessons/{LESSON}\\?published="), timeout=60_000)
    page.goto(here)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name=f"Changed: {MARKS} marks")).to_be_visible(timeout=60_000)
    after = points(world)
    assert {who for who in before if after[who] > before[who]} == UP
    assert {who for who in before if after[who] < before[who]} == DOWN

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Undone: all marks are as they were.")).to_be_visible()
    assert points(world) == before


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_is_for_everybody(world: generated.Class, browser: Browser, scheme: str, width: int) -> None:
    page = signed_in(world, browser, scheme, width)
    page.goto(f"{page.url}/lessons/{LESSON}/regrade")
    seen = {"before": accessible.findings(page)}
    later = page.context.new_page()  # as somebody else's, who looked before it began
    later.goto(page.url)
    page.get_by_role("button", name="Try the newest release").click()
    later.get_by_role("button", name="Try the newest release").click()
    expect(later.get_by_role("alert")).to_contain_text("began a dry run of this lesson at")
    expect(later.get_by_text("begun by")).to_be_visible()
    expect(page.get_by_role("heading", name=f"Would change: {MARKS} marks")).to_be_visible(timeout=60_000)
    page.goto(f"{page.url}?show=all")
    for each in page.locator("details").all():
        each.locator("summary").click()
    seen["ready"] = accessible.findings(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Drop").click()
    expect(page.get_by_role("heading", name="Dropped: nothing was changed.")).to_be_visible()
    seen["dropped"] = accessible.findings(page)
    page.get_by_role("link", name="The rule for late work").click()
    page.get_by_label("late =").fill("{ kind = 3 }")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_contain_text("kind must be")
    seen["late, refused"] = accessible.findings(page)
    page.get_by_label("late =").fill('{ kind = "linear", percent = 10 }')
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="This rule holds already.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    seen["late"] = accessible.findings(page)
    assert {name: found for name, found in seen.items() if found} == {}


def test_a_student_asks_for_another_look(world: generated.Class, browser: Browser) -> None:
    student = world.page(browser, BEN, bypass_csp=True)
    student.get_by_role("link", name="Numbers and means", exact=True).click()
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
