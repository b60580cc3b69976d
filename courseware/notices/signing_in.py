"""Sign-in links by mail: for whoever asks on the sign-in page, and from staff to a person.

In: an address, or a person. Out: a letter with a link, or nothing. A person gets few of them, whoever asks.
Who asks is not told whether the address is known: they are answered before anybody looks.
"""

import datetime
import html

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, model, people, sign_in
from courseware.mail import message, sender
from courseware.notices import letters, reply_address
from courseware.notices import model as notices_model
from courseware.store import schema_notices

PAUSE, DAY, MOST = datetime.timedelta(minutes=5), datetime.timedelta(days=1), 6
PEOPLE = 3
"""Of how many people one address can be."""
_LETTER = schema_notices.letter
_SAID = (
    "{who} signs a browser in to “{course}” as {name}:",
    "The link works once, for 15 minutes. Press “Continue” on the page that it opens.",
    "If you did not ask for it, do nothing: nobody is signed in unless somebody presses “Continue” there. Do "
    "not pass the link on; whoever has it can enter as you.",
)


def known(connection: sa.Connection, address: str) -> bool:
    """Whether anybody has this address."""
    return bool(people.by_email(connection, address.strip()))


def asked(connection: sa.Connection, address: str, secret: bytes, *, now: datetime.datetime) -> int:
    """Queue links for those who have this address; how many. Only for the course whose staff gave the
    address: those of another course never vouched that it is the person's.
    """
    queued = 0
    for person in people.by_email(connection, address.strip())[:PEOPLE]:
        key = people.vouched_for(connection, person)
        if key is None or lately(connection, person, now=now):
            continue
        course = courses.by_id(connection, key)
        if people.role(connection, course, person, now=now) is not None:
            queue(connection, person, course, secret, made_by=None, now=now)
            queued += 1
    return queued


def lately(connection: sa.Connection, person: model.Person, *, now: datetime.datetime) -> bool:
    """Whether somebody got a link just now, or as many as there are in a day."""
    mine = (_LETTER.c.person_id == person.id) & (_LETTER.c.kind == "signin")
    query = sa.select(_LETTER.c.created).where(mine & (_LETTER.c.created > now - DAY))
    created = list(connection.execute(query.order_by(_LETTER.c.id.desc()).limit(MOST)).scalars())
    return len(created) == MOST or any(each > now - PAUSE for each in created)


def queue(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    secret: bytes,
    *,
    made_by: str | None,
    now: datetime.datetime,
) -> None:
    """Queue a letter; its slot is the link's public id, and the link itself is written when it is sent."""
    public = sign_in.mailed_link(connection, person, course, secret, made_by=made_by, now=now)
    wish = letters.Wish(
        person_id=person.id, course_id=course.id, kind="signin", thread=None, slot=public, due=now
    )
    letters.insert(connection, [wish], now=now)


def composed(
    connection: sa.Connection,
    letter: notices_model.Letter,
    *,
    address: str,
    base: str,
    secret: bytes,
    now: datetime.datetime,
) -> sender.Outgoing | None:
    """The message; None if the link would not work any more.

    Raises:
        Permanent: an address that letters cannot be sent to.
    """
    token = sign_in.mailed_token(secret, letter.slot)
    try:
        link = sign_in.look(connection, token, now=now)
    except errors.UserError:
        return None
    person, course = link.person, link.course.title
    if not person.email or not base:
        return None
    by = people.names(connection, [link.terms.made_by]) if link.terms.made_by else {}
    who = f"{next(iter(by.values()))} sends you this link. It" if by else "This link"
    named = {"who": who, "course": course, "name": person.name or person.username}
    first, second, last = (line.format(**named) for line in _SAID)
    url = f"{base}/sign-in/{token}"
    shown, to = html.escape(url), message.address(person.email)
    host = address.rpartition("@")[2] or "localhost"
    data = message.built(
        message.Letter(
            sender=address,
            sender_name=course,
            recipient=person.email,
            recipient_name=person.name,
            subject=f"[{course}] Your sign-in link",
            message_id=f"<{reply_address.token(secret, letter.public)}@{host}>",
            date=now,
            text=f"{first}\n\n{url}\n\n{second}\n\n{last}\n",
            html=f"<!doctype html><html><body><p>{html.escape(first)}</p>"
            f'<p><a href="{shown}">{shown}</a></p><p>{html.escape(second)}</p><p>{html.escape(last)}</p>'
            "</body></html>",
            more={"Auto-Submitted": "auto-generated"},
        )
    )
    return sender.Outgoing(sender=message.address(address), recipient=to, data=data)
