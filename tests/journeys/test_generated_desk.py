"""The class that was made through the real service is marked by hand with the keyboard, and an exercise and a
release of its are held back and given again: each number that is told is one that was planned.
"""

import csv
import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import answers, chromium, generated
from tests.journeys.test_accessible import findings

LESSON = "lists"
DESK = {"width": 1280, "height": 900}
MARKED = 3


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def grades(world: generated.Class) -> dict[str, dict[str, str]]:
    table = csv.DictReader(io.StringIO(world.command("grades"), newline=""))
    return {row["username"]: row for row in table}


def planned() -> dict[str, generated.Work]:
    """The hand-ins of the lesson that count, by whose they are."""
    return {who: each for (who, slug), each in generated.counting().items() if slug == LESSON}


def at(world: generated.Class, browser: Browser, who: str, place: str) -> Page:
    page = world.page(browser, who, viewport=DESK, bypass_csp=True)
    page.goto(f"{world.origin}/courses/c/lessons/{LESSON}{place}")
    return page


def test_the_next_student_comes_by_keyboard(own_class: generated.Class, browser: Browser) -> None:
    names = {each.name: each.username for each in generated.people()}
    page = at(own_class, browser, "tess", "/marking/why")
    done: list[str] = []
    for number in range(MARKED):
        name = page.locator("#mark h2").inner_text()
        assert names[name] not in done
        page.keyboard.type(str(answers.WORDS))  # the cursor is in the points
        page.keyboard.press("Escape")
        page.keyboard.press("c")
        page.keyboard.type("Clear: $n^2$.")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("status")).to_contain_text(f"{name}, {answers.WORDS}")
        expect(page.locator("#mark h2")).not_to_have_text(name)
        done.append(names[name])
        assert len(done) == number + 1
    assert findings(page) == []
    page.goto(f"{own_class.origin}/courses/c/marking")
    expect(page.get_by_text(f"{MARKED} of {len(planned())} marked")).to_be_visible()
    page.context.close()
    found = grades(own_class)
    for who in done:
        work = planned()[who]
        whole = (work.points + answers.WORDS) * (0.9 if work.late else 1)
        assert float(found[who][LESSON]) == pytest.approx(whole)


def test_an_exercise_is_held_for_the_whole_class(own_class: generated.Class, browser: Browser) -> None:
    key = f"test-{answers.LESSONS[LESSON][1][0].key}"
    page = at(own_class, browser, "tess", "/releases")
    held = page.get_by_role("region", name="Exercises on hold")
    held.get_by_text("Hold an exercise").click()
    held.locator("summary").filter(has_text=key).click()
    held.get_by_label("Why, for staff").and_(page.locator(f"#hold-{key}")).fill("Its words mislead.")
    held.get_by_role("button", name=f"Hold marks {key}").click()
    expect(held.get_by_text(f"marks that wait: {len(planned())}")).to_be_visible()
    assert findings(page) == []
    held.get_by_role("button", name=f"End hold {key}").click()
    expect(held.get_by_text("No exercise is on hold.")).to_be_visible()
    page.context.close()


def test_a_release_is_withdrawn_and_offered_again(own_class: generated.Class, browser: Browser) -> None:
    source = answers.source(LESSON)
    with own_class.owner() as owner:
        owner.publish(LESSON, source, accept=[], notes="Words made clearer")
    page = at(own_class, browser, "tess", "/releases")
    expect(page.get_by_text("Students get version 2.")).to_be_visible()
    second = page.get_by_role("region", name="Version 2", exact=True)
    second.get_by_text("Withdraw this version").click()
    second.get_by_label("Why, for staff").fill("Not clearer at all.")
    second.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Students get version 1.")).to_be_visible()
    student = at(own_class, browser, "s20", "")
    expect(student.get_by_role("region", name="Files")).to_contain_text("Version 1")
    assert findings(student) == []
    second.get_by_role("button", name="Offer it again").click()
    expect(page.get_by_text("Students get version 2.")).to_be_visible()
    student.reload()
    expect(student.get_by_role("region", name="Files")).to_contain_text("Version 2")
    expect(student.get_by_role("region", name="Files")).to_contain_text("Words made clearer")
    student.context.close()
    page.context.close()
