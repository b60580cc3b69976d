"""What follows from a hand-in, in its own transaction: it is to be graded, and lessons that require it may
open.

In: a submission. Out: a grading that waits, and what its author has reached.
"""

import datetime

import sqlalchemy as sa

from courseware.course import courses, lessons
from courseware.exchange import model
from courseware.grading import gradings, reaching, regrade, worth
from courseware.store import blobs as blobs_store


def take_in(
    connection: sa.Connection,
    blobs: blobs_store.Blobs,
    submission: model.Submission,
    now: datetime.datetime,
) -> None:
    """Have a hand-in graded by the release that fits it."""
    lesson = lessons.by_id(connection, submission.lesson_id)
    gradings.enqueue(
        connection,
        submission,
        now,
        release_id=regrade.fitting(connection, blobs, submission),
        replaces=worth.replaceable(courses.by_id(connection, lesson.course_id), lesson),
    )
    reaching.note(connection, submission.person_id, lesson, now=now)
