"""Send what is due: each letter once, however often a server or this process dies.

In: letters that wait, and a sender. Out: their fates. The conversation is opened before anything is claimed,
so that a server that is away costs no letter an attempt. A letter has one Message-ID for ever: one that
was handed over right before a crash goes out again under it, and is one letter in the mailbox.
"""

import dataclasses
import datetime
import logging
from collections.abc import Callable

from courseware import errors
from courseware.course import courses
from courseware.mail import sender
from courseware.notices import compose, hours, letters, model, preferences
from courseware.store import database

AT_ONCE = 20
LATE = datetime.timedelta(hours=1)
"""How much later than it was due a letter may go out without asking whether its reader sleeps by now."""

FRESH = datetime.timedelta(seconds=5)
"""How old what letters are written from may be: the mail server may be slow."""
RENEWED = datetime.timedelta(minutes=1)
"""After which a claim is made anew before the next letter goes out; long before `letters.STALE`."""
REFUSALS, ATTEMPTS = 3, 30
FIRST_PAUSE, LONGEST_PAUSE = datetime.timedelta(minutes=1), datetime.timedelta(hours=4)
log = logging.getLogger("courseware.notices")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outbox:
    """What sending needs."""

    database: database.Database
    sender: sender.Sender
    office: compose.Office
    clock: Callable[[], datetime.datetime]


def run(box: Outbox, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send all that is due; how many letters that were.

    Raises:
        Away: the mail server cannot be used now.
        Temporary: the database is away.
    """
    with box.database.read() as connection:
        if not letters.any_due(connection, now=box.clock()):
            return 0
    sent = 0
    with box.sender.open() as session:
        while not stopping():
            with box.database.write() as connection:
                claims = letters.claim(connection, AT_ONCE, now=box.clock())
            if not claims:
                break
            sent += _all(box, session, _awake(box, claims))
    return sent


def _awake(box: Outbox, claims: list[letters.Claim]) -> list[letters.Claim]:
    """The letters without those that are late and whose readers have quiet hours now: these wait once more.

    A letter that is on time was due at an hour that its reader chose. One that had to wait, for this
    service or for the mail server, was not.
    """
    now = box.clock()
    late = [
        each
        for each in claims
        if each.letter.kind not in model.ALONE and (each.letter.attempt > 1 or now > each.letter.due + LATE)
    ]
    if not late:
        return claims
    waiting = set()
    with box.database.write() as connection:
        chosen = preferences.of_people(connection, [each.letter.person_id for each in late])
        for each in late:
            course = courses.by_id(connection, each.letter.course_id)
            habit = chosen[each.letter.person_id].habit
            due = hours.awake(now, habit, hours.zone(habit, course.time_zone))
            if due > now:
                letters.put_back(connection, each, due=due, counts=False)
                waiting.add(each.letter.public)
    return [each for each in claims if each.letter.public not in waiting]


def pause(attempt: int) -> datetime.timedelta:
    """How long a letter waits after so many attempts."""
    doubled: int = 2 ** max(0, min(attempt - 1, 12))
    return min(LONGEST_PAUSE, FIRST_PAUSE * doubled)


def _all(box: Outbox, session: sender.Session, claims: list[letters.Claim]) -> int:
    """Send claimed letters; how many were."""
    sent, known, left, at = 0, None, claims, None
    while left:
        if at is None or box.clock() > at + FRESH:
            at = box.clock()
            left = _still_ours(box, left, now=at)
            known = _known(box, left, now=at)
            if not left:
                break
        try:
            sent += _one(box, session, left[0], known)
        except sender.Away as error:
            _broken_off(box, left, error)
            raise
        left = left[1:]
    return sent


def _still_ours(box: Outbox, claims: list[letters.Claim], *, now: datetime.datetime) -> list[letters.Claim]:
    """The claims, made anew in time: a mail server can be so slow that another service on the same database
    takes what waits for its turn here to be a dead one's, and sends it too.
    """
    if now < claims[0].claimed + RENEWED:
        return claims
    with box.database.write() as connection:
        return letters.renew(connection, claims, now=now)


def _known(box: Outbox, claims: list[letters.Claim], *, now: datetime.datetime) -> compose.Known | None:
    """What these letters are written from; None if it cannot be found for all of them together."""
    try:
        with box.database.read() as connection:
            return compose.known(connection, [claimed.letter for claimed in claims], now=now)
    except Exception:
        log.exception("letters are written one by one now")
        return None


def _one(box: Outbox, session: sender.Session, claimed: letters.Claim, known: compose.Known | None) -> bool:
    """Compose, send and finish one letter; True if it was sent."""
    letter = claimed.letter
    try:
        if known is None or letter.kind in model.ALONE:
            with box.database.read() as connection:
                made = compose.composed(connection, letter, box.office, now=box.clock())
        else:
            made = compose.written(known, letter, box.office, now=box.clock())
        if made is not None:
            session.send(made)
    except sender.Away:
        raise
    except errors.Temporary as error:
        _later(box, claimed, ATTEMPTS, error)
        return False
    except Exception as error:
        # One letter that cannot be written or is refused does not hold the others up.
        if not isinstance(error, errors.Permanent):
            log.exception("letter %s cannot be written", letter.public)
        _later(box, claimed, REFUSALS, error)
        return False
    with box.database.write() as connection:
        letters.finish(connection, claimed, "empty" if made is None else "sent", now=box.clock())
    return made is not None


def _later(box: Outbox, claimed: letters.Claim, most: int, error: Exception) -> None:
    """Have a letter wait, or give it up after so many attempts."""
    reason = str(error) or type(error).__name__
    now = box.clock()
    with box.database.write() as connection:
        if claimed.letter.attempt >= most:
            log.error("letter %s is given up: %s", claimed.letter.public, reason)
            letters.finish(connection, claimed, "failed", now=now, reason=reason)
            return
        due = now + pause(claimed.letter.attempt)
        letters.put_back(connection, claimed, due=due, reason=reason, counts=True)


def _broken_off(box: Outbox, left: list[letters.Claim], error: sender.Away) -> None:
    """The conversation ended: the letter that was on its way waits a while, the others lost nothing."""
    _later(box, left[0], ATTEMPTS, error)
    with box.database.write() as connection:
        for claimed in left[1:]:
            letters.put_back(connection, claimed, due=claimed.letter.due, counts=False)
