"""What follows from a hand-in, in its own transaction: it is to be graded, and lessons that require it may
open.

In: a hand-in that was just written. Out: a grading that waits, and what its author has reached.
"""

import datetime

import sqlalchemy as sa

from courseware.course import courses
from courseware.exchange import submit
from courseware.grading import gradings, reaching, regrade, worth
from courseware.store import blobs as blobs_store


def take_in(
    connection: sa.Connection,
    blobs: blobs_store.Blobs,
    taken: submit.Taken,
    now: datetime.datetime,
) -> None:
    """Have a hand-in graded by the release that fits it."""
    submission = taken.submission
    course = courses.by_id(connection, taken.lesson.course_id)  # as it is now, since others may change it
    gradings.enqueue(
        connection,
        submission,
        now,
        release_id=regrade.fitting(connection, blobs, submission),
        replaces=worth.replaceable(course, taken.lesson),
    )
    reaching.note(connection, course, submission.person_id, taken.lesson, now=now)
