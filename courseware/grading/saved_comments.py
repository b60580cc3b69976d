"""The table of comments that who marks keeps to use again.

In: a grader of a course. Out: their comments, oldest first, so that each keeps its number. Nobody else sees
them. Refused: an empty comment, one that is too long, too many.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.store import ids, schema_review

_T = schema_review.saved_comment
MOST, MAX_BODY = 100, 20_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Saved:
    """A comment to use again."""

    id: str
    body: str


def listed(connection: sa.Connection, viewer: course_model.Viewer) -> tuple[Saved, ...]:
    """All that the viewer keeps in the course."""
    rows = connection.execute(sa.select(_T).where(_mine(viewer)).order_by(_T.c.id))
    return tuple(Saved(id=row.public, body=row.body) for row in rows)


def keep(
    connection: sa.Connection, viewer: course_model.Viewer, body: str, *, now: datetime.datetime
) -> None:
    """Keep a comment; one that is kept already stays the one that it is.

    Raises:
        UserError: it is empty or too long, or there are too many.
    """
    kept = listed(connection, viewer)
    if not body.strip():
        raise errors.UserError("The comment is empty. Write it first, then keep it.")
    if len(body) > MAX_BODY:
        raise errors.UserError(
            f"A comment has at most {MAX_BODY:,} characters. Shorten it.", code="too-large"
        )
    if len(kept) >= MOST:
        raise errors.UserError(f"At most {MOST} comments are kept. Remove one first.", code="conflict")
    if all(each.body != body for each in kept):
        connection.execute(
            _T.insert().values(
                public=ids.new("com"),
                course_id=viewer.course.id,
                person_id=viewer.person.id,
                body=body,
                created=now,
            )
        )


def remove(connection: sa.Connection, viewer: course_model.Viewer, public: str) -> None:
    """Keep a comment no more; one that is not there is none already."""
    connection.execute(_T.delete().where(_mine(viewer) & (_T.c.public == public)))


def _mine(viewer: course_model.Viewer) -> sa.ColumnElement[bool]:
    return (_T.c.course_id == viewer.course.id) & (_T.c.person_id == viewer.person.id)
