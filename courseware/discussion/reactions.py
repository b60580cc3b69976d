"""The tables of reactions and reports.

In: posts that were found for a viewer. Out: counts, and for staff the reports that wait.
"""

import datetime
from collections.abc import Iterable

import sqlalchemy as sa

from courseware.discussion import model
from courseware.store import schema_discussion

_T, _R = schema_discussion.reaction, schema_discussion.report
_POST, _THREAD = schema_discussion.post, schema_discussion.thread


def put(connection: sa.Connection, post_id: int, person: int, kind: model.Reaction, on: bool) -> None:
    """React, or no more."""
    mine = (_T.c.post_id == post_id) & (_T.c.person_id == person) & (_T.c.kind == kind)
    known = connection.execute(sa.select(_T.c.id).where(mine)).scalar() is not None
    if on and not known:
        connection.execute(_T.insert().values(post_id=post_id, person_id=person, kind=kind))
    elif known and not on:
        connection.execute(_T.delete().where(mine))


def counts(
    connection: sa.Connection, posts: Iterable[int], person: int
) -> dict[int, tuple[model.ReactionCount, ...]]:
    """How often each post got each reaction, and whether this person gave it."""
    mine = sa.func.max(sa.case((_T.c.person_id == person, 1), else_=0))
    query = sa.select(_T.c.post_id, _T.c.kind, sa.func.count(), mine).where(_T.c.post_id.in_(list(posts)))
    found: dict[int, tuple[model.ReactionCount, ...]] = {}
    for post, kind, number, own in connection.execute(
        query.group_by(_T.c.post_id, _T.c.kind).order_by(_T.c.kind)
    ):
        each = model.ReactionCount(kind=kind, count=int(number), mine=bool(own))
        found[int(post)] = (*found.get(int(post), ()), each)
    return found


def counts_by(
    connection: sa.Connection, posts: Iterable[int], people: Iterable[int]
) -> dict[tuple[int, int], tuple[model.ReactionCount, ...]]:
    """The same for several people, by person and post."""
    here, readers = _T.c.post_id.in_(list(posts)), list(people)
    query = sa.select(_T.c.post_id, _T.c.kind, sa.func.count()).where(here)
    totals = connection.execute(query.group_by(_T.c.post_id, _T.c.kind).order_by(_T.c.kind)).all()
    own = sa.select(_T.c.person_id, _T.c.post_id, _T.c.kind).where(here & _T.c.person_id.in_(readers))
    given = {tuple(row) for row in connection.execute(own)} if totals else set()
    found: dict[tuple[int, int], tuple[model.ReactionCount, ...]] = {}
    for post, kind, number in totals:
        for reader in readers:
            each = model.ReactionCount(kind=kind, count=int(number), mine=(reader, post, kind) in given)
            found[reader, post] = (*found.get((reader, post), ()), each)
    return found


def report(
    connection: sa.Connection, post_id: int, person: int, reason: str, *, now: datetime.datetime
) -> bool:
    """Tell staff about a post; False if this person did so before."""
    mine = (_R.c.post_id == post_id) & (_R.c.person_id == person)
    if connection.execute(sa.select(_R.c.id).where(mine)).scalar() is not None:
        connection.execute(_R.update().where(mine).values(reason=reason, reported=now, decided=None))
        return False
    connection.execute(_R.insert().values(post_id=post_id, person_id=person, reason=reason, reported=now))
    return True


def waiting(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[sa.RowMapping]:
    """Reports about these threads that nobody decided yet, oldest first, with the public ids of post and
    thread.
    """
    query = (
        sa.select(_R, _POST.c.public.label("post"), _THREAD.c.public.label("thread"))
        .join(_POST, _POST.c.id == _R.c.post_id)
        .join(_THREAD, _THREAD.c.id == _POST.c.thread_id)
        .where(where & _R.c.decided.is_(None))
        .order_by(_R.c.reported)
    )
    return list(connection.execute(query).mappings())


def decide(connection: sa.Connection, post_id: int, by: int, *, now: datetime.datetime) -> None:
    """The reports of a post are settled."""
    mine = (_R.c.post_id == post_id) & _R.c.decided.is_(None)
    connection.execute(_R.update().where(mine).values(decided=now, decided_by=by))
