"""The table of letters: e-mails and what became of each.

In: wishes for letters, public ids, fates. Out: records. What a letter says is not kept. A letter is claimed
by an update that only one can win, and finished only by the claim that owns it.
"""

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from typing import Any, cast

import sqlalchemy as sa

from courseware.notices import model, notices
from courseware.store import ids, schema_notices

_T = schema_notices.letter
STALE = datetime.timedelta(minutes=10)
"""After which a claim is given up: its process died."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """A letter that there should be."""

    person_id: int
    course_id: int
    kind: model.LetterKind
    thread: str | None
    slot: str
    due: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Claim:
    """A letter that is being sent, and what its row must still say when it is finished."""

    letter: model.Letter
    claimed: datetime.datetime


def find(connection: sa.Connection, public: str) -> model.Letter | None:
    """The letter of a public id, if there is one."""
    row = connection.execute(sa.select(_T).where(_T.c.public == public)).one_or_none()
    return None if row is None else _letter(row)


def joined(connection: sa.Connection, wishes: Iterable[Wish]) -> tuple[dict[tuple[int, str], int], set[Any]]:
    """Letters that wait already for these slots, by person and slot; and those that are gone.

    A letter is touched: who claims it at the same moment comes before or after, never between.
    """
    wanted = {(wish.person_id, wish.slot) for wish in wishes}
    slots = sorted({slot for _, slot in wanted})
    waiting: dict[tuple[int, str], int] = {}
    gone: set[tuple[int, str]] = set()
    for some in notices.chunks(sorted({person for person, _ in wanted})):
        here = _T.c.person_id.in_(some) & _T.c.slot.in_(slots)
        found = sa.select(_T.c.id, _T.c.person_id, _T.c.slot).where(here)
        gone |= {(row.person_id, row.slot) for row in connection.execute(found)} & wanted
        touched = _T.update().where(here & (_T.c.state == "waiting")).values(due=_T.c.due)
        for row in connection.execute(touched.returning(_T.c.id, _T.c.person_id, _T.c.slot)):
            if (row.person_id, row.slot) in wanted:
                waiting[row.person_id, row.slot] = row.id
    return waiting, gone - waiting.keys()


def insert(
    connection: sa.Connection, wishes: Sequence[Wish], *, now: datetime.datetime
) -> dict[tuple[int, str], int]:
    """New letters, waiting; their keys by person and slot."""
    made = {ids.new("let"): wish for wish in wishes}
    keys: dict[tuple[int, str], int] = {}
    for some in notices.chunks(list(made)):
        rows = [
            {"public": public, **dataclasses.asdict(made[public]), "state": "waiting", "created": now}
            for public in some
        ]
        connection.execute(_T.insert(), rows)
        query = sa.select(_T.c.id, _T.c.person_id, _T.c.slot).where(_T.c.public.in_(some))
        keys |= {(row.person_id, row.slot): row.id for row in connection.execute(query)}
    return keys


def any_due(connection: sa.Connection, *, now: datetime.datetime) -> bool:
    """Whether a letter is to be sent now."""
    return connection.execute(sa.select(_T.c.id).where(_due(now)).limit(1)).first() is not None


def waiting(connection: sa.Connection, *, now: datetime.datetime) -> int:
    """How many letters are to be sent now."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(_T).where(_due(now))).scalar_one())


def claim(connection: sa.Connection, most: int, *, now: datetime.datetime) -> list[Claim]:
    """Letters that are due, oldest first, for the caller alone."""
    first = sa.select(_T.c.id).where(_due(now)).order_by(_T.c.due, _T.c.id).limit(most)
    keys = list(connection.execute(first).scalars())
    values = {"state": "sending", "attempt": _T.c.attempt + 1, "claimed": now}
    # Who waited here for another's claim finds that the letter is not due any more.
    taken = _T.update().where(_T.c.id.in_(keys) & _due(now)).values(**values).returning(*_T.c)
    rows = sorted(connection.execute(taken), key=lambda row: (row.due, row.id)) if keys else []
    return [Claim(letter=_letter(row), claimed=now) for row in rows]


def renew(connection: sa.Connection, claims: Iterable[Claim], *, now: datetime.datetime) -> list[Claim]:
    """These claims as of now, without those that were given up meanwhile."""
    return [
        dataclasses.replace(each, claimed=now)
        for each in claims
        if _change(connection, each, {"claimed": now})
    ]


def finish(
    connection: sa.Connection,
    claimed: Claim,
    state: model.LetterState,
    *,
    now: datetime.datetime,
    reason: str = "",
) -> bool:
    """What became of a claimed letter; False if the claim was given up meanwhile."""
    return _change(connection, claimed, {"state": state, "finished": now, "reason": reason[:300]})


def put_back(
    connection: sa.Connection, claimed: Claim, *, due: datetime.datetime, reason: str = "", counts: bool
) -> bool:
    """Have a claimed letter wait again; `counts` says whether that was an attempt."""
    attempt = claimed.letter.attempt - (0 if counts else 1)
    values = {"state": "waiting", "attempt": attempt, "due": due, "reason": reason[:300]}
    return _change(connection, claimed, values)


def fate(connection: sa.Connection, course_id: int) -> model.Fate:
    """What became of the letters of a course."""
    query = sa.select(_T.c.state, sa.func.count()).where(_T.c.course_id == course_id).group_by(_T.c.state)
    counted = {state: int(number) for state, number in connection.execute(query)}
    failed = (_T.c.course_id == course_id) & (_T.c.reason != "") & _T.c.state.in_(["waiting", "failed"])
    reason = connection.execute(
        sa.select(_T.c.reason).where(failed).order_by(_T.c.id.desc()).limit(1)
    ).scalar()
    return model.Fate(
        waiting=counted.get("waiting", 0) + counted.get("sending", 0),
        sent=counted.get("sent", 0),
        empty=counted.get("empty", 0),
        failed=counted.get("failed", 0),
        reason=reason or "",
    )


def _due(now: datetime.datetime) -> sa.ColumnElement[bool]:
    stale = (_T.c.state == "sending") & (_T.c.claimed <= now - STALE)
    return ((_T.c.state == "waiting") & (_T.c.due <= now)) | stale


def _change(connection: sa.Connection, claimed: Claim, values: dict[str, Any]) -> bool:
    mine = (_T.c.id == claimed.letter.id) & (_T.c.state == "sending")
    mine &= (_T.c.attempt == claimed.letter.attempt) & (_T.c.claimed == claimed.claimed)
    return connection.execute(_T.update().where(mine).values(**values)).rowcount == 1


def _letter(row: sa.Row[Any]) -> model.Letter:
    return model.Letter(
        id=row.id,
        public=row.public,
        person_id=row.person_id,
        course_id=row.course_id,
        kind=cast(model.LetterKind, row.kind),
        thread=row.thread,
        slot=row.slot,
        state=cast(model.LetterState, row.state),
        attempt=row.attempt,
        created=row.created,
        due=row.due,
    )
