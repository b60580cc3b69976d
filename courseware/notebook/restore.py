"""Put a submission into the release's notebook: the instructor's cells around the student's answers.

In: the release's version with hidden tests and without solutions, and the student's copy. Out: the notebook
to run, in the order of the student's copy. Only the sources of answer cells and of cells that the student
added are taken from the submission; type, metadata and the sources of protected cells come from the
release. Never refused: a copy of a cell counts as an added cell, an unknown grade_id is ignored, and what
is missing is reported and, unless told otherwise, put back.
"""

import dataclasses
from typing import Literal

from courseware.notebook import cells, files

# What is put back of the cells that the copy lacks: all that the release protects or marks, only what carries
# points, or nothing.
PutBack = Literal["all", "marked", "nothing"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Restored:
    """The notebook to run, and what was odd about the submission.

    `missing` are the grade_ids that the student's copy lacked; `notes` are sentences for the feedback.
    """

    notebook: files.Notebook
    missing: frozenset[str]
    notes: tuple[str, ...]


def restore(release: files.Notebook, submitted: files.Notebook, *, put_back: PutBack) -> Restored:
    """The submission inside the release.

    `put_back` decides about cells that are missing in the copy: all are put back where they stood (the fair
    default); nbgrader puts back what carries points if OverwriteCells.add_missing_cells is set, else nothing.
    """
    known = {
        known.grade_id: cell for cell in release["cells"] if (known := cells.marking(cell)) and known.grade_id
    }
    notes: list[str] = []
    found: list[files.Cell] = []
    counting = _counting(known, submitted)
    for place, cell in enumerate(submitted["cells"]):
        claimed = cells.grade_id(cell)
        if claimed is not None and counting.get(claimed) == place:
            found.append(_renewed(known[claimed], cell, notes))
        else:
            if claimed in counting:
                which = "last" if _protected(known[claimed]) else "first"
                notes.append(f"The cell {claimed} was there more than once; the {which} one counts.")
            found.append(_added(cell))
    missing = frozenset(known) - counting.keys()
    wanted = frozenset(key for key in missing if put_back == "all" or _carries_points(known[key]))
    if put_back != "nothing":
        _put_back(found, release, wanted, notes)
    notebook = {**release, "cells": _distinct_ids(found)}
    return Restored(notebook=notebook, missing=missing, notes=tuple(notes))


def _counting(known: dict[str, files.Cell], submitted: files.Notebook) -> dict[str, int]:
    """Where the cell stands that counts, of each that the copy has.

    Of answers that is the first. Of tests it is the last: they all say the same, and by then most is defined.
    """
    places: dict[str, int] = {}
    for place, cell in enumerate(submitted["cells"]):
        claimed = cells.grade_id(cell)
        if claimed in known and (claimed not in places or _protected(known[claimed])):
            places[claimed] = place
    return places


def _protected(original: files.Cell) -> bool:
    """Whether the release's source counts and not the student's."""
    known = cells.marking(original)
    return known is None or known.protected or known.task


def _carries_points(original: files.Cell) -> bool:
    known = cells.marking(original)
    return known is not None and known.kind is not None


def _renewed(original: files.Cell, copy: files.Cell, notes: list[str]) -> files.Cell:
    """The release's cell, with the student's source if that is what the cell is for."""
    if copy["cell_type"] != original["cell_type"]:
        notes.append(f"The cell {cells.grade_id(original)} had another type; the original type was used.")
    source = original["source"] if _protected(original) else copy["source"]
    renewed = {**original, "source": source}
    return {**renewed, "outputs": [], "execution_count": None} if original["cell_type"] == "code" else renewed


def _added(copy: files.Cell) -> files.Cell:
    """A cell of the student's own: its source and nothing that it claims about itself."""
    added: files.Cell = {
        "cell_type": copy["cell_type"],
        "id": copy["id"],
        "metadata": {},
        "source": copy["source"],
    }
    return {**added, "outputs": [], "execution_count": None} if copy["cell_type"] == "code" else added


def _put_back(
    found: list[files.Cell], release: files.Notebook, missing: frozenset[str], notes: list[str]
) -> None:
    """Insert what is missing behind the cell that stood before it in the release, or at the top."""
    place = -1
    for original in release["cells"]:
        key = cells.grade_id(original)
        if key in missing:
            place += 1
            found.insert(place, original)
            notes.append(f"The cell {key} was missing and has been put back.")
        else:
            # A cell without marks is known again by its id only; it may have been deleted.
            stands = (i for i, cell in enumerate(found) if cells.grade_id(cell) == key)
            same = (i for i, cell in enumerate(found) if cell["id"] == original["id"])
            place = next(stands if key else same, place)


def _distinct_ids(found: list[files.Cell]) -> list[files.Cell]:
    """The cells with different ids: an added cell may carry the id of a cell of the release."""
    taken: set[str] = set()
    result = []
    for position, cell in enumerate(found):
        if cell["id"] in taken:
            cell = {**cell, "id": files.derived_id(cell["source"] + cell["id"], position)}
        taken.add(cell["id"])
        result.append(cell)
    return result
