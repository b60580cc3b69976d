"""Courses as nbgrader keeps them, with a class that handed in, for the measurements of grading.

In: an empty folder and a number of students. Out: `source/`, `submitted/` and nbgrader's settings. All
hand-ins are right, and no two are the same, so that nothing can be taken over from one to the next.
"""

import json
import shutil
from pathlib import Path

import nbgrader

from tests.notebook import build

PREAMBLE = "import numpy as np\nimport pandas as pd"
FIGURE = """%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 2, 3], [1, 4, 9])
plt.title('squares')"""
TABLE = "table = pd.DataFrame({'a': np.arange(5.0), 'b': 1})\ntable"
ANSWERS = 5
QUICKSTART = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"


def names(students: int) -> list[str]:
    """The names of so many students."""
    return [f"s{number:04}" for number in range(students)]


def course(folder: Path, students: int, *, figure: bool) -> Path:
    """A course of one assignment: 13 code cells, six of them tests with hidden parts."""
    (folder / "source" / "ps1").mkdir(parents=True)
    (folder / "source" / "ps1" / "ps1.ipynb").write_text(_notebook(figure=figure, mark=""))
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    for number, name in enumerate(names(students)):
        target = folder / "submitted" / name / "ps1"
        target.mkdir(parents=True)
        (target / "ps1.ipynb").write_text(_notebook(figure=figure, mark=f"  # {number}"))
    return folder


def _notebook(*, figure: bool, mark: str) -> str:
    cells = [build.cell(PREAMBLE, id="start"), build.cell(FIGURE if figure else TABLE, id="draw")]
    for number in range(ANSWERS):
        name = f"f{number}"
        solution = f"### BEGIN SOLUTION\n    return x + {number}{mark}\n    ### END SOLUTION"
        cells.append(build.answer(f"def {name}(x):\n    {solution}", name))
        test = f"assert {name}(1) == {1 + number}\n"
        hidden = f"### BEGIN HIDDEN TESTS\nassert {name}(10) == {10 + number}\n### END HIDDEN TESTS"
        cells.append(build.machine(test + hidden, f"t{number}"))
    arrays = "assert np.allclose(f0(np.arange(3.0)), [0, 1, 2])\nassert list(f1(np.ones(2))) == [2, 2]"
    cells.append(build.machine(arrays, "arrays"))
    return json.dumps(build.book(*cells))


def some(folder: Path, students: int) -> Path:
    """A folder of hand-ins with the first so many of the class."""
    place = folder / f"of-{students}"
    if not place.exists():
        for name in names(students):
            shutil.copytree(folder / "submitted" / name, place / name)
    return place


def quickstart(folder: Path, students: int) -> Path:
    """nbgrader's own quickstart assignment, handed in by a class: its two example students, over and over."""
    shutil.copytree(QUICKSTART / "source" / "ps1", folder / "source" / "ps1")
    examples = [QUICKSTART / "submitted" / name / "ps1" for name in ("bitdiddle", "hacker")]
    for number, name in enumerate(names(students)):
        target = folder / "submitted" / name / "ps1"
        shutil.copytree(examples[number % 2], target)
        for path in target.glob("*.ipynb"):
            book = json.loads(path.read_text(encoding="utf-8"))
            book["metadata"]["number"] = number
            path.write_text(json.dumps(book), encoding="utf-8")
    return folder
