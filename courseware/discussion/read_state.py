"""The tables of what somebody has read and what they follow.

In: a thread and a person. Out: nothing but the rows. Reading only goes forward.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from courseware.store import schema_discussion

_READ, F, _POST = schema_discussion.read, schema_discussion.follow, schema_discussion.post
_THREAD, _ME = sa.bindparam("thread", type_=sa.BigInteger), sa.bindparam("me", type_=sa.BigInteger)
_READ_ON = (
    _READ.update()
    .where(
        (_READ.c.thread_id == _THREAD)
        & (_READ.c.person_id == _ME)
        & (_READ.c.number == sa.bindparam("before"))
    )
    .values(number=sa.bindparam("now"))
)
_KNOWN = sa.select(F.c.id).where((F.c.thread_id == _THREAD) & (F.c.person_id == _ME))
_FOLLOW_FIRST = F.insert().from_select(
    ["thread_id", "person_id", "following"], sa.select(_THREAD, _ME, sa.true()).where(~sa.exists(_KNOWN))
)


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


def wrote(connection: sa.Connection, thread_id: int, person: int, number: int) -> None:
    """Somebody wrote a post, which they have read if they had read all before it."""
    if number == 1:
        connection.execute(_READ.insert(), {"thread_id": thread_id, "person_id": person, "number": 1})
        return
    connection.execute(_READ_ON, {"thread": thread_id, "me": person, "before": number - 1, "now": number})


def follow(connection: sa.Connection, thread_id: int, person: int, following: bool) -> None:
    """Follow a thread, or no more."""
    mine = (F.c.thread_id == thread_id) & (F.c.person_id == person)
    moved = connection.execute(F.update().where(mine).values(following=following))
    if moved.rowcount == 0:
        connection.execute(F.insert().values(thread_id=thread_id, person_id=person, following=following))


def follow_first(connection: sa.Connection, thread_id: int, person: int) -> None:
    """Follow a thread that somebody wrote in, unless they chose otherwise before."""
    connection.execute(_FOLLOW_FIRST, {"thread": thread_id, "me": person})
