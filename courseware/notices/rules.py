"""Who is to be told what: the journal read in order, each entry once.

In: what happened. Out: notices, in the transaction in which the reader's place moves. Nobody is told of their
own act, nor of what they may not see at that moment. An entry that cannot be dealt with is tried alone, then
left out with a line in the log: news behind it does not wait for it.
"""

import datetime
import logging

from courseware import errors
from courseware.notices import model, planning, talk, work
from courseware.store import database, journal

READER = "notices"
OLD = datetime.timedelta(days=7)
BATCH = 100
log = logging.getLogger("courseware.notices")


def run(db: database.Database, *, mail: bool, now: datetime.datetime) -> int:
    """Deal with all that happened; how many entries that were.

    Raises:
        Temporary: the database is away.
    """
    done = 0
    while True:
        try:
            count = _some(db, BATCH, mail=mail, now=now)
        except errors.Temporary:
            raise
        except Exception:
            log.exception("some of what happened could not be told; one by one now")
            count = _alone(db, mail=mail, now=now)
        done += count
        if count < BATCH:
            return done


def _some(db: database.Database, most: int, *, mail: bool, now: datetime.datetime) -> int:
    """The next entries in one transaction. What is to be found out about a whole class is found before it,
    so that nobody's writing waits for that; an entry of that kind that came meanwhile is left to the next.
    """
    with db.read() as connection:
        entries = journal.read(connection, READER, limit=most)
        if not entries:
            return 0
        classes = talk.Classes(connection=connection, now=now)
        known = {entry.id: _found(classes, entry) for entry in entries if entry.kind in work.WHOLE_CLASS}
    done: list[journal.Entry] = []
    with db.write() as connection:
        database.lock(connection, READER)
        classes = talk.Classes(connection=connection, now=now)
        for entry in journal.read(connection, READER, limit=most):
            if entry.kind in work.WHOLE_CLASS and entry.id not in known:
                break
            found = known[entry.id] if entry.id in known else _found(classes, entry)
            planning.tell(connection, found, mail=mail, now=now)
            done.append(entry)
        if done:
            journal.advance(connection, READER, done[-1])
    return len(done)


def _alone(db: database.Database, *, mail: bool, now: datetime.datetime) -> int:
    """As many entries as a batch, each in a transaction of its own."""
    for number in range(BATCH):
        try:
            if _some(db, 1, mail=mail, now=now) == 0:
                return number
        except errors.Temporary:
            raise
        except Exception:
            with db.write() as connection:
                database.lock(connection, READER)
                for entry in journal.read(connection, READER, limit=1):
                    log.exception("entry %d of the journal (%s) cannot be told", entry.id, entry.kind)
                    journal.advance(connection, READER, entry)
    return BATCH


def _found(classes: talk.Classes, entry: journal.Entry) -> list[model.Fresh]:
    """Who is to be told of an entry."""
    if entry.at < classes.now - OLD:
        return []
    if entry.kind in talk.KINDS:
        return talk.told(classes, entry)
    told_of = entry.kind in work.KINDS
    return work.told(classes.connection, entry, now=classes.now) if told_of else []
