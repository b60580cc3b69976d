"""Checks of an exercise in the student's own Python: the visible tests run at once, each by itself.

In: the source of a test cell as students have it, and the names that the student's cells have made. Out: for
each test whether it passes, its message, and one hint more each time the same test fails; shown in three
forms, of which the front end takes the best it knows. A test is an assert, a block that holds one, or a call
of something named assert. Comments `# hint: ...` below a test are its hints. The tests run in a copy of the
names, so nothing of theirs stays behind. It never talks to a service, and what it finds gives no points.
"""

import ast
import contextlib
import dataclasses
import html
import io
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

TYPE = "application/vnd.courseware.check+json"
Verdict = Literal["pass", "fail", "error", "not-run"]
Why = Literal["", "whole", "points", "none", "missing"]
_WORDS: dict[Verdict, str] = {"pass": "✓", "fail": "✗", "error": "✗", "not-run": "–"}
_SAID: dict[Verdict, str] = {
    "pass": "passes",
    "fail": "does not pass",
    "error": "stops with an error",
    "not-run": "was not run",
}
_HINT = re.compile(r"\s*#\s*hint:\s*(\S.*)", re.IGNORECASE)
_LONGEST = 2000
_UNRUN = "Have you run the cell with your answer?"
_failed: dict[tuple[str, str], int] = {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Test:
    """One test: what stands there, how it went, what it says, and the hints that are told by now; `unrun` if
    a name was missing, as where the answer was not run.
    """

    text: str
    verdict: Verdict
    message: str = ""
    unrun: bool = False
    hints: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """All tests of an exercise in order; `problem` says why there are none, `why` and `detail` say the same
    to a front end that speaks the reader's language.
    """

    title: str
    tests: tuple[Test, ...] = ()
    printed: str = ""
    problem: str = ""
    why: Why = ""
    detail: str = ""

    @property
    def told(self) -> str:
        """The result in one sentence."""
        if self.problem:
            return self.problem
        passed = sum(test.verdict == "pass" for test in self.tests)
        if passed == len(self.tests):
            return "All visible tests pass."
        return f"{passed} of {len(self.tests)} visible tests pass."


def run(source: str, names: Mapping[str, Any], *, title: str = "Check") -> Result:
    """Run the tests in this source; what they define is thrown away."""
    try:
        body = ast.parse(_plain(source)).body
    except SyntaxError:
        problem = "These tests cannot be run one by one. Run their cell instead."
        return Result(title=title, problem=problem, why="whole")
    scope, printed = dict(names), io.StringIO()
    if not any(_is_test(each) for each in body):
        with contextlib.redirect_stdout(printed):
            result = _counted(title, body, scope)
        return dataclasses.replace(result, printed=printed.getvalue()[:_LONGEST])
    lines, tests, stopped = _plain(source).split("\n"), [], False
    with contextlib.redirect_stdout(printed):
        for number, each in enumerate(body):
            end = body[number + 1].lineno - 1 if number + 1 < len(body) else len(lines)
            text = lines[each.lineno - 1].strip()
            if stopped:
                tests += [Test(text=text, verdict="not-run")] if _is_test(each) else []
                continue
            went = _executed(each, scope, text)
            if _is_test(each):
                tests.append(_hinted(title, went, _hints(lines[(each.end_lineno or each.lineno) : end])))
            elif went.verdict != "pass":
                stopped = True
                tests.append(dataclasses.replace(went, verdict="error"))
    return Result(title=title, tests=tuple(tests), printed=printed.getvalue()[:_LONGEST])


def bundle(result: Result) -> dict[str, Any]:
    """The forms of a result, by media type; HTML holds all words as text, never as markup."""
    return {
        TYPE: {**dataclasses.asdict(result), "told": result.told},
        "text/html": _html(result),
        "text/plain": _text(result),
    }


def cell(tests: str, *, title: str = "Check") -> None:
    """Run the tests in this source on the names of the notebook, and show the result."""
    shell = _shell()
    _show(run(tests, shell.user_ns if shell is not None else {}, title=title))


def exercise(
    name: str, *, notebook: str | Path | None = None, names: Mapping[str, Any] | None = None
) -> Result | None:
    """Check an exercise by the name of its tests (its grade_id), as the notebook was saved last.

    Args:
        name: the grade_id of the test cell.
        notebook: the file; without it the one that this kernel belongs to.
        names: what the tests see; without it the names of the notebook.

    Returns:
        The result where there is no IPython to show it; else None, and it is shown.
    """
    result = _result(name, notebook, names)
    _show(result)
    return None if _shell() is not None else result


def button(name: str, *, notebook: str | Path | None = None, names: Mapping[str, Any] | None = None) -> Any:
    """A button that checks an exercise each time it is pressed; arguments as of `exercise`. Where there are
    no widgets (ipywidgets), the exercise is checked at once.
    """
    try:
        import ipywidgets
    except ModuleNotFoundError:
        return exercise(name, notebook=notebook, names=names)
    press = ipywidgets.Button(description="Check", tooltip=f"Run the visible tests of {name}")
    shown = ipywidgets.HTML()

    def pressed(_: object) -> None:
        shown.value = bundle(_result(name, notebook, names))["text/html"]

    press.on_click(pressed)
    return ipywidgets.VBox([press, shown])


def _result(name: str, notebook: str | Path | None, names: Mapping[str, Any] | None) -> Result:
    """How the tests of this name go now."""
    shell = _shell()
    seen = names if names is not None else shell.user_ns if shell is not None else {}
    found = _tests_of(name, notebook)
    if found is not None:
        return run(found, seen, title=name)
    where = f"in {Path(notebook).name}" if notebook else "in the notebook of this kernel"
    problem = f"There are no tests named {name!r} {where}. Save it, or name the file."
    return Result(title=name, problem=problem, why="missing")


def _tests_of(name: str, notebook: str | Path | None) -> str | None:
    """The source of the test cell of this name; None where it cannot be read."""
    path = Path(notebook or os.environ.get("JPY_SESSION_NAME", ""))
    for place in (path, Path(path.name)):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            for cell in json.loads(place.read_text(encoding="utf-8"))["cells"]:
                marks = cell["metadata"].get("nbgrader", {})
                if cell["cell_type"] == "code" and marks.get("grade_id") == name and marks.get("grade"):
                    text = cell["source"]
                    return "".join(text) if isinstance(text, list) else str(text)
    return None


def _shell() -> Any:
    """The IPython that runs this, if any."""
    try:
        from IPython.core.getipython import get_ipython
    except ModuleNotFoundError:
        return None
    return get_ipython()


def _show(result: Result) -> None:
    """Show in the best form that is there; printed where there is no IPython."""
    forms = bundle(result)
    if _shell() is None:
        print(forms["text/plain"])
        return
    from IPython.display import publish_display_data

    publish_display_data(forms)


def _plain(text: str) -> str:
    """The source as Python, magics of IPython turned into calls where there is one."""
    shell = _shell()
    return str(shell.transform_cell(text)) if shell is not None else text


def _is_test(statement: ast.stmt) -> bool:
    """Whether a statement tests something, rather than prepares a test."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return "assert" in ast.unparse(statement.value.func).lower()
    return any(isinstance(each, ast.Assert) for each in ast.walk(statement))


def _counted(title: str, body: list[ast.stmt], scope: dict[str, Any]) -> Result:
    """What tests without an assert tell: those that give points bit by bit end in a number."""
    last = body[-1] if body and isinstance(body[-1], ast.Expr) else None
    kept = ast.parse(f"_ = {ast.unparse(last)}").body if last else []
    for each in [*(body[:-1] if last else body), *kept]:
        went = _executed(each, scope, ast.unparse(each).removeprefix("_ = " if each in kept else ""))
        if went.verdict != "pass":
            return Result(title=title, tests=(dataclasses.replace(went, verdict="error"),))
    if last and isinstance(scope["_"], int | float):
        detail = f"{scope['_']:g}"
        problem = f"This test counts bit by bit. It gives {detail} now."
        return Result(title=title, problem=problem, why="points", detail=detail)
    problem = "There is no visible test here that could be checked. Hand in to have it marked."
    return Result(title=title, problem=problem, why="none")


def _executed(statement: ast.stmt, scope: dict[str, Any], text: str) -> Test:
    """How a statement went that is shown as this text, and what it says if it did not pass."""
    module = ast.Module([statement], [])
    try:
        exec(compile(module, "<check>", "exec"), scope)  # noqa: S102 - the tests, where their student works
    except AssertionError as error:
        return Test(text=text, verdict="fail", message=_said(error))
    except (Exception, SystemExit) as error:
        told = f"{type(error).__name__}: {_said(error)}".removesuffix(": ")
        return Test(text=text, verdict="error", message=told, unrun=isinstance(error, NameError))
    return Test(text=text, verdict="pass")


def _said(error: BaseException) -> str:
    """The words of an error; those of a student's own class may fail themselves."""
    try:
        return str(error)[:_LONGEST]
    except Exception:
        return ""


def _hints(lines: list[str]) -> tuple[str, ...]:
    """The hints in the comments below a test."""
    return tuple(found[1].strip() for line in lines if (found := _HINT.fullmatch(line)))


def _hinted(title: str, test: Test, hints: tuple[str, ...]) -> Test:
    """A test with as many hints as it failed before."""
    place = (title, test.text)
    told = _failed.get(place, 0)
    _failed[place] = 0 if test.verdict == "pass" else told + 1
    return test if test.verdict == "pass" else dataclasses.replace(test, hints=hints[:told])


def _lines(test: Test) -> list[str]:
    """What is said of a test, line by line."""
    hints = [f"Hint: {hint}" for hint in test.hints]
    return [*([test.message] if test.message else []), *([_UNRUN] if test.unrun else []), *hints]


def _text(result: Result) -> str:
    """The result for where there is nothing but text."""
    lines = [f"{result.title}: {result.told}"]
    for test in result.tests:
        lines.append(f"  {_WORDS[test.verdict]} {test.text}")
        lines += [f"      {line}" for line in _lines(test)]
    return "\n".join([*lines, *(["Printed:", result.printed] if result.printed else [])])


def _html(result: Result) -> str:
    """The result for front ends that show HTML."""
    items = ""
    for test in result.tests:
        said = "".join(f"<p>{html.escape(line)}</p>" for line in _lines(test))
        mark = f'<span role="img" aria-label="{_SAID[test.verdict]}">{_WORDS[test.verdict]}</span>'
        items += f"<li>{mark} <code>{html.escape(test.text)}</code>{said}</li>"
    printed = f"<pre>{html.escape(result.printed)}</pre>" if result.printed else ""
    told = f"<p><strong>{html.escape(result.title)}:</strong> {html.escape(result.told)}</p>"
    return f'<div class="courseware-check">{told}{f"<ul>{items}</ul>" if items else ""}{printed}</div>'
