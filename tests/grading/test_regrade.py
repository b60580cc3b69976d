"""A class graded again after a test was edited: the same marks as from nothing, and what was run for them."""

import dataclasses
import datetime
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from courseware import errors, wiring
from courseware.course import lessons
from courseware.course import model as course_model
from courseware.desk import release
from courseware.exchange import model, submissions, submit
from courseware.grading import grades, gradings, regrade, run, scores, turns, worth
from courseware.notebook import files
from courseware.sandbox import port, pythons
from tests import builders
from tests.notebook import build
from tests.sandbox import isolated

NOW = builders.NOW
DOUBLE = "assert double(3) == 6"
HALF = "assert half(4) == 2"
SQUARE = "assert square(3) == 9"
GOOD = {"double": "def double(x): return 2 * x", "half": "def half(x): return x / 2"}
SLOPPY = {"double": "def double(x): return x + 3", "half": "def half(x): return x / 2"}


def lesson(answers: Mapping[str, str], *, double: str = DOUBLE, points: float = 2) -> dict[str, bytes]:
    """Two exercises in one notebook and one in another."""
    wrapped = {name: f"### BEGIN SOLUTION\n{text}\n### END SOLUTION" for name, text in answers.items()}
    first = build.book(
        build.answer(wrapped["double"], "double"),
        build.machine(double, "double-test", points),
        build.answer(wrapped["half"], "half"),
        build.machine(HALF, "half-test"),
    )
    square = build.answer("### BEGIN SOLUTION\ndef square(x): return x * x\n### END SOLUTION", "square")
    second = build.book(square, build.machine(SQUARE, "square-test"))
    return {"n.ipynb": files.write(first), "other.ipynb": files.write(second)}


class Counting(isolated.Plain):
    """A sandbox of two plain processes that remembers what was run in it."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def open(self, workspace: port.Workspace) -> port.Session:
        return CountingSession(workspace, self.ran)


class CountingSession(isolated.PlainSession):
    def __init__(self, workspace: port.Workspace, ran: list[str]) -> None:
        super().__init__(workspace)
        self._ran = ran

    def run(self, source: str, *, seconds: float) -> port.CellRun:
        self._ran.append(source)
        try:
            return super().run(source, seconds=seconds)
        except EOFError:
            self.alive = False
            return port.CellRun(ending="crashed", reason="The process ended while the cell ran.")

    def check(self, source: str, *, seconds: float, asks: Collection[str] | None) -> port.CellRun:
        self._ran.append(source)
        return super().check(source, seconds=seconds, asks=asks)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Class:
    """A course whose lesson `one` has a release, and two students."""

    world: builders.World
    sandbox: Counting

    def release(self, source: dict[str, bytes]) -> int:
        tools = release.Tools(
            database=self.world.database, blobs=self.world.blobs, sandbox=self.sandbox, limits=port.Limits()
        )
        wish = release.Wish(files=source)
        made = release.release(tools, self.world.teacher, self.world.one, wish, now=NOW)
        self.sandbox.ran.clear()
        return made.number

    def hand_in(self, viewer: Any, number: int, answers: Mapping[str, str], *, minutes: int = 0) -> str:
        plain = {name: data.replace(b"### BEGIN SOLUTION\\n", b"") for name, data in lesson(answers).items()}
        upload = model.Upload(release=number, files=plain, client_key=f"{viewer.person.id}-{minutes}")
        later = NOW + datetime.timedelta(minutes=minutes)
        return submit.receive_upload(self.world.desk, viewer, "one", upload, now=later).submission.public

    def work(self) -> list[str]:
        """Grade all that waits, in order; what was run for it."""
        worker = run.Worker(
            database=self.world.database,
            blobs=self.world.blobs,
            sandbox=self.sandbox,
            limits=port.Limits(),
            clock=lambda: NOW,
            python=lambda environment: pythons.current(),
        )
        with self.world.database.read() as connection:
            waiting = turns.order(connection)
        self.sandbox.ran.clear()
        for key in waiting:
            run.run(worker, key)
        return list(self.sandbox.ran)

    def again(self, *, fresh: bool = False) -> regrade.Standing:
        self.ask(self.world.one, fresh=fresh)
        return self.standing()

    def ask(self, found: course_model.Lesson, *, fresh: bool = False) -> None:
        world = self.world
        by, queue = world.teacher.person, builders.idle_queue()
        regrade.lesson(world.database, world.blobs, found, by=by, fresh=fresh, now=NOW, queue=queue)

    def standing(self) -> regrade.Standing:
        with self.world.database.read() as connection:
            return regrade.standing(connection, self.world.one)

    def marks(self) -> dict[str, dict[str, float | None]]:
        """By student and exercise."""
        found = {}
        with self.world.database.read() as connection:
            for viewer in (self.world.sam, self.world.kim):
                ledger = worth.ledger(connection, self.world.course, [self.world.one], now=NOW)
                counts = ledger.counting(viewer.person.id, self.world.one)
                assert counts is not None
                told = scores.of_submission(connection, counts.id)
                found[viewer.person.username] = {key: score.score for (_, key), score in told.items()}
        return found

    def news(self) -> list[tuple[str, Mapping[str, Any]]]:
        with self.world.database.read() as connection:
            return [(entry.kind, entry.data) for entry in builders.events(connection)]


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[Class]:
    world = builders.world(database_url, tmp_path)
    yield Class(world=world, sandbox=Counting())
    world.close()


FULL, HALVES = {"double-test": 2, "half-test": 2, "square-test": 2}, {"half-test": 2, "square-test": 2}


def graded(course: Class) -> int:
    """The first gradings of two hand-ins; the number of the release."""
    number = course.release(lesson(GOOD))
    course.hand_in(course.world.sam, number, GOOD)
    course.hand_in(course.world.kim, number, SLOPPY)
    assert len(course.work()) == 12
    assert course.marks() == {"sam": FULL, "kim": FULL}
    return number


def test_an_edited_test_costs_what_it_needs(course: Class) -> None:
    graded(course)
    stricter = f"{DOUBLE}\nassert double(5) == 10"
    assert course.release(lesson(GOOD, double=stricter)) == 3
    asked = course.again()
    assert (asked.release, asked.newest, asked.own, asked.waiting) == (3, 2, 0, 2)
    assert course.marks() == {"sam": FULL, "kim": FULL}  # as they were, until the new ones are there
    ran = course.work()
    assert ran == [*_sources(GOOD, stricter), *_sources(SLOPPY, stricter)]
    assert course.marks() == {"sam": FULL, "kim": {**HALVES, "double-test": 0}}
    done = course.standing()
    assert (done.waiting, done.failed, done.ran, done.taken) == (0, 0, 4, 8)
    changed = [data for kind, data in course.news() if kind == "submission.marked"][-2:]
    assert changed == [{"changed": False}, {"changed": True}]

    incremental = course.marks()
    course.again(fresh=True)
    assert len(course.work()) == 12
    assert course.marks() == incremental


def _sources(answers: Mapping[str, str], test: str) -> list[str]:
    return [f"{answers['double']}\n### END SOLUTION", test]


def test_other_points_need_no_run(course: Class) -> None:
    graded(course)
    course.release(lesson(GOOD, points=5))
    course.again()
    assert course.work() == []
    assert course.marks()["sam"] == {**FULL, "double-test": 5}
    assert course.standing().taken == 12


def test_a_changed_task_stays_with_its_release(course: Class) -> None:
    graded(course)
    other = lesson({**GOOD, "double": "# Mind negative numbers.\ndef double(x): return 2 * x"})
    changed = {**other, "n.ipynb": other["n.ipynb"].replace(b"### BEGIN", b"# Mind this.\\n### BEGIN", 1)}
    course.release(changed)
    asked = course.again()
    assert (asked.newest, asked.own) == (0, 2)
    assert course.work() == []
    assert course.marks() == {"sam": FULL, "kim": FULL}


def test_students_come_first_and_only_the_hand_in_that_counts_is_graded_again(course: Class) -> None:
    number = graded(course)
    course.hand_in(course.world.sam, number, SLOPPY, minutes=5)
    course.work()
    course.release(lesson(GOOD, double=f"{DOUBLE}\nassert double(0) == 0"))
    course.again()
    later = course.hand_in(course.world.kim, number, GOOD, minutes=10)
    with course.world.database.read() as connection:
        waiting = [gradings.by_id(connection, key) for key in turns.order(connection)]
        counted = [submissions.by_id(connection, each.submission_id) for each in waiting]
        positions = [turns.Turns().before(connection, each.id) for each in waiting]
    assert counted[0].public == later
    assert [each.priority for each in waiting] == [gradings.FIRST, gradings.AGAIN, gradings.AGAIN]
    assert positions == [0, 1, 2]


def test_a_grading_that_is_being_made_writes_nothing_after_a_new_one_was_asked(course: Class) -> None:
    graded(course)
    course.again(fresh=True)
    with course.world.database.write() as connection:
        (first, _) = turns.order(connection)
        attempt = gradings.claim(connection, first, now=NOW)
    assert attempt is not None
    course.again(fresh=True)
    with course.world.database.write() as connection:
        assert not gradings.finish(connection, attempt, state="marked", now=NOW)
        assert first not in turns.order(connection)
        assert len(turns.order(connection)) == 2


def test_an_equal_hand_in_of_somebody_else_is_run(course: Class) -> None:
    number = course.release(lesson(GOOD))
    course.hand_in(course.world.sam, number, GOOD)
    assert len(course.work()) == 6
    course.hand_in(course.world.kim, number, GOOD)
    assert len(course.work()) == 6
    # The same work handed in again by the same person is not.
    course.hand_in(course.world.kim, number, GOOD, minutes=5)
    assert course.work() == []
    assert course.marks()["kim"] == FULL


def test_what_took_too_long_is_run_again(course: Class) -> None:
    number = course.release(lesson(GOOD))
    course.hand_in(course.world.sam, number, {**GOOD, "half": "import os; os._exit(1)"})
    course.work()
    course.again()
    ran = course.work()
    assert any("_exit" in source for source in ran)
    assert not any("square" in source for source in ran)


def test_other_files_or_another_python_know_nothing(course: Class) -> None:
    number = graded(course)
    course.release({**lesson(GOOD), "data.txt": b"1"})
    course.again()
    assert len(course.work()) == 12
    assert number


def test_lost_bytes_are_run_again(course: Class) -> None:
    graded(course)
    with course.world.database.read() as connection:
        hashes = connection.exec_driver_sql("select content from execution").scalars().all()
    for digest in hashes:
        for path in Path(course.world.blobs._folder or "").rglob(digest):
            path.write_bytes(b"damaged")
    course.again()
    # Both got the same of one notebook: its bytes are whole again after the first of them.
    assert len(course.work()) == 10
    assert course.marks() == {"sam": FULL, "kim": FULL}


def test_a_lesson_without_a_release_is_refused(course: Class) -> None:
    with course.world.database.read() as connection:
        two = lessons.find(connection, course.world.course, "two")
    with pytest.raises(errors.UserError, match="has no release yet"):
        course.ask(two)


def test_how_it_was_run_stands_in_the_result(course: Class) -> None:
    graded(course)
    with course.world.database.read() as connection:
        rows = connection.exec_driver_sql("select result from grading").scalars().all()
    for text in rows:
        told = json.loads(text)
        assert told["sandbox"] == "none"
        assert told["python"] == pythons.inspect(pythons.current()).fingerprint
        assert told["limits"] == dataclasses.asdict(port.Limits())
        assert set(told["test_mode"]["n"].values()) <= {"isolated", "isolated-objects"}


def first_graded_by(course: Class, number: int, answers: Mapping[str, str], *, minutes: int) -> int | None:
    """Hand in as the service takes it, have it graded; the release whose tests did."""
    world, nothing = course.world, cast(Any, None)
    service = wiring.Service(
        database=world.database,
        blobs=world.blobs,
        keys=world.keys,
        queue=builders.idle_queue(),
        turns=turns.Turns(),
        worker=nothing,
        clock=lambda: NOW,
        state=Path(),
        mail_secret=b"",
        teller=nothing,
        recorder=nothing,
    )
    plain = {name: data.replace(b"### BEGIN SOLUTION\\n", b"") for name, data in lesson(answers).items()}
    upload = model.Upload(release=number, files=plain, client_key=f"first-{minutes}")
    later = NOW + datetime.timedelta(minutes=minutes)
    got = submit.receive_upload(service.desk(), world.sam, "one", upload, now=later).submission
    course.work()
    with world.database.read() as connection:
        standing = grades.standing(connection, got, now=later)
    assert standing.points == 6
    return standing.graded_by


def test_an_old_copy_is_graded_by_the_newest_tests_of_the_same_tasks(course: Class) -> None:
    old = course.release(lesson(GOOD))
    course.hand_in(course.world.kim, old, GOOD)
    assert first_graded_by(course, old, SLOPPY, minutes=1) == old
    assert course.marks()["sam"] == FULL
    mended = course.release(lesson(GOOD, double=f"{DOUBLE}\nassert double(5) == 10"))
    assert first_graded_by(course, old, SLOPPY, minutes=2) == mended
    assert course.marks()["sam"] == {**FULL, "double-test": 0}
    other = lesson(GOOD)
    course.release({**other, "n.ipynb": other["n.ipynb"].replace(b"### BEGIN", b"# Mind.\\n### BEGIN", 1)})
    assert first_graded_by(course, old, GOOD, minutes=3) == mended
    assert course.marks()["sam"] == FULL


def test_work_on_an_exercise_that_a_release_removed_keeps_its_marks(course: Class) -> None:
    old = course.release(lesson(GOOD))
    course.hand_in(course.world.kim, old, GOOD)
    assert first_graded_by(course, old, GOOD, minutes=1) == old
    half = f"### BEGIN SOLUTION\n{GOOD['half']}\n### END SOLUTION"
    without = build.book(build.answer(half, "half"), build.machine(HALF, "half-test"))
    course.release({**lesson(GOOD), "n.ipynb": files.write(without)})
    assert course.marks()["sam"] == FULL
    assert first_graded_by(course, old, GOOD, minutes=2) == old
    assert course.marks()["sam"] == FULL
    course.again()
    course.work()
    assert course.marks() == {"sam": FULL, "kim": FULL}
