"""The table of who looks at which answer now, so that two graders do not do one thing twice.

In: a grader who opens an answer. Out: who else looks at it. A claim is soft: it keeps nobody from marking,
holds ten minutes, and each person has one.
"""

import datetime
from collections.abc import Mapping

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.exchange import model
from courseware.store import database, schema, schema_review

_T = schema_review.review_claim
HOLDS = datetime.timedelta(minutes=10)
Place = tuple[str, str]


def take(
    connection: sa.Connection,
    person: course_model.Person,
    submission: model.Submission,
    place: Place,
    *,
    now: datetime.datetime,
) -> None:
    """Somebody looks at this answer now, and at no other any more."""
    database.lock(connection, f"claim {person.id}")
    told = {
        "submission_id": submission.id,
        "notebook": place[0],
        "exercise": place[1],
        "expires": now + HOLDS,
    }
    changed = connection.execute(_T.update().where(_T.c.person_id == person.id).values(**told))
    if changed.rowcount == 0:
        connection.execute(_T.insert().values(person_id=person.id, **told))


def of_others(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    place: Place,
    person: course_model.Person,
    *,
    now: datetime.datetime,
) -> Mapping[int, str]:
    """Who else looks at which answer to an exercise: names by the key of the submission."""
    who = sa.func.coalesce(sa.func.nullif(schema.person.c.name, ""), schema.person.c.username).label("who")
    query = (
        sa.select(_T.c.submission_id, who)
        .join(schema.person, schema.person.c.id == _T.c.person_id)
        .join(schema.submission, schema.submission.c.id == _T.c.submission_id)
        .where((schema.submission.c.lesson_id == lesson.id) & (_T.c.person_id != person.id))
        .where((_T.c.notebook == place[0]) & (_T.c.exercise == place[1]) & (_T.c.expires > now))
        .order_by(_T.c.id)
    )
    return {row.submission_id: row.who for row in connection.execute(query)}
