"""The history of a mark says when a dry run was applied and taken back, and who had it done."""

from courseware.exchange import submissions
from courseware.grading import mark_changes, trial_steps
from tests import builders
from tests.builders import NOW
from tests.grading import test_regrade as again
from tests.grading import test_trial

course = test_trial.course


def test_what_changed_and_was_undone_is_told_when_it_was(course: again.Class) -> None:
    test_trial.graded(course)
    course.release(again.lesson(again.GOOD, double=test_trial.STRICTER))
    test_trial.start(course)
    test_trial.work(course)
    for hours, verb in ((1, "apply"), (2, "undo")):
        test_trial.asked(course, verb)
        test_trial.work(course, at=NOW + hours * builders.HOUR)
    with course.world.database.read() as connection:
        keys = [each.id for each in submissions.of_lesson(connection, course.world.one.id)]
        changes = mark_changes.of_submissions(connection, keys)
    tess = course.world.teacher.person.id
    assert [(each.before, each.after, each.at, each.by, each.reason) for each in changes] == [
        (2, 0, NOW + builders.HOUR, tess, trial_steps.APPLIED),
        (0, 2, NOW + 2 * builders.HOUR, tess, trial_steps.TAKEN_BACK),
    ]
