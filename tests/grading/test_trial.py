"""Regrades that are tried out: what would change is told, written when wished, and taken back exactly."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.course import people
from courseware.desk import propose, rehearse, release
from courseware.exchange import submissions
from courseware.grading import (
    compare,
    comparison,
    grades,
    gradings,
    holding,
    lesson_marks,
    run,
    scores,
    set_mark,
    trial_steps,
    trials,
    try_out,
    trying,
)
from courseware.sandbox import port, pythons
from courseware.store import database, schema, schema_trials
from tests import builders
from tests.grading import test_regrade as again

NOW = builders.NOW
STRICTER = f"{again.DOUBLE}\nassert double(5) == 10"
KINDER = "assert double(3) > 0"
NEVER = {"double": "def double(x): return -x", "half": "def half(x): return x / 2"}


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[again.Class]:
    world = builders.world(database_url, tmp_path)
    yield again.Class(world=world, sandbox=again.Counting())
    world.close()


def tools(course: again.Class) -> release.Tools:
    world = course.world
    return release.Tools(
        database=world.database, blobs=world.blobs, sandbox=course.sandbox, limits=port.Limits()
    )


def worker(course: again.Class, at: datetime.datetime = NOW) -> run.Worker:
    return run.Worker(
        database=course.world.database,
        blobs=course.world.blobs,
        sandbox=course.sandbox,
        limits=port.Limits(),
        clock=lambda: at,
        python=lambda environment: pythons.current(),
    )


def start(course: again.Class, *, draft: bool = False, at: datetime.datetime = NOW) -> trials.Trial:
    world = course.world
    queue = builders.idle_queue()
    return rehearse.rehearse(tools(course), world.teacher, world.one, draft=draft, queue=queue, now=at)


def work(course: again.Class, at: datetime.datetime = NOW) -> None:
    """Do all that waits for trials."""
    with course.world.database.read() as connection:
        keys = trials.unfinished(connection)
    for key in keys:
        trying.Trying(worker(course, at)).perform(key)


def compared(course: again.Class) -> compare.Compared:
    with course.world.database.read() as connection:
        trial = trials.newest(connection, course.world.one.id)
        assert trial is not None
        return compare.compare(connection, trial)


def asked(course: again.Class, verb: str) -> None:
    """Apply or undo the newest trial, or drop it."""
    world = course.world
    given: dict[str, Any] = {"by": world.teacher.person, "now": NOW}
    if verb != "drop":
        given["queue"] = builders.idle_queue()
    getattr(try_out, verb)(world.database, world.one, compared(course).trial.public, **given)


def propose_draft(course: again.Class, test: str) -> str:
    wish = release.Wish(files=again.lesson(again.GOOD, double=test))
    draft = propose.propose(tools(course), course.world.teacher, course.world.one, wish, now=NOW)
    return draft.public


def publish_draft(course: again.Class, public: str) -> None:
    propose.accept(tools(course), course.world.teacher, course.world.one, public, now=NOW)


def everything(db: database.Database) -> dict[str, list[Any]]:
    """All of marks: the machine's, what people gave, which grading holds and its feedback."""
    mark, over, grading = schema.mark, schema.mark_override, schema.grading
    order = (mark.c.submission_id, mark.c.notebook, mark.c.exercise)
    held = sa.select(grading).where(grading.c.current.is_(True)).order_by(grading.c.submission_id)
    with db.read() as connection:
        return {
            "marks": [
                {name: value for name, value in row.items() if name != "id"}
                for row in connection.execute(sa.select(mark).order_by(*order)).mappings()
            ],
            "persons": [dict(row) for row in connection.execute(sa.select(over)).mappings()],
            "gradings": [dict(row) for row in connection.execute(held).mappings()],
        }


def graded(course: again.Class) -> int:
    number = course.release(again.lesson(again.GOOD))
    course.hand_in(course.world.sam, number, again.SLOPPY)
    course.hand_in(course.world.kim, number, again.GOOD)
    course.work()
    return number


def test_a_mark_that_staff_set_for_the_lesson_stays_and_is_said(course: again.Class) -> None:
    graded(course)
    course.release(again.lesson(again.GOOD, double=STRICTER))
    world = course.world
    with world.database.write() as connection:
        wish = lesson_marks.Wish(points=5.5, reason="Oral exam")
        by = world.teacher.person
        set_mark.put(connection, world.course, world.one, world.sam.person, wish, by=by, now=NOW)
    start(course)
    work(course)
    stays = {each.person.username: each.set_points for each in compared(course).lines}
    assert stays == {"sam": 5.5, "kim": None}
    asked(course, "apply")
    work(course)
    with world.database.read() as connection:
        standing = grades.of_person(connection, world.sam.person.id, world.one.id, now=NOW)
        table = grades.of_class(connection, world.course, now=NOW)
    assert standing is not None
    assert (standing.computed, standing.final) == (4, 5.5)
    assert table.final(world.sam.person.id, world.one.id) == 5.5


def test_nothing_is_written_before_it_is_applied_and_undo_takes_it_back(course: again.Class) -> None:
    graded(course)
    course.release(again.lesson(again.GOOD, double=STRICTER))
    before = everything(course.world.database)
    assert start(course).state == "running"
    work(course)
    found = compared(course)
    assert (found.trial.state, found.done, found.total, found.failed) == ("ready", 2, 2, 0)
    assert found.summary == comparison.Summary(up=0, down=1, students=1, stay=0, lose=1)
    sam = next(each.student for each in found.lines if each.person.username == "sam")
    assert sam is not None
    (cell,) = sam.cells
    assert (sam.before, sam.after, cell.exercise) == (6, 4, "double-test")
    assert (cell.verdict_before, cell.verdict_after) == ("pass", "fail")
    assert cell.said_after.startswith("AssertionError")
    assert everything(course.world.database) == before

    asked(course, "apply")
    assert everything(course.world.database) == before  # the queue does it
    work(course)
    assert compared(course).trial.state == "applied"
    assert course.marks() == {"sam": {**again.HALVES, "double-test": 0}, "kim": again.FULL}
    told = [data for kind, data in course.news() if kind == "submission.marked"][-2:]
    act = f"applied {compared(course).trial.public}"
    assert told == [{"changed": True, "act": act}, {"changed": False, "act": act}]

    asked(course, "undo")
    work(course)
    assert compared(course).trial.state == "undone"
    assert everything(course.world.database) == before
    with pytest.raises(errors.UserError, match="undone already"):
        asked(course, "undo")


def test_a_class_where_a_changed_test_moves_exactly_so_many(course: again.Class) -> None:
    """Of 40 students 12 had luck with one number, 9 are wrong, 7 fit another number, 12 are right."""
    number = course.release(again.lesson(again.GOOD, double="assert double(3) == 6\nassert double(1) != 1"))
    answers = (
        *[f"def double(x): return x + 3 + 0 * {n}" for n in range(12)],
        *[f"def double(x): return -x - {n}" for n in range(9)],
        *[f"def double(x): return 10 if x == 5 else -{n}" for n in range(7)],
        *[f"def double(x): return x + x + 0 * {n}" for n in range(12)],
    )
    for order, answer in enumerate(answers):
        course.hand_in(student(course, f"s{order:02}"), number, {**again.GOOD, "double": answer})
    course.work()
    course.release(again.lesson(again.GOOD, double="assert double(5) == 10"))
    start(course)
    work(course)
    found = compared(course)
    assert found.summary == comparison.Summary(up=7, down=12, students=19, stay=0, gain=7, lose=12)
    sums = {each.person.username: each.student.change for each in found.lines if each.student}
    assert [sums[f"s{order:02}"] for order in range(40)] == [*[-2] * 12, *[0] * 9, *[2] * 7, *[0] * 12]


def student(course: again.Class, name: str) -> course_model.Viewer:
    world = course.world
    with world.database.write() as connection:
        person = people.add(
            connection, world.course, username=name, name=name, email=None, role="student", now=NOW
        )
    return dataclasses.replace(world.sam, person=person)


def test_a_draft_is_tried_before_it_is_published(course: again.Class) -> None:
    graded(course)
    draft = propose_draft(course, STRICTER)
    trial = start(course, draft=True)
    with course.world.database.read() as connection:
        assert (
            try_out.obstacle(connection, trial) == ""
        )  # not to be published before it is known what it does
    work(course)
    assert trial.draft == draft
    assert compared(course).summary.down == 1
    with pytest.raises(errors.UserError, match="is not published yet"):
        asked(course, "apply")
    publish_draft(course, draft)
    asked(course, "apply")
    work(course)
    assert course.marks()["sam"] == {**again.HALVES, "double-test": 0}
    assert course.standing().newest == 2


def test_what_was_published_meanwhile_makes_it_stale(course: again.Class) -> None:
    graded(course)
    propose_draft(course, STRICTER)
    start(course, draft=True)
    work(course)
    propose_draft(course, KINDER)
    with pytest.raises(errors.UserError, match="is there no more"):
        asked(course, "apply")
    course.release(again.lesson(again.GOOD, double=KINDER))
    with pytest.raises(errors.UserError, match="is not the draft that was tried"):
        asked(course, "apply")
    asked(course, "drop")
    start(course)
    work(course)
    course.release(again.lesson(again.GOOD))
    with pytest.raises(errors.UserError, match="was published since this dry run began"):
        asked(course, "apply")
    assert course.marks() == {"sam": again.FULL, "kim": again.FULL}


def test_a_regrade_meanwhile_makes_it_stale_and_two_are_never_open(course: again.Class) -> None:
    graded(course)
    start(course)
    with pytest.raises(errors.UserError, match="tess began a dry run of this lesson at 2026-11-23 12:00 UTC"):
        start(course)
    work(course)
    course.again()
    with pytest.raises(errors.UserError, match="was graded again since"):
        asked(course, "apply")
    asked(course, "drop")
    with pytest.raises(errors.UserError, match="is being graded again: 2 of its hand-ins wait"):
        start(course)
    course.work()
    start(course, at=NOW + builders.HOUR)
    work(course)
    asked(course, "apply")
    with pytest.raises(errors.UserError, match="is being applied"):
        course.again()
    work(course)
    course.again()


def test_a_hand_in_that_was_graded_since_is_left_alone(course: again.Class) -> None:
    number = graded(course)
    course.release(again.lesson(again.GOOD, double=STRICTER))
    start(course)
    work(course)
    asked(course, "apply")
    work(course)
    sams = next(each for each in compared(course).lines if each.person.username == "sam")
    with course.world.database.write() as connection:
        newest = sams.work.written_id
        assert newest is not None
        gradings.once_more(connection, newest, gradings.by_id(connection, newest).release_id, now=NOW)
    course.work()
    asked(course, "undo")
    work(course)
    found = compared(course)
    assert (found.trial.state, found.left) == ("undone", 1)
    assert [each.work.reason for each in found.lines if each.work.state == "left"] == [
        trial_steps.MARKED_SINCE
    ]
    assert course.marks()["sam"] == {**again.HALVES, "double-test": 0}
    assert number


def test_a_persons_mark_stays_and_is_told(course: again.Class) -> None:
    graded(course)
    with course.world.database.write() as connection:
        sams = next(each.submission_id for each in _current(connection, course))
        place = ("n", "double-test")
        by = course.world.teacher.person
        work_of = submissions.by_id(connection, sams)
        scores.put_by_person(connection, work_of, place, score=1.5, comment="", by=by, now=NOW)
    course.release(again.lesson(again.GOOD, double=STRICTER))
    start(course)
    work(course)
    found = compared(course)
    assert found.summary == comparison.Summary(up=0, down=0, students=0, stay=1)
    asked(course, "apply")
    work(course)
    assert course.marks()["sam"] == {**again.HALVES, "double-test": 1.5}


def _current(connection: sa.Connection, course: again.Class) -> list[gradings.Grading]:
    rows = connection.execute(sa.select(schema.submission.c.id, schema.submission.c.person_id)).all()
    sams = [row.id for row in rows if row.person_id == course.world.sam.person.id]
    return [each for key in sams if (each := gradings.current(connection, key))]


def test_what_died_in_the_middle_is_done_again(course: again.Class) -> None:
    graded(course)
    course.release(again.lesson(again.GOOD, double=STRICTER))
    start(course)
    with course.world.database.write() as connection:
        first, _ = trials.unfinished(connection)
        assert trials.claim(connection, first)  # and the process is gone
    work(course)
    asked(course, "apply")
    with course.world.database.write() as connection:
        [begun] = trials.claim(connection, first)
    work(course)
    assert compared(course).trial.state == "applied"
    with course.world.database.write() as connection:
        assert not trials.change(connection, begun, state="done")
    assert course.marks()["sam"] == {**again.HALVES, "double-test": 0}


def test_work_without_marks_yet_is_told(course: again.Class) -> None:
    number = course.release(again.lesson(again.GOOD))
    course.hand_in(course.world.sam, number, again.GOOD)
    start(course)
    work(course)
    found = compared(course)
    assert (found.trial.state, found.failed) == ("ready", 1)
    assert [each.work.reason for each in found.lines] == [trying.NOT_MARKED]
    asked(course, "apply")
    assert compared(course).trial.state == "applied"


def test_one_that_was_dropped_writes_nothing(course: again.Class) -> None:
    graded(course)
    start(course)
    with course.world.database.write() as connection:
        key = trials.unfinished(connection)[0]
        [attempt] = trials.claim(connection, key)
    asked(course, "drop")
    with course.world.database.write() as connection:
        assert not trials.change(connection, attempt, state="done")
    with pytest.raises(errors.UserError, match="that is dropped cannot be applied"):
        asked(course, "apply")


def test_workers_do_not_take_each_others_work(course: again.Class) -> None:
    graded(course)
    start(course)
    table = schema_trials.trial_work
    with course.world.database.write() as connection:
        first, second = trials.unfinished(connection)
        assert len(trials.claim(connection, first, 7)) == 1
        assert trials.claim(connection, first, 8) == []
        assert holding.waiting(connection, table, sa.true()) == 1
        assert holding.held(connection, table) == [7]
    trying.Trying(worker(course)).perform_next(8)
    assert compared(course).done == 1
    with course.world.database.write() as connection:
        assert trials.unfinished(connection) == [first]
        holding.let_go(connection, table, [7])
    trying.Trying(worker(course)).perform_next(9)
    assert compared(course).trial.state == "ready"
    trying.Trying(worker(course)).perform_next(10)  # nothing is left
    assert second != first
