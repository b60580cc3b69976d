"""A real nbgrader course comes in: graded by nbgrader itself, marked by hand in its gradebook, and compared
mark by mark with what nbgrader says.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbgrader
import pytest
from nbgrader.api import Gradebook

from tests.docs import test_typed as typed

GUIDE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
STUDENTS = ("bitdiddle", "hacker")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """nbgrader's own example, with the submissions of its guide."""
    folder = tmp_path_factory.mktemp("nbgrader") / "guide"
    shutil.copytree(GUIDE / "source" / "ps1", folder / "source" / "ps1")
    shutil.copytree(GUIDE / "submitted", folder / "submitted")
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'guide'\nc.Exchange.timezone = 'UTC'\n"
    )
    for command in (("generate_assignment", "ps1"), ("autograde", "ps1")):
        found = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=folder,
            env=found,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        book.update_or_create_student(
            "bitdiddle", first_name="Ben", last_name="Bitdiddle", email="b@mit.example"
        )
        work = book.find_submission_notebook("problem1", "ps1", "bitdiddle")
        for grade in work.grades:
            grade.manual_score = 0.5 if grade.needs_manual_grade else None
            grade.extra_credit = 0.25 if grade.needs_manual_grade else None
            grade.needs_manual_grade = False
        for comment in work.comments:
            comment.manual_comment = f"About {comment.name}: *good*."
        book.db.commit()
    return folder


def of_nbgrader(folder: Path) -> dict[tuple[str, str, str], tuple[float, bool]]:
    """What nbgrader says of each cell: by student, notebook and name."""
    found = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        for student in STUDENTS:
            for notebook in book.find_submission("ps1", student).notebooks:
                for grade in notebook.grades:
                    found[student, notebook.name, grade.name] = (grade.score, bool(grade.needs_manual_grade))
    return found


@pytest.fixture
def terminal(tmp_path: Path, graded: Path) -> Iterator[typed.Terminal]:
    made = typed.Terminal(tmp_path)
    shutil.copytree(graded, tmp_path / "guide")
    made.type("courseware adopt guide")
    made.folder = tmp_path / "guide"
    made.type("courseware serve .")
    made.type("courseware release ps1")
    yield made
    made.stop()


def shown(terminal: typed.Terminal, student: str) -> Any:
    """The hand-ins of somebody, as staff see them."""
    return json.loads(terminal.type("courseware grades --json"))["people"]


def test_a_real_course_is_brought_in_mark_by_mark(terminal: typed.Terminal, graded: Path) -> None:
    told = json.loads(terminal.type("courseware bring --json"))
    assert (told["people"], told["brought"], told["left"], told["other"]) == (2, 2, [], [])
    again = json.loads(terminal.type("courseware bring --json"))
    assert (again["people"], again["brought"], again["other"]) == (0, 2, [])
    found = {}
    comments = {}
    state = next((terminal.home / ".local" / "state" / "courseware").glob("*/service.json"))
    told = json.loads(state.read_text())
    owner = (state.parent / "owner.token").read_text().strip()
    import httpx

    with httpx.Client(base_url=told["url"], headers={"Authorization": f"Bearer {owner}"}) as client:
        course = client.get("/api/v1/me").json()["memberships"][0]["course"]["slug"]
        for student in STUDENTS:
            path = f"/api/v1/courses/{course}/lessons/ps1/submissions"
            (work,) = client.get(path, params={"person": student}).raise_for_status().json()["submissions"]
            assert (work["state"], len(work["files"])) == ("marked", 3)
            for each in work["exercises"]:
                place = (student, each["notebook"], each["key"])
                found[place] = (each["score"] or 0.0, each["needs_person"])
                comments[place] = each["comment"]
        people = client.get(f"/api/v1/courses/{course}/people").json()["people"]
    theirs = of_nbgrader(graded)
    assert {place: score for place, (score, _) in found.items()} == {
        place: score for place, (score, _) in theirs.items()
    }
    assert len(theirs) >= 12
    said = {comment for comment in comments.values() if comment}
    assert any("*good*" in comment for comment in said)
    (ben,) = [each["person"] for each in people if each["person"]["username"] == "bitdiddle"]
    assert (ben["name"], ben["email"]) == ("Ben Bitdiddle", "b@mit.example")


def test_the_how_to(terminal: typed.Terminal) -> None:
    for line in typed.lines("how-to/bring-nbgrader-marks.md"):
        assert "2 persons added, 2 hand-ins brought in." in terminal.type(line)


def test_what_is_no_gradebook_is_refused(tmp_path: Path, terminal: typed.Terminal) -> None:
    from tests import commands

    (terminal.folder / "other.db").write_bytes(b"SQLite format 3\x00 and then nothing")
    for name, says in (("other.db", "no gradebook of nbgrader"), ("none.db", "There is no gradebook")):
        done = commands.run(
            "bring", "--gradebook", name, cwd=terminal.folder, environment=terminal.environment
        )
        assert (done.returncode, says in done.stdout + done.stderr) == (2, True), done.stderr


def test_a_hand_in_that_leads_elsewhere_is_left_out_and_said(terminal: typed.Terminal) -> None:
    (terminal.folder / "private.txt").write_text("of the instructor")
    (terminal.folder / "submitted" / "hacker" / "ps1" / "notes.txt").symlink_to("../../../private.txt")
    told = json.loads(terminal.type("courseware bring --json"))
    assert told["brought"] == 1
    (left,) = told["left"]
    assert (left["student"], left["lesson"]) == ("hacker", "ps1")
    assert "notes.txt is a link" in left["why"]


def test_a_hand_in_that_the_course_refuses_is_left_out_and_said(terminal: typed.Terminal) -> None:
    (terminal.folder / "submitted" / "bitdiddle" / "ps1" / "Untitled.ipynb").write_bytes(b"")
    told = json.loads(terminal.type("courseware bring --json"))
    (left,) = told["left"]
    assert (left["student"], left["lesson"], told["brought"]) == ("bitdiddle", "ps1", 1)
    assert "Untitled.ipynb" in left["why"]
