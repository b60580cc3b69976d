"""What sending is to the rooms above: a conversation in which letters are handed over one by one.

In: letters that are written already, as bytes. Out: nothing, or one of three refusals: `Away` when the mail
server cannot be used now, whatever the letter; `Temporary` when it will not take this letter now; `Permanent`
when it never will. Nothing here knows what a letter says.
"""

import contextlib
import dataclasses
from typing import Protocol

from courseware import errors


class Away(errors.Temporary):
    """The mail server is not there, broke off, or refuses this service as a whole; no letter is to blame."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A letter on its way: from whom and to whom on the envelope, and the whole message."""

    sender: str
    recipient: str
    data: bytes


class Session(Protocol):
    """A conversation with the mail server."""

    def send(self, letter: Outgoing) -> None:
        """Hand a letter over; when this returns, the server has promised to deliver it.

        Raises:
            Away: the conversation is over; whether the letter was taken is not known.
            Temporary: the letter is not taken now.
            Permanent: the letter will not be taken.
        """


class Sender(Protocol):
    """Where letters are handed over."""

    def open(self) -> contextlib.AbstractContextManager[Session]:
        """Begin a conversation.

        Raises:
            Away: there is no mail server that takes letters from here.
        """
