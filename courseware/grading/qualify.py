"""What must be executed to be known: the key scores all machine points, the blank scores none, and which
tests do so apart from the student's code.

In: an assignment and a sandbox. Out: findings like those of lint, and for each exercise how it went, where
its test will run, and why there. Used by the release; what it found holds for every grading of the release.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from courseware.grading import assignment, lacking, pipeline
from courseware.notebook import cells, files, lint
from courseware.sandbox import port


@dataclasses.dataclass(frozen=True, kw_only=True)
class Qualification:
    """How one machine-marked exercise went on the key and on the blank, in points; `test_mode` as it will be
    run, with the reason where it runs in the student's process. `asks` are the attributes of the key's
    objects that it asks for, and the operators between these and its own data: it may ask for no others.
    """

    notebook: str
    key: str
    points: float
    on_key: float
    on_blank: float
    test_mode: pipeline.Mode
    reason: str
    asks: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Took:
    """How many seconds a test took on the key, in the student's process."""

    notebook: str
    key: str
    seconds: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """All exercises, what is wrong with them, what the key looked for in vain, and how long each test took on
    the key. Times stand apart: two releases that mark alike do not take the same time.
    """

    exercises: tuple[Qualification, ...]
    findings: tuple[lint.Finding, ...]
    lacks: frozenset[lacking.Lacked]
    took: tuple[Took, ...] = ()


def qualify(
    made: assignment.Assignment,
    sandbox: port.Sandbox,
    *,
    python: Path,
    limits: port.Limits,
    rules: pipeline.Rules,
    adopted: bool,
) -> Report:
    """Run key and blank; in an `adopted` course what falls short is a warning instead of an error."""
    blank = _handed_in(made, "student")
    on_key = _on_key(made, sandbox, python=python, limits=limits, rules=rules)
    on_blank = {
        r.notebook: r
        for r in pipeline.grade(made.job(blank, python=python, rules=rules, limits=limits), sandbox)
    }
    submitted = (made.job(_handed_in(made, "key"), python=python, rules=rules, limits=limits), on_key)
    untouched = (made.job(blank, python=python, rules=rules, limits=limits), on_blank)
    chosen = _choose(made, sandbox, submitted, untouched)
    rows = []
    for exercise in made.exercises:
        if exercise.kind == "tests":
            first = on_key[exercise.notebook].marks.get(exercise.key)
            second = on_blank[exercise.notebook].marks.get(exercise.key)
            rows.append(
                Qualification(
                    notebook=exercise.notebook,
                    key=exercise.key,
                    points=exercise.points,
                    on_key=first.score if first else 0.0,
                    on_blank=second.score if second else 0.0,
                    test_mode=chosen[exercise.notebook, exercise.key].mode,
                    reason=chosen[exercise.notebook, exercise.key].reason,
                    asks=chosen[exercise.notebook, exercise.key].asks,
                )
            )
    found = [*_findings(rows, on_key, adopted), *_broken(on_key, adopted)]
    lacks = frozenset[lacking.Lacked]().union(*(result.lacked for result in on_key.values()))
    took = tuple(_took(row, on_key[row.notebook]) for row in rows)
    return Report(exercises=tuple(rows), findings=tuple(found), lacks=lacks, took=took)


def modes(told: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, pipeline.Mode]]:
    """The tests of a release that run apart, by notebook and grade_id, out of its report."""
    found: dict[str, dict[str, pipeline.Mode]] = {}
    for row in told:
        if row["test_mode"] != "in-process":
            found.setdefault(row["notebook"], {})[row["key"]] = row["test_mode"]
    return found


def asks(told: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, frozenset[str]]]:
    """What the tests of a release may ask of the student's objects, by notebook and grade_id, out of its
    report; nothing is said of a test in one that was made before this was found out.
    """
    found: dict[str, dict[str, frozenset[str]]] = {}
    for row in told:
        if "asks" in row:
            found.setdefault(row["notebook"], {})[row["key"]] = frozenset(row["asks"])
    return found


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Where:
    """Where a test runs, why there, and what it asks of the student's objects."""

    mode: pipeline.Mode
    reason: str = ""
    asks: tuple[str, ...] = ()


Results = tuple[pipeline.Job, Mapping[str, pipeline.Result]]
Chosen = dict[tuple[str, str], _Where]


def _choose(made: assignment.Assignment, sandbox: port.Sandbox, key: Results, blank: Results) -> Chosen:
    """Where each test runs: apart if it gives key and blank there what it gives in the usual way.

    Tried strictly first: with data only, then with attributes of the student's objects.
    """
    chosen: Chosen = {}
    open_ones = {(e.notebook, e.key) for e in made.exercises if e.kind == "tests"}
    tries: tuple[pipeline.Mode, ...] = ("isolated", "isolated-objects")
    for mode in tries:
        asked: dict[str, dict[str, pipeline.Mode]] = {}
        for notebook, name in open_ones:
            asked.setdefault(notebook, {})[name] = mode
        on_key = _apart(key[0], asked, sandbox)
        if all(result.fault == pipeline.CANNOT for result in on_key.values()):
            return dict.fromkeys(open_ones, _Where(mode="in-process", reason=pipeline.CANNOT))
        on_blank = _apart(blank[0], asked, sandbox)
        for notebook, name in sorted(open_ones):
            reason = _differs(name, key[1][notebook], on_key[notebook], "The key")
            reason = reason or _differs(name, blank[1][notebook], on_blank[notebook], "An untouched copy")
            run = _run_of(name, on_key[notebook])
            used = run.asked if run and mode == "isolated-objects" else ()
            chosen[notebook, name] = (
                _Where(mode="in-process", reason=reason) if reason else _Where(mode=mode, asks=used)
            )
        open_ones = {test for test in open_ones if chosen[test].reason}
        if not open_ones:
            break
    return chosen


def _apart(
    job: pipeline.Job, asked: Mapping[str, Mapping[str, pipeline.Mode]], sandbox: port.Sandbox
) -> dict[str, pipeline.Result]:
    """A grading with these tests apart, by notebook."""
    results = pipeline.grade(dataclasses.replace(job, apart=asked), sandbox)
    return {result.notebook: result for result in results}


def _differs(name: str, usual: pipeline.Result, apart: pipeline.Result, what: str) -> str:
    """Why a test does not do apart what it does in the usual way; empty if it does."""
    if apart.error:
        return apart.error
    before, now = usual.marks.get(name), apart.marks.get(name)
    if before is None or now is None or now.score == before.score:
        return ""
    run = _run_of(name, apart)
    why = run.reason if run and run.reason else "no error"
    return f"{what} gets {now.score:g} instead of {before.score:g} points apart from the code: {why}"[:500]


def _run_of(name: str, result: pipeline.Result) -> port.CellRun | None:
    """How a test cell went."""
    ids = {cells.grade_id(cell): cell["id"] for cell in (result.executed or {"cells": []})["cells"]}
    return result.runs.get(ids.get(name, ""))


def _took(row: Qualification, result: pipeline.Result) -> Took:
    """How long the test of an exercise took."""
    run = _run_of(row.key, result)
    return Took(notebook=row.notebook, key=row.key, seconds=round(run.seconds, 3) if run else 0.0)


def _handed_in(made: assignment.Assignment, version: Literal["key", "student"]) -> dict[str, bytes]:
    """One version of every notebook as a submission."""
    return {f"{name}.ipynb": files.write(getattr(built, version)) for name, built in made.notebooks.items()}


def _on_key(
    made: assignment.Assignment,
    sandbox: port.Sandbox,
    *,
    python: Path,
    limits: port.Limits,
    rules: pipeline.Rules,
) -> dict[str, pipeline.Result]:
    """The key handed in, by notebook."""
    job = made.job(_handed_in(made, "key"), python=python, rules=rules, limits=limits)
    return {result.notebook: result for result in pipeline.grade(job, sandbox)}


def _findings(
    rows: list[Qualification], on_key: Mapping[str, pipeline.Result], adopted: bool
) -> Iterator[lint.Finding]:
    """What is wrong with single exercises."""
    level: lint.Level = "warning" if adopted else "error"
    for row in rows:
        where = f"{row.notebook}.ipynb ({row.key})"
        if row.on_key < row.points:
            why = _why(row.key, on_key[row.notebook])
            message = (
                f"The key gets {row.on_key:g} of {row.points:g} points{why}. Mend the solution or the test."
            )
            yield lint.Finding(code="key-below-full", level=level, where=where, message=message)
        if row.on_blank > 0:
            message = f"An untouched copy gets {row.on_blank:g} points. Let the test ask for more."
            yield lint.Finding(code="blank-above-zero", level=level, where=where, message=message)


def _why(key: str, result: pipeline.Result) -> str:
    """What the test of an exercise said, as the end of a sentence; empty if it said nothing."""
    mark = result.marks.get(key)
    said = (mark.reason if mark else result.error).strip().partition("\n")[0][:200]
    return f": {said.rstrip('.: ')}" if said else ""


def _broken(results: dict[str, pipeline.Result], adopted: bool) -> Iterator[lint.Finding]:
    """Packages and files that the key lacks: the course's fault, told by name."""
    level: lint.Level = "warning" if adopted else "error"
    for name, result in results.items():
        for number, cell in enumerate(result.executed["cells"] if result.executed else (), start=1):
            run = result.runs.get(cell["id"])
            lacked = lacking.of_run(run) if run else None
            if lacked:
                where = f"{name}.ipynb, cell {number}"
                code = f"missing-{lacked.kind}"
                yield lint.Finding(code=code, level=level, where=where, message=lacked.advice)
