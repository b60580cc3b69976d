"""A letter as it goes out: written when it is sent, for one reader, from what they may know at that moment.

In: a letter's row. Out: the message, or nothing when there is nothing left to tell. What the reader saw or
read meanwhile is left out.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.mail import message, sender
from courseware.notices import (
    asking,
    digest,
    hours,
    items,
    model,
    notices,
    preferences,
    reply_address,
    signing_in,
    unsubscribe,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Office:
    """From where letters come: the sender's address, the address that is answered to (or empty), the address
    of the pages (or empty) and the secret that signs.
    """

    sender: str
    reply: str
    base: str
    secret: bytes = dataclasses.field(repr=False)

    @property
    def host(self) -> str:
        """The host name in Message-IDs."""
        return self.sender.rpartition("@")[2] or "localhost"


def composed(
    connection: sa.Connection, letter: model.Letter, office: Office, *, now: datetime.datetime
) -> sender.Outgoing | None:
    """The message of a letter.

    Raises:
        Permanent: an address that letters cannot be sent to.
    """
    if letter.kind in ("confirmation", "signin"):
        write = asking.composed if letter.kind == "confirmation" else signing_in.composed
        return write(
            connection, letter, address=office.sender, base=office.base, secret=office.secret, now=now
        )
    return _told(connection, letter, office, now)


def _told(
    connection: sa.Connection, letter: model.Letter, office: Office, now: datetime.datetime
) -> sender.Outgoing | None:
    """The message of a letter that tells notices; None if nothing is left to tell."""
    viewer = items.reader(connection, letter.person_id, letter.course_id, now=now)
    if viewer is None or not viewer.person.email:
        return None
    chosen = preferences.of(connection, letter.person_id)
    wanted = [
        each for each in notices.of_letter(connection, letter.id) if chosen.choices[each.kind] != "never"
    ]
    told = [each for each in items.several(connection, viewer, wanted, now=now) if not each.seen]
    if not told:
        return None
    course = viewer.course
    token = reply_address.token(office.secret, letter.public)
    link = (
        f"{office.base}/unsubscribe/{unsubscribe.token(office.secret, letter.public)}" if office.base else ""
    )
    answered = bool(office.reply) and letter.thread is not None
    frame = digest.Frame(
        course=course.title,
        base=office.base,
        texts=chosen.habit.texts,
        zone=hours.zone(chosen.habit, course.time_zone),
        unsubscribe=link,
        answers=answered,
    )
    said = digest.words(told, frame, alone=letter.kind == "notice")
    data = message.built(
        message.Letter(
            sender=office.sender,
            sender_name=course.title,
            recipient=viewer.person.email,
            recipient_name=viewer.person.name,
            subject=said.subject,
            message_id=f"<{token}@{office.host}>",
            date=now,
            text=said.text,
            html=said.html,
            more=_headers(letter, course, office, link, token if answered else ""),
        )
    )
    to = message.address(viewer.person.email)
    return sender.Outgoing(sender=message.address(office.sender), recipient=to, data=data)


def _headers(
    letter: model.Letter, course: course_model.Course, office: Office, link: str, answer: str
) -> dict[str, str]:
    """What mail programs go by: threads, the list, how to end it, where answers go."""
    more = {"Auto-Submitted": "auto-generated", "List-Id": f"<{course.slug}.{office.host}>"}
    if letter.thread:
        root = f"<{letter.thread}@{office.host}>"
        more |= {"In-Reply-To": root, "References": root}
    if link:
        more |= {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    if answer:
        more["Reply-To"] = reply_address.address(office.reply, answer)
    return more
