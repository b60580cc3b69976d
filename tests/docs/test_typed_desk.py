"""What the pages about the instructor's desk tell people to type is typed, and works; see `test_typed`."""

import json
import shutil

from tests import words
from tests.docs import test_typed as typed
from tests.notebook import build

terminal = typed.terminal


def test_take_the_marks_along(terminal: typed.Terminal) -> None:
    terminal.type("courseware new stats")
    terminal.folder = course = terminal.home / "stats"
    export = "Student,ID,SIS Login ID,Section,First steps (7)\n    Points Possible,,,,\nSam,1,sam,A,\n"
    (course / "canvas-export.csv").write_text(export)
    terminal.type("courseware serve .")
    terminal.type("courseware release")
    terminal.type("courseware people add sam")
    typed.hand_in(terminal, terminal.link, "first-steps", "stats")
    for line in typed.lines("how-to/take-the-marks-along.md"):
        terminal.type(line)
    assert "\nsam,sam,," in (course / "grades.csv").read_text()
    assert "\nsam,sam,,\n" in (course / "moodle.csv").read_text()  # a person marks the reflection yet
    assert "\nSam,1,sam,A,\n" in (course / "canvas.csv").read_text()


def test_erase_somebody(terminal: typed.Terminal) -> None:
    terminal.type("courseware new my-course")
    terminal.folder = course = terminal.home / "my-course"
    terminal.type("courseware serve .")
    terminal.type("courseware people add sam")
    terminal.type("courseware people add kim")
    terminal.type("courseware backup course.zip")
    for line in typed.lines("how-to/erase-somebody.md"):
        if line.startswith("courseware restore"):
            terminal.stop()
            (told,) = (terminal.home / ".local" / "state" / "courseware").glob("*/erased.jsonl")
            shutil.copy(told, course / "erased.jsonl")
            shutil.rmtree(told.parent)
            assert "2 persons of it erased again." in terminal.type(line)
        else:
            terminal.type(line)
    terminal.type("courseware serve .")
    listed = terminal.type("courseware people list")
    assert not words.has(listed, "sam")
    assert not words.has(listed, "kim")


def test_take_a_course_elsewhere(terminal: typed.Terminal) -> None:
    terminal.type("courseware new my-course")
    terminal.folder = terminal.home / "my-course"
    terminal.type("courseware serve .")
    terminal.type("courseware people add sam")
    for line in typed.lines("how-to/take-a-course-elsewhere.md"):
        if line.startswith("courseware restore"):
            terminal.stop()
            (state,) = (terminal.home / ".local" / "state" / "courseware").iterdir()
            shutil.rmtree(state)
        terminal.type(line)
    terminal.type("courseware serve .")
    assert "sam" in terminal.type("courseware people list")


def test_your_first_week_as_an_instructor(terminal: typed.Terminal) -> None:
    """The week goes on with what the first course leaves: a lesson, people, a hand-in."""
    terminal.type("courseware new my-course")
    terminal.folder = course = terminal.home / "my-course"
    (course / "class.csv").write_text("username,name\nada,Ada\n")
    terminal.type("courseware serve .")
    terminal.type("courseware release first-steps")
    terminal.type("courseware people add grace")
    terminal.type("courseware people add ada")
    typed.hand_in(terminal, terminal.link, "first-steps", "my-course")
    for line in typed.lines("tutorial/your-first-week-as-an-instructor.md"):
        told = terminal.type(line)
        assert "--look" not in line or "Students who are not in it: grace; they stay." in told
    assert "ada" in (course / "grades.csv").read_text()
    assert (course / "friday.zip").exists()


def test_grade_a_class_again(terminal: typed.Terminal) -> None:
    terminal.type("courseware new my-course")
    terminal.folder = terminal.home / "my-course"
    terminal.type("courseware serve .")
    terminal.type("courseware release first-steps")
    told = [terminal.type(line) for line in typed.lines("how-to/grade-a-class-again.md")]
    assert 'late = "accept"' in told[0]
    assert "0 marks would change: 0 up, 0 down." in told[1]
    assert "The network was down on Monday" in told[2]
    assert told[4] == "Nobody waits for another look.\n"
    assert told[3].splitlines()[-2:] == ['late = "accept"', "Late work loses nothing."]


def test_check_a_release(terminal: typed.Terminal) -> None:
    terminal.type("courseware new stats")
    terminal.folder = terminal.home / "stats"
    terminal.type("courseware serve .")
    told = {line: terminal.type(line) for line in typed.lines("how-to/check-a-release.md")}
    assert (
        "first-steps: draft uploaded"
        in told['courseware release first-steps --draft --notes "A clearer task"']
    )
    assert "0 got full marks" in told["courseware mutants first-steps"]
    assert "first-steps: release 1" in told["courseware release first-steps --publish"]
    planned = told["courseware releases show first-steps"]
    assert "Release 1 will be published at 2030-12-01" in planned
    assert "published at" not in told["courseware releases cancel first-steps"]
    withdrawn = told['courseware releases withdraw first-steps 1 --reason "It shows the answer"']
    assert "Students get no release." in withdrawn
    assert "Release 1 is withdrawn: It shows the answer" in withdrawn
    assert "Students get release 1." in told["courseware releases offer first-steps 1"]
    assert "the marks show again" in told["courseware hold first-steps double-test --end"]


def test_adopt_an_nbgrader_course(terminal: typed.Terminal) -> None:
    course = terminal.home / "my-nbgrader-course"
    source = course / "source" / "ps1"
    source.mkdir(parents=True)
    cells = (build.answer("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), build.machine("assert x == 1"))
    (source / "ps1.ipynb").write_text(json.dumps(build.book(*cells)))
    handed = course / "submitted" / "amy" / "ps1"
    handed.mkdir(parents=True)
    shutil.copy(source / "ps1.ipynb", handed)
    for line in typed.lines("how-to/adopt-an-nbgrader-course.md"):
        if line == "courseware release":
            terminal.folder = course
        terminal.type(line)
    assert 'slug = "ps1"' in (course / "course.toml").read_text()


def test_a_mark_of_a_whole_lesson(terminal: typed.Terminal) -> None:
    terminal.type("courseware new my-course")
    terminal.folder = terminal.home / "my-course"
    terminal.type("courseware serve .")
    terminal.type("courseware release first-steps")
    terminal.type("courseware people add sam")
    given, said, back = (terminal.type(line) for line in typed.lines("how-to/read-the-gradebook.md"))
    assert given == said
    assert "sam in first-steps: 3 of" in said
    assert "what was handed in says it, nothing yet" in back
