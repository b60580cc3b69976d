"""The release desk: what is out and what its check said; withdrawn, offered again, other notes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import mended
from tests.journeys import test_accessible as accessible
from tests.journeys import test_class_of_five as five

LESSON = mended.LESSON
browser = five.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[five.Class]:
    """A lesson with two releases and a draft; one student, with a hand-in."""
    made = five.Class(tmp_path_factory.mktemp("release-desk"))
    made.command("release", LESSON)
    made.command("people", "add", "amy")
    made.study("amy", LESSON, solved=True)
    mended.mend(made)
    made.command("release", LESSON, "--notes", "A clearer task 2")
    made.command("release", LESSON, "--draft", "--notes", "Another test")
    yield made
    made.end()


def test_withdrawn_noted_and_offered_again(world: five.Class, browser: Browser) -> None:
    page = mended.signed_in(world, browser)
    course = page.url
    page.goto(f"{course}/lessons/{LESSON}")
    page.get_by_role("link", name="Releases").click()
    expect(page.get_by_text("Students get version 2.")).to_be_visible()
    second = page.get_by_role("region", name="Version 2", exact=True)
    second.get_by_text("passed on the key and failed on a blank copy").click()
    expect(second.get_by_role("row").filter(has_text="test-fahrenheit")).to_contain_text("apart")

    second.get_by_text("Withdraw this version").click()
    expect(second.get_by_text("Students get version 1 instead.")).to_be_visible()
    second.get_by_label("Why, for staff").fill("Its second task gives the answer away.")
    second.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Students get version 1.")).to_be_visible()
    expect(second.get_by_text("Its second task gives the answer away.")).to_be_visible()

    second.get_by_role("button", name="Offer it again").click()
    expect(page.get_by_text("Students get version 2.")).to_be_visible()
    second.get_by_text("Change the release notes").click()
    second.get_by_label("What is new, for students").fill("Task 2 says what is meant.")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Task 2 says what is meant.").first).to_be_visible()

    page.get_by_role("link", name="See it as a student would").click()
    expect(page.get_by_role("heading", name="This draft")).to_be_visible()


def test_an_exercise_is_held_and_let_go(world: five.Class, browser: Browser) -> None:
    page = mended.signed_in(world, browser)
    page.goto(f"{page.url}/lessons/{LESSON}/releases")
    held = page.get_by_role("region", name="Exercises on hold")
    held.get_by_text("Hold an exercise").click()
    held.locator("summary").filter(has_text="test-fahrenheit").click()
    held.get_by_label("Why, for staff").and_(page.locator("#hold-test-fahrenheit")).fill(
        "It asks for kelvin."
    )
    held.get_by_role("button", name="Hold marks test-fahrenheit").click()
    expect(held.get_by_text("It asks for kelvin.")).to_be_visible()
    expect(held.get_by_text("marks that wait: 1")).to_be_visible()
    assert accessible.findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    held.get_by_role("button", name="End hold test-fahrenheit").click()
    expect(held.get_by_text("No exercise is on hold.")).to_be_visible()


def test_wrong_answers_are_tried_and_one_is_right(world: five.Class, browser: Browser) -> None:
    page = mended.signed_in(world, browser)
    page.goto(f"{page.url}/lessons/{LESSON}/draft-release")
    page.get_by_role("link", name="Try its tests with wrong answers").click()
    seen = {"before": accessible.findings(page)}
    page.get_by_role("button", name="Try wrong answers").click()
    expect(page.get_by_role("heading", name="Being tried out")).to_be_visible()
    listed = page.get_by_role("heading", name="Wrong answers that get full marks")
    expect(listed).to_be_visible(timeout=90_000)
    wrong = page.get_by_role("article").filter(has_text="+hours = total_minutes // 59")
    expect(wrong.get_by_role("heading", name="This wrong answer gets full marks")).to_be_visible()
    seen["found"] = accessible.findings(page)
    number = int(listed.inner_text().rsplit(" ", 1)[1])
    wrong.get_by_role("button", name="It is right").click()
    expect(page.get_by_text("Right after all: 1")).to_be_visible()
    expect(page.get_by_role("heading", name=f"full marks: {number - 1}")).to_be_visible()
    page.get_by_text("Right after all: 1").click()
    seen["right"] = accessible.findings(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="It is wrong").click()
    expect(page.get_by_role("heading", name=f"full marks: {number}")).to_be_visible()
    assert {name: found for name, found in seen.items() if found} == {}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_page_is_for_everybody(world: five.Class, browser: Browser, scheme: str, width: int) -> None:
    page = mended.signed_in(world, browser, scheme, width)
    page.goto(f"{page.url}/lessons/{LESSON}/releases")
    seen = {"closed": accessible.findings(page)}
    for each in page.locator("details").all():
        each.locator("> summary").click()
    seen["open"] = accessible.findings(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("region", name="Version 1", exact=True).get_by_label("Why, for staff").fill("old")
    page.get_by_role("region", name="Version 1", exact=True).get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Offer it again").wait_for()
    seen["withdrawn"] = accessible.findings(page)
    page.get_by_role("button", name="Offer it again").click()
    assert {name: found for name, found in seen.items() if found} == {}
