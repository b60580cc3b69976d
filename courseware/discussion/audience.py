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
from courseware.discussion import model, posts, read_state, threads


@dataclasses.dataclass(frozen=True, kw_only=True)
class Talk:
    """A thread: of which kind, who began it, in which lesson, who follows it."""

    kind: model.Kind
    author_id: int
    lesson_id: int | None
    followers: frozenset[int]


def of(connection: sa.Connection, public: str) -> Talk:
    """The people of a thread.

    Raises:
        UserError: there is no such thread.
    """
    table = threads.T
    row = connection.execute(sa.select(table).where(table.c.public == public)).one_or_none()
    if row is None:
        raise errors.UserError("There is no such discussion.", code="not-found")
    return Talk(
        kind=row.kind,
        author_id=row.author_id,
        lesson_id=row.lesson_id,
        followers=frozenset(read_state.followers(connection, row.id)),
    )


def author(connection: sa.Connection, post: str) -> int:
    """Who wrote a post."""
    return int(posts.find(connection, post)["author_id"])


def sees(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> bool:
    """Whether somebody may see a thread now."""
    found = sa.select(threads.T.c.id).where((threads.T.c.public == public) & threads.visible(viewer, now))
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


def looks_after(connection: sa.Connection, viewer: course_model.Viewer, public: str) -> bool:
    """Whether somebody looks after a thread as staff."""
    return threads.looks_after(connection, viewer, public)
