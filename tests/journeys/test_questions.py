"""Questions and checks in a real browser: on the lesson's page with and without scripts, by keyboard, and in
JupyterLab, where no kernel takes part in a question and a check runs in the student's own.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.journeys import chromium, talk, test_accessible
from tests.notebook import build

CHOICE = """Which gives the **last** value of `noon`?

- `noon[0]`
- `noon[-1]`

### BEGIN QUIZ KEY
right = 2
explanation = "It counts from the `end`."
hints = ["Negative numbers count from the end."]
### END QUIZ KEY
"""
NUMBER = "What is 1 / 4?\n\n### BEGIN QUIZ KEY\nnumber = 0.25\n### END QUIZ KEY"
SEVERAL = "Which are even?\n\n- 2\n- 3\n- 4\n\n### BEGIN QUIZ KEY\nright = [1, 3]\n### END QUIZ KEY"
TEXT = 'Which word?\n\n### BEGIN QUIZ KEY\naccepted = ["return"]\nattempts = 1\n### END QUIZ KEY'
TESTS = """assert f(1) == 2, "Twice one is two."
# hint: Multiply by two.
assert f(0) == 0, "Twice nothing is nothing."
### BEGIN HIDDEN TESTS
assert f(5) == 10
### END HIDDEN TESTS"""


def notebook() -> dict[str, Any]:
    """A lesson with a question of each kind and an exercise."""
    asked = {"choice": CHOICE, "number": NUMBER, "several": SEVERAL, "text": TEXT}
    return build.book(
        build.cell("# A lesson", "markdown", id="title"),
        *(build.cell(text, "markdown", id=name) for name, text in asked.items()),
        {
            **build.answer("def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
            "id": "f",
        },
        {**build.machine(TESTS, "test-f"), "id": "test-f"},
    )


def allow_checks(world: talk.Talk) -> None:
    """Let exercises be checked on the course."""
    manifest = world.course / "course.toml"
    manifest.write_text(talk.COURSE.replace("[[lessons]]", "[policies]\nchecks = 3\n\n[[lessons]]"))
    world.command("release", "one")


def edit(world: talk.Talk, cell_id: str, source: str) -> None:
    """Put something into a cell of the student's copy."""
    book = json.loads(world.copy.read_bytes())
    (cell,) = [each for each in book["cells"] if each["id"] == cell_id]
    cell["source"] = source
    world.copy.write_text(json.dumps(book))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[talk.Talk]:
    made = talk.Talk(tmp_path, notebook())
    yield made
    made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def quiz(page: Page, said: str) -> Locator:
    """The question that asks this, on a page."""
    return page.locator("section.cell", has_text=said).locator(".quiz")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_on_the_page(world: talk.Talk, browser: Browser, scripts: bool) -> None:
    page = world.on_page(browser, ".quiz", java_script_enabled=scripts, bypass_csp=scripts)
    choice = quiz(page, "Which gives the last")
    expect(choice.get_by_role("group")).to_have_accessible_description("Which gives the last value of noon?")
    choice.get_by_role("button", name="Answer").click()
    expect(choice.get_by_role("alert")).to_have_text("Choose one answer.")
    choice.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(choice.get_by_role("alert")).to_have_text("Not right yet.")
    expect(choice).to_contain_text("Negative numbers count from the end.")
    if scripts:
        expect(choice.get_by_role("button", name="Answer")).to_be_focused()
    choice.get_by_text("noon[-1]").click()
    choice.get_by_role("button", name="Answer").click()
    expect(choice.get_by_role("alert")).to_have_text("Right.")
    expect(choice).to_contain_text("It counts from the end.")
    expect(choice.get_by_role("radio")).to_have_count(0)
    if scripts:
        expect(choice.get_by_role("alert")).to_be_focused()
    number = quiz(page, "What is 1 / 4?")
    number.get_by_label("Your answer, a number").fill("0,25")
    number.get_by_role("button", name="Answer").click()
    expect(number.get_by_role("alert")).to_contain_text("Right. Your answer: 0.25")
    several = quiz(page, "Which are even?")
    several.get_by_label("2").check()
    several.get_by_label("4").check()
    several.get_by_role("button", name="Answer").click()
    expect(several.get_by_role("alert")).to_have_text("Right.")
    text = quiz(page, "Which word?")
    text.get_by_label("Your answer, in a few words").fill("yield")
    text.get_by_role("button", name="Answer").click()
    expect(text).to_contain_text("Right would have been: return")
    if scripts:
        assert test_accessible.findings(page) == []
        text.get_by_role("link", name="Review").click()
        page.get_by_text("The next question comes").wait_for()
        assert test_accessible.findings(page) == []


def in_lab(page: Page, said: str) -> Locator:
    """The question that asks this, in JupyterLab."""
    return page.locator(".jp-MarkdownCell", has_text=said).locator(".cw-Quiz")


def test_in_lab_without_a_kernel(world: talk.Talk, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    choice = in_lab(page, "Which gives the last")
    choice.wait_for(timeout=60_000)
    before = world.copy.read_bytes()
    # The list of the cell has become the form's, with its code as code.
    expect(
        page.locator(".jp-MarkdownCell", has_text="Which gives").locator(".jp-RenderedMarkdown ul")
    ).to_be_hidden()
    expect(choice.locator("label code")).to_have_text(["noon[0]", "noon[-1]"])
    choice.get_by_role("button", name="Answer").click()
    expect(choice.get_by_role("alert")).to_have_text("Choose one answer.")
    choice.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(choice.get_by_role("alert")).to_have_text("Not right yet.")
    expect(choice).to_contain_text("Negative numbers count from the end.")
    choice.get_by_text("noon[-1]").click()
    choice.get_by_role("button", name="Answer").click()
    expect(choice.get_by_role("alert")).to_have_text("Right.")
    expect(choice.locator("section code")).to_have_text("end")
    number = in_lab(page, "What is 1 / 4?")
    # Keys of commands are text in the field: d d would delete the cell.
    number.get_by_label("Your answer, a number").press_sequentially("dd")
    number.get_by_role("button", name="Answer").click()
    expect(number.get_by_role("alert")).to_contain_text("Write a number")
    number.get_by_label("Your answer, a number").fill(".25")
    page.keyboard.press("Enter")
    expect(number.get_by_role("alert")).to_contain_text("Right.")
    takes_nothing_while_it_waits(page, in_lab(page, "Which are even?"))
    assert world.copy.read_bytes() == before
    assert b"QUIZ KEY" not in before
    assert test_accessible.findings(page, "'.cw-Quiz'") == []
    talk.run(page, "apputils:change-theme", {"theme": "JupyterLab Dark"})
    page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")
    assert test_accessible.findings(page, "'.cw-Quiz'") == []


def takes_nothing_while_it_waits(page: Page, question: Locator) -> None:
    """The form is drawn anew with the answer: a choice made until then would be lost, so it takes none."""
    held: list[Route] = []
    page.route("**/answers*", lambda route: held.append(route))
    question.get_by_label("2").check()
    question.get_by_role("button", name="Answer").click()
    expect(question.locator("form[inert]")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    question.locator("label").nth(1).click(force=True)
    expect(question.locator("input:checked")).to_have_count(1)
    (sent,) = held
    sent.continue_()
    page.unroute("**/answers*")
    expect(question.get_by_role("alert")).to_have_text("Not right yet.")
    expect(question.get_by_role("button", name="Answer")).to_be_focused()


def test_a_check_in_the_students_kernel(world: talk.Talk, browser: Browser) -> None:
    edit(world, "f", "def f(x):\n    return x")
    page = talk.open_lab(world, browser)
    bar = page.locator(".cw-Check")
    bar.wait_for(timeout=60_000)
    button = bar.get_by_role("button", name="Check")
    button.click()
    status = bar.get_by_role("status")
    expect(status).to_have_text("1 of 2 visible tests pass.", timeout=60_000)
    expect(bar.locator("li").first).to_contain_text("Twice one is two.")
    expect(bar).not_to_contain_text("Multiply by two.")
    expect(bar).not_to_contain_text("10")
    button.click()
    expect(bar).to_contain_text("Hint: Multiply by two.", timeout=30_000)
    assert test_accessible.findings(page, "'.cw-Check'") == []
    script = """() => {
      const panel = window.jupyterapp.shell.currentWidget;
      const cell = panel.content.widgets.find(w => w.model.sharedModel.getSource().startsWith('def f'));
      cell.model.sharedModel.setSource('def f(x):\\n    return 2 * x');
    }"""
    page.evaluate(script)
    button.click()
    expect(status).to_contain_text("All visible tests pass.", timeout=30_000)
    # What ran is the student's answer; the tests leave no output behind.
    saved = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells.at(-1).outputs.length"
    assert page.evaluate(saved) == 0
    expect(bar.locator("li")).to_have_count(2)


def test_a_check_on_the_course(world: talk.Talk, browser: Browser) -> None:
    allow_checks(world)
    edit(world, "f", "def f(x):\n    return 2 * x if x < 5 else 0")
    page = talk.open_lab(world, browser)
    bar = page.locator(".cw-Check")
    button = bar.get_by_role("button", name="Check on the course")
    button.click(timeout=60_000)
    status = bar.get_by_role("status")
    expect(status).to_have_text("Not yet right. Checks left today: 2", timeout=60_000)
    expect(bar).not_to_contain_text("10")
    script = """() => {
      const panel = window.jupyterapp.shell.currentWidget;
      const cell = panel.content.widgets.find(w => w.model.sharedModel.getSource().startsWith('def f'));
      cell.model.sharedModel.setSource('def f(x):\\n    return 2 * x');
    }"""
    page.evaluate(script)
    button.click()
    told = "All tests pass, also those that you do not have. Checks left today: 1"
    expect(status).to_have_text(told, timeout=60_000)
    there = world.on_page(browser, ".quiz", bypass_csp=True).get_by_role("region", name="Check on the course")
    expect(there).to_contain_text("This checks the copy that you kept")
    there.get_by_role("button", name="Check").click()
    expect(there).to_contain_text("No check is left today.")
    expect(there).to_contain_text("All tests pass, also those that you do not have.", timeout=60_000)
    assert test_accessible.findings(there.page) == []
    button.click()
    expect(status).to_contain_text("the next is taken in", timeout=30_000)
    assert test_accessible.findings(page, "'.cw-Check'") == []
