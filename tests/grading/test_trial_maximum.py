"""A dry run of other points: shares are compared, and what a person gave of another maximum is listed."""

from courseware.exchange import submissions
from courseware.grading import scores
from tests.builders import NOW
from tests.grading import test_regrade as again
from tests.grading import test_trial

course = test_trial.course


def test_more_points_of_a_larger_maximum_are_told_as_a_share(course: again.Class) -> None:
    """Sam has all points, Kim none in the exercise that gets twice as many: Kim's share falls."""
    number = course.release(again.lesson(again.GOOD))
    course.hand_in(course.world.sam, number, again.GOOD)
    course.hand_in(course.world.kim, number, {**again.GOOD, **test_trial.NEVER, "half": again.GOOD["half"]})
    course.work()
    course.release(again.lesson(again.GOOD, points=4))
    test_trial.start(course)
    test_trial.work(course)
    found = test_trial.compared(course)
    told = {each.person.username: each.student for each in found.lines if each.student}
    sam, kim = told["sam"], told["kim"]
    assert (sam.before, sam.after) == (sam.most_before, sam.most_after)
    assert (sam.most_after - sam.most_before, sam.direction, sam.fares) == (2, "up", "same")
    assert (kim.direction, kim.fares) == ("same", "down")
    assert (found.summary.gain, found.summary.lose) == (0, 1)


def test_a_persons_mark_above_a_lower_maximum_has_to_be_looked_at(course: again.Class) -> None:
    test_trial.graded(course)
    by, place = course.world.teacher.person, ("n", "double-test")
    with course.world.database.write() as connection:
        for each in submissions.of_lesson(connection, course.world.one.id):
            points = 2 if each.person_id == course.world.sam.person.id else 1
            scores.put_by_person(connection, each, place, score=points, comment="", by=by, now=NOW)
    course.release(again.lesson(again.GOOD, points=1))
    test_trial.start(course)
    test_trial.work(course)
    found = test_trial.compared(course)
    assert (found.summary.stay, found.summary.over, found.summary.look) == (2, 1, 2)
    over = [
        (line.person.username, cell.given, cell.points_after)
        for line in found.lines
        for cell in (line.student.cells if line.student else ())
        if cell.over
    ]
    assert over == [("sam", 2, 1)]
