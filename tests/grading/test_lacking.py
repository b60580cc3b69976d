"""What the course itself lacks is told to staff by name, and is nobody's zero."""

from pathlib import Path

import pytest

from courseware import wiring
from courseware.grading import folder, lacking, run
from courseware.notebook import files
from courseware.sandbox import port, pythons
from tests.grading import graded
from tests.notebook import build

ACCEPTED = frozenset({"missing-package", "missing-file", "key-below-full"})


def error(name: str, text: str) -> port.CellRun:
    output = {"output_type": "error", "ename": name, "evalue": text}
    return port.CellRun(ending="error", outputs=(output,))


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("ModuleNotFoundError", "No module named 'pandas.core'", ("package", "pandas")),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'a b.csv'", ("file", "a b.csv")),
        ("FileNotFoundError", "data.txt not found.", ("file", "data.txt")),
        ("ModuleNotFoundError", "No module named 'x; import os'", ("package", "x")),
        ("ModuleNotFoundError", "none", None),
        ("NameError", "No module named 'pandas'", None),
    ],
)
def test_what_a_cell_stopped_for(name: str, text: str, found: tuple[str, str] | None) -> None:
    lacked = lacking.of_run(error(name, text))
    assert (lacked and (lacked.kind, lacked.name)) == found


def source(answer: str, test: str, before: str = "") -> dict[str, bytes]:
    """A lesson of one exercise, with a cell of the course before it."""
    first = [build.cell(before)] if before else []
    key = build.answer(f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION")
    return {"n.ipynb": files.write(build.book(*first, key, build.machine(test)))}


def handed(answer: str, before: str = "") -> dict[str, bytes]:
    """What a student makes of it; the test in the copy does not count."""
    return source(answer, "", before)


@pytest.mark.parametrize(
    ("before", "answer", "test", "missing"),
    [
        ("import nowhere_to_be_found", "x = 1", "assert x == 1", "package 'nowhere_to_be_found'"),
        ("", "x = 1", "import nowhere_to_be_found\nassert x == 1", "package 'nowhere_to_be_found'"),
        ("", "x = open('gone.csv').read()", "assert x", "file 'gone.csv'"),
        ("", "x = 1", "assert open('gone.csv').read()", "file 'gone.csv'"),
    ],
)
def test_the_courses_fault_is_no_zero(
    before: str, answer: str, test: str, missing: str, tmp_path: Path
) -> None:
    done = graded.grade(tmp_path, source(answer, test, before), handed(answer, before), accept=ACCEPTED)
    assert done.grading.state == "failed"
    assert done.grading.reason == run.LOOKED_AT
    assert missing in done.grading.result["for_staff"]
    assert done.scores == {}


@pytest.mark.parametrize(
    "mine",
    [
        "import nowhere_to_be_found",
        "x = open('my own.csv').read()",
        "import sys; sys.modules['json'] = None",
        "raise ModuleNotFoundError(\"No module named 'json'\")",
    ],
)
def test_the_students_fault_is_the_students(mine: str, tmp_path: Path) -> None:
    given = source("x = 1", "import json\nassert x == 1")
    done = graded.grade(tmp_path, given, handed(mine))
    assert done.grading.state == "marked"
    assert done.scores["t"].score == 0


def test_a_file_that_students_are_to_write_is_theirs(tmp_path: Path) -> None:
    given = source("open('out.txt', 'w').write('1')", "assert open('out.txt').read() == '1'")
    done = graded.grade(tmp_path, given, handed("pass"))
    assert done.grading.state == "marked"
    assert done.scores["t"].score == 0


@pytest.mark.parametrize("scores", ["fair", "nbgrader"])
def test_in_folders_too_but_not_in_nbgraders_scores(scores: str, tmp_path: Path) -> None:
    given = source("x = open('gone.csv').read()", "assert x")
    for place in ("source/a", "submitted/sam/a"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "n.ipynb").write_bytes(given["n.ipynb"])
    sandbox = wiring.sandbox(unsafe=False)
    asked = folder.Run(
        source=tmp_path / "source",
        submitted=tmp_path / "submitted",
        python=pythons.current(),
        scores="fair" if scores == "fair" else "nbgrader",
    )
    found: list[folder.Entry] = []
    folder.grade(asked, folder.works(asked, sandbox), sandbox, found.extend)
    (entry,) = found
    if scores == "nbgrader":
        assert (entry["score"], entry["error"]) == (0, None)
    else:
        assert entry["score"] is None
        assert "'gone.csv'" in entry["error"]
