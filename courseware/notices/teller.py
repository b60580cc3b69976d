"""All that telling people needs, in rounds: what happened, what time brings, letters that are due.

In: a database, the clock, and where letters are handed over, if anywhere. Out: notices and letters. Where no
mail is set up, notices are made all the same. What goes wrong in one part does not keep the others from
being done.
"""

import contextlib
import datetime
import logging
import queue
from collections.abc import Callable

from courseware import errors
from courseware.course import courses
from courseware.jobs import rounds
from courseware.mail import sender
from courseware.notices import compose, outbox, planning, rules, signing_in, work
from courseware.store import database

SECONDS = 5.0
NEAR_EVERY = datetime.timedelta(minutes=5)
AWAY = datetime.timedelta(seconds=30)
"""How long a mail server that is away is left alone."""
ASKS = 200
"""How many who ask for a sign-in link can wait; more are not heard."""
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
        self._asks: queue.Queue[str] = queue.Queue(ASKS)
        self._near: datetime.datetime | None = None
        self._away: datetime.datetime | None = None
        self._rounds = rounds.Rounds(self.once, seconds=SECONDS, name="notices")

    def start(self) -> None:
        """Begin to tell."""
        self._rounds.start()

    def wake(self) -> None:
        """Something was written."""
        self._rounds.wake()

    def ask_link(self, address: str) -> None:
        """Somebody asks for a sign-in link. Nobody looks for the address before they are answered, so the
        answer takes the same time for every address and writes nothing; the next round does.
        """
        with contextlib.suppress(queue.Full):
            self._asks.put_nowait(address)

    def stop(self, seconds: float) -> None:
        """Wait for the round that is on."""
        self._rounds.stop(seconds)

    def once(self) -> None:
        """One round."""
        for part in (self._happened, self._comes, self._links, self._send):
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

    def _links(self) -> None:
        """Queue the links that were asked for."""
        with contextlib.suppress(queue.Empty):
            while self.sender is not None:
                address = self._asks.get_nowait()
                with self._database.read() as connection:
                    known = signing_in.known(connection, address)
                if not known:
                    continue
                with self._database.write() as connection:
                    signing_in.asked(connection, address, self.office.secret, now=self._clock())

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
