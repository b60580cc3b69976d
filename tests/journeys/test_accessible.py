"""axe-core finds nothing on our pages, light and dark, desk and phone."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_student as lab

AXE = lab.ROOT / "extensions" / "courseware-lab" / "node_modules" / "axe-core" / "axe.min.js"
browser = five.browser


@pytest.fixture
def world(tmp_path: Path) -> Iterator[five.Class]:
    made = five.Class(tmp_path)
    yield made
    made.end()


def findings(page: Page, root: str = "document") -> list[str]:
    """What axe-core has to say, as `rule: element`."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(f"axe.run({root}, {{resultTypes: ['violations'], iframes: false}})")
    return [f"{v['id']}: {node['html'][:120]}" for v in found["violations"] for node in v["nodes"]]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages(world: five.Class, browser: Browser, scheme: Any, width: int) -> None:
    world.command("release", five.LESSON)
    link = world.command("people", "add", "amy").strip()
    world.study("amy", five.LESSON, solved=True)
    why = ("--lesson", five.LESSON, "--days", "3", "--reason", "ill")
    assert "3 more days by an extension" in world.command("people", "extend", "amy", *why)
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
    student.get_by_role("link", name="Pictures and words").click()
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
    for place in ("class", "marking", "people", f"lessons/{five.LESSON}/marking/description"):
        staff.goto(f"{base}/courses/data-in-python/{place}")
        seen[place] = findings(staff)
    staff.goto(f"{base}/courses/data-in-python/people")
    staff.get_by_role("link", name="amy").click()
    staff.get_by_text("3 days", exact=True).wait_for()
    seen["person"] = findings(staff)
    assert {page: found for page, found in seen.items() if found} == {}
