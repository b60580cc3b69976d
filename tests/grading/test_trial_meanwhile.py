"""A dry run that is applied while another release comes: what is compared is what is written down."""

from pathlib import Path

from courseware import errors
from courseware.exchange import publish
from courseware.grading import try_out
from tests import builders, databases, racing
from tests.builders import NOW
from tests.grading import test_regrade as again
from tests.grading import test_trial as trial


def test_a_release_that_comes_while_it_is_applied_is_waited_for(
    kept_postgres: databases.Kept, tmp_path: Path
) -> None:
    world = builders.world(kept_postgres.fresh(), tmp_path)
    course = again.Class(world=world, sandbox=again.Counting())
    trial.graded(course)
    course.release(again.lesson(again.GOOD, double=trial.STRICTER))
    trial.start(course)
    trial.work(course)
    public = trial.compared(course).trial.public

    def apply() -> None:
        by, queue = world.teacher.person, builders.idle_queue()
        try_out.apply(world.database, world.one, public, by=by, now=NOW, queue=queue)

    other = racing.Other(apply)
    publish.publish(
        world.database,
        world.blobs,
        world.one,
        builders.bundle(),
        by=None,
        now=NOW,
        claim=lambda _: other.start(world.database),
    )
    other.end()
    assert isinstance(other.error, errors.UserError)
    assert "was published since this dry run began" in other.error.message
    assert trial.compared(course).trial.state == "ready"
    world.close()
