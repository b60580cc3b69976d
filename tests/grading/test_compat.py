"""The default against `--compat nbgrader`: every documented difference, and that there is a test for each."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest

from courseware import wiring
from courseware.course import limits
from courseware.grading import folder
from courseware.notebook import files
from courseware.sandbox import pythons
from tests.grading import graded
from tests.notebook import build

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "nbgrader-scores.md"
Scores = Literal["fair", "nbgrader"]
MODES: tuple[Scores, ...] = ("fair", "nbgrader")
TEST = "assert x == 1"


def graded_as(
    scores: Scores, place: Path, source: files.Notebook, handed_in: bytes, **beside: bytes
) -> folder.Entry:
    """One hand-in of one notebook, graded in a folder."""
    for where, data in (("source/a", files.write(source)), ("submitted/sam/a", handed_in)):
        (place / where).mkdir(parents=True, exist_ok=True)
        (place / where / "n.ipynb").write_bytes(data)
    for name, data in beside.items():
        (place / "source" / "a" / name.replace("_", ".")).write_bytes(data)
    sandbox = wiring.sandbox(unsafe=False)
    asked = folder.Run(
        source=place / "source", submitted=place / "submitted", python=pythons.current(), scores=scores
    )
    found: list[folder.Entry] = []
    folder.grade(asked, folder.works(asked, sandbox), sandbox, found.extend)
    (entry,) = found
    return entry


def solved(text: str, grade_id: str = "f") -> files.Cell:
    return build.answer(f"### BEGIN SOLUTION\n{text}\n### END SOLUTION", grade_id)


ESSAY: dict[str, Any] = {"grade_id": "essay", "grade": True, "solution": True, "points": 3}
# case: source, handed in, then score and whether a person has to look, in both modes.
CASES: dict[str, tuple[files.Notebook, bytes, tuple[Any, Any]]] = {
    "stderr": (
        build.book(solved("x = 1"), build.machine(f"import sys\nprint('old', file=sys.stderr)\n{TEST}")),
        files.write(build.book(build.answer("x = 1"), build.machine(TEST))),
        ((2, False), (0, False)),
    ),
    "below-zero": (
        build.book(solved("x = 1"), build.machine("2 - 2 * abs(x - 1)")),
        files.write(build.book(build.answer("x = 50"), build.machine("2 - 2 * abs(x - 1)"))),
        ((0, False), (2, False)),
    ),
    "deleted-test": (
        build.book(solved("x = 1"), build.machine(TEST)),
        files.write(build.book(build.answer("x = 1"))),
        ((2, False), (0, True)),
    ),
    "deleted-answer": (
        build.book(solved("x = 1"), build.machine(TEST), build.cell("Say.", "markdown", **ESSAY)),
        files.write(build.book(build.answer("x = 1"), build.machine(TEST))),
        ((2, False), (2, True)),
    ),
    "crash": (
        build.book(
            solved("x = 1"), build.machine(TEST), solved("y = 2", "g"), build.machine("assert y == 2", "u")
        ),
        files.write(
            build.book(
                build.answer("import os; os._exit(1)"),
                build.machine(TEST),
                build.answer("y = 2", "g"),
                build.machine("assert y == 2", "u"),
            )
        ),
        ((2, False), (0, False)),
    ),
    "missing-file": (
        build.book(solved("x = open('gone.csv').read()"), build.machine("assert x")),
        files.write(build.book(build.answer("x = open('gone.csv').read()"), build.machine("assert x"))),
        ((None, True), (0, False)),
    ),
    "missing-package": (
        build.book(build.cell("import nowhere_to_be_found"), solved("x = 1"), build.machine(TEST)),
        files.write(
            build.book(build.cell("import nowhere_to_be_found"), build.answer("x = 1"), build.machine(TEST))
        ),
        ((None, True), (2, False)),
    ),
    "above-maximum": (
        build.book(solved("x = 1"), build.machine("x * 99")),
        files.write(build.book(build.answer("x = 1"), build.machine("x * 99"))),
        ((2, False), (2, False)),
    ),
    "duplicate": (
        build.book(solved("x = 1"), build.machine(TEST)),
        files.write(
            build.book(
                build.answer("x = 1"), build.answer("y = 0"), build.machine(TEST), build.machine("x = 5")
            )
        ),
        ((2, False), (2, False)),
    ),
    "streams": (
        build.book(solved("x = 1"), build.machine(f"import sys\nprint('old', file=sys.stderr)\n{TEST}")),
        files.write(
            build.book(build.answer("import sys\nsys.stderr = sys.stdout\nx = 1"), build.machine(TEST))
        ),
        ((2, False), (0, False)),
    ),
    "objects": (
        build.book(solved("x = 1"), build.machine(TEST)),
        files.write(
            build.book(
                build.answer("class Yes:\n    def __eq__(self, other): return True\nx = Yes()"),
                build.machine(TEST),
            )
        ),
        ((0, False), (0, False)),
    ),
    "no-notebook": (
        build.book(solved("x = 1"), build.machine(TEST)),
        b"This is no notebook.",
        ((None, True), (None, True)),
    ),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", list(CASES))
def test_a_documented_case(case: str, mode: Scores, tmp_path: Path) -> None:
    source, handed_in, expected = CASES[case]
    entry = graded_as(mode, tmp_path, source, handed_in)
    assert (entry["score"], entry["needs_manual_grade"]) == expected[MODES.index(mode)], entry
    if case == "above-maximum":
        assert entry["cells"]["t"]["reason"] == "The test gave 99, more than the 2 points of the exercise."


def test_the_page_lists_these_cases_and_no_others() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(listed) == set(CASES)


def test_what_a_student_warns_of_counts_in_each_test_as_in_a_kernel(tmp_path: Path) -> None:
    warns = "import warnings\ndef x():\n    warnings.warn('old')\n    return 1"
    tests = (build.machine("assert x() == 1"), build.machine("assert x() == 1", "u"))
    source = build.book(solved(warns), *tests)
    entry = graded_as("nbgrader", tmp_path, source, files.write(build.book(build.answer(warns), *tests)))
    assert (entry["cells"]["t"]["score"], entry["cells"]["u"]["score"]) == (0, 0)


ENDLESS = files.write(build.book(build.answer("while True: pass"), build.machine(TEST)))
TOLD = b"[limits]\ncell_seconds = 2\nmemory_mb = 900\n"


def test_limits_of_a_lesson_hold_in_a_folder(tmp_path: Path) -> None:
    source = build.book(solved("x = 1"), build.machine(TEST))
    entry = graded_as("fair", tmp_path, source, ENDLESS, lesson_toml=TOLD)
    assert entry["score"] == 0
    assert entry["run"]["limits"]["cell_seconds"] == 2
    assert entry["run"]["limits"]["memory_bytes"] == 900 << 20
    assert entry["run"]["level"] == "jail"
    assert entry["run"]["fingerprint"] == pythons.inspect(pythons.current()).fingerprint
    assert entry["cells"]["t"]["test_mode"] == "isolated"
    odd = graded_as("fair", tmp_path, source, ENDLESS, lesson_toml=b"[limits]\nmemory = 3")
    assert "Did you mean 'memory_mb'?" in odd["error"]


def test_limits_of_a_lesson_hold_in_the_service(tmp_path: Path) -> None:
    source = {"n.ipynb": files.write(build.book(solved("x = 1"), build.machine(TEST))), limits.FILE: TOLD}
    done = graded.grade(tmp_path, source, {"n.ipynb": ENDLESS})
    assert done.scores["t"].score == 0
    assert done.grading.result["limits"]["cell_seconds"] == 2
    assert json.dumps(done.release.settings) == '{"courseware limits": {"cell_seconds": 2, "memory_mb": 900}}'
    assert limits.FILE not in [entry.path for entry in (*done.release.student, *done.release.instructor)]
