"""Do the work of trials: try hand-ins, write what was tried, or restore what was before.

In: the key of work, or of a worker's job. Out: its row with what came of it, and the rows of as much of what
waits after it as takes a second or so: what each costs the database is shared. What somebody waits for is
graded first: where that comes meanwhile, the rest waits again. A process that dies leaves what it took to be
claimed again.
"""

import collections
import dataclasses
import threading
import time
from collections.abc import Callable, Iterable, Sequence

import sqlalchemy as sa

from courseware import errors
from courseware.exchange import model, releases, submissions
from courseware.grading import (
    gradings,
    run,
    scores,
    trial_steps,
    trials,
    try_out,
)
from courseware.store import schema, schema_checks

MOST_ATTEMPTS = 3
MOST, SECONDS = 16, 1.0
"""How many hand-ins are taken at a time, and for how long, at most; the first of them in any case."""
_GRADING = sa.exists().where((schema.grading.c.state == "waiting") & gradings.goes_on())
_CHECK = sa.exists().where(schema_checks.course_check.c.state == "waiting")
_BEFORE = sa.select(sa.literal(1)).where(_GRADING | _CHECK)
NOT_MARKED = "It has no marks yet; its first grading will use the newest release."


class Trying:
    """Does the work of trials, for one process; any number of threads."""

    def __init__(self, worker: run.Worker, *, seconds: float = SECONDS) -> None:
        self._worker, self._most_seconds = worker, seconds
        self._lock = threading.Lock()
        self._held: frozenset[int] = frozenset()
        self._took = seconds
        """What a hand-in took when last some were done, in seconds."""

    @property
    def held(self) -> frozenset[int]:
        """The keys of what is being done here: nobody else is to begin with one of them."""
        return self._held

    def perform(self, key: int) -> None:
        """Do this work; nothing if it is done already.

        Raises:
            Temporary: database, storage or sandbox is away; it waits again.
        """
        self._perform(lambda connection: self._claim(connection, key, None))

    def perform_next(self, job: int) -> None:
        """Do for the job of this number what it began already, or else the oldest work that waits.

        Raises:
            Temporary: database, storage or sandbox is away; it waits again.
        """

        def claim(connection: sa.Connection) -> list[trials.Work]:
            claimed = (self._claim(connection, key, job) for key in trials.free(connection, job))
            return next(filter(None, claimed), [])

        self._perform(claim)

    def _claim(self, connection: sa.Connection, key: int, job: int | None) -> list[trials.Work]:
        if key in self._held:
            return []
        most = max(1, min(MOST, int(self._most_seconds / self._took)))
        return trials.claim(connection, key, job, most=most, but=self._held)

    def _perform(self, claim: Callable[[sa.Connection], list[trials.Work]]) -> None:
        with self._lock:
            with self._worker.database.write() as connection:
                works = claim(connection)
            keys = {work.id for work in works}
            self._held |= keys
        try:
            self._do(works)
        finally:
            with self._lock:
                self._held -= keys

    def _do(self, works: Sequence[trials.Work]) -> None:
        if not works:
            return
        began = time.monotonic()
        does = _try if works[0].step == "try" else _change
        done = does(self._worker, works, began + self._most_seconds)
        self._took = max((time.monotonic() - began) / done, self._most_seconds / MOST)


def _enough(worker: run.Worker, until: float) -> bool:
    """Whether the rest is to wait: this took long already, or there is work that comes first."""
    if time.monotonic() > until:
        return True
    with worker.database.read() as connection:
        return connection.execute(_BEFORE).first() is not None


def _change(worker: run.Worker, works: Sequence[trials.Work], until: float) -> int:
    """Write what was tried, or restore what was before: each hand-in in a transaction of its own. How many
    were done.
    """
    step = trial_steps.written if works[0].step == "write" else trial_steps.restored
    for number, work in enumerate(works):
        if number and _enough(worker, until):
            with worker.database.write() as connection:
                trials.give_back(connection, works[number:])
            return number
        now = worker.clock()
        with worker.database.write() as connection:
            trials.lock(connection, trials.by_id(connection, work.trial_id).lesson_id)
            if trials.change(connection, work, state="running"):  # nobody else is at it
                values = step(connection, work, now)
                trials.change(connection, work, **values)
            trials.settle(connection, work.trial_id, now=now)
    return len(works)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Tried:
    """What trying a hand-in gave, or the reason why it gave nothing."""

    work: trials.Work
    found: trials.Found | None = None
    feedback_hash: str = ""
    reason: str = ""


def _try(worker: run.Worker, works: Sequence[trials.Work], until: float) -> int:
    """Run hand-ins by the tests that are tried, and keep what they gave; how many were done."""
    tests = _Tests(worker, works[0].trial_id)
    left, tried = collections.deque(works), list[_Tried]()
    try:
        while left and not (tried and _enough(worker, until)):
            tried.append(_tried(worker, left[0], tests))
            left.popleft()
    except Exception as error:
        if not isinstance(error, errors.Temporary):
            left.popleft()  # that something is wrong counts against this one's attempts
        _keep(worker, works[0].trial_id, tried, left)
        raise
    _keep(worker, works[0].trial_id, tried, left)
    return len(tried)


class _Tests:
    """What hand-ins of a trial are run by: each release is read once, and not before it is needed."""

    def __init__(self, worker: run.Worker, trial_id: int) -> None:
        self._worker, self._trial_id = worker, trial_id
        self._ready: dict[int | None, run.Ready] = {}

    def of(self, work: trials.Work) -> run.Ready:
        """The tests for a hand-in."""
        key = work.release_id
        if key not in self._ready:
            self._ready[key] = run.ready(self._worker, self._release(key))
        return self._ready[key]

    def _release(self, key: int | None) -> model.Release:
        with self._worker.database.read() as connection:
            if key is None:
                return try_out.tests(connection, trials.by_id(connection, self._trial_id))
            return releases.by_id(connection, key)


def _tried(worker: run.Worker, work: trials.Work, tests: _Tests) -> _Tried:
    """What a hand-in would get."""
    if work.attempt > MOST_ATTEMPTS:
        return _Tried(work=work, reason=f"The grading was broken off {MOST_ATTEMPTS} times.")
    with worker.database.read() as connection:
        submission = submissions.by_id(connection, work.submission_id)
    try:
        made = run.make(worker, submission, tests.of(work))
    except (errors.UserError, errors.Permanent) as error:
        return _Tried(work=work, reason=error.message)
    if made.faults or made.state == "failed":
        return _Tried(work=work, reason=made.faults or " ".join(each.error for each in made.results))
    found = trials.Found(rows=tuple(scores.rows(made.results, made.hints)), told=made.told)
    return _Tried(work=work, found=found, feedback_hash=made.feedback_hash)


def _keep(worker: run.Worker, trial_id: int, tried: Sequence[_Tried], left: Iterable[trials.Work]) -> None:
    """Write how hand-ins went, beside the marks that stand now; what is left waits again."""
    with worker.database.write() as connection:
        trials.lock(connection, trials.by_id(connection, trial_id).lesson_id)
        trials.give_back(connection, left)
        for each in tried:
            _write(connection, each)
        trials.settle(connection, trial_id)


def _write(connection: sa.Connection, tried: _Tried) -> None:
    standing = gradings.current(connection, tried.work.submission_id)
    marked = standing if standing is not None and standing.state == "marked" else None
    found = tried.found if marked else None
    before = None
    if marked:
        rows = tuple(scores.by_grading(connection, marked))
        before = trials.Found(rows=rows, told={"reasons": marked.result.get("reasons", {})})
    trials.change(
        connection,
        tried.work,
        state="done" if found else "failed",
        before_id=marked.id if marked else None,
        before=trials.to_json(before) if before else None,
        found=trials.to_json(found) if found else None,
        feedback_hash=tried.feedback_hash or None,
        reason=tried.reason or ("" if marked else NOT_MARKED),
    )
