"""A check runs the visible tests one by one where the student works, in every front end and without any."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from courseware.kit import check

TESTS = """# Run this cell.
limit = 3
assert f(1) == 2, "Twice one is two."
# hint: Look at the sign.
# hint: Write 2 * x.
assert f(limit) == 6, "Twice three is six."
"""


def test_every_test_runs_by_itself() -> None:
    result = check.run(TESTS, {"f": lambda x: x + 1}, title="one by one")
    assert [(test.verdict, test.message) for test in result.tests] == [
        ("pass", ""),
        ("fail", "Twice three is six."),
    ]
    assert result.told == "1 of 2 visible tests pass."
    right = check.run(TESTS, {"f": lambda x: 2 * x})
    assert right.told == "All visible tests pass."


def test_hints_come_one_after_each_failure_of_the_same_test() -> None:
    told = [check.run(TESTS, {"f": lambda x: x}, title="tiers").tests[0].hints for _ in range(4)]
    assert told == [(), ("Look at the sign.",), ("Look at the sign.", "Write 2 * x."), told[2]]
    assert check.run(TESTS, {"f": lambda x: x}, title="tiers").tests[1].hints == ()
    check.run(TESTS, {"f": lambda x: 2 * x}, title="tiers")
    assert check.run(TESTS, {"f": lambda x: x}, title="tiers").tests[0].hints == ()


def test_an_error_is_told_and_stops_nothing_but_what_rests_on_it() -> None:
    result = check.run("assert 1 / 0\nassert 1 == 1\ny = nothing\nassert y", {})
    assert [test.verdict for test in result.tests] == ["error", "pass", "error", "not-run"]
    assert result.tests[0].message == "ZeroDivisionError: division by zero"
    assert [test.unrun for test in result.tests] == [False, False, True, False]
    for form in ("text/html", "text/plain"):
        assert check.bundle(result)[form].count("Have you run the cell with your answer?") == 1


def test_the_names_of_the_notebook_stay_as_they_are() -> None:
    names = {"x": 1}
    check.run("x = 5\ny = 2\nassert x == 5", names)
    assert names == {"x": 1}


class _Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


def _mute() -> None:
    raise _Mute


def _leave() -> None:
    raise SystemExit(3)


@pytest.mark.parametrize("name", ["mute", "leave"])
def test_hostile_answers_only_fail(name: str) -> None:
    result = check.run(f"assert {name}()", {"mute": _mute, "leave": _leave})
    assert [test.verdict for test in result.tests] == ["error"]


def test_a_test_that_counts_tells_its_number() -> None:
    result = check.run("won = 0\nfor n in (1, 2):\n    won += 1\nprint('Not right yet: z')\nwon", {})
    assert (result.problem, result.printed) == (
        "This test counts bit by bit. It gives 2 now.",
        "Not right yet: z\n",
    )
    assert (result.why, result.detail) == ("points", "2")
    for source, why in (("", "none"), ("# nothing", "none"), ("x = 1", "none"), ("assert (", "whole")):
        assert (check.run(source, {}).why, bool(check.run(source, {}).problem)) == (why, True)
    for source in ("1 / 0", "y = 1 / 0", "1 / 0\n1"):
        stopped = check.run(source, {})
        (test,) = stopped.tests
        told = (stopped.problem, test.text, test.verdict)
        assert told == ("", source.removesuffix("\n1"), "error"), source


def test_the_three_forms_say_the_same_and_never_as_markup() -> None:
    result = check.run("assert x == '<script>', '<b>no</b>'\nprint('<i>')", {"x": 1}, title="<u>")
    forms = check.bundle(result)
    assert forms[check.TYPE]["tests"][0]["message"] == "<b>no</b>"
    for markup in ("<script>", "<b>", "<i>", "<u>"):
        assert markup not in forms["text/html"]
    assert "<b>no</b>" in forms["text/plain"]
    json.dumps(forms)


def notebook(folder: Path) -> Path:
    """A saved notebook with an exercise."""
    marks = {"grade": True, "solution": False, "grade_id": "test-f", "points": 1}
    cells = [
        {"cell_type": "code", "metadata": {"nbgrader": marks}, "source": ["assert f(1) == 2, 'Twice.'"]},
        {"cell_type": "markdown", "metadata": {}, "source": "x"},
    ]
    path = folder / "n.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_an_exercise_is_found_by_its_name(tmp_path: Path) -> None:
    path = notebook(tmp_path)
    program = f"""
from courseware.kit import check
f = lambda x: x
print(check.exercise("test-f", notebook={str(path)!r}, names=globals()).told)
print(check.exercise("test-g", notebook={str(path)!r}).problem)
print(check.exercise("test-f", notebook="/nowhere/x.ipynb").problem)
"""
    hidden = f"import sys; sys.modules['IPython'] = sys.modules['IPython.core.getipython'] = None\n{program}"
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=True)
    assert "test-f: 0 of 1 visible tests pass." in done.stdout
    assert "✗ assert f(1) == 2, 'Twice.'" in done.stdout
    assert "There are no tests named 'test-g' in n.ipynb" in done.stdout


def test_in_ipython_it_is_shown(tmp_path: Path) -> None:
    path = notebook(tmp_path)
    program = f"""f = lambda x: 2 * x
from courseware.kit import check
check.exercise("test-f", notebook={str(path)!r})
"""
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "test-f: All visible tests pass." in done.stdout


def test_a_button_checks_each_time_it_is_pressed(tmp_path: Path) -> None:
    path, names = notebook(tmp_path), {"f": lambda x: x}
    box = check.button("test-f", notebook=path, names=names)
    press, shown = box.children
    assert shown.value == ""
    press.click()
    assert "0 of 1 visible tests pass." in shown.value
    names["f"] = lambda x: 2 * x
    press.click()
    assert "All visible tests pass." in shown.value


def test_without_widgets_it_is_checked_at_once(tmp_path: Path) -> None:
    program = f"""import sys
sys.modules["ipywidgets"] = None
from courseware.kit import check
check.button("test-f", notebook={str(notebook(tmp_path))!r}, names={{"f": lambda x: 2 * x}})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "test-f: All visible tests pass." in done.stdout
