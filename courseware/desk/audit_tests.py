"""Try the tests of a lesson with wrong answers: mutants of its key that still get full marks are listed.

In: the source files of a lesson. Out: how many wrong answers were tried, and those that the tests let
through, each as its difference to the key. Each is graded as a hand-in is, in the sandbox, apart where the
release would be. An answer that comes to no end counts as caught. Refused: what could not be released.
"""

import dataclasses
import time
from collections.abc import Callable, Collection, Iterator
from typing import Any

from courseware import errors
from courseware.course import manifest
from courseware.desk import release
from courseware.grading import assignment, pipeline, qualify
from courseware.notebook import cells, files, kernel, mutants
from courseware.notebook import release as notebook_release
from courseware.sandbox import port

MOST_SECONDS = 300.0
SHORT = 8
"""Signs of a mark that are enough to name it."""
CELL_SECONDS = 5.0
"""A wrong answer that takes longer than this, and the key does not, is caught."""


Run = Callable[[str, bytes], pipeline.Result]
"""Grades one notebook as a hand-in."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Through:
    """A wrong answer that gets full marks: where, what is wrong, the lines that differ from the key; by its
    `mark` somebody says that it is right after all.
    """

    notebook: str
    cell: str
    kind: str
    changed: tuple[str, ...]
    mark: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Audit:
    """How many wrong answers were tried, for how many there was no time, which of them got through, and how
    long it took; `untried` are the cells of which no wrong answer could be made.
    """

    tried: int
    left: int
    through: tuple[Through, ...]
    untried: tuple[str, ...]
    seconds: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Wrong:
    """A wrong answer to be tried: the notebook, the place of the cell in it, and what stands there."""

    notebook: str
    cell: int
    name: str
    mutant: mutants.Mutant


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ready:
    """All wrong answers that a lesson is to be tried with, always in the same order, and how; `untried` are
    the cells of which no wrong answer could be made.
    """

    checked: release.Checked
    wrong: tuple[_Wrong, ...]
    untried: tuple[str, ...]
    run: Run

    def through(self, number: int) -> Through | None:
        """Try the wrong answer of this number; None if the tests catch it."""
        each = self.wrong[number]
        if self.checked.made is None or not _gets_through(self.run, self.checked.made, self.checked, each):
            return None
        return Through(
            notebook=each.notebook,
            cell=each.name,
            kind=each.mutant.kind,
            changed=each.mutant.changed,
            mark=each.mutant.mark,
        )


def ready(
    wish: release.Wish,
    parsed: manifest.Manifest,
    *,
    sandbox: port.Sandbox,
    limits: port.Limits,
    right: Collection[str] = (),
) -> Ready:
    """Make the wrong answers, and run key and blank; those whose marks are among the `right` ones are left
    out.

    Raises:
        UserError: findings stop a release of the lesson.
    """
    checked = release.check(wish, parsed, sandbox=sandbox, limits=limits)
    if checked.blocking or checked.made is None:
        told = f"The lesson {wish.lesson!r} cannot be released: {len(checked.blocking)} findings stop it."
        raise errors.UserError(told, details=checked.blocking)
    wrong, untried = _wrong(checked.made, right)
    run = _run(checked.made, checked, sandbox)
    return Ready(checked=checked, wrong=tuple(wrong), untried=untried, run=run)


def audit(
    wish: release.Wish,
    parsed: manifest.Manifest,
    *,
    sandbox: port.Sandbox,
    limits: port.Limits,
    right: Collection[str] = (),
    seconds: float = MOST_SECONDS,
    step: Callable[[int, int], None] = lambda done, total: None,
) -> Audit:
    """Try wrong answers, for so many seconds; `step` is told how far it is.

    Raises:
        UserError: findings stop a release of the lesson.
    """
    began = time.monotonic()
    made = ready(wish, parsed, sandbox=sandbox, limits=limits, right=right)
    through, tried = [], 0
    while tried < len(made.wrong) and time.monotonic() - began <= seconds:
        through.append(made.through(tried))
        tried += 1
        step(tried, len(made.wrong))
    return Audit(
        tried=tried,
        left=len(made.wrong) - tried,
        through=tuple(filter(None, through)),
        untried=made.untried,
        seconds=round(time.monotonic() - began, 2),
    )


def _wrong(made: assignment.Assignment, right: Collection[str]) -> tuple[list[_Wrong], tuple[str, ...]]:
    """All wrong answers to be tried, and the cells that have none."""
    found: list[_Wrong] = []
    untried: list[str] = []
    for name, built in sorted(made.notebooks.items()):
        if kernel.other(built.key) or not any(each.kind == "tests" for each in built.exercises):
            continue
        for number, called, lines in _solutions(built):
            listed = mutants.of(built.key["cells"][number]["source"], lines)
            if not listed:
                untried.append(f"{name}.ipynb ({called})")
            found += [
                _Wrong(notebook=name, cell=number, name=called, mutant=mutant)
                for mutant in listed
                if not any(mutant.mark.startswith(mark) for mark in right if len(mark) >= SHORT)
            ]
    return found, tuple(untried)


def _solutions(built: notebook_release.Built) -> Iterator[tuple[int, str, frozenset[int]]]:
    """The cells of a notebook that machines mark: their place, their name, the lines of the solution."""
    for number, (given, key) in enumerate(zip(built.marking["cells"], built.key["cells"], strict=True)):
        known = cells.marking(key)
        if key["cell_type"] != "code" or known is None or not known.solution or known.kind is not None:
            continue
        taken = {line.strip() for line in given["source"].split("\n")}
        lines = enumerate(key["source"].split("\n"), start=1)
        yield number, known.grade_id, frozenset(n for n, line in lines if line.strip() not in taken)


def _run(made: assignment.Assignment, checked: release.Checked, sandbox: port.Sandbox) -> Run:
    """Grades one notebook as a hand-in."""
    limits = dataclasses.replace(checked.limits, cell_seconds=min(checked.limits.cell_seconds, CELL_SECONDS))
    tests = checked.report["exercises"]
    apart, asks = qualify.modes(tests), qualify.asks(tests)

    def run(name: str, data: bytes) -> pipeline.Result:
        job = made.job(
            {f"{name}.ipynb": data}, python=checked.python.executable, rules=checked.rules, limits=limits
        )
        one = {name: job.notebooks[name]}
        job = dataclasses.replace(job, notebooks=one, apart=apart, asks=asks, lacks=checked.lacks)
        [result] = pipeline.grade(job, sandbox)
        return result

    return run


def _gets_through(run: Run, made: assignment.Assignment, checked: release.Checked, wrong: _Wrong) -> bool:
    """Whether a wrong answer gets what the key gets."""
    key = made.notebooks[wrong.notebook].key
    listed = list(key["cells"])
    listed[wrong.cell] = {**listed[wrong.cell], "source": wrong.mutant.source}
    result = run(wrong.notebook, files.write({**key, "cells": listed}))
    told: list[dict[str, Any]] = checked.report["exercises"]
    wanted = {row["key"]: row["on_key"] for row in told if row["notebook"] == wrong.notebook}
    if result.error:
        return False
    return all(name in result.marks and result.marks[name].score >= score for name, score in wanted.items())
