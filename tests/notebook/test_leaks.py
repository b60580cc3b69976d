"""The key is found wherever it stands in what students get, and ordinary lessons are left in peace."""

import base64
import binascii
import io
import json
import pickle
import time
import zipfile
from pathlib import Path
from typing import Any

import nbgrader
import pytest

from courseware.notebook import companions, files, leaks, lint, release, settings_nbgrader
from tests.notebook import build

BODY = """    total, count = 0, 0
    for value in values:
        if value is not None:
            total, count = total + value, count + 1
    return total / count if count else 0"""
KEY = f"def mean_of(values):\n    ### BEGIN SOLUTION\n{BODY}\n    ### END SOLUTION"
HIDDEN = "assert abs(mean_of([1.5, None, 73218.25]) - 36609.875) < 0.001"
TEST = f"assert mean_of([2, 4]) == 3\n### BEGIN HIDDEN TESTS\n{HIDDEN}\n### END HIDDEN TESTS"
WORDS = settings_nbgrader.Delimiters()


def found(book: files.Notebook, beside: dict[str, bytes] | None = None) -> list[lint.Finding]:
    """What is found in a lesson of one notebook and these files."""
    made = release.build(book, name="a", options=settings_nbgrader.Options())
    source = {"a.ipynb": files.write(book), **(beside or {})}
    split = {path: companions.split(data, name=path) for path, data in (beside or {}).items()}
    return leaks.find(source, {"a": made}, split, words=WORDS)


def lesson(*more: files.Cell, **metadata: Any) -> files.Notebook:
    """A lesson with an exercise, and what else."""
    book = build.book(build.answer(KEY), build.machine(TEST), *more)
    return {**book, "metadata": {**book["metadata"], **metadata}}


def one(told: list[lint.Finding]) -> tuple[str, str, str]:
    assert len(told) == 1, told
    return told[0].code, told[0].level, told[0].where


def test_an_ordinary_lesson_has_no_leak() -> None:
    example = build.cell("total = 0\nfor value in [1, 2]:\n    total = total + value\nprint(total)")
    text = build.cell("# The mean\n\nWrite `mean_of(values)`. Of 2 and 4 it is 3.", "markdown")
    data = {"data/temperatures.csv": b"day,value\n1,2\n2,4\n", "helper.py": b"def shown(x):\n    print(x)\n"}
    assert found(lesson(example, text), data) == []


@pytest.mark.parametrize(
    "cell",
    [
        build.cell(f"def average(values):\n{BODY}"),
        build.cell("# " + BODY.replace("\n", "\n# ")),
        build.cell(f"Text\n\n<!-- {BODY} -->", "markdown"),
        build.cell(f"```python\n{BODY}\n```", "markdown"),
        build.cell("\n".join(line.strip().replace(" ", "  ") for line in BODY.split("\n")), "raw"),
        build.cell(f"secret = {base64.b64encode(BODY.encode()).decode()!r}"),
        build.cell(base64.encodebytes(BODY.encode()).decode(), "markdown"),
        build.cell(binascii.hexlify(BODY.encode()).decode(), "markdown"),
    ],
    ids=("code", "comment", "html", "fence", "spaces", "base64", "wrapped", "hex"),
)
def test_a_solution_in_another_cell(cell: files.Cell) -> None:
    assert one(found(lesson(cell))) == ("key-copy", "error", "a.ipynb, cell 3")


def test_a_part_of_a_solution_is_a_warning() -> None:
    template = "def mean_of(values):\n    ____\n" + "\n".join(BODY.split("\n")[1:])
    assert one(found(lesson(build.cell(template)))) == ("key-like", "warning", "a.ipynb, cell 3")


def test_in_a_course_that_was_taken_over_all_are_warnings() -> None:
    book = lesson(build.cell(BODY))
    made = release.build(book, name="a", options=settings_nbgrader.Options())
    told = leaks.find({}, {"a": made}, {}, words=WORDS, adopted=True)
    assert one(told) == ("key-copy", "warning", "a.ipynb, cell 3")


@pytest.mark.parametrize("part", ["metadata", "attachments"])
def test_a_solution_beside_a_cell(part: str) -> None:
    cell = build.cell("Look.", "markdown")
    cell[part] = {"key.py": {"text/plain": BODY.split("\n")}}
    assert one(found(lesson(cell))) == ("key-copy", "error", f"a.ipynb, cell 3, {part}")


def test_the_state_of_widgets() -> None:
    told = found(lesson(widgets={"application/vnd.jupyter.widget-state+json": {"state": {"value": BODY}}}))
    assert one(told) == ("key-copy", "error", "a.ipynb, metadata")


def test_hidden_tests_in_another_cell() -> None:
    assert one(found(lesson(build.cell(HIDDEN)))) == ("key-copy", "error", "a.ipynb, cell 3")


def packed(name: str, data: bytes) -> bytes:
    with io.BytesIO() as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        return made.getvalue()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("answers.py", f"def mean_of(values):\n{BODY}\n".encode()),
        ("answers.csv", f'exercise,answer\nmean,"{BODY}"\n'.encode()),
        ("answers.pkl", pickle.dumps({"mean": BODY})),
        ("answers.zip", packed("deep/answers.py", BODY.encode())),
        ("old.json", json.dumps({"cells": [{"source": BODY.split("\n")}]}).encode()),
        ("answers.txt", BODY.encode("utf-16")),
    ],
)
def test_a_file_beside_the_notebook(path: str, data: bytes) -> None:
    code, level, where = one(found(lesson(), {path: data}))
    assert (code, level) == ("key-copy", "error")
    assert where.startswith(path)


def nested(each: bytes, *wide: int) -> bytes:
    """An archive of so many archives of so many files that are all the same."""
    for number in wide:
        with io.BytesIO() as made:
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
                for n in range(number):
                    archive.writestr(f"{n}.zip", each)
            each = made.getvalue()
    return each


@pytest.mark.parametrize(
    "data",
    [nested(b"A" * 3_900_000, 10, 20), nested(b"few", 50, 60), nested(b"deep", 1, 1, 1, 1, 1)],
    ids=("bytes", "files", "depth"),
)
def test_an_archive_that_unfolds_to_very_much_is_read_in_part_and_that_is_told(data: bytes) -> None:
    begun = time.process_time()
    told = found(lesson(), {"a.zip": data, "b.py": f"def mean_of(values):\n{BODY}\n".encode()})
    assert [each.where for each in told if each.code == "key-copy"] == ["b.py"]
    (unread,) = [each for each in told if each.code == "unsearched"]
    assert unread.where.startswith("a.zip, ")
    assert unread.level == "warning"
    assert time.process_time() - begun < 60


def test_compiled_python_of_a_file_with_solutions() -> None:
    helper = f"def helping(values):\n### BEGIN SOLUTION\n{BODY}\n### END SOLUTION\n".encode()
    assert found(build.book(), {"helper.py": helper}) == []
    told = found(build.book(), {"helper.py": helper, "__pycache__/helper.cpython-311.pyc": b"\xa7\r\r\n"})
    assert one(told) == ("key-copy", "error", "__pycache__/helper.cpython-311.pyc")


def test_the_same_with_other_names_is_a_warning() -> None:
    other = BODY.replace("total", "s").replace("count", "n").replace("values", "xs").replace("value", "x")
    assert one(found(lesson(build.cell(f"def other(xs):\n{other}")))) == (
        "key-like",
        "warning",
        "a.ipynb, cell 3",
    )


def test_values_of_hidden_tests_in_a_file_are_a_warning() -> None:
    told = found(lesson(), {"expected.csv": b"input,result\n73218.25,36609.875\n"})
    assert one(told) == ("key-like", "warning", "expected.csv")


def test_a_short_copy_is_a_warning() -> None:
    short = build.answer(
        "def f(celsius):\n    ### BEGIN SOLUTION\n    return celsius * 9 / 5 + 32\n    ### END SOLUTION"
    )
    book = build.book(short, build.cell("def g(celsius):\n    return celsius * 9 / 5 + 32"))
    assert one(found(book)) == ("key-like", "warning", "a.ipynb, cell 2")


def test_what_cannot_be_read_stops_nothing() -> None:
    odd = {
        "a.zip": b"PK\x03\x04 no zip",
        "b.gz": b"\x1f\x8b no gzip",
        "c.json": b"{",
        "d.bin": bytes(range(256)) * 9,
    }
    (unread,) = found(lesson(), odd)
    assert (unread.code, unread.where) == ("unsearched", "a.zip")


def spoiled(*, locked: bool) -> bytes:
    """A zip with a copy of the key behind a picture that is damaged, or needs a password."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("first.bin", b"picture" * 9)
        packed.writestr("answers.py", f"def mean_of(values):\n{BODY}\n")
    data = bytearray(out.getvalue())
    if locked:
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
    else:
        data[data.index(b"picture")] ^= 255
    return bytes(data)


@pytest.mark.parametrize("locked", [True, False])
def test_a_member_that_cannot_be_read_hides_none_after_it(locked: bool) -> None:
    told = {each.code: each.where for each in found(lesson(), {"a.zip": spoiled(locked=locked)})}
    assert told == {"key-copy": "a.zip, answers.py", "unsearched": "a.zip, first.bin"}


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_zip_that_is_damaged_anywhere_ends_nothing(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        packed.writestr("näme.txt", "words and more words " * 40)
    data = out.getvalue()
    for place in range(len(data)):
        broken = data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :]
        assert {each.code for each in found(build.book(), {"a.zip": broken})} <= {"unsearched"}


ROOT = Path(__file__).parents[2]
DEMO = ROOT / "notebooks" / "demo_course" / "lessons"
GUIDE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source"
CORPUS = ROOT.parent / "shared" / "conformance" / "corpora" / "cs1302" / "source"
SHOWN = {
    ("Lab2", "Calculators.ipynb, cell 12", "key-like"),
    ("Lab3a", "Improved Quadratic Equation Solver.ipynb, cell 26", "key-like"),
    ("Lab3b", "Big Number Conversion.ipynb, cell 13", "key-copy"),
    ("Lab4", "Mastermind.ipynb, cell 32", "key-like"),
}
"""What the real course does show its students: looked at one by one, each is as the finding says."""


def of_folder(folder: Path) -> list[lint.Finding]:
    """What is found in the lesson of a folder."""
    source = {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    books = {path: files.read(data, name=path) for path, data in source.items() if path.endswith(".ipynb")}
    made = {
        path.removesuffix(".ipynb"): release.build(book, name=path, options=settings_nbgrader.Options())
        for path, book in books.items()
    }
    beside = {path: companions.split(data, name=path) for path, data in source.items() if path not in books}
    return leaks.find(source, made, beside, words=WORDS)


LESSONS = [*(folder for folder in sorted(DEMO.iterdir()) if folder.is_dir()), GUIDE / "ps1"]


@pytest.mark.parametrize("folder", LESSONS, ids=lambda folder: folder.name)
def test_lessons_without_leaks(folder: Path) -> None:
    assert of_folder(folder) == []


def test_a_real_course_has_no_false_alarm() -> None:
    lessons = [folder for folder in sorted(CORPUS.iterdir()) if folder.is_dir()] if CORPUS.is_dir() else []
    told = {(folder.name, each.where, each.code) for folder in lessons for each in of_folder(folder)}
    assert told == (SHOWN if lessons else set())
