"""The table of withdrawals: releases that are offered no more. What students have of one stays valid, and is
handed in and graded as before.

In: a release and why. Out: rows, and news in the journal. A withdrawal is taken back by offering the release
again; the journal keeps both.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.exchange import model, releases
from courseware.store import journal, schema, schema_releases

_T, _R = schema_releases.withdrawal, schema.release
MOST = 1000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """That a release is offered no more: why, by whom, since when."""

    release_id: int
    reason: str
    by: int
    at: datetime.datetime


def withdraw(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    release: model.Release,
    reason: str,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Offer a release no more.

    Raises:
        UserError: nobody said why, or it is withdrawn already.
    """
    told = reason.strip()
    if not told:
        raise errors.UserError(f"Say why release {release.number} is withdrawn.", code="bad-request")
    releases.lock(connection, lesson.id)
    if release.id in of_lesson(connection, lesson.id):
        raise errors.UserError(f"Release {release.number} is withdrawn already.", code="conflict")
    values = {"release_id": release.id, "reason": told[:MOST], "withdrawn_by": by.id, "withdrawn": now}
    connection.execute(_T.insert().values(**values))
    _note(connection, "release.withdrawn", lesson, release, by=by, now=now)


def offer(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    release: model.Release,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Offer a release again.

    Raises:
        UserError: it is not withdrawn.
    """
    releases.lock(connection, lesson.id)
    if connection.execute(_T.delete().where(_T.c.release_id == release.id)).rowcount == 0:
        raise errors.UserError(f"Release {release.number} is not withdrawn.", code="conflict")
    _note(connection, "release.offered", lesson, release, by=by, now=now)


def of_lesson(connection: sa.Connection, lesson_id: int) -> dict[int, Withdrawal]:
    """The releases of a lesson that are withdrawn, by their keys."""
    asked = sa.select(_T).join(_R, _R.c.id == _T.c.release_id).where(_R.c.lesson_id == lesson_id)
    return {
        row.release_id: Withdrawal(
            release_id=row.release_id, reason=row.reason, by=row.withdrawn_by, at=row.withdrawn
        )
        for row in connection.execute(asked)
    }


def _note(
    connection: sa.Connection,
    kind: str,
    lesson: course_model.Lesson,
    release: model.Release,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    data = {"lesson": lesson.public, "number": release.number}
    journal.append(
        connection, kind, release.public, now=now, course_id=lesson.course_id, actor_id=by.id, data=data
    )
