"""The table of choices: which hand-in counts, where its author says."""

import datetime
from collections.abc import Collection

import sqlalchemy as sa

from courseware import errors
from courseware.course import manifest, model
from courseware.exchange import model as exchange_model
from courseware.store import journal, schema_schedule

_T = schema_schedule.choice


def put(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    submission: exchange_model.Submission,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """Let this hand-in count, of all that its author made of the lesson.

    Raises:
        UserError: in this lesson it is not the author who chooses.
    """
    if manifest.of(course).rules.lesson(lesson.slug).attempts.counts != "chosen":
        raise errors.UserError(
            "In this lesson you do not choose which hand-in counts; the course says it.", code="conflict"
        )
    mine = (_T.c.person_id == submission.person_id) & (_T.c.lesson_id == lesson.id)
    values = {"submission_id": submission.id, "chosen": now}
    if connection.execute(_T.update().where(mine).values(**values)).rowcount == 0:
        where = {"person_id": submission.person_id, "lesson_id": lesson.id}
        connection.execute(_T.insert().values(**where, **values))
    journal.append(
        connection, "submission.chosen", submission.public, now=now, course_id=course.id, actor_id=by.id
    )


def of_lessons(connection: sa.Connection, lesson_ids: Collection[int]) -> frozenset[int]:
    """The keys of the hand-ins of some lessons that were chosen."""
    rows = connection.execute(sa.select(_T.c.submission_id).where(_T.c.lesson_id.in_(lesson_ids)))
    return frozenset(rows.scalars())
