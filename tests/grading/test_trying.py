"""The work of trials is done several hand-ins at a time, and never before what somebody waits for."""

import collections
import concurrent.futures
import contextlib
import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import model, people
from courseware.desk import erase
from courseware.grading import trials, trying
from courseware.sandbox import port
from courseware.store import database, schema_trials
from tests import builders
from tests.grading import test_regrade as again
from tests.grading import test_trial as trial

NAMES = ("ana", "ben", "cem", "dia", "eva")
LONG = 60.0
_W = schema_trials.trial_work.c


class Breaking(again.Counting):
    """A sandbox that has a defect when it is told to."""

    broken = False
    left = math.inf
    """How many sessions it opens before it goes away."""

    def open(self, workspace: port.Workspace) -> port.Session:
        if self.broken:
            raise RuntimeError("a defect")
        self.left -= 1
        if self.left < 0:
            raise errors.Temporary("The sandbox is away.")
        return super().open(workspace)


class Flickering(database.Database):
    """The database of a course, which is away when it is read this many times more."""

    def __init__(self, kept: database.Database) -> None:
        self._kept = kept
        self.dialect = kept.dialect
        self.left = math.inf

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        self.left -= 1
        if self.left < 0:
            raise errors.Temporary("The database is away.")
        with self._kept.read() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sa.Connection]:
        with self._kept.write() as connection:
            yield connection


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[again.Class]:
    """Five hand-ins with marks, and a dry run of another test that has begun."""
    world = builders.world(database_url, tmp_path)
    made = again.Class(world=world, sandbox=Breaking())
    number = made.release(again.lesson(again.GOOD))
    with world.database.write() as connection:
        class_ = [builders.person(connection, world.course, name, name=name) for name in NAMES]
    for person in class_:
        viewer = model.Viewer(person=person, course=world.course, role="student", ceiling="cli")
        made.hand_in(viewer, number, again.GOOD)
    made.work()
    made.release(again.lesson(again.GOOD, double=trial.STRICTER))
    trial.start(made)
    yield made
    world.close()


def keys(course: again.Class) -> list[int]:
    with course.world.database.read() as connection:
        return trials.unfinished(connection)


def states(course: again.Class) -> list[tuple[str, int]]:
    with course.world.database.read() as connection:
        rows = connection.execute(sa.select(_W.state, _W.attempt).order_by(_W.id)).all()
    return [(state, attempt) for state, attempt in rows]


def claimed(course: again.Class, key: int, most: int) -> list[int]:
    with course.world.database.write() as connection:
        return [work.id for work in trials.claim(connection, key, most=most)]


def test_several_are_taken_at_a_time_and_none_twice(course: again.Class) -> None:
    one, two, three, four, five = keys(course)
    assert claimed(course, one, 3) == [one, two, three]
    assert claimed(course, four, 3) == [four, five]
    assert keys(course) == [one, two, three, four, five]


def test_what_broke_off_is_taken_by_itself(course: again.Class) -> None:
    one, two, three, four, five = keys(course)
    claimed(course, two, 2)  # and the process is gone
    assert claimed(course, one, 9) == [one, four, five]
    assert claimed(course, two, 9) == [two]
    assert claimed(course, three, 9) == [three]


def test_how_many_are_taken_goes_by_what_one_takes(course: again.Class) -> None:
    working = trying.Trying(trial.worker(course), seconds=LONG)
    one, two, *_ = keys(course)
    working.perform(one)
    assert [state for state, _ in states(course)] == ["done"] + ["waiting"] * 4
    working.perform(two)
    assert states(course) == [("done", 1)] * 5
    assert trial.compared(course).trial.state == "ready"


def test_what_takes_long_is_taken_one_at_a_time(course: again.Class) -> None:
    working = trying.Trying(trial.worker(course), seconds=0.001)
    for done, key in enumerate(keys(course), start=1):
        working.perform(key)
        assert states(course) == [("done", 1)] * done + [("waiting", 0)] * (5 - done)


def test_a_hand_in_does_not_wait_for_the_rest(course: again.Class) -> None:
    working = trying.Trying(trial.worker(course), seconds=LONG)
    one, two, three, *_ = keys(course)
    working.perform(one)
    course.hand_in(course.world.sam, 2, again.GOOD)
    working.perform(two)
    assert states(course) == [("done", 1)] * 2 + [("waiting", 0)] * 3
    course.work()
    working.perform(three)
    assert states(course) == [("done", 1)] * 5


def test_applying_lets_a_hand_in_go_first_too(course: again.Class) -> None:
    working = trying.Trying(trial.worker(course), seconds=LONG)
    one, two, *_ = keys(course)
    working.perform(one)
    working.perform(two)
    trial.asked(course, "apply")
    course.hand_in(course.world.sam, 2, again.GOOD)
    working.perform(one)
    assert [state for state, _ in states(course)] == ["done"] + ["waiting"] * 4
    course.work()
    working.perform(two)
    assert trial.compared(course).trial.state == "applied"


def test_a_defect_counts_against_the_hand_in_it_came_with(course: again.Class) -> None:
    working = trying.Trying(trial.worker(course), seconds=LONG)
    one, two, *_ = keys(course)
    working.perform(one)
    assert isinstance(course.sandbox, Breaking)
    course.sandbox.broken = True
    with pytest.raises(RuntimeError):
        working.perform(two)
    assert states(course) == [("done", 1), ("running", 1)] + [("waiting", 0)] * 3
    assert working.held == frozenset()
    course.sandbox.broken = False
    working.perform(two)
    assert states(course) == [("done", 1), ("done", 2)] + [("waiting", 0)] * 3


def test_what_another_thread_holds_is_not_taken(course: again.Class) -> None:
    one, two, three, *_ = keys(course)
    with course.world.database.write() as connection:
        taken = trials.claim(connection, one, most=9, but={two, three})
    assert not {two, three} & {work.id for work in taken}


def test_a_job_that_is_run_again_takes_what_it_began(course: again.Class) -> None:
    one, two, *_ = keys(course)
    with course.world.database.write() as connection:
        trials.claim(connection, two, 7)  # and the worker is gone
    trying.Trying(trial.worker(course)).perform_next(7)
    assert states(course)[:2] == [("waiting", 0), ("done", 2)]
    with course.world.database.read() as connection:
        assert trials.free(connection, 8) == [key for key in keys(course) if key != two]
    assert one in keys(course)


def test_where_the_sandbox_goes_away_what_is_done_is_kept(course: again.Class) -> None:
    working = trying.Trying(trial.worker(course), seconds=LONG)
    one, two, *_ = keys(course)
    working.perform(one)
    assert isinstance(course.sandbox, Breaking)
    course.sandbox.left = 1
    with pytest.raises(errors.Temporary):
        working.perform(two)
    assert states(course) == [("done", 1)] * 2 + [("waiting", 0)] * 3


@pytest.mark.parametrize("reads", range(3))
def test_where_the_database_goes_away_no_attempt_counts(course: again.Class, reads: int) -> None:
    one, *_ = keys(course)
    flickering = Flickering(course.world.database)
    working = trying.Trying(dataclasses.replace(trial.worker(course), database=flickering), seconds=LONG)
    flickering.left = reads
    with pytest.raises(errors.Temporary):
        working.perform(one)
    assert set(states(course)) <= {("waiting", 0), ("done", 1)}
    assert working.held == frozenset()
    flickering.left = math.inf
    working.perform(one)
    assert states(course)[0] == ("done", 1)


@pytest.mark.parametrize("last", ["waits", "is being done"])
def test_erasing_the_last_one_leaves_no_dry_run_without_an_end(
    course: again.Class, last: str, tmp_path: Path
) -> None:
    working = trying.Trying(trial.worker(course), seconds=LONG)
    for key in keys(course):
        working.perform(key)
    trial.asked(course, "apply")
    *others, left = keys(course)
    for key in others:
        with course.world.database.write() as connection:
            (work,) = trials.claim(connection, key)
            trials.change(connection, work, state="left")
    if last != "waits":
        assert claimed(course, left, 1) == [left]
    with course.world.database.write() as connection:
        author = people.find(connection, course.world.course, NAMES[-1]).person
        erase.person(connection, author, state=tmp_path, by=None, now=builders.NOW)
    assert trial.compared(course).trial.state == "applied"


def test_threads_of_a_process_share_the_work(course: again.Class) -> None:
    working = trying.Trying(trial.worker(course), seconds=LONG)
    course.sandbox.ran.clear()
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        list(pool.map(working.perform, keys(course)))
    assert states(course) == [("done", 1)] * 5
    assert collections.Counter(course.sandbox.ran)[trial.STRICTER] == 5
