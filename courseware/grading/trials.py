"""The tables of trials: regrades that are run before anything is written, and what each would give.

In: a lesson, who starts one and the hand-ins it is about. Out: trials, their work, and states. Of a lesson
one trial is open at a time. The work of a trial goes through up to three steps: it is tried, written, and
restored; each is done once, and a step that a process died in is done again.
"""

import dataclasses
import datetime
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, cast

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.grading import scores
from courseware.store import database, ids, schema_trials

KIND = "trial"
"""What a queue calls this work."""
State = Literal["running", "ready", "applying", "applied", "undoing", "undone", "dropped"]
Step = Literal["try", "write", "restore"]
WorkState = Literal["waiting", "running", "done", "failed", "left"]
OPEN: tuple[State, ...] = ("running", "ready", "applying", "undoing")
UNFINISHED: tuple[WorkState, ...] = ("waiting", "running")
AFTER: Mapping[State, State] = {"running": "ready", "applying": "applied", "undoing": "undone"}
_T, _W = schema_trials.trial, schema_trials.trial_work


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trial:
    """A regrade that is tried: by a release, or by a draft release that would follow it, whose content is in
    `manifest` and `environment` then.
    """

    id: int
    public: str
    lesson_id: int
    release_id: int
    draft: str | None
    manifest: str | None
    environment: str | None
    state: State
    started_by: int
    started: datetime.datetime
    applied_by: int | None
    applied: datetime.datetime | None
    ended: datetime.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """A hand-in to be tried by a release, or by the trial's own tests where that is None."""

    submission_id: int
    release_id: int | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Found:
    """A side of a comparison: the machine's marks, and how they were found."""

    rows: tuple[scores.Row, ...]
    told: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Work:
    """What a trial does with one hand-in; `reason` says why it failed or was left alone."""

    id: int
    trial_id: int
    submission_id: int
    before_id: int | None
    release_id: int | None
    step: Step
    state: WorkState
    attempt: int
    before: Found
    found: Found
    feedback_hash: str | None
    reason: str
    written_id: int | None


def insert(
    connection: sa.Connection,
    trial: Mapping[str, Any],
    work: Iterable[Asked],
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> Trial:
    """Write a trial that begins, and its work."""
    values = {**trial, "public": ids.new("trl"), "state": "running", "started_by": by.id, "started": now}
    made = connection.execute(_T.insert().values(**values))
    key = int((made.inserted_primary_key or (0,))[0])
    rows = [{**dataclasses.asdict(each), "trial_id": key, "step": "try", "state": "waiting"} for each in work]
    if rows:
        connection.execute(_W.insert(), rows)
    settle(connection, key)
    return by_id(connection, key)


def newest(connection: sa.Connection, lesson_id: int) -> Trial | None:
    """The last trial of a lesson, open or not."""
    query = sa.select(_T).where(_T.c.lesson_id == lesson_id).order_by(_T.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return _trial(row) if row else None


def by_id(connection: sa.Connection, key: int) -> Trial:
    """The trial of a key."""
    return _trial(connection.execute(sa.select(_T).where(_T.c.id == key)).one())


def lock(connection: sa.Connection, lesson_id: int) -> None:
    """Nobody else changes the trials of a lesson before this transaction ends."""
    database.lock(connection, f"trial {lesson_id}")


def move(connection: sa.Connection, trial: Trial, state: State, **values: Any) -> None:
    """Put a trial into another state."""
    connection.execute(_T.update().where(_T.c.id == trial.id).values(state=state, **values))


def begin_step(connection: sa.Connection, trial: Trial, step: Step, *, after: Step) -> int:
    """Have the next step done with the work that is through the one before; how many."""
    mine = (_W.c.trial_id == trial.id) & (_W.c.step == after) & (_W.c.state == "done")
    begun = connection.execute(
        _W.update().where(mine).values(step=step, state="waiting", attempt=0, job=None)
    )
    return begun.rowcount


def settle(connection: sa.Connection, key: int, *, now: datetime.datetime | None = None) -> None:
    """Move a trial on once nothing of its step is left to do."""
    left = sa.select(_W.c.id).where((_W.c.trial_id == key) & _W.c.state.in_(UNFINISHED)).limit(1)
    if connection.execute(left).first() is not None:
        return
    trial = by_id(connection, key)
    if trial.state in AFTER:
        ended = {"ended": now} if trial.state == "undoing" else {}
        move(connection, trial, AFTER[trial.state], **ended)


def hold(connection: sa.Connection) -> list[int]:
    """The keys of the trials that go on, which nobody else changes before this transaction ends."""
    going = sa.select(_T.c.id, _T.c.lesson_id).where(_T.c.state.in_(AFTER)).order_by(_T.c.lesson_id)
    found = connection.execute(going).all()
    for _, lesson_id in found:
        lock(connection, lesson_id)
    return [int(key) for key, _ in found]


def unfinished(connection: sa.Connection) -> list[int]:
    """The keys of work that waits or runs, oldest first."""
    query = sa.select(_W.c.id).where(_W.c.state.in_(UNFINISHED)).order_by(_W.c.id)
    return list(connection.execute(query).scalars())


def free(connection: sa.Connection, job: int) -> list[int]:
    """The keys of work that no other job than this runs: what it began already, then the oldest."""
    left = _W.c.state.in_(UNFINISHED) & ((_W.c.state == "waiting") | _W.c.job.is_(None) | (_W.c.job == job))
    begun = sa.case((_W.c.job == job, 0), else_=1)
    return list(connection.execute(sa.select(_W.c.id).where(left).order_by(begun, _W.c.id)).scalars())


def work_of(connection: sa.Connection, trial: Trial) -> list[Work]:
    """All work of a trial, in the order of the hand-ins."""
    query = sa.select(_W).where(_W.c.trial_id == trial.id).order_by(_W.c.submission_id)
    return [_work(row) for row in connection.execute(query)]


def counts(connection: sa.Connection, trial: Trial) -> dict[tuple[Step, WorkState], int]:
    """How much work of a trial stands where."""
    wanted = sa.select(_W.c.step, _W.c.state, sa.func.count()).where(_W.c.trial_id == trial.id)
    rows = connection.execute(wanted.group_by(_W.c.step, _W.c.state))
    return {(cast(Step, step), cast(WorkState, state)): int(number) for step, state, number in rows}


def claim(
    connection: sa.Connection,
    key: int,
    job: int | None = None,
    *,
    most: int = 1,
    but: Collection[int] = (),
) -> list[Work]:
    """Take work for this attempt, and with it what waits after it in its trial, `most` in all and nothing of
    `but`. Empty if it is done, or another worker's job runs it. What broke off before is taken by itself: it
    may have been what broke the others off.
    """
    first = connection.execute(
        sa.select(_W).where((_W.c.id == key) & _W.c.state.in_(UNFINISHED))
    ).one_or_none()
    if first is None or (job is not None and first.state == "running" and first.job not in (None, job)):
        return []
    alike = (_W.c.trial_id == first.trial_id) & (_W.c.step == first.step) & (_W.c.attempt == first.attempt)
    after = alike & (_W.c.id > key) & (_W.c.state == "waiting") & _W.c.id.not_in(but)
    others = sa.select(_W.c.id).where(after).order_by(_W.c.id).limit(most - 1 if first.attempt == 0 else 0)
    taken = [key, *connection.execute(others).scalars()]
    values = {"state": "running", "attempt": first.attempt + 1, "job": job}
    own = _W.c.id.in_(taken) & alike & _W.c.state.in_(UNFINISHED)
    rows = connection.execute(_W.update().where(own).values(**values).returning(_W))
    return sorted(map(_work, rows), key=lambda work: work.id)


def give_back(connection: sa.Connection, works: Iterable[Work]) -> None:
    """Have work wait again, as if it had not been taken."""
    for work in works:
        change(connection, work, state="waiting", job=None, attempt=work.attempt - 1)


def change(connection: sa.Connection, work: Work, **values: Any) -> bool:
    """Change a row, unless another attempt owns it or its step is done."""
    own = (_W.c.id == work.id) & (_W.c.attempt == work.attempt) & (_W.c.step == work.step)
    own &= _W.c.state.in_(UNFINISHED)
    return connection.execute(_W.update().where(own).values(**values)).rowcount > 0


def drop_work(connection: sa.Connection, trial: Trial) -> None:
    """End what was not tried yet."""
    mine = (_W.c.trial_id == trial.id) & _W.c.state.in_(UNFINISHED)
    connection.execute(_W.update().where(mine).values(state="left", job=None))


def to_json(found: Found) -> str:
    """For a column."""
    return json.dumps({"rows": [dict(row) for row in found.rows], "told": dict(found.told)})


def _found(text: str | None) -> Found:
    told = json.loads(text) if text else {"rows": [], "told": {}}
    return Found(rows=tuple(told["rows"]), told=told["told"])


def _trial(row: sa.Row[Any]) -> Trial:
    return Trial(**row._mapping)


def _work(row: sa.Row[Any]) -> Work:
    told = dict(row._mapping)
    del told["job"]
    return Work(**told | {"before": _found(told["before"]), "found": _found(told["found"])})
