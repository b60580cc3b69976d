"""The tables of what somebody has read and what they follow.

In: a thread and a person. Out: nothing but the rows. Reading only goes forward.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from courseware.store import schema_discussion

_READ, F, _POST = schema_discussion.read, schema_discussion.follow, schema_discussion.post


def last_seen(connection: sa.Connection, thread_id: int, person: int) -> int:
    """The number of the last post that somebody saw; 0 before the first."""
    mine = (_READ.c.thread_id == thread_id) & (_READ.c.person_id == person)
    return int(connection.execute(sa.select(_READ.c.number).where(mine)).scalar() or 0)


def last_seen_by(
    connection: sa.Connection, threads: Iterable[int], people: Iterable[int]
) -> dict[tuple[int, int], int]:
    """The numbers of the last posts that several people saw, by person and thread."""
    mine = _READ.c.thread_id.in_(list(threads)) & _READ.c.person_id.in_(list(people))
    rows = connection.execute(sa.select(_READ.c.person_id, _READ.c.thread_id, _READ.c.number).where(mine))
    return {(int(person), int(thread)): int(number) for person, thread, number in rows}


def saw(connection: sa.Connection, thread_id: int, person: int, number: int) -> None:
    """Remember that somebody saw a thread up to this post, if that is further than before."""
    top = sa.select(sa.func.max(_POST.c.number)).where(_POST.c.thread_id == thread_id)
    number = min(number, int(connection.execute(top).scalar() or 0))
    mine = (_READ.c.thread_id == thread_id) & (_READ.c.person_id == person)
    before = connection.execute(sa.select(_READ.c.number).where(mine)).scalar()
    if before is None:
        connection.execute(_READ.insert().values(thread_id=thread_id, person_id=person, number=number))
    elif number > before:
        connection.execute(_READ.update().where(mine).values(number=number))


def follow(connection: sa.Connection, thread_id: int, person: int, following: bool) -> None:
    """Follow a thread, or no more."""
    mine = (F.c.thread_id == thread_id) & (F.c.person_id == person)
    moved = connection.execute(F.update().where(mine).values(following=following))
    if moved.rowcount == 0:
        connection.execute(F.insert().values(thread_id=thread_id, person_id=person, following=following))


def follow_first(connection: sa.Connection, thread_id: int, person: int) -> None:
    """Follow a thread that somebody wrote in, unless they chose otherwise before."""
    mine = (F.c.thread_id == thread_id) & (F.c.person_id == person)
    if connection.execute(sa.select(F.c.id).where(mine)).scalar() is None:
        follow(connection, thread_id, person, True)


def followers(connection: sa.Connection, thread_id: int) -> list[int]:
    """Who follows a thread."""
    mine = (F.c.thread_id == thread_id) & F.c.following
    return list(connection.execute(sa.select(F.c.person_id).where(mine)).scalars())
