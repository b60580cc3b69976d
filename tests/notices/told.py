"""A world whose people are told things: rules run to the end, letters come from a row of the table.

In: a world of `builders`. Out: helpers that ask, reply, announce and send.
"""

import datetime
import time
from collections.abc import Callable

import sqlalchemy as sa

from courseware.course import model
from courseware.discussion import model as talk
from courseware.discussion import write
from courseware.mail import sender
from courseware.notices import compose, outbox, rules
from courseware.store import schema, schema_notices
from tests import builders
from tests.builders import NOW

MINUTE = datetime.timedelta(minutes=1)
OFFICE = compose.Office(
    sender="course@school.example", reply="answer@school.example", base="https://c.example", secret=b"s" * 32
)


def addressed(world: builders.World) -> None:
    """Give everybody an address, and forget what the making of the world told."""
    with world.database.write() as connection:
        connection.execute(schema.person.update().values(email=schema.person.c.username + "@school.example"))
    read(world)
    with world.database.write() as connection:
        connection.execute(schema_notices.notice.delete())
        connection.execute(schema_notices.letter.delete())


def read(world: builders.World, *, now: datetime.datetime = NOW, mail: bool = True) -> None:
    """Run the rules until nothing is left; transactions of other tests hold news back a moment."""
    until = time.monotonic() + 20
    place = sa.select(schema.journal_cursor.c.entry_id).where(schema.journal_cursor.c.reader == rules.READER)
    while True:
        rules.run(world.database, mail=mail, now=now)
        with world.database.read() as connection:
            last = connection.execute(sa.select(sa.func.max(schema.journal.c.id))).scalar()
            if connection.execute(place).scalar() == last:
                return
        assert time.monotonic() < until
        time.sleep(0.05)


def ask(
    world: builders.World, who: model.Viewer, body: str = "Why?", *, board: bool = False, **given: object
) -> str:
    """Begin a thread; its public id."""
    anonymous = bool(given.pop("anonymous", False))
    wish = talk.Beginning(words=talk.Words(body=body, anonymous=anonymous), **given)  # type: ignore[arg-type]
    place = talk.Place(course=world.course, lesson=None if board else world.one)
    with world.database.write() as connection:
        return write.begin(connection, who, place, wish, now=NOW).id


def reply(
    world: builders.World, who: model.Viewer, thread: str, body: str = "So.", *, anonymous: bool = False
) -> str:
    """Add a post; its public id."""
    words = talk.Words(body=body, anonymous=anonymous)
    with world.database.write() as connection:
        return write.reply(connection, who, thread, words, now=NOW + MINUTE).id


def states(world: builders.World) -> list[tuple[str, str, int]]:
    """Each letter's reader, state and attempts, in order of names."""
    t, p = schema_notices.letter, schema.person
    with world.database.read() as connection:
        query = sa.select(p.c.username, t.c.state, t.c.attempt).join(t, t.c.person_id == p.c.id)
        rows = connection.execute(query.order_by(t.c.id))
        return sorted((row.username, row.state, row.attempt) for row in rows)


def outgoing(
    world: builders.World,
    where: sender.Sender,
    clock: Callable[[], datetime.datetime] = lambda: NOW + MINUTE,
    office: compose.Office = OFFICE,
) -> outbox.Outbox:
    """An outbox of this world."""
    return outbox.Outbox(database=world.database, sender=where, office=office, clock=clock)
