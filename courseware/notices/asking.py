"""The letter that asks somebody whether a mail is theirs.

In: the letter's row. Out: the message with a link to the page, or nothing when nothing is left to ask. It
holds not a word of the mail: whoever forges a sender must not have us pass on what they wrote.
"""

import datetime
import html

import sqlalchemy as sa

from courseware import language
from courseware.course import courses, people
from courseware.mail import message, sender
from courseware.notices import arrivals, confirm, model, preferences, reply_address

_SAID = (
    language.later(
        "A mail to the course “{course}” came in with your address as its sender. Nothing in it shows that "
        "it is yours, so it waits."
    ),
    language.later(
        "If you wrote it, open this page and say so. It then becomes a private discussion between you and "
        "the staff of the course:"
    ),
    language.later("If you did not, do nothing. Nobody gets to read it."),
)


def composed(
    connection: sa.Connection,
    letter: model.Letter,
    *,
    address: str,
    base: str,
    secret: bytes,
    now: datetime.datetime,
) -> sender.Outgoing | None:
    """The message; `address` is where letters come from, `base` the address of the pages.

    Raises:
        UserError: the mail is not there.
        Permanent: an address that letters cannot be sent to.
    """
    row = arrivals.find(connection, letter.slot)
    person = people.by_id(connection, letter.person_id)
    late = row["received"] < now - confirm.VALID
    if row["state"] != "asked" or row["kept"] is None or late or not person.email or not base:
        return None
    course, link = (
        courses.by_id(connection, letter.course_id).title,
        base + confirm.path(secret, row["public"]),
    )
    words = language.words(preferences.of(connection, person.id).habit.language)
    first, second, last = (words(line).format(course=course) for line in _SAID)
    shown, to = html.escape(link), message.address(person.email)
    host = address.rpartition("@")[2] or "localhost"
    data = message.built(
        message.Letter(
            sender=address,
            sender_name=course,
            recipient=person.email,
            recipient_name=person.name,
            subject=f"[{course}] {words('Did you write this mail?')}",
            message_id=f"<{reply_address.token(secret, letter.public)}@{host}>",
            date=now,
            text=f"{first}\n\n{second}\n\n{link}\n\n{last}\n",
            html=f'<!doctype html><html lang="{words.name}"><body><p>{html.escape(first)}</p>'
            f"<p>{html.escape(second)}</p>"
            f'<p><a href="{shown}">{shown}</a></p><p>{html.escape(last)}</p></body></html>',
            more={"Auto-Submitted": "auto-generated"},
        )
    )
    return sender.Outgoing(sender=message.address(address), recipient=to, data=data)
