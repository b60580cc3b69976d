"""Two who mark, in two browsers, without a mouse: neither does the work of the other, none is overwritten."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests import builders
from tests.builders import NOW
from tests.journeys import chromium, keys, test_accessible
from tests.service import inside
from tests.service.marked import HERE, Marking, code

SOURCE = "def mean(values):\n    total = sum(values)\n    return total / len(values)"
NAMES = ("Ann", "Ben", "Cem", "Dora", "Maximiliane Wolkenstein-Rodenegg von und zu Trostburg", "علي حسن")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Marking]:
    world = builders.world(f"sqlite:///{tmp_path / 'courseware.sqlite'}", tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as site:
        marking = Marking(site)
        printed: list[dict[str, Any]] = [{"output_type": "stream", "name": "stdout", "text": "2.0\n"}]
        for name in NAMES:
            marking.hand_in(
                marking.student(name), code(SOURCE if name < "D" else f"{SOURCE}  # {name}", printed)
            )
        yield marking
    world.close()


def signed_in(made: Marking, browser: Browser, who: str, **options: Any) -> Page:
    """A browser of somebody who marks."""
    page = browser.new_context(**options).new_page()
    token = made.site.token(made.people[who], "join")
    page.goto(f"{origin(made)}/join/{token}")
    page.get_by_role("button", name="Continue as").click()
    page.wait_for_url("**/courses/*")
    return page


def origin(made: Marking) -> str:
    return f"http://c.courseware.localhost:{made.site.port}"


def whose(page: Page) -> Any:
    """Whose answer is shown."""
    return page.locator("#mark h2")


def out_of_the_points(page: Page) -> None:
    """Without a rubric the cursor goes to the points, a moment after the page is there."""
    expect(page.locator("#score")).to_be_focused()
    page.keyboard.press("Escape")


def with_rubric(page: Page, there: str) -> None:
    """A rubric is written."""
    page.goto(f"{there}/rubric")
    for number, (text, points) in enumerate((("Right", "3"), ("Well explained", "1"), ("Not its own", "-2"))):
        page.get_by_label("What for").nth(number).fill(text)
        page.locator("input[name^=points-]").nth(number).fill(points)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")


def test_two_mark_by_keyboard(made: Marking, browser: Browser) -> None:
    there = origin(made) + HERE
    tess, gina = signed_in(made, browser, "tess"), signed_in(made, browser, "gina")
    with_rubric(tess, there)
    tess.goto(there)
    expect(whose(tess)).to_have_text("Ann")
    gina.goto(there)
    expect(whose(gina)).to_have_text("Ben")
    # 1 and 2 tick items, and the points follow; a typed number is kept beside them.
    tess.keyboard.press("1")
    tess.keyboard.press("2")
    expect(tess.locator("#score")).to_have_value("4")
    tess.keyboard.press("3")
    expect(tess.locator("#score")).to_have_value("2")
    tess.keyboard.press("c")
    tess.keyboard.type("See $x^2$ and 1.")
    expect(tess.locator("#score")).to_have_value("2")
    tess.keyboard.press("Control+Enter")
    expect(tess.get_by_role("status")).to_contain_text("Ann, 2")
    expect(whose(tess)).to_have_text("Cem")


def test_kept_comments_and_notes_lose_nothing_of_the_form(made: Marking, browser: Browser) -> None:
    tess = signed_in(made, browser, "tess")
    tess.goto(origin(made) + HERE)
    out_of_the_points(tess)
    tess.keyboard.press("c")
    tess.keyboard.type("Say why.")
    tess.get_by_text("Kept comments").click()
    tess.get_by_role("button", name="Keep this comment").click()
    expect(tess.locator("#comment")).to_have_value("Say why.")
    tess.locator("#comment").fill("")
    tess.keyboard.press("Escape")
    tess.keyboard.press("Shift+Digit1")
    expect(tess.locator("#comment")).to_have_value("Say why.")
    tess.keyboard.press("Escape")
    tess.keyboard.press("l")
    tess.keyboard.type("2")
    tess.keyboard.press("Escape")
    tess.keyboard.press("m")
    tess.keyboard.type("Why *here*?")
    tess.get_by_role("button", name="Put this note").press("Enter")
    expect(tess.locator(".noted .comment")).to_have_text("Why here?")
    expect(tess.locator("#line-2")).to_have_class("line noted")
    expect(tess.locator("#comment")).to_have_value("Say why.")


def test_a_note_is_put_at_any_cell_by_keyboard(made: Marking, browser: Browser) -> None:
    tess = signed_in(made, browser, "tess")
    tess.goto(origin(made) + HERE)
    out_of_the_points(tess)
    tess.keyboard.press("c")
    tess.keyboard.type("So far.")
    tess.keyboard.press("Escape")
    tess.keyboard.press("w")
    tess.wait_for_url("**cells=all*")
    expect(tess.locator(".piece")).to_have_count(2)
    tess.keyboard.press("Escape")
    keys.go(tess, "Note here")
    tess.keyboard.press("Enter")
    expect(tess.locator("#cell option:checked")).to_have_text("1: Why is it so?")
    tess.keyboard.type("The *question* itself.")
    keys.go(tess, "Put this note")
    tess.keyboard.press("Enter")
    expect(tess.locator(".piece").first.locator(".noted .comment")).to_have_text("The question itself.")
    tess.locator("#cell-2").scroll_into_view_if_needed()
    tess.locator("#line-2").dblclick()
    expect(tess.locator("#line")).to_have_value("2")
    expect(tess.locator("#cell option:checked")).to_have_text("2: The answer")
    tess.keyboard.type("And this.")
    tess.get_by_role("button", name="Put this note").click()
    expect(tess.locator("#line-2")).to_have_class("line noted")
    tess.locator("#score").fill("3")
    tess.keyboard.press("Control+Enter")
    tess.wait_for_url("**saved=yes*")
    expect(tess.locator(".piece")).to_have_count(2)  # the next student's


def test_the_later_of_two_is_told_and_overwrites_nothing(made: Marking, browser: Browser) -> None:
    there = origin(made) + HERE
    tess, gina = signed_in(made, browser, "tess"), signed_in(made, browser, "gina")
    tess.goto(there)
    gina.goto(there)
    ben = gina.locator("input[name=submission]").input_value()
    tess.goto(f"{there}?submission={ben}")
    expect(whose(tess)).to_have_text("Ben")
    gina.goto(f"{there}?submission={ben}")
    expect(gina.get_by_text("looks at this one too.")).to_be_visible()
    gina.locator("#score").fill("4")
    gina.keyboard.press("Control+Enter")
    gina.wait_for_url("**saved=yes*")
    tess.locator("#score").fill("1")
    tess.keyboard.press("Control+Enter")
    expect(tess.get_by_role("alert")).to_contain_text("Somebody else has marked this meanwhile.")
    expect(tess.locator("#score")).to_have_value("1")


def test_what_is_not_saved_is_asked_about_and_is_there_again(made: Marking, browser: Browser) -> None:
    tess = signed_in(made, browser, "tess")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss() if len(asked) == 1 else dialog.accept()

    tess.on("dialog", stay)
    tess.goto(origin(made) + HERE)
    ann = tess.url
    tess.locator("#score").fill("3")
    tess.keyboard.press("Escape")
    tess.keyboard.press("c")
    tess.keyboard.type("Long thought.")
    tess.keyboard.press("Escape")
    # The same hand-in with all its cells: it comes along, and nobody is asked.
    tess.keyboard.press("w")
    tess.wait_for_url("**cells=all*")
    expect(tess.locator("#comment")).to_have_value("Long thought.")
    expect(tess.locator("#restored")).to_be_visible()
    assert asked == []
    tess.locator("#comment").press("End")
    tess.keyboard.type(" More.")
    tess.keyboard.press("Escape")
    tess.keyboard.press("n")
    expect(whose(tess)).to_have_text("Ann")
    assert asked == ["beforeunload"]
    tess.get_by_role("link", name="Next student").click()
    expect(whose(tess)).to_have_text("Ben")
    expect(tess.locator("#comment")).to_have_value("")
    expect(tess.locator("#restored")).to_be_hidden()
    tess.goto(ann)
    expect(tess.locator("#comment")).to_have_value("Long thought. More.")
    expect(tess.locator("#score")).to_have_value("3")
    expect(tess.locator("#restored")).to_contain_text("It is not saved yet.")
    tess.keyboard.press("Control+Enter")
    tess.wait_for_url("**saved=yes*")
    assert tess.evaluate("Object.keys(localStorage).filter(name => name.includes('marking:'))") == []
    # What is discarded stays so.
    tess.locator("#comment").fill("Never mind.")
    tess.reload()
    tess.get_by_role("button", name="Discard it").click()
    expect(tess.locator("#comment")).to_have_value("")
    tess.reload()
    expect(tess.locator("#comment")).to_have_value("")
    assert len(asked) == 3


def test_a_draft_overwrites_nothing_that_was_given_meanwhile(made: Marking, browser: Browser) -> None:
    there = origin(made) + HERE
    tess, gina = signed_in(made, browser, "tess"), signed_in(made, browser, "gina")
    tess.goto(there)
    ann = f"{there}?submission={tess.locator('input[name=submission]').input_value()}"
    tess.locator("#score").fill("1")
    gina.goto(ann)
    gina.locator("#score").fill("4")
    gina.keyboard.press("Control+Enter")
    gina.wait_for_url("**saved=yes*")
    tess.goto(ann)
    expect(tess.locator("#restored")).to_be_visible()
    expect(tess.locator("#score")).to_have_value("1")
    tess.locator("#score").press("Control+Enter")
    expect(tess.get_by_role("alert")).to_contain_text("Somebody else has marked this meanwhile.")
    expect(tess.locator("#score")).to_have_value("1")


def test_a_draft_says_what_has_changed_since(made: Marking, browser: Browser) -> None:
    there = origin(made) + HERE
    tess, gina = signed_in(made, browser, "tess"), signed_in(made, browser, "gina")
    with_rubric(gina, there)
    tess.goto(there)
    ann = f"{there}?submission={tess.locator('input[name=submission]').input_value()}"
    tess.keyboard.press("1")
    tess.locator("#comment").fill("Nearly.")
    # The page that a preview brings back says it as soon as it is so, not only once it is saved.
    gina.goto(ann)
    gina.locator("#score").fill("2")
    gina.keyboard.press("Control+Enter")
    gina.wait_for_url("**saved=yes*")
    tess.locator("#preview").click()
    expect(tess.get_by_text("The mark has changed meanwhile.")).to_be_visible()
    expect(tess.locator("#score")).to_have_value("3")
    tess.goto(ann)
    expect(tess.locator("#restored")).to_contain_text("It is not saved yet.")
    expect(tess.locator("#marked-since")).to_be_visible()
    expect(tess.locator("#rubric-since")).to_be_hidden()
    gina.goto(f"{there}/rubric")
    gina.get_by_label("What for").first.fill("Right, mostly")
    gina.get_by_role("button", name="Save").click()
    expect(gina.get_by_role("status")).to_contain_text("Saved.")
    tess.goto(ann)
    expect(tess.locator("#rubric-since")).to_be_visible()
    tess.get_by_role("button", name="Discard it").click()
    expect(tess.locator("#restored")).to_be_hidden()


@pytest.mark.parametrize("path", ["/rubric", "/alike", "why"])
def test_who_leaves_what_is_typed_elsewhere_is_asked(made: Marking, browser: Browser, path: str) -> None:
    there = origin(made) + HERE
    tess = signed_in(made, browser, "tess")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    tess.on("dialog", stay)
    tess.goto(there)
    if path == "why":
        tess.get_by_role("link", name="Why this mark").click()
        tess.locator("details.change summary").last.click()
        field = tess.get_by_label("Comment for the student").last
    else:
        tess.goto(there + path)
        names = {"/rubric": "What for", "/alike": "Comment for each of them"}
        field = tess.get_by_label(names[path]).first
    here = tess.url
    tess.get_by_role("link", name="Marking").first.click()
    tess.wait_for_url("**/marking")
    assert asked == []  # nothing was typed
    tess.goto(here)
    if path == "why":
        tess.locator("details.change summary").last.click()
    field.press_sequentially("Long thought.")
    tess.get_by_role("link", name="Marking").first.click()
    expect(field).to_have_value("Long thought.")
    assert (asked, tess.url) == (["beforeunload"], here)
    form = field.locator("xpath=ancestor::form")
    while form.locator("input:invalid").count():
        form.locator("input:invalid").first.fill("1")
    form.get_by_role("button").first.click()
    expect(tess.locator("[role=status], [role=alert]").first).to_be_visible()
    assert asked == ["beforeunload"]  # who sends it is not asked


def test_keys_of_one_letter_are_switched_off_and_stay_so(made: Marking, browser: Browser) -> None:
    tess = signed_in(made, browser, "tess")
    tess.goto(origin(made) + HERE)
    out_of_the_points(tess)
    tess.keyboard.press("?")
    tess.locator("#keys-on").uncheck()
    tess.reload()
    out_of_the_points(tess)
    before = whose(tess).inner_text()
    tess.keyboard.press("n")
    tess.keyboard.press("1")
    expect(whose(tess)).to_have_text(before)
    expect(tess.locator("#score")).to_have_value("")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_its_pages_are_accessible(
    made: Marking, browser: Browser, tmp_path: Path, scheme: Any, width: int
) -> None:
    there = origin(made) + HERE
    size: Any = {"width": width, "height": 900}
    page = signed_in(made, browser, "tess", color_scheme=scheme, viewport=size, bypass_csp=True)
    with_rubric(page, there)
    page.goto(there)
    page.keyboard.press("1")
    page.locator("#comment").fill("Kept for **later**.")
    page.locator("#line").fill("2")
    page.locator("#note").fill("Look: $\\frac{1}{n}$.")
    page.get_by_role("button", name="Put this note").click()
    page.get_by_text("Kept comments").click()
    page.get_by_role("button", name="Keep this comment").click()
    page.locator(".keys summary").click()
    found, wider = {}, {}
    pages = (
        ("mark", ""),
        ("cells", "?cells=all"),
        ("alike", "/alike"),
        ("rubric", "/rubric"),
        ("list", "/.."),
    )
    for name, path in pages:
        if name != "mark":
            page.goto(f"{there}{path}" if name != "list" else f"{origin(made)}/courses/c/marking")
        page.screenshot(path=tmp_path / f"{name}-{scheme}-{width}.png", full_page=True)
        found[name] = test_accessible.findings(page)
        wider[name] = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert {name: said for name, said in found.items() if said} == {}
    assert not any(wider.values()), wider
