"""What nbgrader's metadata says about a cell (schema version 3) and how cells form exercises.

In: cells as `files.read` gives them. Out: frozen records. Metadata of a student's copy is not believed:
only the `grade_id` of such a cell is looked at, and only to find the instructor's cell. Source of the
format: nbgrader 0.9, nbgraderformat/v3.
"""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from typing import Any, Literal

from courseware.notebook import files

Kind = Literal["tests", "answer", "task"]

_HEADING = re.compile(r"^#{1,6}[ \t]++(.+)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Marking:
    """The nbgrader metadata of one cell, upgraded to version 3."""

    grade_id: str
    grade: bool
    solution: bool
    locked: bool
    task: bool
    points: float

    @property
    def kind(self) -> Kind | None:
        """What gives points here: machine tests, an answer marked by a person, a task; else None."""
        if self.task:
            return "task"
        if self.grade:
            return "answer" if self.solution else "tests"
        return None

    @property
    def protected(self) -> bool:
        """Whether the source comes from the release whatever the student's copy says."""
        if self.solution:
            return False
        return self.grade or self.locked


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exercise:
    """A cell that carries points.

    `points` is the maximum, `title` the nearest heading above it (or the grade_id).
    """

    notebook: str
    key: str
    title: str
    points: float
    kind: Kind


def grade_id(cell: files.Cell) -> str | None:
    """The grade_id that a cell claims to have, or None."""
    claimed = cell["metadata"].get("nbgrader")
    value = claimed.get("grade_id") if isinstance(claimed, dict) else None
    return value if isinstance(value, str) and value else None


SCHEMA = 3
"""The newest version of nbgrader's metadata that is known here."""


def marking(cell: files.Cell) -> Marking | None:
    """What an instructor's cell says of itself; None where it says nothing that matters."""
    found: Any = cell["metadata"].get("nbgrader")
    if not isinstance(found, dict):
        return None
    grade, solution = bool(found.get("grade")), bool(found.get("solution"))
    task, locked = bool(found.get("task")), bool(found.get("locked"))
    if not (grade or solution or locked or task):
        return None
    points = found.get("points")
    return Marking(
        grade_id=str(found.get("grade_id", "")),
        grade=grade,
        solution=solution,
        locked=locked,
        task=task,
        points=float(points) if isinstance(points, int | float) else 0.0,
    )


def checksum(cell: files.Cell) -> str:
    """nbgrader's checksum of a marked cell (MD5, as `nbgrader.utils.compute_checksum`)."""
    known = marking(cell)
    if known is None:
        raise ValueError("only marked cells have a checksum")
    parts = [cell["source"], cell["cell_type"], str(known.grade), str(known.solution)]
    parts += [str(known.protected), known.grade_id] + ([str(known.points)] if known.grade else [])
    return hashlib.md5("".join(parts).encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()


def exercises(notebook: files.Notebook, *, name: str) -> Iterator[Exercise]:
    """The cells of an instructor's notebook that carry points, in order."""
    heading = ""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            headings = [found.rstrip().rstrip("#").rstrip() for found in _HEADING.findall(cell["source"])]
            heading = next((found for found in reversed(headings) if found), heading)
        known = marking(cell)
        if known is not None and known.kind is not None:
            title = heading or known.grade_id
            yield Exercise(
                notebook=name, key=known.grade_id, title=title, points=known.points, kind=known.kind
            )
