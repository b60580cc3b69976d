"""People who are named in a text: `@[Name]`.

In: a text and its thread. Out: an event for each member of the course who is named and may see the thread.
"""

import datetime

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.course import people
from courseware.discussion import markup, news, sight, threads

MOST = 10


def tell(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    body: str,
    *,
    thread: str,
    post: str,
    now: datetime.datetime,
    before: str = "",
) -> None:
    """Note who is named, and was not in the text before it was changed; a name that two people bear names
    both.
    """
    wanted = set(markup.mentions(body)[:MOST]) - set(markup.mentions(before)[:MOST])
    if not wanted:
        return
    for member in people.members(connection, viewer.course):
        if member.person.name not in wanted or member.ended is not None or member.person == viewer.person:
            continue
        reader = course_model.Viewer(
            person=member.person, course=viewer.course, role=member.role, ceiling="pages"
        )
        seen = sa.select(threads.T.c.id).where((threads.T.c.public == thread) & sight.visible(reader, now))
        if connection.execute(seen).scalar() is not None:
            person = member.person.public
            news.tell(connection, viewer, "person.mentioned", thread, now=now, post=post, person=person)


def named(connection: sa.Connection, viewer: course_model.Viewer, begun: str) -> list[tuple[str, str]]:
    """Members of the course whose name has a part that begins so: public id and name."""
    wanted = begun.strip().casefold()
    found = [
        (member.person.public, member.person.name)
        for member in people.members(connection, viewer.course)
        if member.ended is None and member.person != viewer.person and _begins(member.person.name, wanted)
    ]
    return sorted(found, key=lambda each: each[1])[:8]


def _begins(name: str, wanted: str) -> bool:
    """Whether a name, or a part of it, begins so."""
    whole = name.casefold()
    return any(part.startswith(wanted) for part in (whole, *whole.split()))
