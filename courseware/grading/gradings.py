"""The table of gradings: one run of a release's tests over a submission, from waiting to its end.

In: submissions to be graded. Out: claims and states. One grading of a submission is current. It is written
only by the attempt that owns it: an attempt that was given up (its process died) finds nothing to write. A
newer submission sets aside a waiting one of the same person and lesson that can never count any more, and
moves any other back behind those of everybody else.
"""

import dataclasses
import datetime
import json
from collections.abc import Collection, Mapping
from typing import Any, Literal, cast

import sqlalchemy as sa

from courseware.exchange import model
from courseware.grading import holding, turns
from courseware.store import ids, journal, schema

State = Literal["waiting", "running", "marked", "failed", "superseded"]
MAX_ATTEMPTS = 10
KIND = "grading"
"""What a queue calls this work."""
FIRST, BACK, AGAIN = -1, 0, 1
"""Priorities: a grading that a student waits for, one of work that they have replaced, and one of work that
has marks."""
FIRST_RUN = "first"
"""Where the result tells what the tests that students have gave alone."""
_T, _S = schema.grading, schema.submission
# Built once: every hand-in asks them.
_INSERT = _T.insert()
_CURRENT = sa.select(_T).where((_T.c.submission_id == sa.bindparam("submission")) & _T.c.current.is_(True))
_LATEST = (
    sa.select(_T.c.started, _T.c.finished)
    .where((_T.c.state == "marked") & _T.c.started.is_not(None))
    .order_by(_T.c.id.desc())
    .limit(20)
)
_REPLACED = (
    sa.select(_T.c.id, _S.c.public, _S.c.late_seconds, _S.c.release_id)
    .join(_S, _S.c.id == _T.c.submission_id)
    .where((_S.c.person_id == sa.bindparam("person")) & (_S.c.lesson_id == sa.bindparam("lesson")))
    .where((_S.c.id != sa.bindparam("newer")) & (_T.c.state == "waiting") & (_T.c.priority < AGAIN))
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Grading:
    """One run; `reason` says why it failed or was set aside."""

    id: int
    public: str
    submission_id: int
    release_id: int
    state: State
    priority: int
    attempt: int
    phase: str
    queued: datetime.datetime
    started: datetime.datetime | None
    finished: datetime.datetime | None
    reason: str
    result: Mapping[str, Any]
    feedback_hash: str | None


def enqueue(
    connection: sa.Connection,
    submission: model.Submission,
    now: datetime.datetime,
    *,
    release_id: int | None = None,
    replaces: bool = True,
) -> int:
    """Have a submission graded, by this release or its own; called in its own transaction. `replaces` says
    whether it makes older ones of the same lateness worthless. The key of the grading.
    """
    _set_aside(connection, submission, now, replaces=replaces)
    return _put(connection, submission.id, release_id or submission.release_id, priority=FIRST, now=now)


def again(
    connection: sa.Connection, submission: model.Submission, release_id: int, *, now: datetime.datetime
) -> None:
    """Have a submission graded again by this release, after all that students hand in; not if it waits for
    that already.
    """
    known = current(connection, submission.id)
    if known and known.state == "waiting" and known.release_id == release_id:
        return
    _insert(connection, submission.id, release_id, priority=AGAIN, now=now)


def take_over(
    connection: sa.Connection,
    before: Grading,
    release_id: int,
    *,
    result: Mapping[str, Any],
    feedback_hash: str,
    now: datetime.datetime,
) -> Grading:
    """A grading that was made already, in place of the one that holds."""
    key = _insert(connection, before.submission_id, release_id, priority=AGAIN, now=now)
    values = {"state": "marked", "started": now, "finished": now, "attempt": 1}
    values |= {"result": json.dumps(dict(result)), "feedback_hash": feedback_hash}
    connection.execute(_T.update().where(_T.c.id == key).values(**values))
    return by_id(connection, key)


def put_back(connection: sa.Connection, made: int, before: int) -> None:
    """Have an earlier grading hold again instead of this one."""
    connection.execute(_T.update().where(_T.c.id == made).values(current=False))
    connection.execute(_T.update().where(_T.c.id == before).values(current=True))


def _insert(
    connection: sa.Connection, submission_id: int, release_id: int, *, priority: int, now: datetime.datetime
) -> int:
    """A new current grading in place of the one before; an attempt at that one finds nothing to write."""
    mine = _T.c.submission_id == submission_id
    reason = "Another grading of the same work took its place."
    ended = _T.update().where(mine & _T.c.current.is_(True) & _T.c.state.in_(turns.OPEN))
    connection.execute(ended.values(state="superseded", finished=now, reason=reason))
    connection.execute(_T.update().where(mine & _T.c.current.is_(True)).values(current=False))
    return _put(connection, submission_id, release_id, priority=priority, now=now)


def _put(
    connection: sa.Connection, submission_id: int, release_id: int, *, priority: int, now: datetime.datetime
) -> int:
    """A grading that waits, of a submission that has no other."""
    made = connection.execute(
        _INSERT,
        {
            "public": ids.new("grd"),
            "submission_id": submission_id,
            "release_id": release_id,
            "state": "waiting",
            "current": True,
            "priority": priority,
            "queued": now,
        },
    )
    return int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0


def _set_aside(
    connection: sa.Connection, submission: model.Submission, now: datetime.datetime, *, replaces: bool
) -> None:
    """Set aside waiting gradings of work that this submission replaces for good: equally late, of the same
    release. Others of the lesson can still count, but nobody has to wait for them.
    """
    of = {"person": submission.person_id, "lesson": submission.lesson_id, "newer": submission.id}
    found = connection.execute(_REPLACED, of).all()
    for row in found if replaces else ():
        as_late = (row.late_seconds > 0) == (submission.late_seconds > 0)
        if not as_late or row.release_id != submission.release_id:
            continue
        reason = "A newer hand-in came before this one was marked."
        ended = _T.update().where((_T.c.id == row.id) & (_T.c.state == "waiting"))
        connection.execute(ended.values(state="superseded", finished=now, reason=reason))
        journal.append(connection, "grading.superseded", row.public, now=now)
    if found:
        of_them = _T.c.id.in_([row.id for row in found])
        unmarked = (_T.c.state == "waiting") & (_T.c.priority < AGAIN)
        connection.execute(_T.update().where(of_them & unmarked).values(priority=BACK))


def take(
    connection: sa.Connection, order: turns.Turns, job: int, *, now: datetime.datetime
) -> Grading | None:
    """Take for a worker's job what it began already, or else the next that waits; None if nothing does."""
    mine = holding.begun(connection, _T, job)
    found = claim(connection, mine, now=now, job=job) if mine is not None else None
    tried: set[int] = set()
    while found is None:
        key = order.next(connection, tried)
        if key is None:
            return None
        tried.add(key)
        found = claim(connection, key, now=now, job=job)
    return found


def claim(
    connection: sa.Connection, key: int, *, now: datetime.datetime, job: int | None = None
) -> Grading | None:
    """Take a grading for this attempt; None if it is done, another worker's job runs it, or it was tried too
    often and has now failed. A service that has no workers is alone, and takes what runs as broken off.
    """
    row = connection.execute(sa.select(_T).where(_T.c.id == key)).one_or_none()
    if row is None or row.state not in turns.OPEN:
        return None
    if job is not None and row.state == "running" and row.job not in (None, job):
        return None
    if row.attempt >= MAX_ATTEMPTS:
        _give_up(connection, row, now)
        return None
    fence = (_T.c.id == key) & (_T.c.attempt == row.attempt)
    taken = connection.execute(
        _T.update().where(fence).values(state="running", attempt=row.attempt + 1, started=now, job=job)
    )
    return by_id(connection, key) if taken.rowcount else None


def _give_up(connection: sa.Connection, row: sa.Row[Any], now: datetime.datetime) -> None:
    """End a grading that was tried too often, with the news of it."""
    reason = f"The grading was broken off {row.attempt} times."
    ended = _T.update().where(
        (_T.c.id == row.id) & (_T.c.attempt == row.attempt) & _T.c.state.in_(turns.OPEN)
    )
    if connection.execute(ended.values(state="failed", finished=now, reason=reason)).rowcount:
        of = connection.execute(sa.select(_S.c.public).where(_S.c.id == row.submission_id)).scalar_one()
        journal.append(connection, "submission.failed", of, now=now)


def at_phase(connection: sa.Connection, grading: Grading, phase: str) -> None:
    """Say how far an attempt is, for those who watch."""
    connection.execute(_T.update().where(_owned(grading)).values(phase=phase))


def show(
    connection: sa.Connection, grading: Grading, *, result: Mapping[str, Any], feedback_hash: str
) -> None:
    """Write what an attempt has found so far and can be seen."""
    values = {"result": json.dumps(dict(result)), "feedback_hash": feedback_hash}
    connection.execute(_T.update().where(_owned(grading)).values(**values))


def finish(
    connection: sa.Connection,
    grading: Grading,
    *,
    state: State,
    now: datetime.datetime,
    reason: str = "",
    result: Mapping[str, Any] | None = None,
    feedback_hash: str | None = None,
) -> bool:
    """Write the end of an attempt; False if another attempt owns the grading now, and then nothing is
    written.
    """
    written = connection.execute(
        _T.update()
        .where(_owned(grading))
        .values(
            state=state,
            phase="",
            finished=now,
            reason=reason,
            result=json.dumps(dict(result or {})),
            feedback_hash=feedback_hash,
        )
    )
    return bool(written.rowcount)


def give_back(connection: sa.Connection, grading: Grading) -> None:
    """Have a grading tried again, because what stopped it will pass; that was no attempt."""
    values = {"state": "waiting", "phase": "", "job": None, "attempt": grading.attempt - 1}
    connection.execute(_T.update().where(_owned(grading)).values(**values))


def _owned(grading: Grading) -> sa.ColumnElement[bool]:
    """The fence: this grading, still running in this attempt."""
    return (_T.c.id == grading.id) & (_T.c.attempt == grading.attempt) & (_T.c.state == "running")


def once_more(connection: sa.Connection, key: int, release_id: int, *, now: datetime.datetime) -> None:
    """Have a grading that failed run once more, by a new one that somebody waits for and by this release."""
    _insert(connection, by_id(connection, key).submission_id, release_id, priority=FIRST, now=now)


def for_staff(grading: Grading) -> str:
    """Why it failed, as staff read it: what the course has to mend."""
    return str(grading.result.get("for_staff", grading.reason))


def goes_on() -> sa.ColumnElement[bool]:
    """Whether a grading is of a course that is not paused."""
    lesson, course = schema.lesson.c, schema.course.c
    lessons = sa.select(lesson.id).join(schema.course, course.id == lesson.course_id)
    work = sa.select(_S.c.id).where(_S.c.lesson_id.in_(lessons.where(course.paused.is_(None))))
    return _T.c.submission_id.in_(work)


def any_open(connection: sa.Connection) -> bool:
    """Whether a grading has not ended."""
    return (
        connection.execute(sa.select(_T.c.id).where(_T.c.state.in_(turns.OPEN)).limit(1)).first() is not None
    )


def current(connection: sa.Connection, submission_id: int) -> Grading | None:
    """The grading that holds for a submission."""
    row = connection.execute(_CURRENT, {"submission": submission_id}).one_or_none()
    return _grading(row) if row else None


def of_lessons(
    connection: sa.Connection, lesson_ids: Collection[int], wanted: Collection[int]
) -> dict[int, Grading]:
    """The gradings that hold for submissions of these lessons, by the submission's key, those that are
    wanted.
    """
    rows = connection.execute(
        sa.select(_T)
        .join(_S, _S.c.id == _T.c.submission_id)
        .where(_S.c.lesson_id.in_(lesson_ids) & _T.c.current.is_(True))
    )
    return {row.submission_id: _grading(row) for row in rows if row.submission_id in wanted}


def unmarked(connection: sa.Connection, lesson_ids: Collection[int]) -> dict[int, State]:
    """How it stands with the hand-ins of these lessons that are not marked, by the submission's key."""
    query = sa.select(_T.c.submission_id, _T.c.state).join(_S, _S.c.id == _T.c.submission_id)
    here = _S.c.lesson_id.in_(lesson_ids) & _T.c.current.is_(True) & (_T.c.state != "marked")
    return {row.submission_id: cast(State, row.state) for row in connection.execute(query.where(here))}


def of_submissions(connection: sa.Connection, keys: Collection[int]) -> list[Grading]:
    """All gradings of some submissions, oldest first."""
    rows = connection.execute(sa.select(_T).where(_T.c.submission_id.in_(keys)).order_by(_T.c.id))
    return [_grading(row) for row in rows.all()]


def with_first(connection: sa.Connection, submission_id: int, *, before: int | None = None) -> Grading | None:
    """The newest grading of a submission that had a first run (or of those before one)."""
    mine = _T.c.submission_id == submission_id
    if before is not None:
        mine &= _T.c.id < before
    for row in connection.execute(sa.select(_T).where(mine).order_by(_T.c.id.desc())):
        found = _grading(row)
        if FIRST_RUN in found.result:
            return found
    return None


def first_marked(connection: sa.Connection, submission_id: int) -> datetime.datetime | None:
    """When a submission first had marks; None if it has none yet."""
    done = (_T.c.submission_id == submission_id) & (_T.c.state == "marked")
    query = sa.select(_T.c.finished).where(done).order_by(_T.c.finished).limit(1)
    return connection.execute(query).scalar()


def regraded(connection: sa.Connection, lesson_id: int) -> list[Grading]:
    """The gradings that hold for a lesson's hand-ins and are not their first."""
    rows = connection.execute(
        sa.select(_T)
        .join(_S, _S.c.id == _T.c.submission_id)
        .where((_S.c.lesson_id == lesson_id) & _T.c.current.is_(True) & (_T.c.priority == AGAIN))
    )
    return [_grading(row) for row in rows.all()]


def by_id(connection: sa.Connection, key: int) -> Grading:
    """The grading of a key."""
    return _grading(connection.execute(sa.select(_T).where(_T.c.id == key)).one())


def usual_seconds(connection: sa.Connection) -> float | None:
    """How long the latest gradings took on average."""
    rows = connection.execute(_LATEST).all()
    spans = [(row.finished - row.started).total_seconds() for row in rows if row.finished]
    return sum(spans) / len(spans) if spans else None


def _grading(row: sa.Row[tuple[object, ...]]) -> Grading:
    told = row._mapping
    return Grading(
        id=told["id"],
        public=told["public"],
        submission_id=told["submission_id"],
        release_id=told["release_id"],
        state=cast(State, told["state"]),
        priority=told["priority"],
        attempt=told["attempt"],
        phase=told["phase"],
        queued=told["queued"],
        started=told["started"],
        finished=told["finished"],
        reason=told["reason"],
        result=json.loads(told["result"] or "{}"),
        feedback_hash=told["feedback_hash"],
    )
