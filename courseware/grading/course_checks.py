"""Checks on the course: an exercise of a kept copy is run as it would be graded, before it is handed in, and
the student is told a verdict and the author's hint: never points, values, or which part of a test it was.

In: a person's kept copy, an exercise, the course's rule. Out: rows that wait, run and end. Only where the
course allows it, and only so many of an exercise in 24 hours, counted in the transaction that writes the row.
A row is written only by the attempt that owns it; one whose process died is run again.
"""

import dataclasses
import datetime
from typing import Any, Literal, cast

import sqlalchemy as sa

from courseware import errors
from courseware.course import explain, manifest, model
from courseware.exchange import drafts, releases
from courseware.exchange import model as exchange_model
from courseware.grading import feedback, holds, marks, pipeline, run
from courseware.notebook import files
from courseware.store import database, ids, schema_checks

State = Literal["waiting", "running", "done", "failed"]
_T = schema_checks.course_check
_OPEN = ("waiting", "running")
_MOST_ATTEMPTS = 3
WINDOW = datetime.timedelta(hours=24)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check:
    """One check of an exercise; `verdict` and `hint` once it is done, a sentence in `hint` if it failed."""

    id: int
    public: str
    release_id: int
    notebook: str
    exercise: str
    files: tuple[exchange_model.FileEntry, ...]
    state: State
    attempt: int
    verdict: marks.Verdict | None
    hint: str


def ask(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    exercise: str,
    *,
    now: datetime.datetime,
) -> Check:
    """Have an exercise of the viewer's kept copy checked; one that is being checked is not begun twice.

    Raises:
        UserError: the course does not allow it, no copy is kept, there is no such exercise, or there were so
            many checks of it already.
    """
    limit = manifest.of(viewer.course).checks
    if limit is None:
        message = "This course checks work only when it is handed in. Run the visible tests yourself."
        raise errors.UserError(message, code="forbidden")
    copy = drafts.find(connection, viewer, lesson)
    release = releases.find(connection, lesson.id, copy.release)
    found = next((each for each in release.exercises if each.key == exercise and each.kind == "tests"), None)
    if found is None or exercise in holds.of_lesson(connection, lesson.id):
        raise errors.UserError(f"No machine checks {exercise[:80]!r} now.", code="not-found")
    mine = (_T.c.person_id == viewer.person.id) & (_T.c.lesson_id == lesson.id) & (_T.c.exercise == exercise)
    database.lock(connection, f"check {viewer.person.id} {lesson.id} {exercise}")
    rows = connection.execute(sa.select(_T).where(mine & (_T.c.asked > now - WINDOW)).order_by(_T.c.id)).all()
    waiting = next((row for row in rows if row.state in _OPEN), None)
    if waiting is not None:
        return _check(waiting)
    counted = [row for row in rows if row.state == "done"]
    if len(counted) >= limit:
        again = counted[-limit].asked + WINDOW - now
        times = explain.count(limit, "check")
        message = f"You had {times} of this exercise in 24 hours; the next is taken in {explain.span(again)}."
        raise errors.UserError(message, code="too-many")
    made = connection.execute(
        _T.insert().values(
            public=ids.new("chk"),
            person_id=viewer.person.id,
            lesson_id=lesson.id,
            release_id=release.id,
            notebook=found.notebook,
            exercise=exercise,
            files=exchange_model.entries_to_json(copy.files),
            asked=now,
            state="waiting",
            attempt=0,
        )
    )
    return _by_key(connection, int((made.inserted_primary_key or (0,))[0]))


def find(connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson, public: str) -> Check:
    """One of the viewer's checks.

    Raises:
        UserError: they have none of this name.
    """
    mine = (_T.c.public == public) & (_T.c.person_id == viewer.person.id) & (_T.c.lesson_id == lesson.id)
    row = connection.execute(sa.select(_T).where(mine)).one_or_none()
    if row is None:
        raise errors.UserError("There is no such check, or it is not open to you.", code="not-found")
    return _check(row)


def left(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    exercise: str,
    *,
    now: datetime.datetime,
) -> int:
    """How many checks of an exercise are still taken now."""
    mine = (_T.c.person_id == viewer.person.id) & (_T.c.lesson_id == lesson.id) & (_T.c.exercise == exercise)
    counted = mine & (_T.c.state != "failed") & (_T.c.asked > now - WINDOW)
    used = connection.execute(sa.select(sa.func.count()).select_from(_T).where(counted)).scalar_one()
    return max(0, (manifest.of(viewer.course).checks or 0) - int(used))


def unfinished(connection: sa.Connection) -> list[int]:
    """The keys of checks that are not done, oldest first."""
    return list(
        connection.execute(sa.select(_T.c.id).where(_T.c.state.in_(_OPEN)).order_by(_T.c.id)).scalars()
    )


def perform(worker: run.Worker, key: int) -> None:
    """Run a check; nothing if it is done already."""
    with worker.database.write() as connection:
        check = _claim(connection, key, worker.clock())
    if check is None:
        return
    try:
        verdict, hint = _verdict(worker, check)
    except errors.Temporary:
        with worker.database.write() as connection:
            _write(connection, check, state="waiting")
        return
    except errors.CoursewareError:
        verdict, hint = None, run.LOOKED_AT
    state: State = "done" if verdict else "failed"
    with worker.database.write() as connection:
        _write(connection, check, state=state, verdict=verdict or "", hint=hint, finished=worker.clock())


def _verdict(worker: run.Worker, check: Check) -> tuple[marks.Verdict | None, str]:
    """How the exercise went, and what its author says to that; no verdict where it could not be run."""
    with worker.database.read() as connection:
        release = releases.by_id(connection, check.release_id)
    job = run.job_of(worker, release, check.files)
    alone = dataclasses.replace(job, notebooks={check.notebook: job.notebooks[check.notebook]})
    (result,) = pipeline.grade(alone, worker.sandbox)
    if result.fault:
        return None, run.LOOKED_AT
    mark = result.marks.get(check.exercise)
    if result.error or mark is None:
        return None, result.error or run.LOOKED_AT
    given = next(each for each in release.student if each.path == f"{check.notebook}.ipynb")
    student = files.read(worker.blobs.get(given.sha256), name=given.path)
    return mark.verdict, feedback.hints(result, student).get(check.exercise, "")


def _claim(connection: sa.Connection, key: int, now: datetime.datetime) -> Check | None:
    """Take a check for this attempt; None if it is done, or broke off too often."""
    row = connection.execute(sa.select(_T).where((_T.c.id == key) & _T.c.state.in_(_OPEN))).one_or_none()
    if row is None:
        return None
    if row.attempt >= _MOST_ATTEMPTS:
        _write(connection, _check(row), state="failed", hint=run.LOOKED_AT, finished=now)
        return None
    taken = _write(connection, _check(row), state="running", attempt=row.attempt + 1)
    return _by_key(connection, key) if taken else None


def _write(connection: sa.Connection, check: Check, **values: Any) -> bool:
    """Change a row, unless another attempt owns it."""
    own = (_T.c.id == check.id) & (_T.c.attempt == check.attempt) & _T.c.state.in_(_OPEN)
    return connection.execute(_T.update().where(own).values(**values)).rowcount > 0


def _by_key(connection: sa.Connection, key: int) -> Check:
    return _check(connection.execute(sa.select(_T).where(_T.c.id == key)).one())


def _check(row: sa.Row[tuple[object, ...]]) -> Check:
    told: Any = row._mapping
    return Check(
        id=told["id"],
        public=told["public"],
        release_id=told["release_id"],
        notebook=told["notebook"],
        exercise=told["exercise"],
        files=exchange_model.entries_from_json(told["files"]),
        state=told["state"],
        attempt=told["attempt"],
        verdict=cast(marks.Verdict, told["verdict"]) if told["verdict"] else None,
        hint=told["hint"],
    )
