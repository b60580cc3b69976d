"""Grading beside the real nbgrader, on the same hand-ins, in the same run.

In: a scratch folder. Out: seconds a submission of each, without what a run costs to start: the slope between
one student and several. One notebook draws a figure, the other none.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.notebook import build

STUDENTS = 5
PREAMBLE = "import numpy as np\nimport pandas as pd"
FIGURE = """%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 2, 3], [1, 4, 9])
plt.title('squares')"""


def seconds_each(scratch: Path, *, figure: bool) -> tuple[float, float]:
    """Seconds a submission: nbgrader's, then ours with one slot."""
    course = _course(scratch / ("figure" if figure else "plain"), figure=figure)
    _nbgrader(course, "generate_assignment", "ps1", "--create")
    theirs = _slope(lambda students: _theirs(course, students))
    ours = _slope(lambda students: _ours(course, students))
    return theirs, ours


def _course(folder: Path, *, figure: bool) -> Path:
    """A course of one assignment as nbgrader keeps it, and what its students handed in."""
    cells = [build.cell(PREAMBLE, id="start"), build.cell(FIGURE if figure else "x = 1", id="draw")]
    for number in range(4):
        name = f"f{number}"
        solution = f"### BEGIN SOLUTION\n    return x + {number}\n    ### END SOLUTION"
        cells.append(build.answer(f"def {name}(x):\n    {solution}", name))
        test = f"assert {name}(1) == {1 + number}\n"
        hidden = f"### BEGIN HIDDEN TESTS\nassert {name}(10) == {10 + number}\n### END HIDDEN TESTS"
        cells.append(build.machine(test + hidden, f"t{number}"))
    book = json.dumps(build.book(*cells))
    (folder / "source" / "ps1").mkdir(parents=True)
    (folder / "source" / "ps1" / "ps1.ipynb").write_text(book)
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    for number in range(STUDENTS):
        target = folder / "submitted" / f"s{number}" / "ps1"
        target.mkdir(parents=True)
        (target / "ps1.ipynb").write_text(book)
    return folder


def _slope(run: Callable[[int], None]) -> float:
    """Seconds that each further student costs; the median of three."""
    found = []
    for _ in range(3):
        times = []
        for students in (1, STUDENTS):
            began = time.perf_counter()
            run(students)
            times.append(time.perf_counter() - began)
        found.append((times[1] - times[0]) / (STUDENTS - 1))
    return sorted(found)[1]


def _theirs(course: Path, students: int) -> None:
    wanted = "s0" if students == 1 else "*"
    _nbgrader(course, "autograde", "ps1", "--force", f"--student={wanted}")


def _nbgrader(course: Path, *arguments: str) -> None:
    program = str(Path(sys.executable).parent / "nbgrader")
    folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run([program, *arguments], cwd=course, env=environment, check=True, capture_output=True)


def _ours(course: Path, students: int) -> None:
    submitted = course / f"of-{students}"
    if not submitted.exists():
        for number in range(students):
            shutil.copytree(course / "submitted" / f"s{number}", submitted / f"s{number}")
    program = str(Path(sys.executable).parent / "courseware")
    argv = [program, "autograde", "--source", str(course / "source"), "--submitted", str(submitted)]
    subprocess.run([*argv, "--workers", "1", "--json"], check=True, capture_output=True)
