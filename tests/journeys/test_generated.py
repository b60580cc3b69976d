"""What a class did stands in every file and on every page of the desk as it was planned: marks, answers that
are alike, the class list that drops somebody, and the marks that go to another system.
"""

import base64
import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import answers, chromium, generated
from tests.journeys.test_accessible import findings

DROPPED = "s12"
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def rows(text: str) -> dict[str, dict[str, str]]:
    """A table of the class by user name."""
    return {row["username"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def wanted() -> dict[tuple[str, str], float]:
    """What the tests give for the hand-ins that count, of lessons in which no person has marked."""
    return {
        place: round(each.points * (0.9 if each.late else 1), 4)
        for place, each in generated.counting().items()
        if place[1] != "numbers"
    }


def test_the_marks_are_those_that_were_planned(own_class: generated.Class) -> None:
    table = json.loads(own_class.command("grades", "--json"))["people"]
    told = {
        (row["person"]["username"], slug): round(cell["score"], 4)
        for row in table
        for slug, cell in row["cells"].items()
        if slug != "numbers" and cell["score"] is not None
    }
    assert told == wanted()
    found = rows(own_class.command("grades"))
    for who, slug in wanted():
        assert found[who][slug] == ""
        assert slug in found[who]["still to mark"].split()
    late = {
        (who, slug) for who, row in found.items() for slug in answers.LESSONS if row[f"{slug} late hours"]
    }
    assert late == {place for place, each in generated.counting().items() if each.late}
    name = next(row["name"] for row in found.values() if row["username"] == "s17")
    assert name == "'=Cem+1"


def test_answers_that_say_the_same_are_marked_at_once(own_class: generated.Class, browser: Browser) -> None:
    same = {
        who
        for (who, slug), each in generated.counting().items()
        if slug == "lists" and each.said in answers.SAID[:2]
    }
    page = own_class.page(browser, "tess", viewport=DESK, bypass_csp=True)
    page.goto(f"{own_class.origin}/courses/c/marking")
    counted = sum(slug == "lists" for _, slug in generated.counting())
    expect(page.get_by_text(f"0 of {counted} marked")).to_be_visible()
    page.goto(f"{own_class.origin}/courses/c/lessons/lists/marking/why/alike")
    group = page.locator("ol.alike > li").filter(has_text="Because the result")
    expect(group).to_contain_text(f"{len(same)} answers")
    group.get_by_label("Points, 0 to 2").fill("2")
    group.get_by_role("button", name=f"Mark {len(same)} answers").click()
    page.get_by_role("status").wait_for()
    seen = findings(page)
    page.context.close()
    more = {place: 2 * (0.9 if generated.counting()[place].late else 1) for place in wanted()}
    told = rows(own_class.command("grades"))
    for (who, slug), points in wanted().items():
        if slug == "lists" and who in same:
            assert float(told[who][slug]) == pytest.approx(points + more[who, slug]), (who, slug)
        else:
            assert told[who][slug] == "", (who, slug)
    assert seen == []


def test_those_who_made_the_same_mistake_are_answered_at_once(
    own_class: generated.Class, browser: Browser
) -> None:
    wrong = "return sum(values) / len(values)"
    work = {who: each for (who, slug), each in generated.counting().items() if slug == "numbers"}
    same = [who for who, each in work.items() if each.given[1].source.endswith(wrong)]
    assert len(same) > 1
    before = own_class.command("grades")
    page = own_class.page(browser, "tess", viewport=DESK, bypass_csp=True)
    page.goto(f"{own_class.origin}/courses/c/lessons/numbers/glance")
    page.get_by_role("link", name=re.compile("Answer those who did the same.*Mean")).click()
    group = page.locator("ol.alike > li").filter(has_text=wrong)
    expect(group).to_contain_text(f"{len(same)} answers")
    expect(group).to_contain_text("An error on [] - division by zero")
    seen = findings(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    group.get_by_label("Comment for each of them").fill("What is the mean of **nothing**?")
    group.get_by_role("button", name=f"Comment on {len(same)} answers").click()
    expect(page.get_by_role("status")).to_contain_text(f"Your comment stands at {len(same)} answers.")
    seen += findings(page)
    assert own_class.command("grades") == before
    student = own_class.page(browser, same[0])
    student.goto(f"{own_class.origin}/submissions/{own_class.handed_in(same[0])}")
    expect(student.get_by_text("What is the mean of nothing?")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("taken back.")
    for opened in (student, page):
        opened.context.close()
    assert seen == []


def test_a_list_that_drops_somebody_with_marks(
    own_class: generated.Class, browser: Browser, tmp_path: Path
) -> None:
    listed = ["username\tname", *(f"{each.username}\t{each.name}" for each in generated.people())]
    listed = [line for line in listed if not line.startswith((DROPPED, "s00\t"))]
    file = tmp_path / "class.txt"
    file.write_bytes("\n".join(listed).encode("utf-16"))
    told = own_class.command("people", "import", str(file), "--look")
    assert f"Students who are not in it: s00, {DROPPED}; they stay." in told
    assert f"Of these have work here, which stays: {DROPPED}." in told
    page = own_class.page(browser, "tess", viewport=DESK, bypass_csp=True)
    page.goto(f"{own_class.origin}/courses/c/people")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="Students who are not in the list")).to_be_visible()
    expect(page.get_by_text("Nothing was done yet.")).to_be_visible()
    seen = findings(page)
    page.get_by_role("button", name="Take the list").click()
    expect(page.get_by_role("heading", name="The list was taken")).to_be_visible()
    expect(page.locator("input[name='end:s00']")).not_to_be_checked()
    expect(page.locator(f"input[name='end:{DROPPED}']")).not_to_be_checked()
    seen += findings(page)
    page.locator(f"input[name='end:{DROPPED}']").check()
    page.get_by_role("button", name="End their membership").click()
    expect(page.get_by_role("row").filter(has_text=f"{DROPPED}@")).to_contain_text("has left")
    page.context.close()
    assert rows(own_class.command("grades"))[DROPPED]["numbers"]
    assert seen == []


def test_every_mark_comes_to_canvas_and_moodle(
    own_class: generated.Class, browser: Browser, tmp_path: Path
) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    titles = [f"{title} ({number})" for number, (title, _) in enumerate(answers.LESSONS.values(), 101)]
    writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles, "Final Score"])
    writer.writerow(["    Points Possible", "", "", "", "", *["10.00"] * 3, "(read only)"])
    for each in generated.people():
        writer.writerow([each.name, 1000 + each.number, "", each.username, "1", "", "", "", "0"])
    writer.writerow(["Student, Test", 1, "", "0f", "1", "", "", "", "0"])
    file = tmp_path / "export.csv"
    file.write_text(out.getvalue(), encoding="utf-8-sig")
    page = own_class.page(browser, "tess", viewport=DESK, bypass_csp=True)
    page.goto(f"{own_class.origin}/courses/c/exports")
    page.get_by_label("The file from Canvas").set_input_files(file)
    page.get_by_role("button", name="Fill it").click()
    link = page.get_by_role("link", name="Download it").get_attribute("href") or ""
    filled = base64.b64decode(link.split(",", 1)[1]).decode()
    seen, said = findings(page), page.get_by_role("main").inner_text()
    page.context.close()
    moodle = rows(own_class.command("grades", "--moodle"))
    ours = rows(own_class.command("grades"))
    canvas = {row["SIS Login ID"]: row for row in csv.DictReader(io.StringIO(filled, newline=""))}
    whole = 0
    for who, slug in generated.counting():
        title, _ = answers.LESSONS[slug]
        number = 101 + list(answers.LESSONS).index(slug)
        told = {canvas[who][f"{title} ({number})"], moodle[who][title]}
        assert len(told) == 1, (who, slug)
        assert told <= {ours[who][slug], ""}, (who, slug)
        whole += told != {""}
    assert whole > 20
    assert f"Marks that were put in: {whole}." in said
    assert not any(canvas["0f"][title] for title in titles), "the test student has no marks"
    assert seen == []
