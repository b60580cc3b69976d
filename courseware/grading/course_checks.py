"""Checks on the course: an exercise of what the course has of somebody's work is run as it would be graded,
and they are told a verdict and the author's hint: never points, values, or which part of a test it was.

In: a person's kept copy, or else their last hand-in; an exercise, the course's rule. Out: rows that wait, run
and end. Only where the course allows it, before the lesson closes, and only so many of an exercise in 24
hours, counted in the transaction that writes the row. A row is written only by the attempt that owns it; one
whose process died is run again.
"""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, cast

import sqlalchemy as sa

from courseware import errors
from courseware.course import explain, manifest, model, people, schedule
from courseware.exchange import drafts, fetch, releases, submissions
from courseware.exchange import model as exchange_model
from courseware.grading import feedback, holding, holds, marks, pipeline, run
from courseware.store import database, ids, schema_checks

KIND = "check"
"""What a queue calls this work."""
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
    asked: datetime.datetime
    release_id: int
    notebook: str
    exercise: str
    files: tuple[exchange_model.FileEntry, ...]
    state: State
    attempt: int
    verdict: marks.Verdict | None
    hint: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Work:
    """What the course has of somebody's work in a lesson: the copy they kept, or what they `handed_in`."""

    release: exchange_model.Release
    files: tuple[exchange_model.FileEntry, ...]
    at: datetime.datetime
    handed_in: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """An exercise that can be checked: how many checks are `left`, `again` when the next is taken if none is,
    the `last` one, and whether it was of the very work that is there now.
    """

    exercise: exchange_model.Exercise
    left: int
    again: datetime.datetime | None
    last: Check | None
    same: bool


def work(connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson) -> Work | None:
    """What there is to check of the viewer's: their kept copy, or else their last hand-in.

    Raises:
        UserError: the copy names a release that there is not.
    """
    if drafts.kept(connection, viewer.person.id, lesson.id) is not None:
        copy = drafts.find(connection, viewer, lesson)
        release = releases.find(connection, lesson.id, copy.release)
        return Work(release=release, files=copy.files, at=copy.kept, handed_in=False)
    for last in submissions.of_person(connection, viewer.person.id, lesson.id)[:1]:
        release = releases.by_id(connection, last.release_id)
        return Work(release=release, files=last.files, at=last.received, handed_in=True)
    return None


def exercises(
    connection: sa.Connection, lesson: model.Lesson, release: exchange_model.Release
) -> list[exchange_model.Exercise]:
    """What of a release a machine checks now."""
    return checkable(release, holds.of_lesson(connection, lesson.id))


def checkable(release: exchange_model.Release, held: Collection[str]) -> list[exchange_model.Exercise]:
    """What of a release a machine checks, where these exercises are on hold."""
    return [each for each in release.exercises if each.kind == "tests" and each.key not in held]


def ask(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    exercise: str,
    *,
    now: datetime.datetime,
) -> Check:
    """Have an exercise of the viewer's work checked; one that is being checked is not begun twice.

    Raises:
        UserError: the course does not allow it, the lesson is not open to them, the course has no work of
            theirs, there is no such exercise, or there were so many checks of it already.
    """
    limit = manifest.of(viewer.course).checks
    if limit is None:
        message = "This course checks work only when it is handed in. Run the visible tests yourself."
        raise errors.UserError(message, code="forbidden")
    found = _open_work(connection, viewer, lesson, now)
    told = exercises(connection, lesson, found.release)
    wanted = next((each for each in told if each.key == exercise), None)
    if wanted is None:
        raise errors.UserError(f"No machine checks {exercise[:80]!r} now.", code="not-found")
    people.hold(connection, viewer.person)
    database.lock(connection, f"check {viewer.person.id} {lesson.id} {exercise}")
    counted = _counted(_mine(connection, viewer, lesson).get(exercise, ()), now)
    waiting = next((each for each in counted if each.state in _OPEN), None)
    if waiting is not None:
        return waiting
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
            release_id=found.release.id,
            notebook=wanted.notebook,
            exercise=exercise,
            files=exchange_model.entries_to_json(found.files),
            asked=now,
            state="waiting",
            attempt=0,
        )
    )
    return _by_key(connection, int((made.inserted_primary_key or (0,))[0]))


def right(
    connection: sa.Connection, person_id: int, lesson_ids: Collection[int]
) -> dict[tuple[int, str], datetime.datetime]:
    """When somebody's exercises were first right in a check, by the lesson's row and the exercise."""
    mine = (_T.c.person_id == person_id) & _T.c.lesson_id.in_(lesson_ids) & (_T.c.verdict == "pass")
    wanted = sa.select(_T.c.lesson_id, _T.c.exercise, sa.func.min(_T.c.finished)).where(mine)
    rows = connection.execute(wanted.group_by(_T.c.lesson_id, _T.c.exercise))
    return {(lesson, exercise): at for lesson, exercise, at in rows}


def _open_work(
    connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson, now: datetime.datetime
) -> Work:
    """What there is to check, while the lesson is open to the viewer; staff may always."""
    holding = fetch.check_open(connection, viewer, lesson, now=now)
    if not viewer.is_staff and schedule.state(holding, now) == "closed":
        raise errors.UserError("The lesson is closed; nothing is checked any more.", code="conflict")
    found = work(connection, viewer, lesson)
    if found is None:
        message = "The course has nothing of yours to check in this lesson. Keep a copy or hand in first."
        raise errors.UserError(message, code="not-found")
    return found


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
    used = _counted(_mine(connection, viewer, lesson).get(exercise, ()), now)
    return max(0, (manifest.of(viewer.course).checks or 0) - len(used))


def _mine(
    connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson
) -> Mapping[str, Sequence[Check]]:
    """The viewer's checks in a lesson by their exercise, in the order in which they were asked for."""
    mine = (_T.c.person_id == viewer.person.id) & (_T.c.lesson_id == lesson.id)
    found: dict[str, list[Check]] = {}
    for row in connection.execute(sa.select(_T).where(mine).order_by(_T.c.id)):
        found.setdefault(row.exercise, []).append(_check(row))
    return found


def _counted(checks: Iterable[Check], now: datetime.datetime) -> list[Check]:
    """Those that use up one of the day: one that could not be run does not."""
    return [each for each in checks if each.state != "failed" and each.asked > now - WINDOW]


def standing(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    found: Work,
    *,
    now: datetime.datetime,
) -> list[Standing]:
    """How each exercise of the viewer's work stands, in the order of the release."""
    limit = manifest.of(viewer.course).checks or 0
    before = _mine(connection, viewer, lesson)
    told = []
    for exercise in exercises(connection, lesson, found.release):
        checks = before.get(exercise.key, [])
        last = checks[-1] if checks else None
        counted = _counted(checks, now)
        full = len(counted) >= limit > 0
        told.append(
            Standing(
                exercise=exercise,
                left=max(0, limit - len(counted)),
                again=counted[-limit].asked + WINDOW if full else None,
                last=last,
                same=last is not None and (last.release_id, last.files) == (found.release.id, found.files),
            )
        )
    return told


def unfinished(connection: sa.Connection) -> list[int]:
    """The keys of checks that are not done, oldest first."""
    return list(
        connection.execute(sa.select(_T.c.id).where(_T.c.state.in_(_OPEN)).order_by(_T.c.id)).scalars()
    )


def perform(worker: run.Worker, key: int) -> None:
    """Run a check; nothing if it is done already.

    Raises:
        Temporary: database, storage or sandbox is away; it waits again.
    """
    with worker.database.write() as connection:
        check = _claim(connection, key, worker.clock())
    if check is not None:
        _perform(worker, check)


def perform_next(worker: run.Worker, job: int) -> None:
    """Run for the job of this number the check that it began already, or else the oldest that waits.

    Raises:
        Temporary: database, storage or sandbox is away; it waits again.
    """
    with worker.database.write() as connection:
        mine = holding.begun(connection, _T, job)
        keys = [mine] if mine is not None else unfinished(connection)
        claimed = (_claim(connection, key, worker.clock(), job) for key in keys)
        check = next(filter(None, claimed), None)
    if check is not None:
        _perform(worker, check)


def _perform(worker: run.Worker, check: Check) -> None:
    try:
        verdict, hint = _verdict(worker, check)
    except errors.Temporary:
        with worker.database.write() as connection:
            _write(connection, check, state="waiting", job=None, attempt=check.attempt - 1)
        raise
    except errors.CoursewareError:
        verdict, hint = None, run.LOOKED_AT
    state: State = "done" if verdict else "failed"
    with worker.database.write() as connection:
        _write(connection, check, state=state, verdict=verdict or "", hint=hint, finished=worker.clock())


def _verdict(worker: run.Worker, check: Check) -> tuple[marks.Verdict | None, str]:
    """How the exercise went, and what its author says to that; no verdict where it could not be run."""
    with worker.database.read() as connection:
        release = releases.by_id(connection, check.release_id)
    by = run.ready(worker, release)
    job = run.of(worker, by, check.files)
    alone = dataclasses.replace(job, notebooks={check.notebook: job.notebooks[check.notebook]})
    (result,) = pipeline.grade(alone, worker.sandbox)
    if result.fault:
        return None, run.LOOKED_AT
    mark = result.marks.get(check.exercise)
    if result.error or mark is None:
        return None, result.error or run.LOOKED_AT
    return mark.verdict, feedback.hints(result, by.given[check.notebook]).get(check.exercise, "")


def _claim(
    connection: sa.Connection, key: int, now: datetime.datetime, job: int | None = None
) -> Check | None:
    """Take a check for this attempt; None if it is done, another worker's job runs it, or it broke off too
    often.
    """
    row = connection.execute(sa.select(_T).where((_T.c.id == key) & _T.c.state.in_(_OPEN))).one_or_none()
    if row is None:
        return None
    if job is not None and row.state == "running" and row.job not in (None, job):
        return None
    if row.attempt >= _MOST_ATTEMPTS:
        _write(connection, _check(row), state="failed", hint=run.LOOKED_AT, finished=now)
        return None
    taken = _write(connection, _check(row), state="running", attempt=row.attempt + 1, job=job)
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
        asked=told["asked"],
        release_id=told["release_id"],
        notebook=told["notebook"],
        exercise=told["exercise"],
        files=exchange_model.entries_from_json(told["files"]),
        state=told["state"],
        attempt=told["attempt"],
        verdict=cast(marks.Verdict, told["verdict"]) if told["verdict"] else None,
        hint=told["hint"],
    )
