"""Marks in tables: a person's stand above the machine's; students see what they may; CSV runs nothing."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import lessons, people
from courseware.exchange import model as exchange_model
from courseware.exchange import submit
from courseware.grading import grades, gradings, holds, marks, pipeline, run, scores, turns
from courseware.interchange import spreadsheet
from courseware.sandbox import kernels, port, pythons
from courseware.store import schema
from tests import builders
from tests.builders import HOUR, NOW, upload
from tests.sandbox import isolated


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def result(score: float) -> pipeline.Result:
    given = marks.Mark(score=score, points=4, auto_score=score, needs_person=False, verdict="partial")
    return pipeline.Result(notebook="n", marks={"t": given}, executed=None, runs={}, notes=(), seconds=0)


def marked(world: builders.World, score: float) -> exchange_model.Submission:
    """A hand-in with a machine mark."""
    got = submit.receive_upload(world.desk, world.sam, "one", upload("k"), now=NOW).submission
    remark(world, got, score)
    return got


def remark(world: builders.World, got: exchange_model.Submission, score: float) -> None:
    with world.database.write() as connection:
        grading = gradings.current(connection, got.id)
        assert grading is not None
        scores.save(connection, grading, scores.rows([result(score)], {}), now=NOW)


def give(
    world: builders.World,
    got: exchange_model.Submission,
    score: float,
    version: int | None = None,
    *,
    comment: str = "Good.",
) -> None:
    with world.database.write() as connection:
        scores.put_by_person(
            connection,
            got,
            ("n", "t"),
            score=score,
            comment=comment,
            by=world.teacher.person,
            now=NOW,
            version=version,
        )


def test_a_machine_mark_never_replaces_a_persons(world: builders.World) -> None:
    got = marked(world, 1)
    give(world, got, 3.5)
    remark(world, got, 0)
    with world.database.read() as connection:
        (found,) = scores.of_submission(connection, got.id).values()
    assert (found.score, found.source, found.comment) == (3.5, "person", "Good.")


def test_two_graders_do_not_overwrite_each_other(world: builders.World) -> None:
    got = marked(world, 1)
    give(world, got, 2, version=0)
    with pytest.raises(errors.UserError, match="Somebody else"):
        give(world, got, 3, version=0)
    with pytest.raises(errors.UserError, match="20,001 characters; at most 20,000"):
        give(world, got, 3, comment="x" * 20_001)
    with pytest.raises(errors.UserError, match="from 0 to 4"):
        give(world, got, 5)


def test_marks_show_after_the_due_date_or_when_released(world: builders.World) -> None:
    with world.database.write() as connection:
        connection.execute(schema.lesson.update().values(marks_policy="after-due"))
    got = marked(world, 2)
    with world.database.read() as connection:
        before = grades.standing(connection, got, now=NOW)
        after = grades.standing(connection, got, now=NOW + 2 * HOUR)
    assert (before.visible, before.visible_score) == (False, None)
    assert (after.visible, after.visible_score) == (True, 2)
    with world.database.write() as connection:
        lessons.release_marks(connection, world.one, by=world.teacher.person, now=NOW)
        assert grades.standing(connection, got, now=NOW).visible


def test_a_held_exercise_waits(world: builders.World) -> None:
    got = marked(world, 2)
    with world.database.write() as connection:
        holds.put(connection, world.one, "t", "wrong test", by=world.teacher.person, now=NOW)
        held = grades.standing(connection, got, now=NOW + 2 * HOUR)
        assert (held.score, held.visible_score) == (2, 0)
        holds.end(connection, world.one, "t", by=world.teacher.person, now=NOW)
        with pytest.raises(errors.UserError, match="not on hold"):
            holds.end(connection, world.one, "t", by=world.teacher.person, now=NOW)


def test_a_spreadsheet_runs_nothing(world: builders.World) -> None:
    marked(world, 2)
    with world.database.write() as connection:
        people.add(
            connection,
            world.course,
            username="eve",
            name='=HYPERLINK("http://x")',
            email=None,
            role="student",
            now=NOW,
        )
        text = spreadsheet.to_csv(grades.of_class(connection, world.course, now=NOW))
    assert "'=HYPERLINK" in text
    assert "\nsam,sam,,2,4,,2,4,\n" in text.replace("\r", "")


def test_one_grading_from_the_rows_to_the_marks(world: builders.World) -> None:
    got = submit.receive_upload(world.desk, world.sam, "one", upload("k"), now=NOW).submission
    worker = run.Worker(
        database=world.database,
        blobs=world.blobs,
        sandbox=kernels.Jailed(),
        limits=port.Limits(),
        clock=lambda: NOW,
        python=lambda _: pythons.current(),
    )
    with world.database.read() as connection:
        (key,) = turns.order(connection)
    run.run(worker, key)
    run.run(worker, key)
    with world.database.read() as connection:
        grading = gradings.current(connection, got.id)
    assert grading is not None
    assert (grading.state, grading.attempt, grading.result["sandbox"]) == ("marked", 1, "jail")
    assert grading.feedback_hash is not None


class Away(kernels.Jailed):
    """A sandbox that is away for a moment."""

    def open(self, workspace: port.Workspace) -> port.Session:
        raise errors.Temporary("away")


def test_what_will_pass_is_put_back(world: builders.World) -> None:
    submit.receive_upload(world.desk, world.sam, "one", upload("k"), now=NOW)
    worker = run.Worker(
        database=world.database,
        blobs=world.blobs,
        sandbox=Away(),
        limits=port.Limits(),
        clock=lambda: NOW,
        python=lambda _: pythons.current(),
    )
    with world.database.read() as connection:
        (key,) = turns.order(connection)
    for _ in range(gradings.MAX_ATTEMPTS + 1):
        # It is said, so that the queue waits a little before it tries again.
        with pytest.raises(errors.Temporary):
            run.run(worker, key)
        with world.database.read() as connection:
            found = gradings.by_id(connection, key)
        assert (found.state, found.attempt) == ("waiting", 0)
    run.run(dataclasses.replace(worker, sandbox=isolated.Plain()), key)
    with world.database.read() as connection:
        assert gradings.by_id(connection, key).state == "marked"
