"""Notebooks of two other languages, with kernels that are installed: released, graded, limited, shut in."""

import socket
from pathlib import Path

import pytest

from courseware import wiring
from courseware.grading import folder
from courseware.notebook import files
from courseware.sandbox import port, pythons
from tests.grading import graded
from tests.notebook import build

pytestmark = pytest.mark.slow

SCHEME = {"name": "calysto_scheme", "display_name": "Calysto Scheme 3", "language": "scheme"}
BASH = {"name": "bash", "display_name": "Bash", "language": "bash"}


def book(spec: dict[str, str], *cells: files.Cell) -> files.Notebook:
    return {**build.book(*cells), "metadata": {"kernelspec": spec}}


def solved(text: str, grade_id: str = "f") -> files.Cell:
    return build.answer(f"### BEGIN SOLUTION\n{text}\n### END SOLUTION", grade_id)


IN_SCHEME = book(
    SCHEME,
    solved("(define (square x) (* x x))"),
    build.machine('(assert = (square 3) 9 "nine")', "t"),
    build.machine("(if (= (square 4) 16) 2 0.5)", "share"),
    solved("(define (twice x) (* 2 x))", "g"),
    build.machine('(assert = (twice 3) 6 "six")', "u"),
)
IN_BASH = book(
    BASH,
    solved("greet() { echo Hello, $1; }"),
    build.machine('[ "$(greet you)" = "Hello, you" ]', "t"),
)


def entry(place: Path, source: files.Notebook, handed_in: files.Notebook) -> folder.Entry:
    for where, told in (("source/a", source), ("submitted/sam/a", handed_in)):
        (place / where).mkdir(parents=True, exist_ok=True)
        (place / where / "n.ipynb").write_bytes(files.write(told))
    (place / "source" / "a" / "lesson.toml").write_text("[limits]\ncell_seconds = 8\n")
    sandbox = wiring.sandbox(unsafe=False)
    asked = folder.Run(source=place / "source", submitted=place / "submitted", python=pythons.current())
    found: list[folder.Entry] = []
    folder.grade(asked, folder.works(asked, sandbox), sandbox, found.extend)
    return found[0]


def points(told: folder.Entry) -> dict[str, float]:
    return {key: cell["score"] for key, cell in told["cells"].items()}


def test_scheme_gives_points_by_error_and_by_value(tmp_path: Path) -> None:
    right = book(
        SCHEME, build.answer("(define (square x) (* x x))"), build.answer("(define (twice x) (+ x x))", "g")
    )
    told = entry(tmp_path, IN_SCHEME, right)
    assert points(told) == {"t": 2, "share": 2, "u": 2}
    assert {cell["test_mode"] for cell in told["cells"].values()} == {"in-process"}
    wrong = book(
        SCHEME, build.answer("(define (square x) (+ x x))"), build.answer("(define (twice x) (* 2 x))", "g")
    )
    told = entry(tmp_path, IN_SCHEME, wrong)
    assert points(told) == {"t": 0, "share": 0.5, "u": 2}
    assert told["cells"]["share"]["verdict"] == "partial"


def test_an_endless_loop_in_scheme_costs_its_exercise(tmp_path: Path) -> None:
    loops = book(
        SCHEME,
        build.answer("(define (square x) (square x))"),
        build.answer("(define (twice x) (* 2 x))", "g"),
    )
    told = entry(tmp_path, IN_SCHEME, loops)
    assert points(told) == {"t": 0, "share": 0, "u": 2}
    assert told["cells"]["t"]["verdict"] == "timeout"


def test_bash_is_graded_and_its_solutions_are_taken_out(tmp_path: Path) -> None:
    done = graded.grade(
        tmp_path,
        {"n.ipynb": files.write(IN_BASH)},
        {"n.ipynb": files.write(book(BASH, build.answer('greet() { echo "Hello, $1"; }')))},
    )
    assert done.scores["t"].score == 2
    exercise = done.release.report["exercises"][0]
    assert (exercise["on_key"], exercise["on_blank"], exercise["test_mode"]) == (2, 0, "in-process")
    assert done.grading.result["sandbox"] == "jail"


def test_a_kernel_that_is_not_installed_is_the_courses_fault(tmp_path: Path) -> None:
    source = book({"name": "nowhere", "display_name": "N", "language": "klingon"}, build.machine("x"))
    told = entry(tmp_path, source, source)
    assert (told["score"], "'nowhere' is not installed" in told["error"]) == (None, True)


def test_other_kernels_are_shut_in() -> None:
    workspace = port.Workspace(
        files={"a.txt": b"given"}, python=pythons.current(), limits=port.Limits(), kernel="bash"
    )
    session = wiring.sandbox(unsafe=False).open(workspace)
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            there = listener.getsockname()[1]
            run = session.run(
                f"cat a.txt; id -u; echo x > /usr/x; echo x > /dev/tcp/127.0.0.1/{there}", seconds=20
            )
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()
    finally:
        session.close()
    told = str(run.outputs)
    assert "given" in told
    assert "65534" in told
    assert all(word in told for word in ("/usr/x: Read-only", "Connection refused")), told
