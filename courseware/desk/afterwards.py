"""What a queue runs: gradings, and when none waits checks, regrades that are tried out, then wrong answers.

In: what a grading needs. Out: inside the service the key of what comes next, above zero for a grading and
below it for all else, so that it is none of a grading; for workers each kind of work with its rows.
"""

import functools
from collections.abc import Callable, Collection, Iterator, Mapping

import sqlalchemy as sa

from courseware.desk import audit_drafts
from courseware.grading import audits, course_checks, gradings, holding, run, trials, trying, turns
from courseware.jobs import port
from courseware.sandbox import cores
from courseware.store import database, schema, schema_checks, schema_releases, schema_trials

BEHIND = (trials.KIND, audits.KIND)
"""What workers do only when nothing else waits."""
_INSIDE = (course_checks.unfinished, trials.unfinished, audits.unfinished)


def unfinished(connection: sa.Connection) -> Iterator[int]:
    """The keys of what is not done but gradings, the next first."""
    for number, listed in enumerate(_INSIDE):
        yield from (-len(_INSIDE) * key - number for key in listed(connection))


class Work:
    """Does what the queue of a process has to do, so many pieces at a time, each on a core of its own."""

    def __init__(self, worker: run.Worker, queue: port.Queue, slots: int) -> None:
        self._worker, self._slots = worker, slots
        self._trials = trying.Trying(worker)
        self._audits = audit_drafts.Trying(worker, queue)

    def following(self, connection: sa.Connection, running: Collection[int]) -> int | None:
        """What comes next when no grading waits, and does not run yet."""
        held = {-len(_INSIDE) * key - _INSIDE.index(trials.unfinished) for key in self._trials.held}
        return next((key for key in unfinished(connection) if key not in running and key not in held), None)

    def perform(self, key: int) -> None:
        """Do the work of a key, inside the service."""
        with cores.own(self._slots):
            self._perform(key)

    def _perform(self, key: int) -> None:
        if key > 0:
            run.run(self._worker, key)
            return
        place, number = divmod(-key, len(_INSIDE))
        inside: tuple[port.Run, ...] = (
            functools.partial(course_checks.perform, self._worker),
            self._trials.perform,
            self._audits.perform,
        )
        inside[number](place)

    def kinds(self, order: turns.Turns) -> Mapping[str, port.Kind]:
        """The kinds of work of a worker."""
        worker, always = self._worker, sa.true()
        rows: dict[str, tuple[sa.Table, sa.ColumnElement[bool], port.Run]] = {
            gradings.KIND: (
                schema.grading,
                gradings.goes_on(),
                functools.partial(run.run_next, worker, order),
            ),
            course_checks.KIND: (
                schema_checks.course_check,
                always,
                functools.partial(course_checks.perform_next, worker),
            ),
            trials.KIND: (schema_trials.trial_work, always, self._trials.perform_next),
            audits.KIND: (schema_releases.test_audit, always, self._audits.perform_next),
        }
        return {
            name: _kind(worker.database, table, self._placed(do), among=among, behind=name in BEHIND)
            for name, (table, among, do) in rows.items()
        }

    def _placed(self, do: port.Run) -> port.Run:
        def placed(job: int) -> None:
            with cores.own(self._slots):
                do(job)

        return placed


def _kind(
    db: database.Database,
    table: sa.Table,
    do: Callable[[int], None],
    *,
    among: sa.ColumnElement[bool],
    behind: bool,
) -> port.Kind:
    """Work that stands in a table, for workers; `among` its rows that may be run now."""

    def waiting() -> int:
        with db.read() as connection:
            return holding.waiting(connection, table, among)

    def held() -> list[int]:
        with db.read() as connection:
            return holding.held(connection, table)

    def let_go(jobs: Collection[int]) -> None:
        with db.write() as connection:
            holding.let_go(connection, table, jobs)

    return port.Kind(do=do, waiting=waiting, held=held, let_go=let_go, behind=behind)
