"""Clocks jump forward and back while a class hands in: nothing is lost or marked twice, receipts stay in
order, what is late is judged by the clock alone, and work is neither stuck nor given away again and again.

The service has a clock that a test shifts. Workers are judged by PostgreSQL's, which nobody can shift without
shifting the machine's: their signs of life are moved instead, which leaves the same rows.
"""

import datetime
import itertools
import shutil
import sys
import time
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.jobs import deferred
from courseware.store import database, schema
from tests.benchmarks import service
from tests.journeys import clocked
from tests.journeys import test_soak as soak

pytestmark = [pytest.mark.slow, pytest.mark.soak]
HOUR = datetime.timedelta(hours=1)
DUE = 2 * HOUR  # from now
SHIFTS = (3 * HOUR, -1 * HOUR, 24 * HOUR, 0 * HOUR)
STAYS = 2.0 if soak.FULL else 0.1  # seconds from one jump to the next


def _course(folder: Path) -> Path:
    """The demonstration course, with a due date in two hours."""
    made = folder / "course"
    shutil.copytree(service.COURSE, made)
    there = zoneinfo.ZoneInfo("Europe/Berlin")
    due = (datetime.datetime.now(there) + DUE).strftime("%Y-%m-%dT%H:%M")
    text = (made / "course.toml").read_text()
    assert 'due = "2035-09-14T20:00"' in text
    (made / "course.toml").write_text(text.replace("2035-09-14T20:00", due))
    return made


def _shift(file: Path, by: datetime.timedelta) -> None:
    clocked.write(file, datetime.datetime.now(datetime.UTC) + by)


def _move_signs_of_life(kept: database.Database, by: datetime.timedelta) -> None:
    """The rows of workers as they stand after PostgreSQL's clock has jumped by so much, and a worker has
    started just then: it strikes off whom it takes for dead.
    """
    moved = sa.text("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - :by")
    with kept.write() as connection:
        connection.execute(moved, {"by": by})
        connection.execute(
            sa.text("SELECT procrastinate_prune_stalled_workers_v1(:dead)"), {"dead": deferred.DEAD}
        )


@pytest.mark.parametrize("runner", ["service", "workers"])
def test_clocks_jump_while_a_class_hands_in(
    tmp_path: Path, runner: str, request: pytest.FixtureRequest
) -> None:
    works = runner == "workers"
    url = request.getfixturevalue("postgres_url") if works else ""
    file = tmp_path / "clock"
    _shift(file, 0 * HOUR)
    around = [sys.executable, "-m", "tests.faults.shifted", str(file), str(_course(tmp_path))]
    with (
        service.running(tmp_path, url, students=soak.STUDENTS, runner=runner, around=around) as (
            made,
            running,
        ),
        made.workers(2 if works else 0),
    ):
        kept = database.open_at(url or f"sqlite:///{made.state / 'courseware.db'}")
        shifts: Iterator[tuple[datetime.timedelta, datetime.timedelta]]
        shifts = itertools.pairwise(itertools.chain([0 * HOUR], itertools.cycle(SHIFTS)))

        def jump() -> None:
            before, after = next(shifts)
            _shift(file, after)
            if works:
                _move_signs_of_life(kept, after - before)
            time.sleep(STAYS)

        jumps, ended = soak.hand_in_while(running, jump, least=2)
    told = _judged(kept)
    most = _most_attempts(kept)
    kept.close()
    late = sum(late > 0 for late, _ in told)
    print(f"{jumps} jumps; {len(told)} receipts, {late} of them late; at most {most} attempts; {dict(ended)}")
    assert ended["marked"] >= soak.STUDENTS
    assert [received for _, received in told] == sorted(received for _, received in told)
    assert 0 < late < len(told)
    assert max(late for late, _ in told) <= (max(SHIFTS) - DUE).total_seconds() + 120
    first = next(place for place, (late, _) in enumerate(told) if late)
    assert any(not late for late, _ in told[first:]), "a clock that once stood ahead made all others late"
    assert most <= 1 + jumps


def test_what_a_worker_ran_is_run_again_though_the_clock_was_set_back(
    tmp_path: Path, postgres_url: str
) -> None:
    """The last sign of life of a killed worker then lies in the future."""
    with service.running(tmp_path, postgres_url, students=1, runner="workers") as (made, running):
        kept = database.open_at(postgres_url)
        with running.client(running.students[0]) as client:
            with made.workers(0) as workers:
                workers.append(made.worker())
                slow = soak.hand_in_slowly(client, running.course)
                victim = workers.pop()
                victim.kill()
                victim.communicate()
            _move_signs_of_life(kept, -1 * HOUR)
            begun = time.monotonic()
            with made.workers(1):
                soak.until(client, slow, "marked")
        print(
            f"a worker killed, the clock set back by an hour: marked after {time.monotonic() - begun:.1f} s"
        )
        kept.close()


def _judged(kept: database.Database) -> list[tuple[int, datetime.datetime]]:
    """By how much each hand-in was late and when it was received, in the order of the receipts."""
    received, given = schema.submission, schema.receipt
    query = (
        sa.select(received.c.late_seconds, received.c.received)
        .join(given, given.c.submission_id == received.c.id)
        .order_by(given.c.sequence)
    )
    with kept.read() as connection:
        return [(row.late_seconds, row.received) for row in connection.execute(query)]


def _most_attempts(kept: database.Database) -> int:
    with kept.read() as connection:
        return int(connection.execute(sa.select(sa.func.max(schema.grading.c.attempt))).scalar_one())
