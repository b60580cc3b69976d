"""Where tests run: found on key and blank at release, told with its reason, and kept in every grading."""

import dataclasses

import pytest

from courseware.grading import assignment, pipeline, qualify
from courseware.notebook import files, settings_nbgrader
from courseware.sandbox import kernels, port, pythons
from tests.notebook import build
from tests.sandbox import isolated

LIMITS = port.Limits()
RULES = pipeline.Rules()
SOURCE = build.book(
    build.cell("from math import isclose", id="given", grade_id="given", locked=True),
    build.answer(
        "### BEGIN SOLUTION\ndef square(x):\n    return x * x\nclass Box:\n    size = 3\n"
        "code = 'done = True'\n### END SOLUTION",
        "f",
    ),
    build.machine("assert isclose(square(3), 9)", "values"),
    build.machine("assert Box().size == 3", "objects"),
    build.machine("exec(code)\nassert done", "text"),
)


SHAPES = build.book(
    build.answer(
        "### BEGIN SOLUTION\nclass Square:\n    def __init__(self, side): self.side = side\n"
        "    def __mul__(self, n): return Square(self.side * n)\n"
        "    def area(self): return self.side ** 2\n### END SOLUTION",
        "f",
    ),
    build.machine("assert (Square(2) * 3).side == 6", "times"),
    build.machine("assert Square(3).side == 3 and abs((Square(3).area() - 9).real) < 0.01", "number"),
    build.machine(
        "import datetime\nassert Square(3).side == 3 and Square(3).area().conjugate() == 9", "same"
    ),
)


def prepared(source: files.Notebook = SOURCE) -> assignment.Assignment:
    return assignment.prepare(
        {"book.ipynb": files.write(source)},
        options=settings_nbgrader.Options(),
        autotests=None,
        sandbox=kernels.Jailed(),
        python=pythons.current(),
        limits=port.Limits(),
    )


def report(made: assignment.Assignment, sandbox: port.Sandbox) -> qualify.Report:
    return qualify.qualify(made, sandbox, python=pythons.current(), limits=LIMITS, rules=RULES, adopted=False)


def graded(made: assignment.Assignment, sandbox: port.Sandbox, answer: str) -> pipeline.Result:
    told = [vars(row) for row in report(made, isolated.Plain()).exercises]
    handed_in = files.read(files.write(made.notebooks["book"].student), name="book.ipynb")
    for cell in handed_in["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "f":
            cell["source"] = answer
    job = made.job(
        {"book.ipynb": files.write(handed_in)}, python=pythons.current(), rules=RULES, limits=LIMITS
    )
    job = dataclasses.replace(job, apart=qualify.modes(told), asks=qualify.asks(told))
    return pipeline.grade(job, sandbox)[0]


def test_each_test_runs_as_strictly_as_the_key_allows() -> None:
    found = report(prepared(), isolated.Plain())
    rows = {row.key: row for row in found.exercises}
    assert {key: row.test_mode for key, row in rows.items()} == {
        "values": "isolated",
        "objects": "isolated-objects",
        "text": "in-process",
    }
    assert (rows["values"].reason, rows["objects"].reason) == ("", "")
    assert "runs text as code" in rows["text"].reason
    assert found.findings == ()


def test_a_sandbox_that_keeps_nothing_apart_says_so() -> None:
    for row in report(prepared(), kernels.Jailed()).exercises:
        assert (row.test_mode, row.reason) == ("in-process", pipeline.CANNOT)
        assert (row.on_key, row.on_blank) == (2, 0)


def test_a_comparison_that_is_always_true_wins_nothing_apart() -> None:
    cheat = (
        "class Yes(float):\n    def __eq__(self, other): return True\n    __le__ = __ge__ = __lt__ = __eq__\n"
        "    __hash__ = None\n    def __sub__(self, other): return 0.0\n"
        "def square(x): return Yes()\ndef isclose(a, b): return True\nclass Box:\n    size = Yes()"
    )
    result = graded(prepared(), isolated.Plain(), cheat)
    assert {key: mark.score for key, mark in result.marks.items()} == {"values": 0, "objects": 0, "text": 0}
    honest = graded(prepared(), isolated.Plain(), "def square(x): return x * x\nclass Box: size = 3")
    assert {key: mark.score for key, mark in honest.marks.items()} == {"values": 2, "objects": 2, "text": 0}
    assert honest.modes == {"values": "isolated", "objects": "isolated-objects"}


def test_objects_are_asked_only_what_the_test_asks_of_those_of_the_key() -> None:
    """Where the key has a number, an object that takes away what is expected can say that nothing is left."""
    made = prepared(SHAPES)
    rows = {row.key: row for row in report(made, isolated.Plain()).exercises}
    assert {row.test_mode for row in rows.values()} == {"isolated-objects"}
    assert rows["times"].asks == ("__mul__", "side")
    assert rows["number"].asks == rows["same"].asks == ("area", "side")
    cheat = (
        "class Left:\n    real = 0\n    def __sub__(self, other): return self\n"
        "    def conjugate(self): return 9\n"
        "class Square:\n    def __init__(self, side): self.side = side\n    def area(self): return Left()\n"
    )
    result = graded(made, isolated.Plain(), cheat)
    assert {key: mark.score for key, mark in result.marks.items()} == {"times": 0, "number": 0, "same": 0}
    assert "Plain data was expected" in result.marks["number"].reason
    honest = (
        "class Base:\n    def area(self): return self.side * self.side\n"
        "class Square(Base):\n    def __init__(self, side): self.side = side\n"
        "    def __mul__(self, n): return type(self)(n * self.side)\n"
    )
    result = graded(made, isolated.Plain(), honest)
    assert {key: mark.score for key, mark in result.marks.items()} == {"times": 2, "number": 2, "same": 2}


def test_tests_that_run_apart_are_never_run_otherwise() -> None:
    result = graded(prepared(), kernels.Jailed(), "def square(x): return x * x")
    assert (result.marks, result.fault) == ({}, pipeline.CANNOT)


def test_a_students_cell_with_the_name_of_a_test_does_not_run_beside_the_tests() -> None:
    made = prepared()
    handed_in = files.read(files.write(made.notebooks["book"].student), name="book.ipynb")
    handed_in["cells"].append(build.machine("square = lambda x: 9\nassert True", "values"))
    job = made.job(
        {"book.ipynb": files.write(handed_in)}, python=pythons.current(), rules=RULES, limits=LIMITS
    )
    apart = qualify.modes([{"notebook": "book", "key": "values", "test_mode": "isolated"}])
    result = pipeline.grade(dataclasses.replace(job, apart=apart), isolated.Plain())[0]
    assert result.marks["values"].score == pytest.approx(0)
