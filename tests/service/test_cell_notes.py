"""Notes at any cell of a hand-in, on both databases: put where the whole notebook is shown, and read by their
author at that cell, not before the marks of the notebook show.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from courseware.notebook import places
from tests import builders
from tests.builders import HOUR, NOW
from tests.notebook import build
from tests.service import inside
from tests.service.hidden import DUE, Course, source

HERE = "/courses/c/lessons/one/marking/why"
OWN, SOLUTION, TEST = "@6/cell-5", "f", "f-test"


class Noting:
    """The course of `hidden`, with Tess who marks Sam's work."""

    def __init__(self, course: Course) -> None:
        self.course, self.site = course, course.site
        self.tess = course.site.token(course.world.teacher.person, "pages")
        self.work = course.ids["sam"]

    def look(self, query: str = "&cells=all") -> str:
        answer = self.site.ask(self.tess, "GET", f"{HERE}?submission={self.work}{query}")
        return answer.raise_for_status().text

    def send(self, act: str, **told: str) -> httpx.Response:
        page = self.look()
        form = page[page.index('id="mark"') :]
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        fields: dict[str, Any] = {**hidden, "score": "", "comment": "", "act": act, **told}
        return self.site.ask(self.tess, "POST", HERE, fields)

    def note(self, cell: str, body: str, line: str = "") -> None:
        self.send("note", cell=cell, note=body, line=line).raise_for_status()

    def seen(self) -> tuple[str, str]:
        """Sam's page of the hand-in, and the feedback."""
        return (
            self.course.get("sam", f"/submissions/{self.work}").text,
            self.course.get("sam", f"/submissions/{self.work}/feedback/n").text,
        )


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> Iterator[Noting]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as site:
        course = Course(site, tmp_path)
        course.both(course.release(source()))
        yield Noting(course)
    world.close()


def piece(html: str, cell: str) -> str:
    """What stands at a cell of the feedback."""
    return html[html.index(f'<section class="cell" id="{cell}">') :].split("</section>")[0]


def test_every_cell_is_shown_and_can_be_noted(made: Noting) -> None:
    page = made.look()
    assert page.count('<section class="piece') == 7
    assert page.count('<section class="piece answer"') == 1
    for name in (OWN, SOLUTION, TEST, "why"):
        assert f'<option value="{name}"' in page
        assert f'value="at:{name}"' in page
    assert 'id="cell-1-line-2"' in page
    assert "RuntimeError" in page
    aimed = made.send(f"at:{OWN}", score="1", comment="Kept.").text
    assert f'<option value="{OWN}" selected>' in aimed
    assert "Kept.</textarea>" in aimed
    assert '<section class="piece' not in made.look(query="")


def test_their_author_reads_them_at_the_cell_once_marks_show(made: Noting) -> None:
    made.note(OWN, "Why *raise*? <b onclick=x()>", line="1")
    made.note(SOLUTION, "Say what $x^2$ is.", line="2")
    made.note(TEST, "About the test.")
    page = made.look()
    assert '<a href="#cell-6-line-1">Line 1</a>' in page
    assert "onclick" not in page
    assert "Cell 6" in made.look(query="")
    told = ("<em>raise</em>", "<msup>", "About the test.")
    made.course.judge(1)
    made.site.now = DUE - HOUR / 2
    assert not [each for text in made.seen() for each in told if each in text]
    made.site.now = DUE + HOUR
    on_page, feedback = made.seen()
    for each in told:
        assert each in on_page
        assert feedback.count(each) == 1
    assert "onclick" not in on_page + feedback
    assert "<em>raise</em>" in piece(feedback, "cell-5")
    assert "<strong>Line 1</strong>" in piece(feedback, "cell-5")
    assert "Cell 6" in on_page
    solution = next(cut for cut in feedback.split("<section") if "<msup>" in cut)
    assert "def" in solution
    assert "value" in solution
    test = next(cut for cut in feedback.split("<section") if "About the test." in cut)
    assert '<span class="key">f-test</span>' in test


def test_they_wait_for_who_still_has_to_look_and_for_holds(made: Noting) -> None:
    made.note(OWN, "Look here.")
    made.note("why", "The answer.")
    made.site.now = DUE + HOUR
    assert "Look here." not in "".join(made.seen())
    made.course.judge(1)
    assert all("Look here." in each and "The answer." in each for each in made.seen())
    hold = "/api/v1/courses/c/lessons/one/holds/g-test"
    made.site.ask(made.tess, "PUT", hold, {"reason": "x"}).raise_for_status()
    assert "Look here." not in made.seen()[0]
    made.site.ask(made.tess, "DELETE", hold).raise_for_status()
    assert "Look here." in made.seen()[0]
    (note,) = re.findall(r'value="end:(note_\w+)"', made.look().split("Look here.")[0])
    gone = made.send(f"end:{note}").text
    assert "Look here." not in gone
    assert "Look here." not in "".join(made.seen())
    assert "Look here." in made.send(f"bring:{note}").text
    assert all("Look here." in each for each in made.seen())


def test_a_cell_that_is_not_there_is_refused(made: Noting) -> None:
    for cell in ("@7/cell-5", "@6/other", "nowhere", "@6/cell-5<b>"):
        answer = made.send("note", cell=cell, note="x")
        assert answer.status_code == 404, cell
    assert "x</p>" not in made.look()
    other = made.send("end:note_" + "a" * 26)
    assert other.status_code == 404


def test_names_of_cells() -> None:
    found = [
        build.cell("# A heading that goes on and on, far beyond what anybody reads", "markdown", id="a"),
        build.cell("x = 1", grade_id="f", id="b"),
        build.cell("x = 2", grade_id="f", id="c"),
        build.cell("\n\n  print(x)\n", grade_id="mine", id="d"),
    ]
    assert places.names(found, frozenset({"f"})) == ["@1/a", "f", "@3/c", "@4/d"]
    assert [places.number(each) for each in ("@3/c", "f", "@x/y")] == [3, None, None]
    assert [places.cell_id(each) for each in ("@3/c", "f")] == ["c", None]
    assert places.words(found[0]) == "A heading that goes on and on, far beyond what a…"
    assert [places.words(each) for each in found[1:2] + found[3:]] == ["x = 1", "print(x)"]
