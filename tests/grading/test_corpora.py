"""How many tests of real courses run apart from the student's code, unchanged: at least 95 of 100.

The courses: nbgrader's quickstart and the notebooks of its own tests, the demonstration course, and where the
checks lie beside us a real course: every third of its lessons in `make test` and all of them in `make soak`.
What does not run apart is printed with its reason.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import nbgrader
import pytest

from courseware import errors, wiring
from courseware.grading import assignment, pipeline, qualify
from courseware.notebook import settings_nbgrader
from courseware.sandbox import port, pythons

pytestmark = [pytest.mark.slow, pytest.mark.soak]

ROOT = Path(__file__).parents[2]
NBGRADER = Path(nbgrader.__file__).parent
GUIDE = NBGRADER / "docs" / "source" / "user_guide"
CORPUS = ROOT.parent / "shared" / "conformance" / "corpora" / "cs1302" / "source"
EVERY = 1 if os.environ.get("COURSEWARE_SCALE") == "full" else 3
ENDLESS = {"infinite-loop.ipynb", "infinite-loop-with-output.ipynb", "timeout.ipynb"}
OF_TESTS = "nbgrader's tests"


def lessons() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Each lesson's course and its files."""
    for folder in sorted(CORPUS.iterdir())[::EVERY] if CORPUS.is_dir() else ():
        yield "cs1302", held(folder)
    for folder in sorted((ROOT / "notebooks" / "demo_course" / "lessons").iterdir()):
        yield "demonstration", held(folder)
    yield "quickstart", held(GUIDE / "source" / "ps1")
    for kind in ("apps", "preprocessors"):
        for path in sorted((NBGRADER / "tests" / kind / "files").glob("*.ipynb")):
            if path.name not in ENDLESS:
                yield OF_TESTS, {path.name: path.read_bytes()}


def held(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.name != "lesson.toml"}


def qualified(sandbox: port.Sandbox, source: dict[str, bytes]) -> tuple[qualify.Qualification, ...]:
    """Where the tests of one lesson run; none where nbgrader itself refuses the source."""
    limits = port.Limits()
    try:
        made = assignment.prepare(
            source,
            options=settings_nbgrader.Options(),
            autotests=(GUIDE / "autotests.yml").read_text(encoding="utf-8"),
            sandbox=sandbox,
            python=pythons.current(),
            limits=limits,
        )
    except errors.UserError:
        return ()
    rules = pipeline.Rules()
    return qualify.qualify(
        made, sandbox, python=pythons.current(), limits=limits, rules=rules, adopted=True
    ).exercises


def test_tests_of_real_courses_run_apart(capsys: pytest.CaptureFixture[str]) -> None:
    sandbox = wiring.sandbox(unsafe=False)
    counts: dict[str, list[int]] = {}
    lines = []
    for course, source in lessons():
        for row in qualified(sandbox, source):
            apart = row.test_mode != "in-process"
            for group in (course, "all", *(["courses"] if course != OF_TESTS else [])):
                count = counts.setdefault(group, [0, 0])
                count[0] += apart
                count[1] += 1
            if not apart:
                lines.append(f"{course}, {row.notebook}, {row.key}: {row.reason}")
    with capsys.disabled():
        print()
        for group, (kept, every) in counts.items():
            print(f"{group}: {kept} of {every} tests run apart from the student's code")
        print("\n".join(lines))
    for group in ("all", "courses"):
        assert counts[group][0] >= 0.95 * counts[group][1], lines
