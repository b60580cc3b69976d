"""Run one grading from the rows to the marks: load, grade, keep the feedback, write it all in one fenced
transaction.

In: the key of a grading. Out: marks, feedback and news, or a failed grading with its reason: never a zero
for what the course itself lacks. Whatever goes away for a while (database, storage) puts the grading back;
a process that dies leaves it to be claimed again.
"""

import dataclasses
import datetime
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, lessons
from courseware.exchange import model, releases, submissions
from courseware.grading import (
    content,
    executions,
    feedback,
    first,
    gradings,
    lacking,
    mark_changes,
    options,
    pipeline,
    qualify,
    reaching,
    reuse,
    scores,
    turns,
)
from courseware.notebook import files, settings_nbgrader
from courseware.sandbox import port, pythons
from courseware.store import blobs as blobs_store
from courseware.store import database, journal

LOOKED_AT = "Something in the course has to be mended first. Your work is safe and is being looked at."
"""What a student reads where the course is at fault; staff read what to mend."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Worker:
    """What a grading needs; `python` finds the course's interpreter from what the release recorded."""

    database: database.Database
    blobs: blobs_store.Blobs
    sandbox: port.Sandbox
    limits: port.Limits
    clock: Callable[[], datetime.datetime]
    python: Callable[[Mapping[str, Any]], Path]


def run(worker: Worker, key: int) -> None:
    """Grade what this key stands for; nothing if it is done already.

    Raises:
        Temporary: database, storage or sandbox is away; it waits again.
    """
    with worker.database.write() as connection:
        grading = gradings.claim(connection, key, now=worker.clock())
    if grading is not None:
        _perform(worker, grading)


def run_next(worker: Worker, order: turns.Turns, job: int) -> None:
    """Grade what is next, for the job of this number; nothing if nothing waits.

    Raises:
        Temporary: database, storage or sandbox is away; it waits again.
    """
    with worker.database.write() as connection:
        grading = gradings.take(connection, order, job, now=worker.clock())
    if grading is not None:
        _perform(worker, grading)


def _perform(worker: Worker, grading: gradings.Grading) -> None:
    try:
        _grade(worker, grading)
    except (errors.UserError, errors.Permanent) as error:
        _fail(worker, grading, error.message)
    except errors.Temporary:
        with worker.database.write() as connection:
            gradings.give_back(connection, grading)
        raise


def _grade(worker: Worker, grading: gradings.Grading) -> None:
    """Grade and write."""
    with worker.database.read() as connection:
        submission = submissions.by_id(connection, grading.submission_id)
        release = releases.by_id(connection, grading.release_id)

    def progress(phase: str) -> None:
        with worker.database.write() as connection:
            gradings.at_phase(connection, grading, phase)

    def show(found: Mapping[str, Any], feedback_hash: str) -> None:
        with worker.database.write() as connection:
            gradings.show(connection, grading, result=found, feedback_hash=feedback_hash)

    made = make(worker, submission, ready(worker, release), progress=progress, show=show)
    if made.faults:
        _fail(worker, grading, made.faults)
        return
    cells_kept = {
        result.notebook: worker.blobs.put(reuse.to_json(result.known).encode())
        for result in made.results
        if result.known
    }
    now = worker.clock()
    with worker.database.write() as connection:
        if _finish(connection, grading, made.results, made.told, feedback_hash=made.feedback_hash, now=now):
            executions.keep(connection, submission, cells_kept, made.conditions, now=now)
            _save(connection, grading, submission, made, now=now)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Made:
    """What grading a hand-in gave, of which nothing is written: the results with the authors' `hints`, what
    is recorded with them, the blob of the feedback, and the conditions they were found under. `faults` say
    what the course lacks: all else is worth nothing then.
    """

    results: tuple[pipeline.Result, ...]
    hints: Mapping[tuple[str, str], str]
    told: Mapping[str, Any]
    feedback_hash: str
    conditions: executions.Places
    faults: str = ""

    @property
    def state(self) -> gradings.State:
        """Failed is what has no notebook that could be graded."""
        return _state(self.results)


Show = Callable[[Mapping[str, Any], str], None]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ready:
    """A release, read: hand-ins can be graded by it, one after the other. `job` lacks what was handed in;
    `given` are the notebooks as students have them, by path without ending.
    """

    release: model.Release
    job: pipeline.Job
    given: Mapping[str, files.Notebook]


def ready(worker: Worker, release: model.Release) -> Ready:
    """Read what grading by a release needs.

    Raises:
        Permanent: a file of the release is not there, or damaged.
    """
    given = {
        entry.path.removesuffix(".ipynb"): files.read(worker.blobs.get(entry.sha256), name=entry.path)
        for entry in release.student
        if entry.path.endswith(".ipynb")
    }
    return Ready(release=release, job=_job(worker, release), given=given)


def make(
    worker: Worker,
    submission: model.Submission,
    by: Ready,
    *,
    progress: pipeline.Progress = lambda phase: None,
    show: Show = lambda found, feedback_hash: None,
) -> Made:
    """Grade a hand-in by a release; `show` hears what may be seen before anything else runs."""
    with worker.database.read() as connection:
        early = first.wanted(connection, submission, by.release, now=worker.clock())
    job = of(worker, by, submission.files)
    place = content.Place(level=worker.sandbox.level, fingerprint=pythons.inspect(job.python).fingerprint)
    conditions = {name: content.of_conditions(job, name, place) for name in job.notebooks}
    with worker.database.read() as connection:
        known = executions.recall(connection, worker.blobs, submission, conditions)
    job = dataclasses.replace(job, known=known)
    ran = _first(worker, job, by.release, progress, show) if early else None
    results = pipeline.grade(ran.rest if ran else job, worker.sandbox, progress)
    if ran:
        results = tuple(sorted((*ran.whole, *results), key=lambda result: result.notebook))
    faults = " ".join(f"{result.notebook}.ipynb: {result.fault}" for result in results if result.fault)
    return Made(
        results=results,
        hints={} if faults else _hints(by.given, results),
        told=_told(job, place, results) | ({first.KEY: ran.marks} if ran else {}),
        feedback_hash="" if faults else worker.blobs.put(_feedback(by.given, results, ran)),
        conditions=conditions,
        faults=faults,
    )


def _first(
    worker: Worker,
    job: pipeline.Job,
    release: model.Release,
    progress: pipeline.Progress,
    show: Show,
) -> first.Ran:
    """Run what may be seen before the due date, and show it before anything else runs."""
    given = {entry.path: worker.blobs.get(entry.sha256) for entry in release.student}
    ran = first.run(job, release, given, worker.sandbox, progress)
    pages = [{"notebook": name, first.KEY: html} for name, html in ran.feedback.items()]
    kept = worker.blobs.put(json.dumps(pages).encode())
    show({first.KEY: ran.marks}, kept)
    return ran


def _finish(
    connection: sa.Connection,
    grading: gradings.Grading,
    results: tuple[pipeline.Result, ...],
    told: Mapping[str, Any],
    *,
    feedback_hash: str,
    now: datetime.datetime,
) -> bool:
    """Write the end of this attempt, unless another one owns the grading."""
    reason = " ".join(result.error for result in results if result.error)
    return gradings.finish(
        connection,
        grading,
        state=_state(results),
        now=now,
        reason=reason,
        result=told,
        feedback_hash=feedback_hash,
    )


def _state(results: tuple[pipeline.Result, ...]) -> gradings.State:
    """Failed is what has no notebook that could be graded."""
    return "failed" if results and all(result.error for result in results) else "marked"


def _save(
    connection: sa.Connection,
    grading: gradings.Grading,
    submission: model.Submission,
    made: Made,
    *,
    now: datetime.datetime,
) -> None:
    """Write marks and news; work that is graded again keeps its marks where that failed."""
    if made.state != "marked":
        journal.append(connection, f"submission.{made.state}", submission.public, now=now)
        return
    told: Mapping[str, bool] | None = None
    if grading.priority == gradings.AGAIN:
        before = gradings.with_first(connection, grading.submission_id, before=grading.id)
        told = first_changed(before, gradings.by_id(connection, grading.id))
    save(connection, grading, submission, scores.rows(made.results, made.hints), told=told, now=now)


def save(
    connection: sa.Connection,
    grading: gradings.Grading,
    submission: model.Submission,
    rows: Iterable[scores.Row],
    *,
    told: Mapping[str, bool] | None,
    now: datetime.datetime,
    why: mark_changes.Why = mark_changes.BY_ITSELF,
) -> None:
    """Write the marks that a grading gave, and the news of them; `told` is known of it if it is not the first
    of its hand-in, and `why` if somebody had it done.
    """
    changed = scores.save(connection, grading, rows, now=now, why=why)
    data = None if told is None else {"changed": changed, **told} | ({"act": why.act} if why.act else {})
    lesson = lessons.by_id(connection, submission.lesson_id)
    course = courses.by_id(connection, lesson.course_id)
    reaching.note(connection, course, submission.person_id, lesson, now=now)
    journal.append(connection, "submission.marked", submission.public, now=now, data=data)


def first_changed(before: gradings.Grading | None, after: gradings.Grading) -> dict[str, bool]:
    """Whether the first run of a grading, if it had one, found other than the one before it."""
    found = after.result.get(first.KEY)
    if found is None:
        return {}
    return {"first_changed": found != (before.result.get(first.KEY) if before else None)}


def _hints(
    given: Mapping[str, files.Notebook], results: tuple[pipeline.Result, ...]
) -> dict[tuple[str, str], str]:
    """The authors' hints by notebook and exercise."""
    return {
        (result.notebook, key): text
        for result in results
        for key, text in feedback.hints(result, given[result.notebook]).items()
    }


def _fail(worker: Worker, grading: gradings.Grading, fault: str) -> None:
    """End a grading that cannot succeed, through no fault of the student's."""
    now = worker.clock()
    with worker.database.write() as connection:
        shown = gradings.by_id(connection, grading.id)
        told = {**shown.result, "for_staff": fault}
        if gradings.finish(
            connection,
            grading,
            state="failed",
            now=now,
            reason=LOOKED_AT,
            result=told,
            feedback_hash=shown.feedback_hash,
        ):
            submission = submissions.by_id(connection, grading.submission_id)
            journal.append(connection, "submission.failed", submission.public, now=now)


def of(worker: Worker, by: Ready, handed_in: Iterable[model.FileEntry]) -> pipeline.Job:
    """The job of grading these files."""
    submitted = {entry.path: worker.blobs.get(entry.sha256) for entry in handed_in}
    return dataclasses.replace(by.job, submitted=submitted)


def _job(worker: Worker, release: model.Release) -> pipeline.Job:
    """The release's files; none are handed in."""
    instructor = {entry.path: worker.blobs.get(entry.sha256) for entry in release.instructor}
    notebooks = {
        path.removesuffix(".ipynb"): files.read(data, name=path)
        for path, data in instructor.items()
        if path.endswith(".ipynb")
    }
    course = settings_nbgrader.Options(values=release.settings)
    tests = release.report.get("exercises", ())
    return pipeline.Job(
        notebooks=notebooks,
        files={path: data for path, data in instructor.items() if not path.endswith(".ipynb")},
        answers=release.answers,
        submitted={},
        python=worker.python(release.environment),
        rules=options.rules(course),
        limits=options.limits(course, worker.limits),
        apart=qualify.modes(tests),
        asks=qualify.asks(tests),
        lacks=frozenset(lacking.Lacked(**each) for each in release.environment.get("lacks", ())),
    )


def _feedback(
    given: Mapping[str, files.Notebook], results: tuple[pipeline.Result, ...], ran: first.Ran | None
) -> bytes:
    """The feedback on each notebook as HTML fragments, and what of it shows before the due date; JSON."""
    early = ran.feedback if ran else {}
    pages = [
        {
            "notebook": result.notebook,
            "html": feedback.fragment(result, given[result.notebook]),
            **({first.KEY: early[result.notebook]} if result.notebook in early else {}),
        }
        for result in results
    ]
    return json.dumps(pages).encode()


def _told(job: pipeline.Job, place: content.Place, results: tuple[pipeline.Result, ...]) -> dict[str, Any]:
    """What is recorded with the marks: how it was run."""
    return {
        "sandbox": place.level,
        "python": place.fingerprint,
        "test_mode": {name: dict(modes) for name, modes in job.apart.items()},
        "limits": dataclasses.asdict(job.limits),
        "seconds": {result.notebook: round(result.seconds, 3) for result in results},
        "reused": {result.notebook: {"ran": result.ran, "taken": result.taken} for result in results},
        "reasons": {
            result.notebook: {key: mark.reason for key, mark in result.marks.items() if mark.reason}
            for result in results
        },
        "notes": {result.notebook: list(result.notes) for result in results},
    }
