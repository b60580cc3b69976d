"""Staff set what a whole lesson is worth for somebody, or take that back.

In: a student of the course, points from 0 to those of the lesson, a reason for staff, perhaps a comment for
the student. Out: a mark that holds in place of what was handed in, whatever lateness would take off and
whatever is graded again; taken back, what was handed in says it again. Refused: a lesson without points.
"""

import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import model
from courseware.exchange import releases
from courseware.grading import grades, lesson_marks, reaching


def put(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    person: model.Person,
    wish: lesson_marks.Wish,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """Set it, or take it back.

    Raises:
        UserError: the lesson has no points, or the wish cannot be met.
    """
    attempts = grades.attempts(connection, course, lesson, person.id, now=now)
    computed = next((each.computed for each in attempts if each.counts), None)
    most = points(connection, lesson)
    lesson_marks.put(connection, lesson, person, wish, computed=computed, most=most, by=by, now=now)
    reaching.note(connection, course, person.id, lesson, now=now)


def points(connection: sa.Connection, lesson: model.Lesson) -> float:
    """What a lesson can be worth: the points of its newest release.

    Raises:
        UserError: it has none.
    """
    newest = releases.in_force(connection, lesson.id)
    if newest is None or not newest.points:
        raise errors.UserError("This lesson has no points, so no mark can be set for it.", code="conflict")
    return newest.points
