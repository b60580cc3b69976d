"""The table of lessons that somebody has opened: their page, or their files in JupyterLab or by command.

In: a person and a lesson that was given to them. Out: when that was first; nothing says how often or for how
long. Staff look at lessons to teach them, so nothing is kept of that.
"""

import datetime
from collections.abc import Collection

import sqlalchemy as sa

from courseware.course import model
from courseware.store import database, schema, schema_progress

_T, _L = schema_progress.lesson_view, schema.lesson


def is_due(connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson) -> bool:
    """Whether it has to be written that this person has opened this lesson."""
    return not viewer.is_staff and not _known(connection, viewer, lesson)


def note(
    connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson, *, now: datetime.datetime
) -> None:
    """Write that a lesson was opened; the first time stays."""
    # Two tabs that open at once are one first time.
    database.lock(connection, f"view {viewer.person.id} {lesson.id}")
    if not _known(connection, viewer, lesson):
        connection.execute(_T.insert().values(person_id=viewer.person.id, lesson_id=lesson.id, first=now))


def of_person(connection: sa.Connection, viewer: model.Viewer) -> dict[int, datetime.datetime]:
    """When the lessons of the course were first opened, by their keys."""
    query = sa.select(_T.c.lesson_id, _T.c.first).join(_L, _L.c.id == _T.c.lesson_id)
    query = query.where((_L.c.course_id == viewer.course.id) & (_T.c.person_id == viewer.person.id))
    return {row.lesson_id: row.first for row in connection.execute(query)}


def pairs(connection: sa.Connection, lesson_ids: Collection[int]) -> list[tuple[int, int]]:
    """Who (a key) has opened which of these lessons."""
    query = sa.select(_T.c.person_id, _T.c.lesson_id).where(_T.c.lesson_id.in_(lesson_ids))
    return [(row[0], row[1]) for row in connection.execute(query).all()]


def _known(connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson) -> bool:
    """Whether it was opened before."""
    mine = (_T.c.person_id == viewer.person.id) & (_T.c.lesson_id == lesson.id)
    return connection.execute(sa.select(_T.c.id).where(mine)).one_or_none() is not None
