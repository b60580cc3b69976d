"""What staff set for a whole lesson counts wherever the lesson's mark does, on both databases: for who handed
in and for who did not, over lateness, and not before the lesson's marks show to its student.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from courseware.course import (
    courses,
    duties,
    groups,
    late_line,
    model,
    people,
    rules,
)
from courseware.exchange import submit
from courseware.grading import gradebook, late_trial, lesson_marks
from courseware.insight import overview
from courseware.notices import items
from courseware.store import journal, schema
from tests import builders
from tests.builders import HOUR, NOW
from tests.grading import test_worth
from tests.notices import told
from tests.service import inside, test_audit

MARK = "/api/v1/courses/c/lessons/one/marks"
REASON, COMMENT = "Said it well <b>aloud</b>.", "Oral: **well said**, $x^2$."
LATE = 'late = { kind = "linear", percent = 50 }'


class Class:
    """The served course; Sam has handed in 3 of 4 points, Kim nothing."""

    def __init__(self, site: inside.Inside) -> None:
        self.site, self.world = site, site.world
        self.tess, self.sam, self.kim = (
            site.token(viewer.person, "pages")
            for viewer in (self.world.teacher, self.world.sam, self.world.kim)
        )
        self.change(marks_policy="at-once")
        self.work = test_worth.hand_in(self.world, "k", score=3)

    def find(self, name: str) -> model.Person:
        viewer: model.Viewer = getattr(self.world, name)
        return viewer.person

    def read(self, name: str) -> dict[str, Any]:
        """What is set for somebody."""
        answer = self.site.ask(self.tess, "GET", f"{MARK}/{name}").raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def put(self, name: str, points: float | None, **more: Any) -> httpx.Response:
        """Set it, over what is set now."""
        body = {"points": points, "reason": REASON, "version": self.read(name)["version"], **more}
        return self.site.ask(self.tess, "PUT", f"{MARK}/{name}", body)

    def get(self, token: str, path: str) -> Any:
        answer = self.site.ask(token, "GET", path).raise_for_status()
        return answer.json() if "json" in answer.headers["Content-Type"] else answer.text

    def lesson(self, token: str) -> dict[str, Any]:
        """The lesson as somebody gets it."""
        found: dict[str, Any] = self.get(token, "/api/v1/courses/c/lessons/one")
        return found

    def csv(self, path: str = "/courses/c/grades.csv") -> dict[str, dict[str, str]]:
        """A table of the class, by user name."""
        read = csv.DictReader(io.StringIO(self.get(self.tess, path)))
        return {line["username"]: line for line in read}

    def row(self, name: str, *, hours: float = 0) -> gradebook.Row:
        """The row of the gradebook."""
        now = self.site.now + hours * HOUR
        with self.world.database.read() as connection:
            places = gradebook.columns(connection, self.world.course)
            members = gradebook.students(connection, self.world.course, places)
            rows = gradebook.everybody(connection, self.world.course, places, members, now=now)
        return next(row for row in rows if row.member.person.username == name)

    def cell(self, name: str, *, hours: float = 0) -> gradebook.Cell:
        return self.row(name, hours=hours).cells[self.world.one.id]

    def change(self, **values: Any) -> None:
        """Change the lesson's row, as course.toml would."""
        with self.world.database.write() as connection:
            mine = schema.lesson.c.id == self.world.one.id
            connection.execute(schema.lesson.update().where(mine).values(**values))

    def graded(self) -> None:
        """Say that the machine has marked Sam's work, as a worker does."""
        with self.world.database.write() as connection:
            data = {"changed": True, "first_changed": True}
            journal.append(connection, "submission.marked", self.work.public, now=self.site.now, data=data)

    def hold(self, *, held: bool) -> None:
        method = "PUT" if held else "DELETE"
        path = "/api/v1/courses/c/lessons/one/holds/t"
        self.site.ask(self.tess, method, path, {"reason": "x"} if held else None).raise_for_status()

    def news(self, name: str) -> list[tuple[str, str, float | None]]:
        """What somebody is told: kind, place, points; oldest first."""
        told.read(self.world, now=self.site.now)
        assert self.site.telling is not None
        self.site.telling._near = None
        self.site.telling.once()
        viewer: model.Viewer = getattr(self.world, name)
        with self.world.database.read() as connection:
            found = items.page(connection, viewer, cursor=None, now=self.site.now).notices
        work = [each for each in found if each.kind in ("marked", "changed")]
        return [(each.kind, each.place, each.score) for each in reversed(work)]


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> Iterator[Class]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as site:
        yield Class(site)
    world.close()


def test_it_counts_wherever_the_mark_of_the_lesson_does(made: Class) -> None:
    answer = made.put("sam", 1.5, comment=COMMENT).raise_for_status().json()
    assert (answer["points"], answer["computed"], answer["max_score"]) == (1.5, 3, 4)
    assert (answer["version"], answer["reason"], answer["by"]["username"]) == (1, REASON, "tess")
    cell = made.cell("sam")
    assert (cell.score, cell.is_set, cell.submission, cell.settled) == (1.5, True, made.work.public, 1.5)
    assert re.search(r">1.5</a><span class=\"tag\">set</span>", made.get(made.tess, "/courses/c/class"))
    assert made.csv()["sam"]["one"] == "1.5"
    assert made.csv()["sam"]["total"] == "1.5"
    assert made.csv("/api/v1/courses/c/grades/moodle.csv")["sam"]["One"] == "1.5"
    table = made.get(made.tess, "/api/v1/courses/c/grades")
    mine = next(each for each in table["people"] if each["person"]["username"] == "sam")["cells"]["one"]
    assert (mine["score"], mine["is_set"], mine["submission"]) == (1.5, True, made.work.public)
    # Its student, in the API that JupyterLab asks and on the pages.
    for found in (
        made.get(made.sam, f"/api/v1/submissions/{made.work.public}"),
        made.lesson(made.sam)["submission"],
    ):
        assert (found["score"], found["max_score"]) == (1.5, 4)
        assert (found["set_mark"]["points"], found["set_mark"]["comment"]) == (1.5, COMMENT)
        assert found["exercises"][0]["score"] == 3
    assert made.lesson(made.sam)["set_mark"]["points"] == 1.5
    for path in (f"/submissions/{made.work.public}", "/courses/c/lessons/one"):
        page = made.get(made.sam, path)
        assert "Staff set the mark of this lesson" in page
        assert "<strong>well said</strong>" in page
        assert "<math" in page
        assert "aloud" not in page
    assert "set by staff" in made.get(made.sam, "/courses/c")
    with zipfile.ZipFile(
        io.BytesIO(made.site.ask(made.sam, "GET", "/courses/c/seen/mine.zip").content)
    ) as zipped:
        assert json.loads(zipped.read("marks.json"))[0]["set"] == 1.5
        assert b"aloud" not in zipped.read("data.json")
    back = made.put("sam", None, reason="").raise_for_status().json()
    assert (back["points"], back["computed"], back["version"]) == (None, 3, 2)
    assert (made.cell("sam").score, made.cell("sam").is_set) == (3, False)
    assert made.csv()["sam"]["one"] == "3"
    assert made.lesson(made.sam)["set_mark"] is None
    assert made.lesson(made.sam)["submission"]["score"] == 3


def test_who_handed_nothing_in_has_a_mark_too(made: Class) -> None:
    late = 26  # hours: past the due date
    assert made.world.one.id in made.row("kim", hours=late).missing
    made.put("kim", 4, comment=COMMENT).raise_for_status()
    row = made.row("kim", hours=late)
    assert (row.total, row.missing) == (4, frozenset())
    cell = row.cells[made.world.one.id]
    assert (cell.submission, cell.state, cell.settled, cell.look) == ("", "marked", 4, False)
    assert made.csv()["kim"]["one"] == "4"
    assert made.csv("/api/v1/courses/c/grades/moodle.csv")["kim"]["One"] == "4"
    table = made.get(made.tess, "/api/v1/courses/c/grades")
    mine = next(each for each in table["people"] if each["person"]["username"] == "kim")["cells"]["one"]
    assert (mine["score"], mine["is_set"], mine["submission"], mine["state"]) == (4, True, "", "marked")
    found = made.lesson(made.kim)
    assert (found["submission"], found["set_mark"]["points"]) == (None, 4)
    assert "<strong>well said</strong>" in made.get(made.kim, "/courses/c/lessons/one")
    assert "set by staff" in made.get(made.kim, "/courses/c")
    answer = made.site.ask(made.kim, "GET", "/courses/c/seen/mine.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        assert json.loads(zipped.read("marks.json")) == [{"lesson": "one", "set": 4.0, "comment": COMMENT}]
    # Nothing was handed in, so nobody counts as having done it.
    with made.world.database.read() as connection:
        course = made.world.course
        rows = [made.row("kim"), made.row("sam")]
        told = overview.of_lessons(connection, course, [made.world.one], rows, now=made.site.now)
    assert (told[0].handed_in, told[0].marked, told[0].missing) == (1, 2, 0)
    page = made.get(made.tess, f"/courses/c/lessons/one/marks/{made.find('kim').public}")
    for part in ("Nothing is handed in.", "The mark of the whole lesson", "– → 4", "Set by"):
        assert part in page
    assert "&lt;b&gt;aloud" in page
    # Somebody who left with nothing but a set mark still stands in the class.
    with made.world.database.write() as connection:
        people.end(connection, made.world.course, made.find("kim"), now=made.site.now)
    assert made.row("kim").total == 4
    assert made.csv()["kim"]["one"] == "4"


def test_it_is_hidden_as_the_other_marks_are(made: Class) -> None:
    for token, name in ((made.sam, "sam"), (made.kim, "kim")):
        made.put(name, 1.25, comment=COMMENT).raise_for_status()
        assert made.lesson(token)["set_mark"]["points"] == 1.25
    for values in ({"marks_policy": "when-released"}, {"marks_policy": "after-due"}):
        made.change(**values)
        _sees_nothing(made, computed=None)
        assert made.cell("sam").score == 1.25
    page = made.get(made.tess, f"/courses/c/lessons/one/marks/{made.find('sam').public}")
    assert "The student sees this once all marks of the lesson show." in page
    made.change(marks_policy="at-once")
    made.hold(held=True)
    _sees_nothing(made, computed=0)
    made.hold(held=False)
    assert made.lesson(made.sam)["submission"]["score"] == 1.25
    assert made.lesson(made.kim)["set_mark"]["points"] == 1.25


def test_before_the_due_date_it_tells_nothing_of_hidden_tests(made: Class) -> None:
    made.change(marks_policy="visible-first")
    for name in ("sam", "kim"):
        made.put(name, 1.25, comment=COMMENT).raise_for_status()
    _sees_nothing(made, computed=None)
    made.site.now += 2 * HOUR  # it was due after an hour
    assert made.lesson(made.sam)["submission"]["score"] == 1.25
    assert made.lesson(made.kim)["set_mark"]["points"] == 1.25


def _sees_nothing(made: Class, *, computed: float | None) -> None:
    """No answer has anything of it, and Sam's points are those of the tests, as far as they show."""
    for token in (made.sam, made.kim):
        for path in (
            "/api/v1/courses/c/lessons/one",
            "/api/v1/courses/c/lessons",
            "/courses/c",
            "/courses/c/lessons/one",
            *((f"/submissions/{made.work.public}",) if token == made.sam else ()),
        ):
            told = made.get(token, path)
            assert "1.25" not in (json.dumps(told) if isinstance(told, dict) else told), path
            assert "well said" not in str(told)
    assert made.lesson(made.sam)["submission"]["score"] == computed


def test_lateness_takes_nothing_off_and_another_rule_changes_nothing(made: Class) -> None:
    test_worth.under(made.world, LATE)
    late = NOW + 20 * HOUR
    wish = builders.upload("late")
    work = submit.receive_upload(made.world.desk, made.world.kim, "one", wish, now=late).submission
    test_worth.mark(made.world, work, 4, now=late)
    made.site.now = NOW + 21 * HOUR
    with made.world.database.read() as connection:
        course = courses.by_id(connection, made.world.course.id)
    object.__setattr__(made.world, "course", course)
    assert made.cell("kim").score == 2
    made.put("kim", 3.5).raise_for_status()
    cell = made.cell("kim")
    assert (cell.score, cell.percent) == (3.5, 0)
    assert made.lesson(made.kim)["submission"]["penalty"] == ""
    other = late_line.read('"zero"', rules.Late())
    with made.world.database.read() as connection:
        lines = late_trial.compare(connection, course, made.world.one, other, now=made.site.now)
    line = next(each for each in lines if each.person == made.find("kim"))
    assert (line.before, line.after, line.is_set, line.direction) == (3.5, 3.5, True, "same")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"points": 4.1}, 422, "must be from 0 to 4"),
        ({"points": -1}, 422, "must be from 0 to 4"),
        ({"reason": "  "}, 422, "Say why you set the mark"),
        ({"reason": "x" * 2001}, 413, "The reason has 2,001 characters"),
        ({"comment": "x" * 20001}, 413, "The comment has 20,001 characters"),
        ({"version": 1}, 412, "Somebody else has set this mark meanwhile"),
        ({"points": None}, 409, "none can be taken back"),
    ],
)
def test_what_is_refused(made: Class, body: dict[str, Any], status: int, words: str) -> None:
    wish = {"points": 1, "reason": "r", "version": 0, **body}
    answer = made.site.ask(made.tess, "PUT", f"{MARK}/sam", wish)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert made.read("sam")["version"] == 0
    assert made.site.ask(made.tess, "PUT", f"{MARK}/nobody", wish).status_code == 404
    assert made.site.ask(made.tess, "PUT", f"{MARK}/tess", wish).status_code == 404
    two = "/api/v1/courses/c/lessons/two/marks/sam"
    unreleased = made.site.ask(made.tess, "PUT", two, wish)
    assert (unreleased.status_code, "This lesson has no points" in unreleased.text) == (409, True)


def test_two_who_set_it_do_not_overwrite_each_other(made: Class) -> None:
    path = f"/courses/c/lessons/one/marks/{made.find('sam').public}"
    form = {"act": "give", "points": "2,5", "reason": "First", "comment": "", "version": "0"}
    saved = made.site.ask(made.tess, "POST", f"{path}/whole", form)
    assert (saved.status_code, saved.headers["Location"]) == (303, f"{path}?saved=yes")
    other = made.site.ask(made.tess, "POST", f"{path}/whole", {**form, "points": "1", "reason": "Mine"})
    assert other.status_code == 412
    for kept in ("Mine", 'value="1"', "Somebody else has set this mark meanwhile"):
        assert kept in other.text
    hidden = re.compile(r'name="version" value="([^"]*)"')
    assert hidden.findall(other.text.split("/whole")[1])[0] == "1"  # what they set is before one's eyes
    # Nor does a form that came back for another reason take what it has not shown.
    for wrong in ({"points": "3.333"}, {"points": ""}, {"points": "much", "version": ""}):
        refused = made.site.ask(made.tess, "POST", f"{path}/whole", {**form, **wrong})
        seen = hidden.findall(refused.text.split("/whole")[1])[0]
        again = {**form, "version": seen, "points": "1"}
        assert made.site.ask(made.tess, "POST", f"{path}/whole", again).status_code == 412
    assert made.cell("sam").score == 2.5
    for wrong in ({"points": "nan"}, {"points": "much"}, {"reason": ""}, {"version": "x"}):
        refused = made.site.ask(made.tess, "POST", f"{path}/whole", {**form, "version": "1", **wrong})
        assert refused.status_code in (412, 422)
    back = {**form, "act": "take-back", "points": "", "reason": "A slip", "version": "1"}
    assert made.site.ask(made.tess, "POST", f"{path}/whole", back).status_code == 303
    assert made.cell("sam").score == 3
    page = re.sub(r"<[^>]+>", " ", made.get(made.tess, path))
    told = " ".join(page.split())
    assert "tess , the mark of the whole lesson was set: 3 → 2.5 First" in told
    assert "tess , the mark of the whole lesson was taken back: 2.5 → 3 A slip" in told
    with made.world.database.read() as connection:
        entries = [each for each in builders.events(connection) if each.kind == lesson_marks.KIND]
    assert [each.data["number"] for each in entries] == [1, 2]
    assert {each.actor_id for each in entries} == {made.find("teacher").id}


def test_only_who_may_and_looks_after_them(made: Class) -> None:
    wish = {"points": 1, "reason": "r", "version": 0}
    form = {"act": "give", "points": "1", "reason": "r", "comment": "", "version": "0"}
    page = f"/courses/c/lessons/one/marks/{made.find('sam').public}"
    lab = made.site.token(made.find("teacher"), "lab")
    for token, status in ((made.sam, 403), (test_audit.stranger(made.site), 404), (lab, 403)):
        assert made.site.ask(token, "PUT", f"{MARK}/sam", wish).status_code == status
        assert made.site.ask(token, "GET", f"{MARK}/sam").status_code == status
        assert made.site.ask(token, "POST", f"{page}/whole", form).status_code == status
    with made.world.database.write() as connection:
        course = made.world.course
        gus = people.add(connection, course, username="gus", name="Gus", email=None, role="grader", now=NOW)
        groups.put(connection, course, "mine", ["kim"], now=NOW)
        member = people.find(connection, course, "gus")
        duties.put(connection, course, member, of_lessons=["one"], of_groups=["mine"], now=NOW)
    token = made.site.token(gus, "pages")
    assert made.site.ask(token, "PUT", f"{MARK}/sam", wish).status_code == 404
    assert made.site.ask(token, "POST", f"{page}/whole", form).status_code == 404
    assert made.site.ask(token, "PUT", f"{MARK}/kim", wish).status_code == 200
    assert made.read("sam")["version"] == 0
