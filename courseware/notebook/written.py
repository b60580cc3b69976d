"""What a student wrote for an exercise; pure.

In: the cells of the release as students got it, those of the hand-in, and the grade_id. Out: the cells to
look at, in their order. An answer that a person marks has a cell of its own. What a test marks are the
answers above it, up to the test before them. A task has none: students write below it, in cells that they add
or in plain cells of the release that they change, up to the next text or the next cell of another exercise;
one who writes into the task itself is read too. Where the task's cell is gone, all that was added anywhere is
its answer, so that nothing is lost. Refused: nothing.
"""

from collections.abc import Iterator, Sequence

from courseware.notebook import cells, files


def answer(released: Sequence[files.Cell], submitted: Sequence[files.Cell], key: str) -> list[int]:
    """The places, from 0, of the cells that are the answer; none if nothing was written."""
    tested = _tested(released, key)
    if tested is not None:
        return [n for n, each in enumerate(submitted) if cells.grade_id(each) in tested]
    task = asked(released, key)
    place = next((n for n, each in enumerate(submitted) if cells.grade_id(each) == key), None)
    if task is None:
        return [] if place is None else [place]
    pairs = list(zip(submitted, _originals(released, submitted), strict=True))
    if place is None:
        return [n for n, (cell, original) in enumerate(pairs) if original is None and _says(cell)]
    found = [place] if submitted[place]["source"].strip() != task["source"].strip() else []
    return found + [place + 1 + n for n in _below(pairs[place + 1 :])]


def asked(released: Sequence[files.Cell], key: str) -> files.Cell | None:
    """The task of this grade_id; None where the exercise is none."""
    for cell in released:
        known = cells.marking(cell)
        if known is not None and known.task and known.grade_id == key:
            return cell
    return None


def _tested(released: Sequence[files.Cell], key: str) -> frozenset[str] | None:
    """The names of the answers that a test is about; None where the exercise is no test."""
    known = [cells.marking(cell) for cell in released]
    place = next(
        (n for n, each in enumerate(known) if each and each.kind == "tests" and each.grade_id == key), None
    )
    if place is None:
        return None
    found: set[str] = set()
    for each in reversed(known[:place]):
        if each is not None and each.solution:
            found.add(each.grade_id)
        elif found and each is not None and each.kind == "tests":
            break
    return frozenset(found)


def _below(following: Sequence[tuple[files.Cell, files.Cell | None]]) -> Iterator[int]:
    """Which of the cells after a task, each with the one of the release that it is, are its answer."""
    for number, (cell, original) in enumerate(following):
        marked = original is not None and cells.marking(original) is not None
        if original is None or (not marked and original["source"] != cell["source"]):
            if _says(cell):
                yield number
        elif marked or original["cell_type"] == "markdown":
            return


def _originals(
    released: Sequence[files.Cell], submitted: Sequence[files.Cell]
) -> Iterator[files.Cell | None]:
    """The cell of the release that each is; None for one that the student added. The first copy is it."""
    known = {name: cell for cell in released for name in _names(cell)}
    taken: set[int] = set()
    for cell in submitted:
        several = (known.get(name) for name in _names(cell))
        original = next((each for each in several if each is not None and id(each) not in taken), None)
        if original is not None:
            taken.add(id(original))
        yield original


def _names(cell: files.Cell) -> Iterator[tuple[str, str]]:
    """The grade_id, the key and the id of a cell, as far as it has them."""
    claimed = cells.grade_id(cell)
    if claimed is not None:
        yield "grade_id", claimed
    stamp = cell["metadata"].get("courseware")
    if isinstance(stamp, dict) and isinstance(stamp.get("key"), str):
        yield "key", stamp["key"]
    yield "id", cell["id"]


def _says(cell: files.Cell) -> bool:
    """Whether anything stands in a cell."""
    return bool(cell["source"].strip() or cell.get("outputs"))
