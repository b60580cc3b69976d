"""All that telling people needs, in rounds: what happened, what time brings, letters that are due.

In: a database, the clock, and where letters are handed over, if anywhere. Out: notices and letters. Where no
mail is set up, notices are made all the same. What goes wrong in one part does not keep the others from
being done.
"""

import datetime
import logging
from collections.abc import Callable

from courseware import errors
from courseware.course import courses
from courseware.jobs import rounds
from courseware.mail import sender
from courseware.notices import compose, outbox, planning, rules, work
from courseware.store import database

SECONDS = 5.0
NEAR_EVERY = datetime.timedelta(minutes=5)
AWAY = datetime.timedelta(seconds=30)
"""How long a mail server that is away is left alone."""
log = logging.getLogger("courseware.notices")


class Teller:
    """Tells people, in a thread of its own once it is started."""

    def __init__(
        self,
        db: database.Database,
        clock: Callable[[], datetime.datetime],
        where: sender.Sender | None,
        office: compose.Office,
    ) -> None:
        self._database, self._clock = db, clock
        self.sender, self.office = where, office
        self._near: datetime.datetime | None = None
        self._away: datetime.datetime | None = None
        self._rounds = rounds.Rounds(self.once, seconds=SECONDS, name="notices")

    def start(self) -> None:
        """Begin to tell."""
        self._rounds.start()

    def wake(self) -> None:
        """Something was written."""
        self._rounds.wake()

    def stop(self, seconds: float) -> None:
        """Wait for the round that is on."""
        self._rounds.stop(seconds)

    def once(self) -> None:
        """One round."""
        for part in (self._happened, self._comes, self._send):
            try:
                part()
            except errors.Temporary as error:
                log.warning("people are told later: %s", error.message)
            except Exception:
                log.exception("a part of telling people failed")

    def _happened(self) -> None:
        rules.run(self._database, mail=self.sender is not None, now=self._clock())

    def _comes(self) -> None:
        """What time brings, now and then. It is found without holding up those who write."""
        now = self._clock()
        if self._near is not None and now < self._near + NEAR_EVERY:
            return
        with self._database.read() as connection:
            every = courses.everything(connection)
        for course in every:
            with self._database.read() as connection:
                found = work.near(connection, course, now=now)
            if found:
                with self._database.write() as connection:
                    database.lock(connection, rules.READER)
                    planning.tell(connection, found, mail=self.sender is not None, now=now)
        self._near = now

    def _send(self) -> None:
        now = self._clock()
        if self.sender is None or (self._away is not None and now < self._away + AWAY):
            return
        box = outbox.Outbox(
            database=self._database, sender=self.sender, office=self.office, clock=self._clock
        )
        try:
            outbox.run(box, stopping=lambda: self._rounds.stopping)
            self._away = None
        except sender.Away:
            self._away = now
            raise
