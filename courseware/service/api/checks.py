"""Checks on the course: an exercise of one's kept copy or last hand-in, run as it would be graded."""

from courseware.course import lessons, model
from courseware.grading import course_checks, feedback
from courseware.service import access, call, types_checks


def ask(request: call.Call) -> types_checks.Check:
    """Have an exercise checked."""
    service = request.service
    with service.database.write() as connection:
        lesson = lessons.find(connection, request.course, request.path["l"])
        wish: types_checks.CheckRequest = request.body
        found = course_checks.ask(connection, request.viewer, lesson, wish.exercise, now=request.now)
        left = course_checks.left(connection, request.viewer, lesson, wish.exercise, now=request.now)
        service.queue.announce(connection, course_checks.KIND)
    service.queue.wake()
    return _shown(found, left)


def one(request: call.Call) -> types_checks.Check:
    """How a check stands."""
    lesson: model.Lesson = access.lesson(request)
    connection, viewer = request.connection, request.viewer
    found = course_checks.find(connection, viewer, lesson, request.path["k"])
    left = course_checks.left(connection, viewer, lesson, found.exercise, now=request.now)
    return _shown(found, left)


def _shown(found: course_checks.Check, left: int) -> types_checks.Check:
    return types_checks.Check(
        id=found.public,
        exercise=found.exercise,
        state=found.state,
        verdict=found.verdict or "",
        words=feedback.words(found.verdict) if found.verdict else "",
        hint=found.hint,
        left=left,
    )
