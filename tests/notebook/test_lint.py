"""What stops a release, and what is only said."""

import pytest

from courseware import errors
from courseware.notebook import companions, files, lint
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


def test_an_empty_test_is_a_warning() -> None:
    assert "empty-test" in _codes(*GOOD, build.machine("# nothing\nimport os", "u"), level="warning")


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
