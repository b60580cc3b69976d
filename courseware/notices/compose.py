"""A letter as it goes out: written when it is sent, for one reader, from what they may know at that moment.

In: the rows of some letters. Out: for each the message, or nothing when there is nothing left to tell. What
the reader saw or read meanwhile is left out. What several letters need is asked for once.
"""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from courseware import language
from courseware.course import courses, manifest, people
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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Known:
    """What the letters of one moment are written from, by key of the letter: whom it goes to, what it still
    tells them, and what they chose.
    """

    readers: Mapping[int, course_model.Viewer]
    items: Mapping[int, Sequence[model.Item]]
    chosen: Mapping[int, model.Preferences]


def known(connection: sa.Connection, given: Sequence[model.Letter], *, now: datetime.datetime) -> Known:
    """What these letters are written from; a letter to somebody who left the course has no reader."""
    told = [letter for letter in given if letter.kind not in model.ALONE]
    chosen = preferences.of_people(connection, {letter.person_id for letter in told})
    kept = notices.of_letters(connection, [letter.id for letter in told])
    readers: dict[int, course_model.Viewer] = {}
    items_: dict[int, Sequence[model.Item]] = {}
    for key in sorted({letter.course_id for letter in told}):
        course = courses.by_id(connection, key)
        here = [letter for letter in told if letter.course_id == key]
        among = {letter.person_id for letter in here}
        members = {m.person.id: m for m in people.present(connection, course, now=now, among=among)}
        for letter in here:
            if (member := members.get(letter.person_id)) is not None:
                readers[letter.id] = course_model.Viewer(
                    person=member.person, course=course, role=member.role, ceiling="pages"
                )
        mine = [letter for letter in here if letter.id in readers]
        wanted = [
            (
                readers[letter.id],
                [n for n in kept.get(letter.id, []) if chosen[letter.person_id].choices[n.kind] != "never"],
            )
            for letter in mine
        ]
        made = items.to_readers(connection, course, wanted, now=now)
        items_ |= {letter.id: some for letter, some in zip(mine, made, strict=True)}
    return Known(readers=readers, items=items_, chosen=chosen)


def composed(
    connection: sa.Connection, letter: model.Letter, office: Office, *, now: datetime.datetime
) -> sender.Outgoing | None:
    """The message of a letter, from what is known at this moment.

    Raises:
        Permanent: an address that letters cannot be sent to.
    """
    if letter.kind in model.ALONE:
        write = asking.composed if letter.kind == "confirmation" else signing_in.composed
        return write(
            connection, letter, address=office.sender, base=office.base, secret=office.secret, now=now
        )
    return written(known(connection, [letter], now=now), letter, office, now=now)


def written(
    known_: Known, letter: model.Letter, office: Office, *, now: datetime.datetime
) -> sender.Outgoing | None:
    """The message of a letter that tells notices; None if nothing is left to tell.

    Raises:
        Permanent: an address that letters cannot be sent to.
    """
    viewer = known_.readers.get(letter.id)
    told = [each for each in known_.items.get(letter.id, ()) if not each.seen]
    if viewer is None or not viewer.person.email or not told:
        return None
    chosen = known_.chosen[letter.person_id]
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
        words=language.words(chosen.habit.language or manifest.of(course).language),
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
