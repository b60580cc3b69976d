"""The tables of posts, their edits and the pseudonyms of their authors.

In: threads that were found for a viewer. Out: rows. A post is never removed: its state says whether its
text is shown.
"""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import model
from courseware.discussion import fold
from courseware.store import ids, schema, schema_discussion

P, _EDIT = schema_discussion.post, schema_discussion.post_edit
_NAME, _PERSON, _MEMBER = schema_discussion.pseudonym, schema.person, schema.membership
_LAST = sa.select(sa.func.coalesce(sa.func.max(P.c.number), 0)).where(
    P.c.thread_id == sa.bindparam("in_thread")
)
_INSERT = P.insert().values(number=_LAST.scalar_subquery() + 1).returning(P)
_MEMBERS = _PERSON.outerjoin(
    _MEMBER, (_MEMBER.c.person_id == _PERSON.c.id) & (_MEMBER.c.course_id == sa.bindparam("course"))
)
_PEOPLE = (
    sa.select(_PERSON.c.id, _PERSON.c.public, _PERSON.c.name, _PERSON.c.erased, _MEMBER.c.role)
    .select_from(_MEMBERS)
    .where(_PERSON.c.id.in_(sa.bindparam("keys", expanding=True)))
)
_NUMBERS = sa.select(_NAME.c.thread_id, _NAME.c.person_id, _NAME.c.number).where(
    _NAME.c.thread_id.in_(sa.bindparam("threads", expanding=True))
)
_THREAD = schema_discussion.thread
COURSE = (
    sa.select(_THREAD.c.course_id)
    .join(P, P.c.thread_id == _THREAD.c.id)
    .where(P.c.public == sa.bindparam("wanted"))
)
"""The key of the course of a post; whether somebody may see it is asked next."""
PAGE = 30
Row = sa.RowMapping


@dataclasses.dataclass(frozen=True, kw_only=True)
class Writer:
    """Somebody who wrote: their public id, name, and role in the course, a student's where it is over."""

    public: str
    name: str
    role: model.Role
    erased: bool = False


def insert(
    connection: sa.Connection,
    thread_id: int,
    values: Mapping[str, Any],
    *,
    title: str,
    now: datetime.datetime,
) -> Row:
    """Add a post to a thread that the transaction has locked; `title` is the thread's, if it is its first."""
    words = " ".join(fold.words(f"{title}\n{values['body']}"))
    row = {"public": ids.new("pst"), "thread_id": thread_id, "created": now, "words": words, **values}
    return connection.execute(_INSERT, {**row, "in_thread": thread_id}).mappings().one()


def find(connection: sa.Connection, public: str) -> Row:
    """The post of this public id, with its thread's.

    Raises:
        UserError: there is none.
    """
    query = sa.select(P, _THREAD.c.public.label("thread")).join(_THREAD, _THREAD.c.id == P.c.thread_id)
    row = connection.execute(query.where(P.c.public == public)).mappings().one_or_none()
    if row is None:
        raise errors.UserError("There is no such discussion, or it is not open to you.", code="not-found")
    return row


def several(connection: sa.Connection, publics: Iterable[str]) -> list[Row]:
    """Posts of these public ids, with their threads'."""
    query = sa.select(P, _THREAD.c.public.label("thread")).join(_THREAD, _THREAD.c.id == P.c.thread_id)
    return list(connection.execute(query.where(P.c.public.in_(list(publics)))).mappings())


def page(
    connection: sa.Connection, thread_id: int, *, after: int | None = None, before: int | None = None
) -> list[Row]:
    """Posts after a number, or the last ones before a number, in order."""
    query = sa.select(P).where(P.c.thread_id == thread_id)
    if before is not None:
        rows = connection.execute(
            query.where(P.c.number < before).order_by(P.c.number.desc()).limit(PAGE)
        ).mappings()
        return list(reversed(list(rows)))
    query = query.where(P.c.number > (after or 0)).order_by(P.c.number).limit(PAGE)
    return list(connection.execute(query).mappings())


def of_thread(connection: sa.Connection, thread_id: int) -> list[Row]:
    """All posts of a thread in order."""
    query = sa.select(P).where(P.c.thread_id == thread_id).order_by(P.c.number)
    return list(connection.execute(query).mappings())


def newer(
    connection: sa.Connection,
    threads: Iterable[int],
    but: int,
    since: datetime.datetime,
    *,
    now: datetime.datetime,
) -> dict[int, list[Row]]:
    """What others wrote in some threads between two moments and is shown, in order, by thread."""
    written = (P.c.created > since) & (P.c.created <= now) & (P.c.author_id != but) & (P.c.state == "shown")
    query = sa.select(P).where(P.c.thread_id.in_(list(threads)) & written)
    found: dict[int, list[Row]] = {}
    for row in connection.execute(query.order_by(P.c.thread_id, P.c.number)).mappings():
        found.setdefault(row["thread_id"], []).append(row)
    return found


def shown(connection: sa.Connection, publics: Iterable[str], but: int) -> list[Row]:
    """Those of some posts that are shown and somebody else wrote, in order."""
    mine = P.c.public.in_(list(publics)) & (P.c.state == "shown") & (P.c.author_id != but)
    return list(connection.execute(sa.select(P).where(mine).order_by(P.c.id)).mappings())


def hidden(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Row]:
    """The posts of these threads that staff hid, newest first, with the public ids of their threads."""
    query = sa.select(P, _THREAD.c.public.label("thread")).join(_THREAD, _THREAD.c.id == P.c.thread_id)
    mine = where & (P.c.state == "hidden")
    return list(connection.execute(query.where(mine).order_by(P.c.id.desc()).limit(PAGE)).mappings())


def ends(connection: sa.Connection, thread_id: int) -> tuple[int, int]:
    """The numbers of the first and the last post."""
    query = sa.select(sa.func.min(P.c.number), sa.func.max(P.c.number)).where(P.c.thread_id == thread_id)
    first, last = connection.execute(query).one()
    return int(first or 0), int(last or 0)


def change(connection: sa.Connection, key: int, values: Mapping[str, Any]) -> None:
    """Change a post."""
    connection.execute(P.update().where(P.c.id == key).values(**values))
    _index(connection, P.c.id == key)


def _index(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """Note the words that a post is found by: the first one also by the thread's title; one that was deleted
    or hidden by none.
    """
    query = sa.select(P.c.id, P.c.number, P.c.state, P.c.body, P.c.words, _THREAD.c.title)
    row = connection.execute(query.join(_THREAD, _THREAD.c.id == P.c.thread_id).where(which)).one()
    title = row.title if row.number == 1 else ""
    words = " ".join(fold.words(f"{title}\n{row.body}")) if row.state == "shown" else ""
    if words != row.words:
        connection.execute(P.update().where(P.c.id == row.id).values(words=words))


def keep_edit(connection: sa.Connection, row: Row, by: int, *, now: datetime.datetime) -> None:
    """Keep what a post said before it is changed."""
    connection.execute(_EDIT.insert().values(post_id=row["id"], edited_by=by, body=row["body"], edited=now))


def edits(connection: sa.Connection, key: int) -> list[Row]:
    """What a post said before, oldest first."""
    query = sa.select(_EDIT).where(_EDIT.c.post_id == key).order_by(_EDIT.c.id)
    return list(connection.execute(query).mappings())


def edit_counts(connection: sa.Connection, keys: Iterable[int]) -> dict[int, int]:
    """How often each post was changed."""
    query = sa.select(_EDIT.c.post_id, sa.func.count()).where(_EDIT.c.post_id.in_(list(keys)))
    return {int(key): int(number) for key, number in connection.execute(query.group_by(_EDIT.c.post_id))}


def written_since(connection: sa.Connection, person: int, since: datetime.datetime) -> int:
    """How much somebody wrote or changed since a moment, deleted or not."""
    wrote = sa.select(sa.func.count()).select_from(P).where((P.c.author_id == person) & (P.c.created > since))
    changes = (_EDIT.c.edited_by == person) & (_EDIT.c.edited > since)
    changed = sa.select(sa.func.count()).select_from(_EDIT).where(changes)
    both = sa.select(wrote.scalar_subquery() + changed.scalar_subquery())
    return int(connection.execute(both).scalar_one())


def pseudonym(connection: sa.Connection, thread_id: int, person: int) -> int:
    """Somebody's number in a thread, given once and kept."""
    mine = (_NAME.c.thread_id == thread_id) & (_NAME.c.person_id == person)
    known = connection.execute(sa.select(_NAME.c.number).where(mine)).scalar()
    if known is not None:
        return int(known)
    taken = sa.select(sa.func.max(_NAME.c.number)).where(_NAME.c.thread_id == thread_id)
    number = int(connection.execute(taken).scalar() or 0) + 1
    connection.execute(_NAME.insert().values(thread_id=thread_id, person_id=person, number=number))
    return number


def pseudonyms(connection: sa.Connection, threads: Iterable[int]) -> dict[tuple[int, int], int]:
    """The numbers of people in threads, by thread and person."""
    rows = connection.execute(_NUMBERS, {"threads": list(threads)})
    return {(int(thread), int(person)): int(number) for thread, person, number in rows}


def writers(connection: sa.Connection, course_id: int, keys: Iterable[int]) -> dict[int, Writer]:
    """Who wrote, by their keys."""
    rows = connection.execute(_PEOPLE, {"course": course_id, "keys": list(keys)})
    return {
        row.id: Writer(
            public=row.public, name=row.name, role=row.role or "student", erased=row.erased is not None
        )
        for row in rows
    }
