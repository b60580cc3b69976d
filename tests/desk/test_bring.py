"""Hand-ins of another system: what is taken, what is refused in a sentence, and that none is there twice."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.course import lessons
from courseware.desk import bring
from courseware.exchange import model, publish, releases
from courseware.grading import gradings, scores
from tests import builders
from tests.builders import NOW
from tests.grading import test_regrade as again
from tests.grading import test_trial as trial

MARK = bring.Mark(notebook="n", exercise="t", points=4, auto=1, manual=None, needs_person=False)
WORK = bring.Work(
    key="of-elsewhere",
    files={"n.ipynb": builders.NOTEBOOK},
    at=None,
    late_seconds=0,
    marks=(MARK,),
    comments=(),
)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def hand_in(world: builders.World, work: bring.Work, lesson: str = "one") -> model.Submission:
    with world.database.read() as connection:
        place = lessons.find(connection, world.course, lesson)
    return bring.hand_in(world.desk, world.teacher, world.sam.person, place, work, now=NOW)


def with_marks(*marks: dict[str, Any]) -> bring.Work:
    return dataclasses.replace(WORK, marks=tuple(dataclasses.replace(MARK, **each) for each in marks))


def test_the_same_twice_is_there_once_and_another_under_its_key_is_refused(world: builders.World) -> None:
    with world.database.read() as connection:
        two = lessons.find(connection, world.course, "two")
    publish.publish(world.database, world.blobs, two, builders.bundle(), by=None, now=NOW)
    made = hand_in(world, WORK)
    assert hand_in(world, WORK).public == made.public
    other = dataclasses.replace(WORK, files={**WORK.files, "more.txt": b"more"})
    for lesson, work in (("two", WORK), ("one", other)):
        with pytest.raises(errors.UserError, match="used for another hand-in"):
            hand_in(world, work, lesson)


@pytest.mark.parametrize(
    ("marks", "says"),
    [
        ([{"points": 99, "auto": 99}], "marked out of 99; the lesson's release gives 4"),
        ([{"auto": -5}], "from 0 to 4, not -5"),
        ([{"auto": 5}], "from 0 to 4, not 5"),
        ([{"manual": -1}], "0 or more, not -1"),
        ([{}, {}], "has 2 marks"),
        ([{"exercise": "u"}], "no exercise 'u'"),
    ],
)
def test_marks_that_cannot_be_are_refused(
    world: builders.World, marks: list[dict[str, Any]], says: str
) -> None:
    with pytest.raises(errors.UserError, match=says):
        hand_in(world, with_marks(*marks))


def test_extra_points_of_a_person_come_in(world: builders.World) -> None:
    made = hand_in(world, with_marks({"manual": 4.5}))
    with world.database.read() as connection:
        assert scores.of_submission(connection, made.id)["n", "t"].score == 4.5


@pytest.mark.parametrize("late", [10**19, -1])
def test_a_lateness_that_nobody_has_is_refused(world: builders.World, late: int) -> None:
    with pytest.raises(errors.UserError, match="seconds late"):
        hand_in(world, dataclasses.replace(WORK, late_seconds=late))


def test_a_time_that_no_calendar_has_is_left_out(world: builders.World) -> None:
    zone = datetime.timezone(datetime.timedelta(hours=14))
    made = hand_in(world, dataclasses.replace(WORK, at=datetime.datetime.min.replace(tzinfo=zone)))
    assert made.worked is None


def test_what_comes_in_during_a_dry_run_does_not_stop_it(database_url: str, tmp_path: Path) -> None:
    course = again.Class(world=builders.world(database_url, tmp_path), sandbox=again.Counting())
    trial.graded(course)
    course.release(again.lesson(again.GOOD, double=trial.STRICTER))
    trial.start(course)
    trial.work(course)
    world = course.world
    with world.database.read() as connection:
        newest = releases.newest(connection, world.one.id)
    assert newest is not None
    marks = tuple(
        bring.Mark(
            notebook=each.notebook,
            exercise=each.key,
            points=each.points,
            auto=0,
            manual=None,
            needs_person=False,
        )
        for each in newest.exercises
    )
    work = dataclasses.replace(WORK, files=again.lesson(again.GOOD), marks=marks)
    later = NOW + datetime.timedelta(hours=1)
    made = bring.hand_in(world.desk, world.teacher, world.kim.person, world.one, work, now=later)
    trial.asked(course, "apply")
    trial.work(course)
    with world.database.read() as connection:
        assert gradings.regraded(connection, world.one.id)
        standing = gradings.current(connection, made.id)
    assert standing is not None
    assert (standing.state, standing.result["brought"]) == ("marked", True)
    world.close()
