"""A new release in a student's copy: a three-way merge, cell by cell.

In: the release that the copy was made from, the copy, the new release. Out: the copy with what the course
changed, what the student wrote, and a list of what is different. Cells are told by the key that the release
stamped, as in `discussion`: the key decides, and among several cells the one whose id is recorded with it.
Nothing that the student wrote is left out: where both changed a cell, both versions stand there, and a cell
that the course took out stays if it was changed. Nothing of an answer is ever made unfit to run by marks in
its text.
"""

import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from courseware.notebook import cells, files

Kind = Literal["changed", "added", "removed", "returned", "both", "kept"]
"""The course changed, added or removed a cell; one that the student had deleted is back; both changed it; the
course removed it and the student's version stays.
"""
MOST = 20_000
_HEADING = re.compile(r"^#{1,6}[ \t]++(.+)$", re.MULTILINE)
_TICKS = re.compile("`+")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """What is different at one cell; `place` is the heading above it, `diff` lines that begin with a sign: a
    blank, - for what stood there, + for what stands there now; of very long cells there is none.
    """

    kind: Kind
    key: str
    place: str
    diff: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Merged:
    """The notebook for the student, and what is different from what they had, in the order of the course."""

    notebook: files.Notebook
    changes: tuple[Change, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Turn:
    """What comes of one key: the cells that stand for it, and what has to be told."""

    stand: tuple[files.Cell, ...] = ()
    kind: Kind | None = None
    before: str = ""
    after: str = ""


def merge(base: files.Notebook, mine: files.Notebook, theirs: files.Notebook, *, release: int) -> Merged:
    """Bring a new release into a copy.

    Args:
        base: the release that the copy was made from, as students got it.
        mine: the copy.
        theirs: the new release, as students get it.
        release: its number.
    """
    was, now = _by_key(base), _by_key(theirs)
    places = {key: place for key, place in _carriers(mine).items() if key in was or key in now}
    here = {key: mine["cells"][place] for key, place in places.items()}
    turns = {key: _turn(key, was.get(key), here.get(key), now.get(key), release) for key in {**was, **now}}
    keyed = {place: key for key, place in places.items()}
    written = [keyed.get(place, place) for place in range(len(mine["cells"]))]
    found: list[files.Cell] = []
    for item in _order(list(was), written, list(now)):
        found += turns[item].stand if isinstance(item, str) else (mine["cells"][item],)
    notebook = {
        **theirs,
        "cells": _distinct(found),
        "metadata": _three_way(base["metadata"], mine["metadata"], theirs["metadata"], ours=("courseware",)),
    }
    told = [*_told(theirs, turns), *_told(base, {k: turn for k, turn in turns.items() if k not in now})]
    return Merged(notebook=notebook, changes=tuple(told))


def _turn(
    key: str, was: files.Cell | None, mine: files.Cell | None, now: files.Cell | None, release: int
) -> _Turn:
    """What comes of one cell."""
    if now is None:
        if mine is None or was is None or _same(mine, was):
            return _Turn(kind="removed" if mine else None, before=mine["source"] if mine else "")
        return _Turn(stand=(_own(mine),), kind="kept", after=mine["source"])
    if mine is None:
        if was is None:
            return _Turn(stand=(now,), kind="added", after=now["source"])
        if _same(was, now) and cells.marking(now) is None:
            return _Turn()
        return _Turn(stand=(now,), kind="returned", after=now["source"])
    if _same(mine, now) or (was is not None and _same(mine, was)):
        kind: Kind | None = None if _same(mine, now) else "changed"
        return _Turn(stand=(_renewed(was, mine, now),), kind=kind, before=mine["source"], after=now["source"])
    if was is not None and _same(was, now):
        return _Turn(stand=(_answered(was, mine, now),))
    return _both(key, was, mine, now, release)


def _both(key: str, was: files.Cell | None, mine: files.Cell, now: files.Cell, release: int) -> _Turn:
    """A cell that both changed: the one that counts stands there, the other below it."""
    mark = {"version_of": key, "release": release}
    if _locked(now):
        text = "**Your version** of the cell above, which the course has changed:"
        stand = (_renewed(was, mine, now), _beside(mine, text, mark))
    else:
        text = f"**The course's version** of the cell above, from release {release}. Yours stays as it is:"
        stand = (_answered(was, mine, now), _beside(now, text, mark))
    return _Turn(stand=stand, kind="both", before=mine["source"], after=now["source"])


def _locked(cell: files.Cell) -> bool:
    """Whether the course's source counts whatever stands in a copy."""
    known = cells.marking(cell)
    return known is not None and (known.protected or known.task)


def _same(one: files.Cell, other: files.Cell) -> bool:
    """Whether nobody has to be told of a difference."""
    return all(one.get(part) == other.get(part) for part in ("cell_type", "source")) and (
        one.get("attachments") or {}
    ) == (other.get("attachments") or {})


def _renewed(was: files.Cell | None, mine: files.Cell, now: files.Cell) -> files.Cell:
    """The course's cell in the place of the student's; outputs stay if the code that made them does."""
    kept = {}
    if now["cell_type"] == mine["cell_type"] == "code" and now["source"] == mine["source"]:
        kept = {name: mine[name] for name in ("outputs", "execution_count")}
    return {**now, **kept, "id": mine["id"], "metadata": _marked(was, mine, now)}


def _answered(was: files.Cell | None, mine: files.Cell, now: files.Cell) -> files.Cell:
    """The student's cell, with what the course says of it now."""
    return {**mine, "metadata": _marked(was, mine, now)}


def _marked(was: files.Cell | None, mine: files.Cell, now: files.Cell) -> dict[str, Any]:
    """A cell's metadata: of each part whichever side changed it, the marks of the course always."""
    ours = ("nbgrader", "courseware")
    told = _three_way((was or mine)["metadata"], mine["metadata"], now["metadata"], ours=ours)
    key = now["metadata"]["courseware"]["key"]
    return {**told, "courseware": {"key": key, "id": mine["id"]}}


def _own(mine: files.Cell) -> files.Cell:
    """A cell that is the student's alone from now on: nothing of it is marked any more."""
    return {**mine, "metadata": {k: v for k, v in mine["metadata"].items() if k != "nbgrader"}}


def _three_way(
    was: Mapping[str, Any], mine: Mapping[str, Any], now: Mapping[str, Any], *, ours: Sequence[str]
) -> dict[str, Any]:
    """Metadata by name: the course's where it changed it or it is one of `ours`, else the student's."""
    found = dict(mine)
    for name in {**was, **mine, **now}:
        if name in ours or was.get(name) != now.get(name):
            found.pop(name, None)
            if name in now:
                found[name] = now[name]
    return found


def _beside(cell: files.Cell, text: str, mark: Mapping[str, Any]) -> files.Cell:
    """A version to be read: code of it is shown and not run, so that it takes nothing's place."""
    shown = cell["source"]
    if cell["cell_type"] != "markdown":
        fence = "`" * max(3, 1 + max((len(each) for each in _TICKS.findall(shown)), default=0))
        shown = f"{fence}{'python' if cell['cell_type'] == 'code' else ''}\n{shown}\n{fence}"
    source = f"{text}\n\n{shown}"
    made: files.Cell = {
        "cell_type": "markdown",
        "id": files.derived_id(source, int(mark["release"])),
        "metadata": {"courseware": dict(mark)},
        "source": source,
    }
    return {**made, "attachments": cell["attachments"]} if cell.get("attachments") else made


def _by_key(notebook: files.Notebook) -> dict[str, files.Cell]:
    """The cells of a release by their keys, in order."""
    return {mark["key"]: cell for cell in notebook["cells"] if (mark := _mark(cell))}


def _carriers(mine: files.Notebook) -> dict[str, int]:
    """The place of the cell that carries each key in a copy."""
    found: dict[str, tuple[int, bool]] = {}
    for place, cell in enumerate(mine["cells"]):
        mark = _mark(cell)
        if mark is None:
            continue
        exact = _exact(cell)
        if mark["key"] not in found or (exact and not found[mark["key"]][1]):
            found[mark["key"]] = (place, exact)
    return {key: place for key, (place, _) in found.items()}


def _mark(cell: files.Cell) -> dict[str, Any] | None:
    """The mark of a release; None for the student's own cells and for nonsense."""
    told = cell["metadata"].get("courseware")
    return told if isinstance(told, dict) and isinstance(told.get("key"), str) and told["key"] else None


Item = str | int
"""A key, or the place of a cell of the student's own."""


def _order(was: list[str], written: list[Item], now: list[str]) -> list[Item]:
    """All items: in the order of the course, but in the student's if they moved its cells."""
    left = [key for key in was if key in written]
    moved = [item for item in written if item in left] != left
    return _woven(written, now) if moved else _woven(now, written)


def _woven(spine: Sequence[Item], other: Sequence[Item]) -> list[Item]:
    """The items of `spine`, and each further one of `other` behind the one that it followed there."""
    known = set(spine)
    last: Item = ""
    behind: dict[Item, list[Item]] = {}
    for item in other:
        if item in known:
            last = item
        else:
            behind.setdefault(last, []).append(item)
    return [*behind.get("", ()), *(each for item in spine for each in (item, *behind.get(item, ())))]


def _distinct(found: Iterable[files.Cell]) -> list[files.Cell]:
    """Each cell with an id of its own: those that carry a key keep theirs."""
    made = list(found)
    owners: dict[str, int] = {}
    for place in sorted(range(len(made)), key=lambda place: not _exact(made[place])):
        owners.setdefault(made[place]["id"], place)
    for place, cell in enumerate(made):
        if owners[cell["id"]] != place:
            made[place] = {**cell, "id": files.derived_id(cell["source"] + cell["id"], place)}
    return made


def _exact(cell: files.Cell) -> bool:
    """Whether a cell carries a key and the id that is recorded with it."""
    mark = _mark(cell)
    return mark is not None and mark.get("id") == cell["id"]


def _told(notebook: files.Notebook, turns: Mapping[str, _Turn]) -> Iterator[Change]:
    """The changes at the cells of a release."""
    place = ""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            place = next((found.strip() for found in _HEADING.findall(cell["source"])), place)
        mark = _mark(cell)
        turn = turns.get(mark["key"]) if mark else None
        if mark and turn and turn.kind:
            diff = _diff(turn.before, turn.after)
            yield Change(kind=turn.kind, key=mark["key"], place=place, diff=diff)


def _diff(before: str, after: str) -> tuple[str, ...]:
    """Line by line."""
    if len(before) + len(after) > MOST:
        return ()
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))
