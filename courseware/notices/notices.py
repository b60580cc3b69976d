"""The table of notices: who should know of what.

In: news that `rules` found, and letters that were planned for it. Out: notices. One event is told to one
person once, whatever it is called.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from courseware import errors
from courseware.notices import model
from courseware.store import columns, ids, schema_notices

_T = schema_notices.notice
FIRST = "first"
"""How the event begins that tells of marks while others wait for the due date."""
CHUNK = 500
PAGE = 30
Each = TypeVar("Each")


def untold(connection: sa.Connection, fresh: Iterable[model.Fresh]) -> list[model.Fresh]:
    """Those that nobody was told of yet; of two about one event for one person, the first."""
    found: dict[tuple[str, int], model.Fresh] = {}
    for each in fresh:
        found.setdefault((each.event, each.person_id), each)
    events = sorted({event for event, _ in found})
    for some in chunks(events):
        query = sa.select(_T.c.event, _T.c.person_id).where(_T.c.event.in_(some))
        for event, person in connection.execute(query):
            found.pop((event, int(person)), None)
    return list(found.values())


def known(connection: sa.Connection, event: str, person_id: int) -> bool:
    """Whether somebody was told of an event."""
    mine = (_T.c.event == event) & (_T.c.person_id == person_id)
    return connection.execute(sa.select(_T.c.id).where(mine).limit(1)).first() is not None


def insert(
    connection: sa.Connection,
    fresh: Sequence[model.Fresh],
    publics: Sequence[str],
    letters: Mapping[str, int],
    *,
    now: datetime.datetime,
) -> None:
    """Keep notices under their public ids; `letters` has the keys of the letters that tell them."""
    rows = [
        {
            "public": public,
            "course_id": each.course_id,
            "person_id": each.person_id,
            "event": each.event,
            "kind": each.kind,
            "subject": each.subject,
            "post": each.post,
            "created": now,
            "letter_id": letters.get(public),
        }
        for each, public in zip(fresh, publics, strict=True)
    ]
    for some in chunks(rows):
        connection.execute(_T.insert(), some)


def fresh_id() -> str:
    """A public id for a notice."""
    return ids.new("ntc")


def of_letter(connection: sa.Connection, letter_id: int) -> list[model.Notice]:
    """What a letter tells, oldest first."""
    return of_letters(connection, [letter_id]).get(letter_id, [])


def of_letters(connection: sa.Connection, letters: Collection[int]) -> dict[int, list[model.Notice]]:
    """What each of some letters tells, oldest first."""
    found: dict[int, list[model.Notice]] = {}
    mine = _T.c.letter_id.in_(list(letters))
    for row in connection.execute(sa.select(_T).where(mine).order_by(_T.c.id)):
        found.setdefault(row.letter_id, []).append(_notice(row))
    return found


def find(connection: sa.Connection, person_id: int, course_id: int, public: str) -> model.Notice | None:
    """Somebody's own notice of this public id."""
    mine = (_T.c.person_id == person_id) & (_T.c.course_id == course_id) & (_T.c.public == public)
    row = connection.execute(sa.select(_T).where(mine)).one_or_none()
    return None if row is None else _notice(row)


def page(
    connection: sa.Connection, person_id: int, course_id: int, *, cursor: str | None
) -> list[model.Notice]:
    """Somebody's notices in a course, newest first; one more than a page, if there are more.

    Raises:
        UserError: a cursor that was not given out.
    """
    query = sa.select(_T).where((_T.c.person_id == person_id) & (_T.c.course_id == course_id))
    if cursor:
        micros, _, public = cursor.partition(".")
        if not micros.isdecimal() or not micros.isascii() or len(micros) > 17:
            message = "This list cannot be continued from there. Load it again."
            raise errors.UserError(message, code="bad-request")
        before = sa.select(_T.c.id).where((_T.c.person_id == person_id) & (_T.c.public == public))
        query = query.where(_T.c.id < before.scalar_subquery())
    # In the order in which they were made: what is told in one round has one time.
    query = query.order_by(_T.c.id.desc()).limit(PAGE + 1)
    return [_notice(row) for row in connection.execute(query)]


def cursor_of(notice: model.Notice) -> str:
    """Where the list goes on after this notice."""
    return f"{columns.micros(notice.created)}.{notice.public}"


def unseen(connection: sa.Connection, person_id: int, course_id: int) -> list[model.Notice]:
    """What somebody has not seen, newest first; a hundred at most."""
    mine = (_T.c.person_id == person_id) & (_T.c.course_id == course_id) & _T.c.seen.is_(None)
    rows = connection.execute(sa.select(_T).where(mine).order_by(_T.c.id.desc()).limit(100))
    return [_notice(row) for row in rows]


def saw(
    connection: sa.Connection,
    person_id: int,
    course_id: int,
    publics: Sequence[str] | None,
    *,
    now: datetime.datetime,
) -> int:
    """Somebody saw these notices, or all of a course; how many were new to them."""
    mine = (_T.c.person_id == person_id) & (_T.c.course_id == course_id) & _T.c.seen.is_(None)
    if publics is not None:
        mine &= _T.c.public.in_(list(publics))
    return int(connection.execute(_T.update().where(mine).values(seen=now)).rowcount)


def chunks(given: Sequence[Each]) -> Iterable[Sequence[Each]]:
    """Pieces that one statement takes."""
    for start in range(0, len(given), CHUNK):
        yield given[start : start + CHUNK]


def _notice(row: sa.Row[Any]) -> model.Notice:
    return model.Notice(
        id=row.id,
        public=row.public,
        course_id=row.course_id,
        person_id=row.person_id,
        event=row.event,
        kind=cast(model.Kind, row.kind),
        subject=row.subject,
        post=row.post,
        created=row.created,
        seen=row.seen,
        letter_id=row.letter_id,
    )
