"""Stable keys of lesson cells: what a thread, a mark and an update hold on to.

In: the notebook of a new release and, if there is one, the anchors of the release before. Out: the same
notebook with `metadata.courseware = {"key", "id"}` on each cell and a report of kept, new and ended keys. A
key is never given to another cell. Rules: design section 12; measurements: a key in the metadata survives
copy, split and cut.
"""

import dataclasses
import difflib
import hashlib
from collections.abc import Iterable, Mapping

from courseware.notebook import cells, files

SIMILAR = 0.6


@dataclasses.dataclass(frozen=True, kw_only=True)
class Anchor:
    """A cell of a release: its key, its id there, and the source that students saw."""

    key: str
    id: str
    source: str
    grade_id: str | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stamped:
    """A notebook with keys, its anchors in order, and what became of the keys of the release before."""

    notebook: files.Notebook
    anchors: tuple[Anchor, ...]
    kept: tuple[str, ...]
    new: tuple[str, ...]
    ended: tuple[str, ...]


def stamp(
    notebook: files.Notebook,
    previous: Iterable[Anchor] = (),
    *,
    origin: Mapping[str, str | int],
    spent: Iterable[str] = (),
) -> Stamped:
    """Give each cell its key; `origin` (course, lesson, release) goes into the notebook's own metadata.

    `spent` are the keys that other notebooks or earlier releases of the lesson gave: a new cell gets none of
    them, so that a key names one cell in the whole lesson, for ever.
    """
    old = list(previous)
    matched = _match(notebook["cells"], old)
    taken = {anchor.key for anchor in old}.union(spent)
    anchors, stamped = [], []
    for cell in notebook["cells"]:
        key = matched.get(cell["id"]) or _fresh(cell, taken)
        taken.add(key)
        mine = {"key": key, "id": cell["id"]}
        stamped.append({**cell, "metadata": {**cell["metadata"], "courseware": mine}})
        anchors.append(Anchor(key=key, id=cell["id"], source=cell["source"], grade_id=cells.grade_id(cell)))
    known = {anchor.key for anchor in old}
    now = {anchor.key for anchor in anchors}
    return Stamped(
        notebook={
            **notebook,
            "cells": stamped,
            "metadata": {**notebook["metadata"], "courseware": {"format": 1, **origin}},
        },
        anchors=tuple(anchors),
        kept=tuple(a.key for a in anchors if a.key in known),
        new=tuple(a.key for a in anchors if a.key not in known),
        ended=tuple(a.key for a in old if a.key not in now),
    )


def _match(current: list[files.Cell], old: list[Anchor]) -> dict[str, str]:
    """Which cell id carries which old key: by grade_id, by id, by equal source, then by likeness in order."""
    found: dict[str, str] = {}
    left = list(old)

    def claim(cell: files.Cell, anchor: Anchor) -> None:
        found[cell["id"]] = anchor.key
        left.remove(anchor)

    for same in (_same_grade_id, _same_id, _same_source):
        for cell in current:
            if cell["id"] not in found:
                anchor = next((a for a in left if same(cell, a)), None)
                if anchor:
                    claim(cell, anchor)
    for cell in current:
        if cell["id"] not in found and cells.grade_id(cell) is None:
            anchor = next((a for a in left if a.grade_id is None and _alike(cell, a)), None)
            if anchor:
                claim(cell, anchor)
    return found


def _same_grade_id(cell: files.Cell, anchor: Anchor) -> bool:
    """The surest sign: the instructor's own name for the cell."""
    return anchor.grade_id is not None and cells.grade_id(cell) == anchor.grade_id


def _same_id(cell: files.Cell, anchor: Anchor) -> bool:
    """The same cell id, if neither side says that it is another exercise."""
    return cell["id"] == anchor.id and cells.grade_id(cell) == anchor.grade_id


def _same_source(cell: files.Cell, anchor: Anchor) -> bool:
    """The same text in a cell that is no exercise."""
    return bool(cell["source"].strip()) and cell["source"] == anchor.source and anchor.grade_id is None


def _alike(cell: files.Cell, anchor: Anchor) -> bool:
    """Alike enough to be the same cell after an edit."""
    matcher = difflib.SequenceMatcher(a=anchor.source, b=cell["source"], autojunk=False)
    return (
        matcher.real_quick_ratio() >= SIMILAR
        and matcher.quick_ratio() >= SIMILAR
        and matcher.ratio() >= SIMILAR
    )


def _fresh(cell: files.Cell, taken: set[str]) -> str:
    """A key that no cell of this lesson ever had: grade_id, else cell id, else made from both."""
    wanted = cells.grade_id(cell) or cell["id"]
    key, number = wanted, 2
    while key in taken:
        key = hashlib.sha256(f"{wanted}\0{number}".encode()).hexdigest()[:12]
        number += 1
    return str(key)
