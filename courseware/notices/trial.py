"""A letter that says only that letters arrive.

In: an address. Out: the letter is handed over, at once and not through the outbox: who tries a mail
server wants its answer.
"""

import datetime
import html

from courseware import language
from courseware.mail import message, sender
from courseware.notices import compose
from courseware.store import ids


def send(
    where: sender.Sender,
    office: compose.Office,
    course: str,
    to: str,
    *,
    words: language.Words = language.ENGLISH,
    now: datetime.datetime,
) -> None:
    """Send it.

    Raises:
        Away: the mail server cannot be used now.
        Temporary: it does not take the letter now.
        Permanent: it does not take it, or the address is none.
    """
    said = words("This letter was sent to see whether mail from {course} arrives. It does.").format(
        course=course
    )
    data = message.built(
        message.Letter(
            sender=office.sender,
            sender_name=course,
            recipient=to,
            recipient_name="",
            subject=f"[{course}] {words('Mail arrives')}",
            message_id=f"<{ids.new('try')}@{office.host}>",
            date=now,
            text=said,
            html=f"{words.opening}<body><p>{html.escape(said)}</p></body></html>",
            more={"Auto-Submitted": "auto-generated"},
        )
    )
    with where.open() as session:
        session.send(sender.Outgoing(sender=message.address(office.sender), recipient=to, data=data))
