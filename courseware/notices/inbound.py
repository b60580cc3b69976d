"""Decide about mail that comes in.

In: a mail as `mail` reads it. Out: a comment in the thread that its letter was about, a private thread, a
question to the enrolled address, a row for staff, or nothing; always one row, in the same transaction, so
that a mail that comes twice acts once. Nobody is answered whose address is not enrolled.
"""

import dataclasses
import datetime
import hashlib
from collections.abc import Callable

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, model, people
from courseware.discussion import audience, look, write
from courseware.discussion import model as talk
from courseware.mail import headers, inbound, received
from courseware.notices import arrivals, confirm, letters, reply_address
from courseware.notices import model as news
from courseware.store import database

VALID, DAY, FILED = datetime.timedelta(days=30), datetime.timedelta(days=1), 200
_OK = received.Verdict(kind="accepted", reply="250 2.0.0 Taken")
_NOBODY = received.Verdict(kind="refused", reply="550 5.1.1 There is nobody at this address")
_UNNAMED = "it names no course; of its sender's courses this is the one joined last"
_LARGE = received.Verdict(kind="refused", reply="552 5.3.4 The mail is too large")


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Decision:
    """What becomes of a mail; the text is kept only for what waits."""

    state: str
    reason: str = ""
    person: model.Person | None = None
    course: model.Course | None = None
    thread: str | None = None


class Office:
    """See `received.Taker`. `address` is the course address, `trusted` the name of our own mail server, and
    `asks` says whether letters are sent, so that somebody can be asked.
    """

    def __init__(
        self,
        db: database.Database,
        secret: bytes,
        *,
        address: str,
        trusted: str,
        clock: Callable[[], datetime.datetime],
        asks: bool = True,
    ) -> None:
        self._asks = asks
        self._db, self._secret, self._trusted, self._clock = db, secret, trusted, clock
        self._address = address.strip().lower()

    def recipient(self, address: str) -> received.Verdict:
        """The course address, with the name of a course behind a plus, or with a token that is valid."""
        detail = self._detail(address.strip().strip("<>").lower())
        if detail is None:
            return _NOBODY
        try:
            with self._db.read() as connection:
                known = not detail or self._letter(connection, [detail]) or self._course(connection, detail)
        except errors.Temporary as error:
            return _temporary(error)
        return _OK if known else _NOBODY

    def take(self, raw: bytes, envelope: received.Envelope) -> received.Verdict:
        """Decide, and keep the decision and all that it causes in one transaction."""
        if envelope.answering and max(len(raw), envelope.size) > received.MOST:
            return _LARGE
        mail = inbound.parse(raw, envelope, trusted=self._trusted)
        try:
            with self._db.write() as connection:
                return self._take(connection, mail, answering=envelope.answering)
        except errors.Temporary as error:
            return _temporary(error)
        except errors.UserError as error:
            return _temporary(error) if error.code == "too-many" else _refused(error)

    def _take(
        self, connection: sa.Connection, mail: received.Received, *, answering: bool
    ) -> received.Verdict:
        now, fingerprint = self._clock(), _fingerprint(mail)
        database.lock(connection, f"mail {fingerprint}")
        if arrivals.known(connection, fingerprint):
            return _OK
        point = connection.begin_nested()
        try:
            decided = self._decide(connection, mail, now)
            if decided.person is not None:
                people.hold(connection, decided.person)
            point.commit()
        except errors.UserError as error:
            point.rollback()
            if answering or error.code == "too-many":
                raise
            decided = dataclasses.replace(self._whose(connection, mail), reason=error.message)
        waits = decided.state in ("filed", "asked")
        if decided.state == "filed" and (
            decided.course is None or arrivals.filed_since(connection, decided.course.id, now - DAY) >= FILED
        ):
            decided, waits = dataclasses.replace(decided, state="dropped"), False
        values = {
            "state": decided.state,
            "reason": decided.reason,
            "thread": decided.thread,
            "person_id": decided.person.id if decided.person else None,
            "course_id": decided.course.id if decided.course else None,
            "decided": None if waits else now,
        }
        kept = arrivals.Kept(sender=mail.sender, subject=headers.topic(mail.subject), text=mail.text)
        public = arrivals.insert(connection, fingerprint, values, kept=kept if waits else None, now=now)
        if decided.state == "asked" and decided.person and decided.course:
            confirm.ask(connection, decided.person, decided.course, public, now=now)
        return _OK

    def _decide(
        self, connection: sa.Connection, mail: received.Received, now: datetime.datetime
    ) -> _Decision:
        """What becomes of a mail that is seen for the first time.

        Raises:
            UserError: the sender may hear why it was not taken.
        """
        if mail.automatic or not mail.sender:
            return _Decision(state="dropped", reason=mail.automatic or "it has no single sender")
        if self._detail(mail.sender) is not None:
            return _Decision(state="dropped", reason="it comes from this service")
        whose = self._whose(connection, mail)
        if mail.problem:
            return dataclasses.replace(whose, reason=mail.problem)
        letter = self._letter(connection, [*self._details(mail), *self._answered(mail)])
        if letter is None and any(self._course(connection, each) is None for each in self._details(mail)):
            return dataclasses.replace(whose, reason="its reply address is not valid, or not any more")
        if letter is None:
            return self._fresh(connection, mail, whose, now)
        return self._reply(connection, mail, letter, now)

    def _reply(
        self,
        connection: sa.Connection,
        mail: received.Received,
        letter: news.Letter,
        now: datetime.datetime,
    ) -> _Decision:
        """A reply to a letter: into its thread, as the person that it was written to."""
        course, person = (
            courses.by_id(connection, letter.course_id),
            people.by_id(connection, letter.person_id),
        )
        filed = _Decision(state="filed", course=course)
        if letter.thread is None or letter.kind == "confirmation":
            return dataclasses.replace(filed, reason="the letter that it answers belongs to no discussion")
        if not person.email or person.email.lower() != mail.sender:
            return dataclasses.replace(filed, reason="it came from another address than the letter went to")
        if mail.authentication.dmarc_failed:
            return dataclasses.replace(filed, reason="the sender's own domain does not stand for it")
        viewer = _viewer(connection, person, course, now)
        if audience.of(connection, letter.thread).kind == "private":
            # Adding to it tells nothing of it: staff who look after it answer as on the pages.
            viewer = dataclasses.replace(viewer, ceiling="pages")
        hidden = look.hides_name(connection, viewer, letter.thread, now=now)
        if hidden and _tells(mail.text, person):
            raise errors.UserError(
                "Your name is hidden in this discussion, and your reply holds it. Reply on the page."
            )
        words = talk.Words(body=mail.text, anonymous=hidden)
        write.reply(connection, viewer, letter.thread, words, now=now)
        return _Decision(state="posted", person=person, course=course, thread=letter.thread)

    def _fresh(
        self, connection: sa.Connection, mail: received.Received, whose: _Decision, now: datetime.datetime
    ) -> _Decision:
        """Mail to the course itself: a private thread if the sender is who they say they are."""
        if whose.reason:
            return whose
        if whose.person is None or whose.course is None:
            return dataclasses.replace(whose, reason="the sender is nobody in the course that it is for")
        if mail.authentication.vouches_for(mail.sender):
            kept = arrivals.Kept(sender=mail.sender, subject=headers.topic(mail.subject), text=mail.text)
            thread = confirm.begin(connection, whose.person, whose.course, kept, now=now)
            return dataclasses.replace(whose, state="posted", thread=thread)
        if not self._asks:
            return dataclasses.replace(
                whose, reason="nothing shows that it is its sender's, and no letter can ask"
            )
        if confirm.asked_lately(connection, whose.person, now=now):
            return dataclasses.replace(whose, reason="not confirmed; the sender was asked within the hour")
        return dataclasses.replace(whose, state="asked")

    def _whose(self, connection: sa.Connection, mail: received.Received) -> _Decision:
        """Whose mail it claims to be, and which course it is for: the named one, else the only one, else the
        one that the sender joined last, with the reason: staff there see it, and nothing is posted.
        """
        letter = self._letter(connection, [*self._details(mail), *self._answered(mail)])
        named = next((c for d in self._details(mail) if (c := self._course(connection, d))), None)
        every = courses.everything(connection)
        senders = people.by_email(connection, mail.sender) if mail.sender else []
        wanted = courses.by_id(connection, letter.course_id) if letter else named
        found = [
            (person, course)
            for person in senders
            for course in ([wanted] if wanted else every)
            if people.role(connection, course, person, now=self._clock()) is not None
        ]
        if len(found) == 1:
            return _Decision(state="filed", person=found[0][0], course=found[0][1])
        if wanted is None and len(every) > 1 and (last := people.joined_last(connection, senders)):
            whose = last[0] if any(person == last[0] for person, _ in found) else None
            return _Decision(
                state="filed", person=whose, course=courses.by_id(connection, last[1]), reason=_UNNAMED
            )
        return _Decision(state="filed", course=wanted or (every[0] if len(every) == 1 else None))

    def _letter(self, connection: sa.Connection, tokens: list[str]) -> news.Letter | None:
        """The letter of the first token that is valid and young enough."""
        for token in tokens:
            public = reply_address.letter(self._secret, token)
            found = letters.find(connection, public) if public else None
            if found is not None and found.created > self._clock() - VALID:
                return found
        return None

    def _course(self, connection: sa.Connection, slug: str) -> model.Course | None:
        """The course of this name."""
        return next((each for each in courses.everything(connection) if each.slug == slug), None)

    def _detail(self, address: str) -> str | None:
        """What stands behind the plus; empty for the course address itself, None for any other address."""
        local, _, host = self._address.partition("@")
        given, _, at = address.rpartition("@")
        base, plus, detail = given.partition("+")
        return detail if base == local and at == host and (not plus or detail) and local else None

    def _details(self, mail: received.Received) -> list[str]:
        return [d for each in mail.recipients if (d := self._detail(each))]

    def _answered(self, mail: received.Received) -> list[str]:
        """Tokens in the ids of our letters that the mail answers, whatever host those ids name: the signature
        is what counts.
        """
        return list(reply_address.found_in(" ".join(mail.references)))


def _viewer(
    connection: sa.Connection, person: model.Person, course: model.Course, now: datetime.datetime
) -> model.Viewer:
    return confirm.viewer(connection, person, course, now=now)


def _tells(text: str, person: model.Person) -> bool:
    """Whether a text holds the name or the address of its author."""
    told = text.casefold()
    parts = [part for part in person.name.casefold().split() if len(part) > 2]
    words = set("".join(c if c.isalnum() else " " for c in told).split())
    return any(part in words for part in parts) or bool(person.email and person.email.casefold() in told)


def _fingerprint(mail: received.Received) -> str:
    """What makes two mails one: the id and what is said; without an id also when it was sent."""
    parts = [mail.message_id, "" if mail.message_id else mail.date, mail.sender, mail.subject, mail.text]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _temporary(error: errors.CoursewareError) -> received.Verdict:
    return received.Verdict(kind="temporary", reply=f"451 4.3.0 {_ascii(error)}")


def _refused(error: errors.CoursewareError) -> received.Verdict:
    return received.Verdict(kind="refused", reply=f"550 5.7.1 {_ascii(error)}")


def _ascii(error: errors.CoursewareError) -> str:
    return " ".join(error.message.encode("ascii", "replace").decode().split())[:300]
