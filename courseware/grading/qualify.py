"""What must be executed to be known: the key scores all machine points, the blank scores none.

In: an assignment and a sandbox. Out: findings like those of lint, and for each exercise how it went. Used
by the release.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from courseware.grading import assignment, lacking, pipeline
from courseware.notebook import files, lint
from courseware.sandbox import port


@dataclasses.dataclass(frozen=True, kw_only=True)
class Qualification:
    """How one machine-marked exercise went on the key and on the blank, in points; `test_mode` as it will be
    run.
    """

    notebook: str
    key: str
    points: float
    on_key: float
    on_blank: float
    test_mode: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """All exercises, what is wrong with them, and what the key looked for in vain."""

    exercises: tuple[Qualification, ...]
    findings: tuple[lint.Finding, ...]
    lacks: frozenset[lacking.Lacked]


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
    blank = {f"{name}.ipynb": files.write(built.student) for name, built in made.notebooks.items()}
    on_key = _on_key(made, sandbox, python=python, limits=limits, rules=rules)
    on_blank = {
        r.notebook: r
        for r in pipeline.grade(made.job(blank, python=python, rules=rules, limits=limits), sandbox)
    }
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
                    test_mode="in-process",
                )
            )
    found = [*_findings(rows, adopted), *_broken(on_key, adopted)]
    lacks = frozenset[lacking.Lacked]().union(*(result.lacked for result in on_key.values()))
    return Report(exercises=tuple(rows), findings=tuple(found), lacks=lacks)


def key_lacks(
    made: assignment.Assignment,
    sandbox: port.Sandbox,
    *,
    python: Path,
    limits: port.Limits,
    rules: pipeline.Rules,
) -> frozenset[lacking.Lacked]:
    """What the key looks for in vain."""
    results = _on_key(made, sandbox, python=python, limits=limits, rules=rules)
    return frozenset[lacking.Lacked]().union(*(result.lacked for result in results.values()))


def _on_key(
    made: assignment.Assignment,
    sandbox: port.Sandbox,
    *,
    python: Path,
    limits: port.Limits,
    rules: pipeline.Rules,
) -> dict[str, pipeline.Result]:
    """The key handed in, by notebook."""
    key = {f"{name}.ipynb": files.write(built.key) for name, built in made.notebooks.items()}
    job = made.job(key, python=python, rules=rules, limits=limits)
    return {result.notebook: result for result in pipeline.grade(job, sandbox)}


def _findings(rows: list[Qualification], adopted: bool) -> Iterator[lint.Finding]:
    """What is wrong with single exercises."""
    level: lint.Level = "warning" if adopted else "error"
    for row in rows:
        where = f"{row.notebook}.ipynb ({row.key})"
        if row.on_key < row.points:
            message = f"The key gets {row.on_key:g} of {row.points:g} points. Mend the solution or the test."
            yield lint.Finding(code="key-below-full", level=level, where=where, message=message)
        if row.on_blank > 0:
            message = f"An untouched copy gets {row.on_blank:g} points. Let the test ask for more."
            yield lint.Finding(code="blank-above-zero", level=level, where=where, message=message)


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
