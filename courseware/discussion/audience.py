"""Whom a thread concerns, for those who tell people of it.

In: the public id of a thread or a post. Out: keys of people, the kind of thread, and whether somebody may see
it; no text and no name.
"""

import dataclasses
import datetime
from collections.abc import Iterable

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.discussion import model, posts, read_state, sight, threads

_T = threads.T
_SENT = sight.recipient().label("recipient")
_TALK = (
    sa.select(_T.c.kind, _T.c.author_id, _T.c.lesson_id, _SENT, read_state.F.c.person_id.label("follower"))
    .select_from(_T.outerjoin(read_state.F, (read_state.F.c.thread_id == _T.c.id) & read_state.F.c.following))
    .where(_T.c.public == sa.bindparam("wanted"))
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Talk:
    """A thread: of which kind, who began it, in which lesson, to whom staff wrote it, who follows it."""

    kind: model.Kind
    author_id: int
    lesson_id: int | None
    recipient: int | None
    followers: frozenset[int]


def of(connection: sa.Connection, public: str) -> Talk:
    """The people of a thread.

    Raises:
        UserError: there is no such thread.
    """
    rows = connection.execute(_TALK, {"wanted": public}).all()
    if not rows:
        raise errors.UserError("There is no such discussion.", code="not-found")
    first = rows[0]
    return Talk(
        kind=first.kind,
        author_id=first.author_id,
        lesson_id=first.lesson_id,
        recipient=first.recipient,
        followers=frozenset(row.follower for row in rows if row.follower is not None),
    )


def author(connection: sa.Connection, post: str) -> int:
    """Who wrote a post."""
    return int(posts.find(connection, post)["author_id"])


def sees(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> bool:
    """Whether somebody may see a thread now."""
    found = sa.select(threads.T.c.id).where((threads.T.c.public == public) & sight.visible(viewer, now))
    return connection.execute(found).scalar() is not None


def who_sees(
    connection: sa.Connection,
    viewers: Iterable[course_model.Viewer],
    public: str,
    *,
    now: datetime.datetime,
) -> set[int]:
    """The keys of those of some people of a course who may see a thread now; one question for each role."""
    alike: dict[tuple[str, str], list[course_model.Viewer]] = {}
    for viewer in viewers:
        alike.setdefault((viewer.role, viewer.ceiling), []).append(viewer)
    found: set[int] = set()
    for each in alike.values():
        keys = [viewer.person.id for viewer in each]
        found |= threads.who_sees(connection, each[0], keys, public, now=now)
    return found


def written_to(
    connection: sa.Connection, viewer: course_model.Viewer, *, now: datetime.datetime
) -> dict[int, tuple[datetime.datetime, str]]:
    """Whom (a key) staff wrote to in private, when last, and in which thread; of those the viewer may see."""
    begun = sa.select(sight.TO.c.person_id, _T.c.created, _T.c.public).join(
        sight.TO, sight.TO.c.thread_id == _T.c.id
    )
    mine = (_T.c.course_id == viewer.course.id) & sight.visible(viewer, now)
    rows = connection.execute(begun.where(mine).order_by(_T.c.created, _T.c.id))
    return {person: (created, public) for person, created, public in rows}


def looks_after(connection: sa.Connection, viewer: course_model.Viewer, public: str) -> bool:
    """Whether somebody looks after a thread as staff."""
    return threads.looks_after(connection, viewer, public)
