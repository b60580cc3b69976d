"""What must be executed to be known: the key scores all machine points, the blank scores none.

In: an assignment and a sandbox. Out: findings like those of lint, and for each exercise how it went. Used
by the release.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from courseware.grading import assignment, pipeline
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
    """All exercises, and what is wrong with them."""

    exercises: tuple[Qualification, ...]
    findings: tuple[lint.Finding, ...]


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
    key = {f"{name}.ipynb": files.write(built.key) for name, built in made.notebooks.items()}
    blank = {f"{name}.ipynb": files.write(built.student) for name, built in made.notebooks.items()}
    on_key = {
        r.notebook: r
        for r in pipeline.grade(made.job(key, python=python, rules=rules, limits=limits), sandbox)
    }
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
    return Report(exercises=tuple(rows), findings=tuple(found))


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
    """Cells of the key that fail although they are no tests; a missing package is the course's fault and told
    by name.
    """
    for name, result in results.items():
        for identity, run in result.runs.items():
            missing = "ModuleNotFoundError" in run.reason
            if missing:
                yield lint.Finding(
                    code="missing-package",
                    level="warning" if adopted else "error",
                    where=f"{name}.ipynb, cell {identity}",
                    message=f"{run.reason}. Install the package in the course's environment.",
                )
