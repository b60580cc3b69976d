"""The table of replies that staff of a course keep to use again.

In: a member of staff. Out: replies of their course. All staff share them; nobody else sees them.
"""

import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.course import permissions
from courseware.discussion import model, text
from courseware.store import ids, schema_discussion

_T = schema_discussion.saved_reply
MOST = 200


def listed(connection: sa.Connection, viewer: course_model.Viewer) -> tuple[model.SavedReply, ...]:
    """All of the course, by title."""
    permissions.check(viewer, permissions.Action.MODERATE)
    query = sa.select(_T).where(_T.c.course_id == viewer.course.id).order_by(_T.c.title, _T.c.id)
    return tuple(
        model.SavedReply(id=row.public, title=row.title, body=row.body) for row in connection.execute(query)
    )


def keep(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    title: str,
    body: str,
    *,
    now: datetime.datetime,
) -> model.SavedReply:
    """Keep a reply.

    Raises:
        UserError: it is empty or too long, or the course has too many.
    """
    if len(listed(connection, viewer)) >= MOST:
        raise errors.UserError(f"A course keeps at most {MOST} replies. Remove one first.", code="conflict")
    made = model.SavedReply(
        id=ids.new("rep"),
        title=text.checked(title, text.TITLE, "title"),
        body=text.checked(body, text.BODY, "reply"),
    )
    connection.execute(
        _T.insert().values(
            public=made.id,
            course_id=viewer.course.id,
            person_id=viewer.person.id,
            title=made.title,
            body=made.body,
            created=now,
        )
    )
    return made


def remove(connection: sa.Connection, viewer: course_model.Viewer, public: str) -> None:
    """Keep a reply no more; one that is not there is none already."""
    permissions.check(viewer, permissions.Action.MODERATE)
    connection.execute(_T.delete().where((_T.c.course_id == viewer.course.id) & (_T.c.public == public)))
