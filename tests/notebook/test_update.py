"""A new release in a student's copy: what each case of the merge is, and that nothing is ever lost."""

import copy
import random
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies

from courseware.notebook import anchors, cells, files, update
from tests.notebook import build

ORIGIN: dict[str, str | int] = {"course": "c", "lesson": "one", "release": 1}


def released(*found: files.Cell, before: anchors.Stamped | None = None, release: int = 1) -> anchors.Stamped:
    """A release as students get it."""
    old = before.anchors if before else ()
    return anchors.stamp(build.book(*found), old, origin={**ORIGIN, "release": release})


TEXT = build.cell("# Lists", "markdown", id="text")
FREE = build.cell("show(1)", id="free")
ANSWER = {**build.answer("# your code"), "id": "answer"}
TESTS = {**build.machine("assert f() == 1"), "id": "tests"}
BASE = released(TEXT, FREE, ANSWER, TESTS)


def edited(notebook: files.Notebook, key: str, source: str) -> files.Notebook:
    """The notebook with another source in one cell."""
    made = copy.deepcopy(notebook)
    for cell in made["cells"]:
        if cell["metadata"].get("courseware", {}).get("key") == key:
            cell["source"] = source
    return made


def without(notebook: files.Notebook, key: str) -> files.Notebook:
    """The notebook without a cell."""
    kept = [c for c in notebook["cells"] if c["metadata"].get("courseware", {}).get("key") != key]
    return {**copy.deepcopy(notebook), "cells": kept}


def put(notebook: files.Notebook, place: int, *more: files.Cell) -> files.Notebook:
    """The notebook with cells of one's own."""
    made = copy.deepcopy(notebook)
    made["cells"][place:place] = more
    return made


def next_release(*found: files.Cell) -> files.Notebook:
    return released(*found, before=BASE, release=2).notebook


def merged(mine: files.Notebook, theirs: files.Notebook) -> update.Merged:
    return update.merge(BASE.notebook, mine, theirs, release=2)


def test_who_changed_nothing_gets_the_release_as_it_is() -> None:
    theirs = next_release({**TEXT, "source": "# Lists and loops"}, build.cell("new", id="n"), ANSWER, TESTS)
    made = merged(BASE.notebook, theirs)
    assert made.notebook == theirs
    assert [(one.kind, one.key) for one in made.changes] == [
        ("changed", "text"),
        ("added", "n"),
        ("removed", "free"),
    ]
    assert made.changes[0].diff == ("-# Lists", "+# Lists and loops")
    assert {one.place for one in made.changes} == {"Lists", "Lists and loops"}


def test_an_answer_and_a_mended_text_come_together() -> None:
    mine = put(edited(BASE.notebook, "f", "x = 1"), 4, build.cell("my own", id="own"))
    mine["cells"][2] |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]}
    theirs = next_release(
        {**TEXT, "source": "# Lists, mended"}, FREE, ANSWER, TESTS, build.cell("end", id="end")
    )
    made = merged(mine, theirs)
    assert build.sources(made.notebook) == [
        "# Lists, mended",
        "show(1)",
        "x = 1",
        "assert f() == 1",
        "my own",
        "end",
    ]
    assert made.notebook["cells"][2]["outputs"] == mine["cells"][2]["outputs"]
    assert [one.kind for one in made.changes] == ["changed", "added"]
    assert made.notebook["metadata"]["courseware"]["release"] == 2


def test_an_answer_stays_fit_to_run_when_the_course_changed_its_beginning() -> None:
    theirs = next_release(TEXT, FREE, {**ANSWER, "source": "# your code\n# hint: use sum"}, TESTS)
    made = merged(edited(BASE.notebook, "f", "def f(): return 1"), theirs)
    assert build.sources(made.notebook)[2] == "def f(): return 1"
    beside = made.notebook["cells"][3]
    assert beside["cell_type"] == "markdown"
    assert "```python\n# your code\n# hint: use sum\n```" in beside["source"]
    assert [one.kind for one in made.changes] == ["both"]


def test_tests_are_the_courses_and_what_one_wrote_in_them_stays_below() -> None:
    theirs = next_release(TEXT, FREE, ANSWER, {**TESTS, "source": "assert f() == 2"})
    made = merged(edited(BASE.notebook, "t", "pass  # ```"), theirs)
    assert build.sources(made.notebook)[3] == "assert f() == 2"
    assert "````python\npass  # ```\n````" in build.sources(made.notebook)[4]
    assert cells.marking(made.notebook["cells"][4]) is None


def test_an_exercise_that_is_gone_leaves_what_somebody_did_of_it() -> None:
    mine = edited(BASE.notebook, "f", "def f(): return 1")
    made = merged(mine, next_release(TEXT, FREE))
    assert build.sources(made.notebook) == ["# Lists", "show(1)", "def f(): return 1"]
    assert cells.grade_id(made.notebook["cells"][2]) is None
    assert {(one.kind, one.key) for one in made.changes} == {("kept", "f"), ("removed", "t")}


def test_what_one_deleted_stays_so_unless_it_counts_or_was_changed() -> None:
    theirs = next_release(TEXT, FREE, ANSWER, TESTS)
    mine = without(without(BASE.notebook, "free"), "t")
    made = merged(mine, theirs)
    assert build.sources(made.notebook) == ["# Lists", "# your code", "assert f() == 1"]
    assert [(one.kind, one.key) for one in made.changes] == [("returned", "t")]
    again = merged(mine, next_release(TEXT, {**FREE, "source": "show(2)"}, ANSWER, TESTS))
    assert "show(2)" in build.sources(again.notebook)


def test_points_and_marks_are_those_of_the_release() -> None:
    theirs = next_release(TEXT, FREE, ANSWER, build.machine("assert f() == 1", points=5))
    mine = copy.deepcopy(BASE.notebook)
    mine["cells"][3]["metadata"] |= {"collapsed": True, "nbgrader": {"grade_id": "t", "points": 99}}
    made = merged(mine, theirs).notebook["cells"][3]["metadata"]
    assert made["nbgrader"]["points"] == 5
    assert made["collapsed"]


def test_moved_cells_stay_where_one_put_them() -> None:
    mine = copy.deepcopy(BASE.notebook)
    mine["cells"].reverse()
    theirs = next_release(TEXT, build.cell("new", id="n"), FREE, ANSWER, TESTS)
    assert build.sources(merged(mine, theirs).notebook) == [
        "assert f() == 1",
        "# your code",
        "show(1)",
        "# Lists",
        "new",
    ]
    theirs = next_release(FREE, TEXT, ANSWER, TESTS)
    assert merged(BASE.notebook, theirs).notebook == theirs


def test_the_pieces_of_a_split_cell_and_copies_stay() -> None:
    mine = edited(BASE.notebook, "f", "b = 2")
    piece = {**copy.deepcopy(mine["cells"][2]), "id": "upper", "source": "a = 1"}
    mine = put(mine, 2, piece, {**copy.deepcopy(mine["cells"][2]), "source": "a copy with the same id"})
    made = merged(mine, next_release({**TEXT, "source": "# New"}, FREE, ANSWER, TESTS)).notebook
    assert build.sources(made)[1:5] == ["show(1)", "a = 1", "a copy with the same id", "b = 2"]
    ids = [cell["id"] for cell in made["cells"]]
    assert len(set(ids)) == len(ids)


def test_a_copy_without_ids_is_told_by_its_keys() -> None:
    mine = edited(BASE.notebook, "f", "x = 1")
    raw = {
        **mine,
        "nbformat_minor": 4,
        "cells": [{k: v for k, v in c.items() if k != "id"} for c in mine["cells"]],
    }
    read = files.read(files.write(raw), name="n.ipynb")
    theirs = next_release({**TEXT, "source": "# New"}, FREE, ANSWER, TESTS)
    assert build.sources(merged(read, theirs).notebook) == ["# New", "show(1)", "x = 1", "assert f() == 1"]


@pytest.mark.parametrize("mark", [None, 7, {"key": 1}, {"key": ""}, {"key": "text", "id": 3}, ["text"]])
def test_marks_of_nonsense_are_nobodys(mark: Any) -> None:
    mine = put(BASE.notebook, 0, {**build.cell("mine", id="m"), "metadata": {"courseware": mark}})
    made = merged(mine, next_release(TEXT, FREE, ANSWER, TESTS)).notebook
    assert "mine" in build.sources(made)
    assert "# Lists" in build.sources(made)


class Author:
    """Somebody who edits a notebook at random; each text they write is new."""

    def __init__(self, name: str, chance: random.Random) -> None:
        self.name, self.chance, self.number = name, chance, 0
        self.written: list[str] = []

    def text(self) -> str:
        self.number += 1
        self.written.append(f"{self.name} {self.number}\nline")
        return self.written[-1]

    def edit(self, found: list[files.Cell]) -> None:
        """Another text in a cell."""
        if found:
            place = self.chance.randrange(len(found))
            found[place] = {**found[place], "source": self.text()}

    def add(self, found: list[files.Cell]) -> None:
        """A cell of one's own."""
        kind = self.chance.choice(["code", "markdown"])
        made = build.cell(self.text(), kind, id=f"{self.name}-{self.number}")
        found.insert(self.chance.randint(0, len(found)), made)

    def remove(self, found: list[files.Cell]) -> None:
        """A cell less; what stood there is given up by whoever does it."""
        if found:
            gone = found.pop(self.chance.randrange(len(found)))
            self.written = [text for text in self.written if text != gone["source"]]

    def move(self, found: list[files.Cell]) -> None:
        """A cell somewhere else."""
        if found:
            cell = found.pop(self.chance.randrange(len(found)))
            found.insert(self.chance.randint(0, len(found)), cell)

    def double(self, found: list[files.Cell]) -> None:
        """A copy of a cell, as JupyterLab makes one: its marks doubled, a new id."""
        if found:
            self.number += 1
            cell = self.chance.choice(found)
            found.append({**copy.deepcopy(cell), "id": f"{self.name}-copy-{self.number}"})

    def work(
        self, notebook: files.Notebook, acts: list[Callable[[list[files.Cell]], None]]
    ) -> files.Notebook:
        """A few edits."""
        made = copy.deepcopy(notebook)
        for _ in range(self.chance.randint(0, 6)):
            self.chance.choice(acts)(made["cells"])
            standing = {cell["source"] for cell in made["cells"]}
            self.written = [text for text in self.written if text in standing]
        return made


def lesson(chance: random.Random) -> anchors.Stamped:
    """A release of a few cells of all kinds."""
    found = []
    for number in range(chance.randint(1, 9)):
        kind, text, key = chance.randrange(3), f"base {number}", f"g{number}"
        made = [build.cell(text), build.answer(text, key), build.machine(text, key)][kind]
        found.append({**made, "id": f"base-{number}"})
    return released(*found)


@hypothesis.settings(max_examples=300, deadline=None)
@hypothesis.given(seed=strategies.integers(0, 2**32))
def test_of_any_two_edits_nothing_is_lost(seed: int) -> None:
    chance = random.Random(seed)
    base = lesson(chance)
    student, teacher = Author("student", chance), Author("teacher", chance)
    mine = student.work(
        base.notebook, [student.edit, student.add, student.remove, student.move, student.double]
    )
    source = teacher.work(base.notebook, [teacher.edit, teacher.add, teacher.remove, teacher.move])
    plain = [
        {**c, "metadata": {k: v for k, v in c["metadata"].items() if k != "courseware"}}
        for c in source["cells"]
    ]
    new = anchors.stamp({**source, "cells": plain}, base.anchors, origin={**ORIGIN, "release": 2})
    made = update.merge(base.notebook, mine, new.notebook, release=2)
    whole = "\n\n".join(build.sources(made.notebook))
    for text in student.written + teacher.written:
        assert text in whole
    # What the student wrote into a cell that is theirs stands there by itself, to be run.
    locked = {
        c["metadata"]["courseware"]["key"]
        for c in new.notebook["cells"]
        if (m := cells.marking(c)) and m.protected
    }
    for cell in mine["cells"]:
        key = cell["metadata"].get("courseware", {}).get("key")
        if cell["source"] in student.written and key not in locked:
            assert cell["source"] in build.sources(made.notebook)
    ids = [cell["id"] for cell in made.notebook["cells"]]
    assert len(set(ids)) == len(ids)
    # All exercises of the release are there once, and the file is one that is read again.
    carried = [
        c["metadata"]["courseware"]["key"]
        for c in made.notebook["cells"]
        if "key" in c["metadata"].get("courseware", {})
    ]
    for cell in new.notebook["cells"]:
        if cells.marking(cell) is not None:
            assert cell["metadata"]["courseware"]["key"] in carried
    again = files.read(files.write(made.notebook), name="n.ipynb")
    assert again == made.notebook
    # Brought once, there is nothing more to bring.
    twice = update.merge(new.notebook, again, new.notebook, release=2)
    assert twice.changes == ()
    assert twice.notebook == again


@hypothesis.settings(max_examples=100, deadline=None)
@hypothesis.given(seed=strategies.integers(0, 2**32))
def test_where_the_course_changed_nothing_the_copy_stays_as_it_is(seed: int) -> None:
    chance = random.Random(seed)
    base = lesson(chance)
    student = Author("student", chance)
    mine = student.work(base.notebook, [student.edit, student.add, student.move, student.double])
    made = update.merge(base.notebook, mine, base.notebook, release=1)
    assert made.changes == ()
    assert build.sources(made.notebook) == build.sources(mine)
