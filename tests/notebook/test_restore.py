"""What of a hand-in counts: the sources of answers, in the order of the copy, and nothing else."""

import copy

from courseware.notebook import cells, files, restore
from tests.notebook import build

RELEASE = build.book(
    build.cell("import math", id="setup"),
    build.answer("# YOUR CODE HERE"),
    build.machine("assert f() == 1"),
    build.answer("# YOUR CODE HERE", "g"),
    build.machine("assert g() == 2", "u"),
)


def _restored(*changed: files.Cell, put_back: restore.PutBack = "all") -> restore.Restored:
    return restore.restore(RELEASE, build.book(*copy.deepcopy(changed)), put_back=put_back)


def test_answers_are_taken_and_tests_are_not() -> None:
    setup, f, t, g, u = RELEASE["cells"]
    cheat = {**build.machine("pass", "t", 99), "cell_type": "markdown"}
    result = _restored(setup, {**f, "source": "def f(): return 1"}, cheat, g, u)
    assert build.sources(result.notebook)[1:3] == ["def f(): return 1", "assert f() == 1"]
    assert cells.marking(result.notebook["cells"][2]) == cells.marking(t)
    assert result.notebook["cells"][2]["cell_type"] == "code"
    assert result.notes


def test_a_deleted_test_comes_back_behind_its_answer() -> None:
    setup, f, _, g, u = RELEASE["cells"]
    assert build.sources(_restored(setup, f, g, u).notebook) == build.sources(RELEASE)
    left_out = _restored(setup, f, g, u, put_back="nothing")
    assert len(left_out.notebook["cells"]) == 4
    assert left_out.missing == {"t"}


def test_of_a_test_that_is_there_twice_the_last_counts_and_of_an_answer_the_first() -> None:
    setup, f, t, g, u = RELEASE["cells"]
    result = _restored(t, setup, f, {**f, "source": "x = 2"}, t, g, u)
    assert [cells.grade_id(cell) for cell in result.notebook["cells"]] == [
        None,
        None,
        "f",
        None,
        "t",
        "g",
        "u",
    ]
    assert result.notes == (
        "The cell t was there more than once; the last one counts.",
        "The cell f was there more than once; the first one counts.",
    )


def test_as_in_nbgrader_only_what_carries_points_is_put_back() -> None:
    setup, _, _, g, u = RELEASE["cells"]
    result = _restored(setup, g, u, put_back="marked")
    assert [cells.grade_id(cell) for cell in result.notebook["cells"]] == [None, "t", "g", "u"]
    assert result.missing == {"f", "t"}


def test_the_first_marked_cell_comes_back_behind_the_plain_cell_above_it() -> None:
    setup, _, t, g, u = RELEASE["cells"]
    assert build.sources(_restored(setup, t, g, u).notebook) == build.sources(RELEASE)


def test_nothing_but_an_empty_notebook() -> None:
    assert build.sources(_restored().notebook) == build.sources(RELEASE)[1:]


def test_copies_and_unknown_cells_stay_as_cells_of_the_students_own() -> None:
    setup, f, t, g, u = RELEASE["cells"]
    mine = build.machine("print(7)", "nobody", 50)
    result = _restored(setup, f, {**f, "source": "x = 2"}, t, mine, g, u)
    assert build.sources(result.notebook)[2] == "x = 2"
    own = [result.notebook["cells"][i] for i in (2, 4)]
    assert all(cell["metadata"] == {} for cell in own)
    ids = [cell["id"] for cell in result.notebook["cells"]]
    assert len(set(ids)) == len(ids)


def test_the_order_of_the_copy_is_kept() -> None:
    setup, f, t, g, u = RELEASE["cells"]
    found = _restored(setup, t, f, u, g).notebook
    assert [cells.grade_id(cell) for cell in found["cells"]] == [None, "t", "f", "u", "g"]
