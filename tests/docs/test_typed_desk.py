"""What the pages about the instructor's desk tell people to type is typed, and works; see `test_typed`."""

import shutil

from tests.docs import test_typed as typed

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
    terminal.type("courseware new stats")
    terminal.folder = course = terminal.home / "stats"
    terminal.type("courseware serve .")
    terminal.type("courseware people add sam")
    terminal.type("courseware backup course.zip")
    for line in typed.lines("how-to/erase-somebody.md"):
        if line.startswith("courseware restore"):
            terminal.stop()
            (told,) = (terminal.home / ".local" / "state" / "courseware").glob("*/erased.jsonl")
            shutil.copy(told, course / "erased.jsonl")
            shutil.rmtree(told.parent)
            assert "1 person of it erased again." in terminal.type(line)
        else:
            terminal.type(line)
    terminal.type("courseware serve .")
    assert "sam" not in terminal.type("courseware people list")


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
