"""The table of who grades without names: to them, students of the course have pseudonyms at the desk.

In: a viewer, and whether names are hidden from them. Out: the same, and pseudonyms: the same for a person in
a course at any time and for all who hide names, with nothing of the name, user name or place in a list.
"""

import base64
import hashlib

import sqlalchemy as sa

from courseware.course import model
from courseware.store import schema_desk

_T = schema_desk.hidden_names


def of(connection: sa.Connection, viewer: model.Viewer) -> bool:
    """Whether names are hidden from somebody."""
    return connection.execute(sa.select(_T.c.id).where(_mine(viewer))).first() is not None


def put(connection: sa.Connection, viewer: model.Viewer, *, hidden: bool) -> None:
    """Hide names from somebody, or show them again."""
    connection.execute(_T.delete().where(_mine(viewer)))
    if hidden:
        connection.execute(_T.insert().values(course_id=viewer.course.id, person_id=viewer.person.id))


def _mine(viewer: model.Viewer) -> sa.ColumnElement[bool]:
    return (_T.c.course_id == viewer.course.id) & (_T.c.person_id == viewer.person.id)


def pseudonym(course: model.Course, public: str) -> str:
    """What stands for a person, by their public id: six letters and digits that two people hardly share."""
    told = hashlib.sha256(f"names {course.public} {public}".encode()).digest()
    return base64.b32encode(told).decode()[:6]
