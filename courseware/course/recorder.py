"""What is written of uses of rights after the answer: of reading, and of refusals; and how long all is kept.

In: records of `access_records`. Out: rows, a moment later, by a thread of its own, so that nobody waits for
them. While the database is away or full they wait here and are tried again; what there is no room for any
more, or is left at the end, stands in the log. What is older than the settings say is taken away, by one
service however many there are.
"""

import collections
import datetime
import logging
import threading
from collections.abc import Callable, Sequence

from courseware import errors
from courseware.course import access_records
from courseware.jobs import rounds
from courseware.store import database

SECONDS = 5.0
MOST_WAITING = 20_000
_AT_ONCE, _OLD_AT_ONCE = 200, 2_000
_TIDY_EVERY = datetime.timedelta(hours=1)
log = logging.getLogger("courseware.audit")


class Recorder:
    """Writes records, in a thread of its own once it is started."""

    def __init__(
        self,
        db: database.Database,
        clock: Callable[[], datetime.datetime],
        *,
        keep_days: int,
        tidies: Callable[[], bool],
    ) -> None:
        self._database, self._clock = db, clock
        self._keep_days, self._tidies = keep_days, tidies
        self._waiting: collections.deque[access_records.Record] = collections.deque()
        self._turn = threading.Lock()
        self._tidied: datetime.datetime | None = None
        self._rounds = rounds.Rounds(self.once, seconds=SECONDS, name="audit")

    def start(self) -> None:
        """Begin to write."""
        self._rounds.start()

    def note(self, record: access_records.Record) -> None:
        """Write this soon."""
        if len(self._waiting) >= MOST_WAITING:
            _lost(record)
            return
        self._waiting.append(record)
        self._rounds.wake()

    def stop(self, seconds: float) -> None:
        """Write what waits, and no more."""
        self._rounds.stop(seconds)
        try:
            self.write()
        except errors.CoursewareError as error:
            log.warning("uses of rights cannot be written: %s", error.message)
        while self._waiting:
            _lost(self._waiting.popleft())

    def once(self) -> None:
        """One round."""
        self.write()
        now = self._clock()
        if self._tidied is None or now >= self._tidied + _TIDY_EVERY:
            self.tidy(now)
            self._tidied = now

    def write(self) -> None:
        """Write what waits.

        Raises:
            Temporary: the database is away or full; it waits on.
        """
        with self._turn:
            while self._waiting:
                batch = [self._waiting[at] for at in range(min(_AT_ONCE, len(self._waiting)))]
                try:
                    self._all(batch)
                except errors.Temporary:
                    raise
                except Exception:
                    # One that cannot be written must not hold up the others.
                    self._each(batch)
                for _ in batch:
                    self._waiting.popleft()

    def _all(self, batch: Sequence[access_records.Record]) -> None:
        """Write records, all or none."""
        with self._database.write() as connection:
            for record in batch:
                write = access_records.insert if record.allowed else access_records.count
                write(connection, record)

    def _each(self, batch: Sequence[access_records.Record]) -> None:
        """Write records one by one; one that cannot be written stands in the log."""
        for record in batch:
            try:
                self._all([record])
            except Exception:
                log.exception("a use of a right cannot be written")
                _lost(record)

    def tidy(self, now: datetime.datetime) -> None:
        """Take away what is too old, a little at a time, so that nobody waits for it long."""
        if not self._keep_days or not self._tidies():
            return
        before = now - datetime.timedelta(days=self._keep_days)
        while not self._rounds.stopping:
            with self._database.write() as connection:
                if access_records.tidy(connection, before, most=_OLD_AT_ONCE) < _OLD_AT_ONCE:
                    return


def _lost(record: access_records.Record) -> None:
    """Say in the log what is in no row."""
    facts = {
        "person": record.person_id,
        "course": record.course_id,
        "action": record.action.name,
        "route": record.route,
        "allowed": record.allowed,
        "status": record.status,
        "of": record.request,
    }
    log.error("a use of a right is not in the audit: %s", facts, extra={"facts": facts})
