"""What stops a release, and what is only said."""

import time

import pytest

from courseware import errors
from courseware.notebook import cells, companions, files, lint, settings_nbgrader
from tests.notebook import build


def _codes(*cells: files.Cell, level: str = "error") -> set[str]:
    data = files.write(build.book(*cells))
    return {finding.code for finding in lint.notebook(data, name="a.ipynb") if finding.level == level}


GOOD = (build.answer("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), build.machine("assert x == 1"))


def test_a_good_notebook_has_no_findings() -> None:
    assert lint.notebook(files.write(build.book(*GOOD)), name="a.ipynb") == []


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (build.machine("assert x", "t"), "grade-id"),
        (build.machine("assert x", ""), "grade-id"),
        (build.machine("assert x", "a b"), "grade-id"),
        (build.cell("assert x", grade_id="p", grade=True, locked=True), "points"),
        (build.machine("assert x", "p", "x"), "points"),  # type: ignore[arg-type]
        (build.machine("assert x", "p", -1), "points"),
        (build.machine("assert x", "p", True), "points"),
        (build.machine("assert x", "p", float("nan")), "points"),
        (build.machine("assert x", "p", float("inf")), "points"),
        (build.cell("Why?", "markdown", grade_id="p", task=True, locked=True, points=None), "points"),
        (build.cell("assert x", grade_id="p", locked=True, schema_version=4), "new-schema"),
        (build.cell("Why?", "markdown", grade_id="p", grade=True, points=1), "cell-role"),
        (build.cell("x", grade_id="p", task=True, points=1), "cell-role"),
        (build.answer("### BEGIN SOLUTION\nx", "s"), "region"),
        (build.answer("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "s"), "region"),
        (build.cell("### BEGIN SOLUTION\nx\n### END SOLUTION"), "region-place"),
        (build.cell("### BEGIN HIDDEN TESTS\nx\n### END HIDDEN TESTS"), "region-place"),
        (build.cell("=== BEGIN MARK SCHEME ===\nx\n=== END MARK SCHEME ===", "markdown"), "region-place"),
    ],
)
def test_errors(cell: files.Cell, code: str) -> None:
    assert code in _codes(*GOOD, cell)


@pytest.mark.parametrize("points", ["2", "", 0, 1.5])
def test_points_as_an_older_nbgrader_wrote_them_are_its_own(points: object) -> None:
    old = build.cell("assert x", grade_id="p", grade=True, locked=True, points=points, schema_version=1)
    assert "points" not in _codes(*GOOD, old)


def test_an_empty_test_is_a_warning() -> None:
    assert "empty-test" in _codes(*GOOD, build.machine("# nothing\nimport os", "u"), level="warning")


HELPER = "def close(a, b):\n    return abs(a - b) < 1e-6"
USES = build.machine("assert close(x, 1)", "u")
BY_WAY = "def right(a):\n    return close(a, 1)"
USES_BOTH = build.machine("assert right(x)", "u")


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ((build.cell(HELPER), USES), True),
        (
            (build.cell(f"%matplotlib inline\n{HELPER}"), build.machine("list(map(close, [x], [1]))", "u")),
            True,
        ),
        ((build.cell(HELPER), build.cell(BY_WAY, grade_id="w", locked=True), USES_BOTH), True),
        ((build.cell(HELPER), build.cell(BY_WAY, grade_id="w", locked=True)), False),
        ((build.cell(HELPER, grade_id="h", locked=True), USES), False),
        ((build.answer(HELPER, "h"), USES), False),
        ((build.cell(HELPER), build.answer("from given import close", "h"), USES), False),
        ((build.cell(HELPER), build.machine(f"{HELPER}\nassert close(x, 1)", "u")), False),
        ((build.cell(HELPER), build.machine("assert x == 1", "u")), False),
        ((build.cell("class close: pass"), USES), False),
        ((build.cell("%%R\n" + HELPER), USES), False),
    ],
    ids=[
        "open",
        "by name",
        "by way of a locked one",
        "by nobody",
        "locked",
        "answer",
        "imported",
        "own",
        "unused",
        "class",
        "magic",
    ],
)
def test_a_helper_of_the_tests_in_an_open_cell_is_a_warning(
    cells: tuple[files.Cell, ...], found: bool
) -> None:
    assert ("open-helper" in _codes(*GOOD, *cells, level="warning")) is found


def test_a_helper_in_an_open_cell_is_told_once_and_by_its_place() -> None:
    data = files.write(build.book(*GOOD, build.cell(HELPER), USES, build.machine("assert close(x, 2)", "v")))
    [told] = lint.notebook(data, name="a.ipynb")
    assert told.where == "a.ipynb, cell 4 (u)"
    assert "close stands in cell 3, which students can change. Lock that cell." in told.message


def test_no_notebook_is_an_error() -> None:
    assert [finding.code for finding in lint.notebook(b"{", name="a.ipynb")] == ["unreadable"]


def test_a_key_in_a_helper_file_is_taken_out() -> None:
    data = b"def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION\n"
    data += b"# BEGIN HIDDEN TESTS\nassert f()\n# END HIDDEN TESTS\n"
    made = companions.split(data, name="helper.py")
    assert made.student == b"def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"
    assert b"assert f()" in made.instructor
    assert made.answer


def test_an_open_region_in_a_helper_file_is_an_error() -> None:
    assert [finding.code for finding in lint.companion(b"# BEGIN SOLUTION\n1", name="h.py")] == ["region"]


@pytest.mark.parametrize("name", ["helper.PY", "notes.tex", "query.sql", "main.cpp", "page.html", "Makefile"])
def test_no_text_file_keeps_a_solution(name: str) -> None:
    made = companions.split(b"a\n// BEGIN SOLUTION\nsecret\n// END SOLUTION\n", name=name)
    assert b"secret" not in made.student


def test_a_text_in_another_encoding_loses_its_solution_only() -> None:
    made = companions.split(b"caf\xe9\n% BEGIN SOLUTION\nsecret\n% END SOLUTION\n", name="a.tex")
    assert made.student == b"caf\xe9\n"


@pytest.mark.parametrize("data", ["# BEGIN SOLUTION".encode("utf-16"), b"PK\0BEGIN HIDDEN TESTS"])
def test_a_solution_in_no_plain_text_is_refused(data: bytes) -> None:
    with pytest.raises(errors.UserError):
        companions.split(data, name="a.bin")


def test_an_ending_in_capitals_stops_the_release() -> None:
    (found,) = lint.lesson({"a.IPYNB": b"{}"})
    assert (found.code, found.level) == ("unreadable", "error")


OWN = settings_nbgrader.Delimiters(solution=("KEY>", "<KEY"), hidden=("SECRET>", "<SECRET"))


def test_delimiters_are_read_from_the_courses_settings() -> None:
    told = settings_nbgrader.from_python(
        "c.ClearSolutions.begin_solution_delimeter = 'KEY>'\n"
        "c.ClearSolutions.end_solution_delimeter = '<KEY'\n"
        "c.ClearHiddenTests.begin_test_delimeter = 'SECRET>'\n"
        "c.ClearHiddenTests.end_test_delimeter = '<SECRET'\n"
    )
    assert settings_nbgrader.delimiters(told) == OWN


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ("# KEY>\nx = 1\n# <KEY", {"region-place"}),
        ("# KEY>\nx = 1", {"region", "region-place"}),
        ("# SECRET>\nassert x\n# <SECRET", {"region-place"}),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", {"leak"}),
    ],
)
def test_a_courses_own_delimiters_are_known(source: str, codes: set[str]) -> None:
    data = files.write(build.book(build.cell(source)))
    assert {found.code for found in lint.lesson({"a.ipynb": data}, words=OWN)} == codes


def test_a_helper_file_is_stripped_by_the_courses_own_delimiters() -> None:
    made = companions.split(
        b"# KEY>\nsecret = 1\n# <KEY\n# SECRET>\nassert 1\n# <SECRET\n", name="h.py", words=OWN
    )
    assert b"secret" not in made.student + made.instructor
    assert b"assert" not in made.student
    assert [f.code for f in lint.lesson({"h.py": b"# BEGIN SOLUTION\n1\n# END SOLUTION"}, words=OWN)] == [
        "leak"
    ]


@pytest.mark.parametrize("kind", ["markdown", "raw", "code"])
def test_a_solution_left_anywhere_else_is_an_error(kind: str) -> None:
    assert "region-place" in _codes(*GOOD, build.cell("### BEGIN SOLUTION\nx\n### END SOLUTION", kind))


@pytest.mark.parametrize(
    ("cells", "code", "level"),
    [
        ((build.machine("assert x"),), "no-answer", "warning"),
        ((*GOOD, build.machine("assert (", "u")), "syntax", "warning"),
        ((*GOOD, build.cell("![](plot.png)", "markdown")), "alt-text", "warning"),
        ((build.cell("x", grade_id="s", solution=True, schema_version=1),), "old-schema", "repaired"),
    ],
)
def test_what_is_only_said(cells: tuple[files.Cell, ...], code: str, level: str) -> None:
    assert code in _codes(*cells, level=level)


def test_what_the_release_mends_for_the_whole_notebook() -> None:
    book = build.book(*GOOD)
    bare = [{k: v for k, v in cell.items() if k != "id"} for cell in book["cells"]]
    odd = {**book, "cells": bare, "metadata": {"kernelspec": {"name": "xpython", "language": "python"}}}
    found = lint.notebook(files.write(odd), name="a.ipynb")
    assert {(one.code, one.level) for one in found} == {("no-ids", "repaired"), ("kernel", "repaired")}


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTON\nx = 1\n### END SOLUTION",
        "x = 1\n### END SOLUTION",
        "### BEGIN SOLUTION\nx\n### END SOLUTION\ny\n### END SOLUTION",
    ],
)
def test_an_end_without_a_beginning_is_an_error(source: str) -> None:
    assert "region" in _codes(*GOOD, build.answer(source, "s"))
    assert "region" in {found.code for found in lint.companion(source.encode(), name="h.py")} | {
        found.code for found in lint.companion(f"{source}\n".encode(), name="h.txt")
    }


def test_hidden_tests_that_end_without_a_beginning_are_an_error() -> None:
    test = "assert x\n### BEGIN HIDDEN TEST\nassert x == 1\n### END HIDDEN TESTS"
    assert {"region", "leak"} <= _codes(*GOOD, build.machine(test, "u"))


@pytest.mark.parametrize(
    "line",
    [
        "### BEGIN SOLUTON",
        "### BEGIN SOLUTION".lower(),
        "# Begin Solution",
        "### BEGIN_SOLUTION",
        "### BEGINSOLUTION",
        "###  BEGIN  SOLUTION",
        "### BEGNI SOLUTION",
        "### BEGIN SOLUION of the second part",
        "### BEGIN HIDDEN TEST",
        "#BEGIN HIDEN TESTS",
        "### BEGIN HIDDEN",
        "### END HIDDEN TEST",
        "// END SOLUTOIN",
        "=== BEGIN MARK SCHEM ===",
        "    ### BEGIN HIDDEN TSETS",
    ],
)
def test_a_misspelt_delimiter_is_a_leak(line: str) -> None:
    assert "leak" in _codes(*GOOD, build.machine(f"assert x\n{line}\nassert x == 1", "u"))
    found = lint.lesson({"h.py": f"x = 1\n{line}\ny = 2\n".encode()})
    assert ("leak", "error") in {(one.code, one.level) for one in found}
    assert "h.py, line 2" in {one.where for one in found}


@pytest.mark.parametrize(
    "line",
    [
        "# BEGIN here",
        "# BEGIN",
        "# END",
        "# Begin with the solution of the first part",
        "# begin solution of the equation by hand",
        "# The solution is hidden in the tests",
        "# BEGIN SECTION two",
        "# BEGIN HIDDEN LAYER",
        "# END OF FILE",
        "# END TRANSACTION",
        "# BEGIN TESTS",
        "# solution",
        "print('BEGIN SOLUTON')",
        "# YOUR CODE HERE",
        "## Hidden tests",
        "# mark scheme",
        "----- BEGIN CERTIFICATE -----",
    ],
)
def test_honest_comments_are_no_finding(line: str) -> None:
    assert _codes(*GOOD, build.machine(f"assert x\n{line}\nassert x == 1", "u")) == set()
    assert lint.lesson({"h.py": f"x = 1\n{line}\ny = 2\n".encode()}) == []


def test_a_courses_own_delimiters_are_not_misspelt() -> None:
    own = settings_nbgrader.Delimiters(solution=("BEGIN ANSWER KEY", "END ANSWER KEY"))
    good = b"# BEGIN ANSWER KEY\n1\n# END ANSWER KEY\n"
    assert lint.lesson({"h.py": good}, words=own) == []
    near = good.replace(b"BEGIN ANSWER KEY", b"BEGIN ANSWR KEY")
    assert {found.code for found in lint.lesson({"h.py": near}, words=own)} == {"region"}
    near = good.replace(b"ANSWER KEY", b"ANSWR KEY")
    assert {found.code for found in lint.lesson({"h.py": near}, words=own)} == {"leak"}


@pytest.mark.parametrize("text", ["#" * 200_000, "# " + "#" * 99_999 + "x", "# " + "x #" * 60_000])
def test_lint_and_titles_are_linear(text: str) -> None:
    given = build.book(build.cell(text, "markdown"), build.cell(text), build.machine("assert f(1) == 1"))
    began = time.process_time()
    lint.lesson({"n.ipynb": files.write(given)})
    list(cells.exercises(given, name="n"))
    assert time.process_time() - began < 5


def test_a_title_is_the_last_heading_without_its_signs() -> None:
    told = "# First\ntext\n## Second one ##  \n####### no heading\n#no heading\n"
    given = build.book(build.cell(told, "markdown"), build.machine("1"))
    assert [exercise.title for exercise in cells.exercises(given, name="n")] == ["Second one"]
