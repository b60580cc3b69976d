"""What was said to somebody while they were away.

In: who asks, since when, and now. Out: records made by `shown`, one for each thread that is theirs to see:
answers to what they asked, replies where they follow, comments that name them, announcements; and for staff
the new questions that nobody answered. What is hidden, deleted, held or private to others is neither listed
nor counted: the rule of `sight.visible` is part of each query.
"""

import dataclasses
import datetime
from typing import Literal

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.course import permissions
from courseware.discussion import model, posts, read_state, shown, sight, threads
from courseware.store import journal

Why = Literal["answer", "mention", "reply", "announcement"]
MOST = 30
_P, _F = posts.P, read_state.F


@dataclasses.dataclass(frozen=True, kw_only=True)
class Said:
    """A thread with something new: why that is told, the first new comment, and how many there are."""

    why: Why
    thread: model.Thread
    post: model.Post
    posts: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class News:
    """What was said, the newest first, at most `MOST`; `number` counts all. For staff, `waiting` are new
    questions without an answer, and `waiting_number` counts all of them.
    """

    said: tuple[Said, ...] = ()
    number: int = 0
    waiting: tuple[model.Thread, ...] = ()
    waiting_number: int = 0


def news(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    since: datetime.datetime,
    *,
    now: datetime.datetime,
) -> News:
    """All of it."""
    naming = _naming(connection, viewer, since, now=now)
    named = {row["thread_id"] for row in naming}
    told = _announced(viewer, since, now) | (_followed(viewer) & _written(viewer, since, now))
    where = told | threads.T.c.id.in_(named)
    rows = threads.newest(connection, viewer, where, limit=MOST, now=now)
    fresh = posts.newer(connection, (row["id"] for row in rows), viewer.person.id, since, now=now)
    said = []
    for row, thread in zip(rows, shown.all_threads(connection, viewer, rows), strict=True):
        calls = [each for each in naming if each["thread_id"] == row["id"]]
        new = {each["id"]: each for each in (*calls, *_told(viewer, row, fresh.get(row["id"], [])))}
        post = shown.all_posts(connection, viewer, row, [new[min(new)]])[0]
        said.append(Said(why=_why(viewer, row, bool(calls)), thread=thread, post=post, posts=len(new)))
    number = len(said) if len(said) < MOST else threads.number(connection, viewer, where, now=now)
    waiting, waiting_number = _waiting(connection, viewer, since, now=now)
    return News(said=tuple(said), number=number, waiting=waiting, waiting_number=waiting_number)


def _told(viewer: course_model.Viewer, row: threads.Row, new: list[posts.Row]) -> list[posts.Row]:
    """What is told of a thread beside what calls the viewer: replies where they follow, and what announces.
    What began another thread that they follow they have seen.
    """
    by_itself = row["following"] is None and row["author_id"] == viewer.person.id
    follows, announces = row["following"] or by_itself, row["kind"] == "announcement"
    return [each for each in new if (announces if each["number"] == 1 else follows)]


def _why(viewer: course_model.Viewer, row: threads.Row, called: bool) -> Why:
    """The one reason that is told: somebody's own question first."""
    if row["author_id"] == viewer.person.id:
        return "answer"
    if called:
        return "mention"
    return "announcement" if row["kind"] == "announcement" else "reply"


def _naming(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    since: datetime.datetime,
    *,
    now: datetime.datetime,
) -> list[posts.Row]:
    """Comments that name the viewer since then, also by a change of their text."""
    told = journal.after(connection, ("person.mentioned",), since, until=now, course_id=viewer.course.id)
    called = {str(e.data["post"]) for e in told if e.data["person"] == viewer.person.public}
    return posts.shown(connection, called, viewer.person.id) if called else []


def _written(
    viewer: course_model.Viewer, since: datetime.datetime, now: datetime.datetime
) -> sa.ColumnElement[bool]:
    """Somebody else wrote since then, and it is shown."""
    new = (_P.c.number > 1) & (_P.c.created > since) & (_P.c.created <= now) & (_P.c.state == "shown")
    others = (_P.c.thread_id == threads.T.c.id) & (_P.c.author_id != viewer.person.id)
    # The thread's own time of its newest post has an index.
    return (threads.T.c.last > since) & sa.exists(sa.select(_P.c.id).where(new & others))


def _followed(viewer: course_model.Viewer) -> sa.ColumnElement[bool]:
    """The viewer follows the thread: by choice, or as its author who has not chosen otherwise."""
    me = viewer.person.id
    mine = (_F.c.thread_id == threads.T.c.id) & (_F.c.person_id == me)
    chosen = sa.exists(sa.select(_F.c.id).where(mine))
    follows = sa.exists(sa.select(_F.c.id).where(mine & _F.c.following))
    return follows | ((threads.T.c.author_id == me) & ~chosen)


def _announced(
    viewer: course_model.Viewer, since: datetime.datetime, now: datetime.datetime
) -> sa.ColumnElement[bool]:
    """An announcement of somebody else, made since then, whose text is shown."""
    first = (_P.c.thread_id == threads.T.c.id) & (_P.c.number == 1) & (_P.c.state == "shown")
    made = (threads.T.c.created > since) & (threads.T.c.created <= now) & (threads.T.c.last > since)
    others = (threads.T.c.kind == "announcement") & (threads.T.c.author_id != viewer.person.id)
    return made & others & sa.exists(sa.select(_P.c.id).where(first))


def _waiting(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    since: datetime.datetime,
    *,
    now: datetime.datetime,
) -> tuple[tuple[model.Thread, ...], int]:
    """New questions that nobody answered, for those who look after discussions."""
    if not permissions.allowed(viewer, permissions.Action.MODERATE):
        return (), 0
    asked = (threads.T.c.created > since) & (threads.T.c.created <= now) & (threads.T.c.last > since)
    where = asked & threads.unanswered() & (threads.T.c.author_id != viewer.person.id)
    where &= sight.taught(viewer)
    rows = threads.newest(connection, viewer, where, limit=MOST, now=now)
    number = len(rows) if len(rows) < MOST else threads.number(connection, viewer, where, now=now)
    return shown.all_threads(connection, viewer, rows), number
