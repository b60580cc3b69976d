"""A person is erased: everything that a service keeps of them goes, and what others wrote stays readable.

In: a person. Out: their rows gone in one transaction (`store.personal` knows which), their memberships ended,
threads that say "[deleted]", and lines in a file outside of the database, by which a backup from before is
brought to the same again. A line that an erasure is begun is on disk before the transaction ends, so that no
crash loses one; a transaction that is rolled back adds that it was undone. Whether one that a crash broke off
was committed, the database knows: `settle` asks it an hour later and writes it down. Until then such a one
counts, since somebody had decided it. Files that nobody else has are out of the way after an hour and gone a
day later: whoever was just handing in the same bytes has them until then, and for good. Refused: whoever owns
a course alone, since a course must have an owner.
"""

import dataclasses
import datetime
import json
import os
import typing
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, model, people
from courseware.exchange import storage
from courseware.grading import trials
from courseware.store import blobs as blobs_store
from courseware.store import database, journal, personal, schema_erasure

FILE = "erased.jsonl"
"""In the state folder: whom a restored backup must not bring back."""
State = Literal["begun", "done", "undone"]
SETTLED_AFTER = datetime.timedelta(hours=1)
ASIDE_AFTER, GONE_AFTER = datetime.timedelta(hours=1), datetime.timedelta(days=1)
_B = schema_erasure.erased_blob


def person(
    connection: sa.Connection,
    found: model.Person,
    *,
    state: Path,
    by: model.Person | None,
    now: datetime.datetime,
) -> None:
    """Erase somebody in the caller's transaction; `by` is who does it, None on the machine itself. What is
    just being written for them is waited for and goes too.

    Raises:
        UserError: they own a course that has no other owner.
    """
    people.leave_nobody(connection, found)
    for key, _ in people.courses_of(connection, found):
        place = courses.by_id(connection, key)
        if people.owner(connection, place) == found:
            raise errors.UserError(
                f"{found.name} owns the course {place.title!r}. Make somebody else its first owner before.",
                code="conflict",
            )
        people.end(connection, place, found, now=now)
    going = trials.hold(connection)
    gone = personal.erase(connection, found.id, now=now)
    for trial in going:  # theirs may have been the last hand-in that one waited for
        trials.settle(connection, trial, now=now)
    storage.let_go(connection, gone)
    for sha256 in sorted(gone):
        note = database.insert(connection.dialect.name, _B).values(sha256=sha256, since=now, aside=None)
        connection.execute(note.on_conflict_do_nothing())
    actor = by.id if by else None
    journal.append(connection, "person.erased", found.public, now=now, actor_id=actor)
    _write_down(state / FILE, found.public, "begun", now)
    sa.event.listen(
        connection, "rollback", lambda _: _write_down(state / FILE, found.public, "undone", now), once=True
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ended:
    """Who of a course that is over: students who are `alone` in it, and those who are in others too."""

    alone: tuple[model.Person, ...]
    elsewhere: tuple[model.Person, ...]


def of_course(connection: sa.Connection, course: model.Course) -> Ended:
    """Whom the end of a course would be about."""
    everybody = people.members(connection, course)
    students = [each.person for each in everybody if each.role == "student"]
    others = {each.id for each in students if people.elsewhere(connection, course, each.id)}
    return Ended(
        alone=tuple(each for each in students if each.id not in others),
        elsewhere=tuple(each for each in students if each.id in others),
    )


def course(connection: sa.Connection, found: model.Course, *, state: Path, now: datetime.datetime) -> Ended:
    """End a course: its students are erased, or where they are in others too leave it. What staff wrote and
    released stays.
    """
    ended = of_course(connection, found)
    for each in ended.alone:
        person(connection, each, state=state, by=None, now=now)
    for each in ended.elsewhere:
        people.end(connection, found, each, now=now)
    return ended


def again(connection: sa.Connection, told: Path, *, state: Path, now: datetime.datetime) -> int:
    """Erase everybody whom a file of erasures names and a backup has brought back; how many it were.

    Raises:
        UserError: it is no such file.
    """
    number = 0
    for line in _read(told):
        found = people.by_public(connection, line.person)
        if found is not None and line.state != "undone":
            person(connection, found, state=state, by=None, now=now)
            number += 1
    return number


def settle(db: database.Database, state: Path, *, now: datetime.datetime) -> None:
    """Write down how erasures ended that began over an hour ago and of which no line says so.

    Raises:
        Temporary: the database is away.
        UserError: the file is none of erasures.
    """
    file = state / FILE
    begun = [each for each in _read(file) if each.state == "begun"] if file.is_file() else []
    for each in begun:
        if each.at <= now - SETTLED_AFTER:
            with db.read() as connection:
                is_here = people.by_public(connection, each.person) is not None
            _write_down(file, each.person, "undone" if is_here else "done", now)


def sweep(db: database.Database, blobs: blobs_store.Blobs, *, now: datetime.datetime) -> None:
    """Put files out of the way that nobody names since somebody was erased, and let them go a day later; what
    somebody else has kept meanwhile is back in its place.

    Raises:
        Temporary: the database or the store is away.
    """
    with db.snapshot() as connection:
        old = (_B.c.aside.is_(None) & (_B.c.since <= now - ASIDE_AFTER)) | (_B.c.aside <= now - GONE_AFTER)
        waiting = {row.sha256: row.aside for row in connection.execute(sa.select(_B).where(old))}
        named = personal.still_named(connection, waiting)
    for sha256, aside in waiting.items():
        mine = _B.c.sha256 == sha256
        if sha256 in named:
            blobs.bring_back(sha256)
            after: sa.Executable = _B.delete().where(mine)
        elif aside is None:
            blobs.set_aside(sha256)
            after = _B.update().where(mine).values(aside=now)
        else:
            blobs.drop(sha256)
            after = _B.delete().where(mine)
        with db.write() as connection:
            connection.execute(after)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Line:
    """What a file of erasures says of somebody; lines of earlier versions say no state, and were done."""

    person: str
    at: datetime.datetime
    state: State


def _write_down(file: Path, public: str, state: State, now: datetime.datetime) -> None:
    """Add a line; it is on disk when this is over."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as stream:
        stream.write(json.dumps({"person": public, "at": now.isoformat(), "state": state}) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _read(told: Path) -> list[_Line]:
    """The last that a file of erasures says of each person."""
    found: dict[str, _Line] = {}
    try:
        for text in told.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            state = line.get("state", "done")
            if state not in typing.get_args(State):
                raise ValueError(state)
            public, at = str(line["person"]), datetime.datetime.fromisoformat(line["at"])
            found[public] = _Line(person=public, at=at, state=state)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise errors.UserError(f"{told} is no list of erased people, as {FILE} in a state folder.") from None
    return list(found.values())
