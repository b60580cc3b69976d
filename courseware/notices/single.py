"""A letter that is about one link and tells no notices: whether a mail is somebody's, and how to sign in.

In: paragraphs in the reader's language, the link, and where it stands among them. Out: the message. Refused:
an address that letters cannot be sent to.
"""

import dataclasses
import datetime
import html
from collections.abc import Sequence

from courseware import language
from courseware.course import model as course_model
from courseware.mail import message, sender
from courseware.notices import model, reply_address


@dataclasses.dataclass(frozen=True, kw_only=True)
class Said:
    """What it says; the link is a paragraph of its own behind the first `before` ones."""

    subject: str
    paragraphs: Sequence[str]
    link: str
    before: int


def built(
    letter: model.Letter,
    person: course_model.Person,
    course: course_model.Course,
    said: Said,
    *,
    words: language.Words,
    address: str,
    secret: bytes,
    now: datetime.datetime,
) -> sender.Outgoing:
    """The message to somebody who has an address; `address` is where letters come from.

    Raises:
        Permanent: an address that letters cannot be sent to.
    """
    recipient = str(person.email)
    to = message.address(recipient)
    host = address.rpartition("@")[2] or "localhost"
    first, rest = said.paragraphs[: said.before], said.paragraphs[said.before :]
    shown = html.escape(said.link)
    parts = [
        *(f"<p>{html.escape(each)}</p>" for each in first),
        f'<p><a href="{shown}">{shown}</a></p>',
        *(f"<p>{html.escape(each)}</p>" for each in rest),
    ]
    data = message.built(
        message.Letter(
            sender=address,
            sender_name=course.title,
            recipient=recipient,
            recipient_name=person.name,
            subject=f"[{course.title}] {said.subject}",
            message_id=f"<{reply_address.token(secret, letter.public)}@{host}>",
            date=now,
            text="\n\n".join([*first, said.link, *rest]) + "\n",
            html=f"{words.opening}<body>{''.join(parts)}</body></html>",
            more={"Auto-Submitted": "auto-generated"},
        )
    )
    return sender.Outgoing(sender=message.address(address), recipient=to, data=data)
