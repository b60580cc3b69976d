"""axe-core finds nothing on our pages, light and dark, desk and phone."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import generated
from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_student as lab

AXE = lab.ROOT / "extensions" / "courseware-lab" / "node_modules" / "axe-core" / "axe.min.js"
browser = five.browser
DESK_OF_LESSON = (
    *("glance", "draft-release", "releases", "regrade", "regrade/late", "regrade/late?late=%22zero%22"),
    *("marking/description", "marking/description/alike", "marking/description/rubric"),
)
DESK = ("class", "exports", "glance", "attention", "marking", "people", "audit", "sign-ins")
"""Pages of staff that stand at the course itself."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[five.Class]:
    """A lesson that Amy has handed in, and for which she was given more days."""
    made = five.Class(tmp_path_factory.mktemp("accessible"))
    made.command("release", five.LESSON)
    made.command("people", "add", "amy")
    made.study("amy", five.LESSON, solved=True)
    why = ("--lesson", five.LESSON, "--days", "3", "--reason", "ill")
    assert "3 more days by an extension" in made.command("people", "extend", "amy", *why)
    yield made
    made.end()


def findings(page: Page, root: str = "document") -> list[str]:
    """What axe-core has to say, as `rule: element`."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(f"axe.run({root}, {{resultTypes: ['violations'], iframes: false}})")
    return [f"{v['id']}: {node['html'][:120]}" for v in found["violations"] for node in v["nodes"]]


def _person(student: Page, staff: Page, base: str) -> dict[str, list[str]]:
    """What staff see of a person, and the link that lets them in."""
    staff.goto(f"{base}/courses/data-in-python/class")
    staff.locator(".book td a").first.click()
    staff.locator("details.change summary").first.click()
    seen = {"why a mark is so": findings(staff)}
    staff.goto(f"{base}/courses/data-in-python/people")
    staff.get_by_role("link", name="amy", exact=True).click()
    staff.get_by_role("button", name="Show a sign-in link").click()
    expect(staff.get_by_role("status")).to_contain_text("/sign-in/cw_signin_")
    seen["person"] = findings(staff)
    student.goto(staff.locator("code.link").inner_text())
    seen["sign-in link"] = findings(student)
    student.goto(f"{base}/sign-in")
    seen["sign-in"] = findings(student)
    staff.get_by_role("link", name="Dates and extensions").click()
    staff.get_by_text("Extension: 3 days").wait_for()
    seen["person's dates"] = findings(staff)
    return seen


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages(world: five.Class, browser: Browser, scheme: Any, width: int) -> None:
    link = world.command("people", "link", "amy").strip()
    size: Any = {"width": width, "height": 844}
    student = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True).new_page()
    student.goto(link)
    seen = {"join": findings(student)}
    student.get_by_role("button", name="Continue as").click()
    student.wait_for_url("**/courses/*")
    seen["course"] = findings(student)
    student.get_by_role("link", name="My dates").click()
    student.wait_for_url("**/dates")
    student.get_by_text("What was granted to you").wait_for()
    seen["dates"] = findings(student)
    student.go_back()
    student.get_by_role("link", name="Pictures and words", exact=True).click()
    student.wait_for_url("**/lessons/*")
    seen["lesson"] = findings(student)
    student.get_by_role("link", name="Open the hand-in that counts").click()
    student.wait_for_url("**/submissions/*")
    time.sleep(0.5)
    seen["submission"] = findings(student)
    staff = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True).new_page()
    staff.goto(world.command("people", "link", five.owner(world)).strip())
    staff.get_by_role("button", name="Continue as").click()
    base = student.url.split("/submissions")[0]
    world.command("release", five.LESSON, "--draft")
    for place in (*DESK, *(f"lessons/{five.LESSON}/{each}" for each in DESK_OF_LESSON)):
        staff.goto(f"{base}/courses/data-in-python/{place}")
        seen[place] = findings(staff)
    staff.get_by_role("link", name="your sign-ins").click()
    staff.get_by_role("button", name="Make a link for a command line").click()
    staff.goto(staff.locator("code.link").inner_text())
    seen["machine"] = findings(staff)
    seen |= _person(student, staff, base)
    assert {page: found for page, found in seen.items() if found} == {}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_what_no_other_journey_looks_at(
    generated_class: generated.Class, browser: Browser, scheme: Any, width: int
) -> None:
    """One's courses, erasing somebody, a group's dates, a hand-in as staff see it, and what is refused."""
    size: Any = {"width": width, "height": 844}
    generated_class.command("people", "group", "tuesday", "s20", "s21")
    page = generated_class.page(browser, "tess", color_scheme=scheme, viewport=size, bypass_csp=True)
    person = generated_class.public("s20")
    work = generated_class.handed_in("s20")
    course = "/courses/c"
    seen = {}
    for place in (
        *("/", f"{course}/groups/tuesday/dates", f"{course}/no-such-page", f"{course}/people/{person}/dates"),
        *(f"{course}/lessons/numbers/regrade", f"{course}/lessons/numbers/releases"),
        *(f"/submissions/{work}/notebooks/work", f"/submissions/{work}/feedback/work"),
    ):
        page.goto(f"{generated_class.origin}{place}")
        seen[place] = findings(page)
    owner = generated_class.page(
        browser, five.owner(generated_class), color_scheme=scheme, viewport=size, bypass_csp=True
    )
    owner.goto(f"{generated_class.origin}{course}/people/{person}/erase")
    seen["erase"] = findings(owner)
    student = generated_class.page(browser, "s20", color_scheme=scheme, viewport=size, bypass_csp=True)
    answer = student.goto(f"{generated_class.origin}{course}/class")
    assert answer
    assert answer.status == 403
    seen["refused"] = findings(student)
    for each in (page, owner, student):
        assert each.evaluate("document.documentElement.scrollWidth <= innerWidth")
        each.context.close()
    assert {name: found for name, found in seen.items() if found} == {}
