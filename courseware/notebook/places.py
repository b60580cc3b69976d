"""What the cells of a hand-in are called, so that a note finds its cell again; pure.

In: the cells of a handed-in notebook. Out: a name for each: the grade_id of a cell that the release knows by
it, of which the first is meant, else its place in this hand-in and its id, since a hand-in never changes. And
the first words of a cell, to tell it by. Refused: nothing; what a copy claims of itself is only looked at.
"""

import re
from collections.abc import Sequence

from courseware.notebook import cells, files

_MOST = 48
_MARK = "@"
"""No grade_id begins so."""


def names(found: Sequence[files.Cell], known: frozenset[str]) -> list[str]:
    """A name for each cell; `known` are the grade_ids of the release."""
    taken: set[str] = set()
    made = []
    for number, cell in enumerate(found, 1):
        claimed = cells.grade_id(cell)
        own = claimed in known and claimed not in taken
        made.append(claimed if own and claimed else f"{_MARK}{number}/{cell['id']}")
        taken.add(made[-1])
    return made


def number(name: str) -> int | None:
    """The place in the hand-in that a name tells; None for a grade_id."""
    found = re.match(rf"{_MARK}([0-9]{{1,6}})/", name)
    return int(found[1]) if found else None


def cell_id(name: str) -> str | None:
    """The id that a name tells; None for a grade_id."""
    return name.partition("/")[2] if number(name) is not None else None


def words(cell: files.Cell) -> str:
    """The first words of a cell in one line, without marks of Markdown before them."""
    line = next((each for each in cell["source"].splitlines() if each.strip()), "").strip()
    plain = line.lstrip("#>*- ") if cell["cell_type"] == "markdown" else line
    return plain[:_MOST].rstrip() + ("…" if len(plain) > _MOST else "")
