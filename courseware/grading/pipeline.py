"""Grade one submission: load, restore, run, mark. The file to read first.

In: a release's notebooks with hidden tests, its files, and the handed-in files. Out: one result a
notebook. No database, no people, no dates. A notebook that cannot be read, a crash, an endless loop: each
costs what it concerns and never the run.
"""

import dataclasses
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal, cast

from courseware import errors
from courseware.grading import fixed, lacking, marks, reuse, shorten
from courseware.notebook import cells, files, imports, kernel, restore
from courseware.sandbox import port

MAX_RESTARTS = 3
"""How often the process of one notebook is started anew after a cell that ended it."""

REPLAYED = frozenset({"ok", "error"})
"""How a cell ended that is run again in a new process: what was stopped would have to be stopped again."""

Progress = Callable[[str], None]

Mode = Literal["in-process", "isolated", "isolated-objects"]
"""Where a test runs: in the student's process; apart from it, where only data may come from there; or apart,
where attributes of student's objects may be asked for, too.
"""

CANNOT = "This sandbox cannot run tests apart from the student's code."


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rules:
    """How marks are given: whose scores, which missing cells are put back, which stderr texts do not count;
    and how many lines of a cell's output and of a traceback the feedback keeps (None: all).
    """

    scores: marks.Rules = "fair"
    put_back: restore.PutBack = "all"
    ignored: re.Pattern[str] | None = None
    output_lines: int | None = 1000
    traceback_lines: int | None = 100


@dataclasses.dataclass(frozen=True, kw_only=True)
class Job:
    """All that a grading needs. `notebooks` maps a path without `.ipynb` to the version with hidden tests and
    without solutions; `files` lie beside them; `answers` are files that students change, so theirs are
    used; `lacks` is what the course's own key looked for in vain; `apart` are the tests, by notebook and
    grade_id, that run apart from the student's code, and `asks` what they may ask of the student's objects,
    where that is known; `known` is how the cells of notebooks went before, under the same conditions.
    """

    notebooks: Mapping[str, files.Notebook]
    files: Mapping[str, bytes]
    answers: frozenset[str]
    submitted: Mapping[str, bytes]
    python: Path
    rules: Rules = dataclasses.field(default_factory=Rules)
    limits: port.Limits = dataclasses.field(default_factory=port.Limits)
    lacks: frozenset[lacking.Lacked] = frozenset()
    apart: Mapping[str, Mapping[str, Mode]] = dataclasses.field(default_factory=dict)
    asks: Mapping[str, Mapping[str, Collection[str]]] = dataclasses.field(default_factory=dict)
    known: Mapping[str, reuse.Known] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """One notebook: its marks by grade_id, what was odd, and the executed cells for the feedback.

    `error` says why there is no score; then `marks` is empty. `fault` are sentences for staff about what the
    course itself lacks: the marks are then worth nothing. `lacked` is all that was looked for in vain.
    `ran` cells were run and `taken` were taken over from before; `known` is what a later grading may take
    over.
    """

    notebook: str
    marks: Mapping[str, marks.Mark]
    executed: files.Notebook | None
    runs: Mapping[str, port.CellRun]
    notes: tuple[str, ...]
    seconds: float
    error: str = ""
    modes: Mapping[str, Mode] = dataclasses.field(default_factory=dict)
    fault: str = ""
    lacked: frozenset[lacking.Lacked] = frozenset()
    ran: int = 0
    taken: int = 0
    known: reuse.Known | None = None

    @property
    def score(self) -> float:
        """The sum of the points."""
        return sum(mark.score for mark in self.marks.values())

    @property
    def points(self) -> float:
        """The sum of the maxima."""
        return sum(mark.points for mark in self.marks.values())

    @property
    def needs_person(self) -> bool:
        """Whether a person has to look at an exercise."""
        return any(mark.needs_person for mark in self.marks.values())


def grade(job: Job, sandbox: port.Sandbox, progress: Progress = lambda phase: None) -> tuple[Result, ...]:
    """The results of all notebooks of the release, in order of their names."""
    return tuple(_grade_notebook(job, name, sandbox, progress) for name in sorted(job.notebooks))


def _grade_notebook(job: Job, name: str, sandbox: port.Sandbox, progress: Progress) -> Result:
    """Load, restore, run, mark."""
    began = time.monotonic()
    release = job.notebooks[name]
    handed_in = job.submitted.get(f"{name}.ipynb")
    if handed_in is None:
        return _absent(name, release)
    try:
        progress("restoring")
        submitted = files.read(handed_in, name=f"{name}.ipynb")
        restored = restore.restore(release, submitted, put_back=job.rules.put_back)
        progress("running")
        steps = _steps(job, name, restored.notebook)
        ended, ran = _run(job, name, [step for _, step in steps], sandbox)
        numbered = zip((cell for cell, _ in steps), ended, strict=True)
        runs = {**_blank(restored.notebook), **dict(numbered)}
        progress("marking")
        given = _mark(release, restored, runs, job.rules)
        fault = _fault(job, release, restored.notebook, runs, sandbox)
    except errors.UserError as error:
        return _refused(name, error.message, began)
    except errors.Permanent as error:
        return dataclasses.replace(_refused(name, error.message, began), fault=error.message)
    lacked = lacking.of_runs(ended)
    return Result(
        notebook=name,
        marks=given,
        executed=restored.notebook,
        runs={key: _shortened(run, job.rules) for key, run in runs.items()},
        notes=restored.notes,
        seconds=time.monotonic() - began,
        fault=fault,
        lacked=lacked,
        modes=job.apart.get(name, {}),
        ran=ran,
        taken=max(0, len(ended) - ran),
        known=None if fault or lacked else reuse.known([step for _, step in steps], ended),
    )


def _refused(name: str, why: str, began: float) -> Result:
    """A notebook that has no score."""
    seconds = time.monotonic() - began
    return Result(notebook=name, marks={}, executed=None, runs={}, notes=(), seconds=seconds, error=why)


def _fault(
    job: Job,
    release: files.Notebook,
    executed: files.Notebook,
    runs: Mapping[str, port.CellRun],
    sandbox: port.Sandbox,
) -> str:
    """What the course itself lacks, in sentences; nbgrader's rules know of no such thing."""
    if job.rules.scores == "nbgrader":
        return ""
    known = lacking.of_runs(runs.values()) & job.lacks
    asked = lacking.of_course(release, executed, runs) - known
    bare = dataclasses.replace(job, submitted={})
    return " ".join(each.advice for each in sorted(known | lacking.absent(asked, sandbox, workspace(bare))))


def _shortened(run: port.CellRun, rules: Rules) -> port.CellRun:
    """What the feedback keeps of a cell's output."""
    return shorten.shorten(run, output_lines=rules.output_lines, traceback_lines=rules.traceback_lines)


def _absent(name: str, release: files.Notebook) -> Result:
    """A notebook that was not handed in: 0 of its points."""
    given = {
        e.key: marks.of_missing(e.points, needs_person=False) for e in cells.exercises(release, name=name)
    }
    notes = (f"{name}.ipynb was not handed in.",)
    return Result(notebook=name, marks=given, executed=None, runs={}, notes=notes, seconds=0.0)


def workspace(job: Job, name: str = "") -> port.Workspace:
    """The files that code may see: the student's own, over them the release's; never a notebook. With the
    kernel of the notebook of this name.
    """
    own = {path: data for path, data in job.submitted.items() if not path.endswith(".ipynb")}
    given = {path: data for path, data in job.files.items() if path not in job.answers or path not in own}
    return port.Workspace(
        files={**own, **given},
        python=job.python,
        limits=job.limits,
        environment={"NBGRADER_EXECUTION": "autograde"},
        release=frozenset(given),
        imports=imports.of(job.notebooks.values()),
        kernel=kernel.other(job.notebooks[name]) if name else "",
    )


def _steps(job: Job, name: str, notebook: files.Notebook) -> list[tuple[str, reuse.Step]]:
    """The cells that are run, in order, with their ids."""
    apart = _apart(job, name)
    return [
        (cell["id"], apart.get((cells.grade_id(cell) or "", cell["source"]), _inside(cell["source"])))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and cell["source"].strip()
    ]


def _inside(source: str) -> reuse.Step:
    """A cell that runs in the student's process."""
    return reuse.Step(source=source, mode="in-process")


def _blank(notebook: files.Notebook) -> dict[str, port.CellRun]:
    """Code cells without code end well."""
    return {
        cell["id"]: port.CellRun(ending="ok") for cell in notebook["cells"] if cell["cell_type"] == "code"
    }


def _run(
    job: Job, name: str, steps: Sequence[reuse.Step], sandbox: port.Sandbox
) -> tuple[list[port.CellRun], int]:
    """How each cell ended, and how many of them were run for it."""
    plan = reuse.plan(job.known.get(name), steps)
    runs = _run_all(job, name, steps[: plan.end], sandbox)
    found = reuse.merged(plan, runs)
    if found is not None:
        return found, plan.end
    return _run_all(job, name, steps, sandbox), len(steps)


def _run_all(job: Job, name: str, steps: Sequence[reuse.Step], sandbox: port.Sandbox) -> list[port.CellRun]:
    """Run these cells in order.

    After a cell that ended the process, a new one replays what ran well before it, so that the cell costs
    its own exercise only; nbgrader's rules stop there instead. Both end when the time for the notebook is
    over.
    """
    if not steps:
        return []
    space = workspace(job, name)
    deadline = time.monotonic() + job.limits.notebook_seconds
    runs: list[port.CellRun] = []
    good: list[str] = []
    restarts = MAX_RESTARTS if job.rules.scores == "fair" else 0
    session = _opened(job, name, sandbox, space)
    try:
        for step in steps:
            if not session.alive and restarts:
                restarts -= 1
                session.close()
                session = _opened(job, name, sandbox, space)
                for source in good:
                    _run_cell(session, _inside(source), job.limits, deadline)
            runs.append(_run_cell(session, step, job.limits, deadline))
            if session.alive and not step.apart and runs[-1].ending in REPLAYED:
                good.append(step.source)
    finally:
        session.close()
    return runs


def _apart(job: Job, name: str) -> dict[tuple[str, str], reuse.Step]:
    """Tests that run apart, by grade_id and source: a student's cell of the same name is none of them."""
    chosen, asks = job.apart.get(name, {}), job.asks.get(name, {})
    found: dict[tuple[str, str], reuse.Step] = {}
    for cell in job.notebooks[name]["cells"]:
        key, source = cells.grade_id(cell) or "", cell["source"]
        if key in chosen:
            known = asks.get(key) if chosen[key] == "isolated-objects" else ()
            allowed = None if known is None else tuple(sorted(known))
            found[key, source] = reuse.Step(source=source, mode=chosen[key], asks=allowed)
    return found


def _opened(job: Job, name: str, sandbox: port.Sandbox, workspace: port.Workspace) -> port.Session:
    """A new session; where tests run apart, it knows what the release's own cells import.

    Raises:
        Permanent: tests were to run apart, and this sandbox cannot do that; they never run otherwise then.
    """
    session = sandbox.open(workspace)
    if not job.apart.get(name):
        return session
    if not isinstance(session, port.Apart):
        session.close()
        raise errors.Permanent(CANNOT)
    for source, own in given(job, name):
        session.give(source, own)
    return session


def given(job: Job, name: str) -> list[fixed.Given]:
    """The release's own cells, from which tests that run apart have imports, functions and constants."""
    return fixed.of_release(job.notebooks[name])


def _run_cell(session: port.Session, step: reuse.Step, limits: port.Limits, deadline: float) -> port.CellRun:
    """One cell, within the time for a cell and what is left of the time for the notebook."""
    left = deadline - time.monotonic()
    if left <= 0:
        return port.CellRun(ending="not-run", reason="The time for the whole notebook was over.")
    seconds = min(limits.cell_seconds, left)
    if step.apart:  # `_opened` has made sure of it
        apart = cast(port.Apart, session)
        return apart.check(step.source, seconds=seconds, asks=step.asks)
    return session.run(step.source, seconds=seconds)


def _mark(
    release: files.Notebook, restored: restore.Restored, runs: Mapping[str, port.CellRun], rules: Rules
) -> dict[str, marks.Mark]:
    """The marks of all exercises of the release."""
    present = {cells.grade_id(cell): cell for cell in restored.notebook["cells"]}
    given: dict[str, marks.Mark] = {}
    for original in release["cells"]:
        known = cells.marking(original)
        if known is None or known.kind is None:
            continue
        cell = present.get(known.grade_id)
        if cell is None:
            given[known.grade_id] = marks.of_missing(known.points, needs_person=True)
        elif known.kind == "tests":
            run = runs.get(cell["id"], port.CellRun(ending="not-run"))
            given[known.grade_id] = marks.of_tests(
                run, known.points, rules=rules.scores, ignored=rules.ignored
            )
        else:
            # nbgrader writes into an answer that it puts back, so a person is to look at it.
            added = rules.scores == "nbgrader" and known.grade_id in restored.missing
            changed = known.kind == "task" or added or cell["source"] != original["source"]
            given[known.grade_id] = marks.of_answer(changed=changed, points=known.points)
    return given
