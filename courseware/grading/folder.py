"""Grade nbgrader's folders with no service: `source/<assignment>/`, `submitted/<student>/<assignment>/`.

In: two folders, and beside the source the settings that nbgrader reads (literals only), autotests.yml and
assignments.json. Out: one entry per notebook as it is ready, in the JSON shape that `courseware autograde`
prints. A submission that cannot be graded has an entry with `error`; it never ends the run. With a ledger a
run goes on where an earlier one was stopped. Links in hand-ins are not followed.
"""

import concurrent.futures
import dataclasses
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from courseware import errors, names
from courseware.course import limits as course_limits
from courseware.grading import (
    assignment,
    beside,
    content,
    feedback,
    interrupt,
    ledger,
    marks,
    pipeline,
    qualify,
)
from courseware.grading import options as grading_options
from courseware.notebook import files
from courseware.sandbox import behind, cores, port, pythons

MAX_FILES = 50
MAX_TOTAL = 100_000_000
Entry = dict[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Run:
    """What to grade and how; `out` is where feedback pages go, if anywhere."""

    source: Path
    submitted: Path
    python: Path
    scores: marks.Rules = "fair"
    workers: int = 1
    out: Path | None = None


class Tried:
    """What the key and an untouched copy of one assignment tell when they are run, at the first question."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: qualify.Report | None = None

    def __call__(
        self, made: assignment.Assignment, sandbox: port.Sandbox, job: pipeline.Job
    ) -> qualify.Report:
        """Run them the first time."""
        with self._lock:
            if self._found is None:
                self._found = qualify.qualify(
                    made, sandbox, python=job.python, limits=job.limits, rules=job.rules, adopted=True
                )
            return self._found


@dataclasses.dataclass(frozen=True, kw_only=True)
class Work:
    """One submission to be graded: whose, of what, and the prepared assignment or why there is none."""

    student: str
    lesson: str
    folder: Path
    notebooks: tuple[str, ...]
    made: assignment.Assignment | None
    refused: str = ""
    tried: Tried = dataclasses.field(default_factory=Tried)
    limits: port.Limits = dataclasses.field(default_factory=port.Limits)


def works(run: Run, sandbox: port.Sandbox) -> list[Work]:
    """All submissions, assignment by assignment; each source is prepared once.

    Raises:
        UserError: a folder that is not there, or settings that cannot be read.
    """
    for folder in (run.source, run.submitted):
        if not folder.is_dir():
            raise errors.UserError(
                f"There is no folder {folder}. Give the folder of nbgrader's {folder.name} files."
            )
    course = beside.course(run.source.parent)
    students = sorted(
        path.name for path in run.submitted.iterdir() if path.is_dir() and not path.is_symlink()
    )
    found = []
    for name in sorted(path.name for path in run.source.iterdir() if path.is_dir()):
        present = [s for s in students if _is_folder(run.submitted / s / name)]
        source = _read_source(run.source / name)
        notebooks = tuple(sorted(p.removesuffix(".ipynb") for p in source if p.endswith(".ipynb")))
        if not notebooks or not present:
            continue
        made, refused, limits = _prepared(run, course, name, source, sandbox)
        shared = Work(
            student="",
            lesson=name,
            folder=run.submitted,
            notebooks=notebooks,
            made=made,
            refused=refused,
            limits=limits,
        )
        for student in present:
            folder = run.submitted / student / name
            found.append(dataclasses.replace(shared, student=student, folder=folder))
    return found


def _prepared(
    run: Run, course: beside.Course, name: str, source: Mapping[str, bytes], sandbox: port.Sandbox
) -> tuple[assignment.Assignment | None, str, port.Limits]:
    """One assignment, or why there is none; and its limits."""
    limits = port.Limits()
    try:
        limits = course.limits(name, source)
        made = assignment.prepare(
            {path: data for path, data in source.items() if path != course_limits.FILE},
            options=course.options,
            autotests=course.autotests,
            sandbox=sandbox,
            python=run.python,
            limits=limits,
        )
    except (errors.UserError, errors.Permanent) as error:
        return None, error.message, limits
    return made, "", limits


def grade(
    run: Run,
    todo: list[Work],
    sandbox: port.Sandbox,
    done: Callable[[list[Entry]], None],
    *,
    kept: ledger.Ledger | None = None,
) -> None:
    """Grade all of them, `run.workers` at a time; `done` gets each submission's entries as they are ready.

    What `kept` knows already is not graded again. Where this is interrupted, what is being graded is ended at
    once, with all its processes.
    """
    course = beside.course(run.source.parent)
    with (
        behind.Behind(sandbox, run.workers) as ending,
        concurrent.futures.ThreadPoolExecutor(run.workers) as pool,
    ):
        held = interrupt.Stoppable(ending)
        waiting = [pool.submit(_grade_one, run, course, work, held, kept) for work in todo]
        try:
            for finished in concurrent.futures.as_completed(waiting):
                done(finished.result())
        except BaseException:
            for other in waiting:
                other.cancel()
            while any(other.running() for other in waiting):
                held.stop()
                concurrent.futures.wait(waiting, timeout=0.05)
            raise


def _grade_one(
    run: Run, course: beside.Course, work: Work, sandbox: interrupt.Stoppable, kept: ledger.Ledger | None
) -> list[Entry]:
    """The entries of one submission; whatever it brings about costs this one only."""
    began = time.monotonic()
    try:
        with cores.own(run.workers):
            return _graded(run, course, work, sandbox, kept)
    except interrupt.Stopped:
        raise
    except errors.CoursewareError as error:
        why = error.message
    except Exception as error:
        sandbox.check()
        why = f"It could not be graded ({type(error).__name__}: {error})."
    return [_refused(work, name, why, time.monotonic() - began) for name in work.notebooks]


def _graded(
    run: Run, course: beside.Course, work: Work, sandbox: interrupt.Stoppable, kept: ledger.Ledger | None
) -> list[Entry]:
    """Read, grade, write the feedback; or what an earlier run found for the same content."""
    if work.made is None:
        raise errors.UserError(work.refused)
    job = work.made.job(
        read_submission(work.folder),
        python=run.python,
        rules=grading_options.rules(course.options, scores=run.scores),
        limits=work.limits,
    )
    punished = course.options.get("LateSubmissionPlugin", "penalty_method", "none") == "zero"
    penalty = course.late(work.lesson, work.folder) and bool(punished)
    place = content.Place(level=sandbox.level, fingerprint=pythons.inspect(run.python).fingerprint)
    key = content.digest([work.student, work.lesson, penalty, content.of_job(job, place)]) if kept else ""
    known = kept.recall(key) if kept else None
    if known is not None:
        return known
    told = work.tried(work.made, sandbox, job)
    tests = [vars(each) for each in told.exercises]
    job = dataclasses.replace(job, apart=qualify.modes(tests), asks=qualify.asks(tests))
    results = [_faulted(run, each, told) for each in pipeline.grade(job, sandbox)]
    sandbox.check()
    if run.out is not None:
        for result in results:
            _write_feedback(run.out, work, result)
    how = {**dataclasses.asdict(place), "limits": dataclasses.asdict(work.limits)}
    entries = [{**_entry(work, result, penalty=penalty), "run": how} for result in results]
    if kept:
        kept.add(key, entries)
    return entries


def _faulted(run: Run, result: pipeline.Result, told: qualify.Report) -> pipeline.Result:
    """The result without its marks where the course lacks what was looked for: what the key lacks, too."""
    fault = result.fault
    if not fault and run.scores == "fair":
        fault = " ".join(each.advice for each in sorted(result.lacked & told.lacks))
    return dataclasses.replace(result, error=f"The course lacks something: {fault}") if fault else result


def _entry(work: Work, result: pipeline.Result, *, penalty: bool) -> Entry:
    """One notebook in the shape of the contract."""
    if result.error:
        return _refused(work, result.notebook, result.error, result.seconds)
    cells = {
        key: {
            "score": mark.score,
            "max": mark.points,
            "auto_score": mark.auto_score,
            "needs_manual_grade": mark.needs_person,
            "verdict": mark.verdict,
            "reason": mark.reason,
            "test_mode": result.modes.get(key, "in-process"),
        }
        for key, mark in result.marks.items()
    }
    return {
        "student": work.student,
        "assignment": work.lesson,
        "notebook": result.notebook,
        "score": result.score,
        "max_score": result.points,
        "needs_manual_grade": result.needs_person,
        "late_penalty": result.score if penalty else 0.0,
        "cells": cells,
        "notes": list(result.notes),
        "error": None,
        "seconds": round(result.seconds, 3),
    }


def _refused(work: Work, notebook: str, why: str, seconds: float) -> Entry:
    """The entry of a notebook that has no score."""
    return {
        "student": work.student,
        "assignment": work.lesson,
        "notebook": notebook,
        "score": None,
        "max_score": None,
        "needs_manual_grade": True,
        "late_penalty": 0.0,
        "cells": {},
        "notes": [],
        "error": why,
        "seconds": round(seconds, 3),
    }


def _write_feedback(out: Path, work: Work, result: pipeline.Result) -> None:
    """One page of feedback under `out/<student>/<assignment>/`."""
    student = work.made.notebooks[result.notebook].student if work.made else {"cells": []}
    target = out / work.student / work.lesson / f"{result.notebook}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    title = f"{work.lesson}: {result.notebook} ({work.student})"
    target.write_text(feedback.page(result, student, title=title), encoding="utf-8")


def _is_folder(path: Path) -> bool:
    """Whether this is a folder itself: a link could lead to somebody else's hand-in."""
    return path.is_dir() and not path.is_symlink()


def _read_source(folder: Path) -> dict[str, bytes]:
    """The instructor's files of one assignment by relative path."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(_plain_files(folder))}


def read_submission(folder: Path) -> dict[str, bytes]:
    """The handed-in files by relative path; what is no plain file under a plain name is left out.

    Raises:
        UserError: too many files or too large.
    """
    found: dict[str, bytes] = {}
    total = 0
    for path in sorted(_plain_files(folder)):
        try:
            name = names.safe(str(path.relative_to(folder)))
        except errors.UserError:
            continue
        data = _read_no_link(path)
        if data is None or name == "timestamp.txt":
            continue
        total += len(data)
        if len(found) >= MAX_FILES or total > MAX_TOTAL:
            raise errors.UserError(f"The hand-in has more than {MAX_FILES} files or {MAX_TOTAL // 10**6} MB.")
        found[name] = data
    return found


def _plain_files(folder: Path) -> Iterator[Path]:
    """The files below a folder, without hidden ones, caches and links."""
    for top, folders, filenames in os.walk(folder, followlinks=False):
        folders[:] = [f for f in folders if not f.startswith((".", "__pycache__"))]
        for name in filenames:
            path = Path(top, name)
            if not name.startswith(".") and not path.is_symlink():
                yield path


def _read_no_link(path: Path) -> bytes | None:
    """The bytes of a regular file; None for anything else, also if it became a link meanwhile."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as stream:
        told = os.fstat(stream.fileno())
        if not stat.S_ISREG(told.st_mode):
            return None
        if told.st_size > max(files.MAX_BYTES, 50_000_000):
            raise errors.UserError(f"{path.name} is too large.", code="too-large")
        return stream.read()
