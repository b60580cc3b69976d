"""What happened in discussions, told to the journal.

In: who did what to which thread. Out: an event in the same transaction, ids only: the text of a post is
never in it.
"""

import datetime

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.store import journal


def tell(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    event: str,
    thread: str,
    *,
    now: datetime.datetime,
    **data: str,
) -> None:
    """Note an act of this viewer; `thread` is the public id of the thread it is about."""
    journal.append(
        connection,
        event,
        thread,
        now=now,
        course_id=viewer.course.id,
        actor_id=viewer.person.id,
        data=data,
    )
