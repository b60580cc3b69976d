"""What comes in: a mail as it was read, how it arrived, and the port to whoever decides about it.

In: nothing. Out: frozen records, and `Taker`. The ways in (`listen`, `maildir`, `imap`) know nothing of
courses; who decides knows nothing of sockets and folders.
"""

import dataclasses
from typing import Literal, Protocol

MOST = 5_000_000
"""Bytes that a mail may have; what is larger is refused while it is sent, or only its head is read."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Envelope:
    """How a mail arrived.

    `sender` is what the session said (empty: the null return path), None where nobody said it. `answering`
    says that the sender's side hears the verdict; `size` is the whole mail's, of which only the head was
    read if it is too large.
    """

    sender: str | None = None
    recipients: tuple[str, ...] = ()
    answering: bool = False
    size: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a mail, with the line that an SMTP client is told."""

    kind: Literal["accepted", "refused", "temporary"]
    reply: str


class Taker(Protocol):
    """Decides about mail. Both may be called from any thread, and more than once for the same mail."""

    def recipient(self, address: str) -> Verdict:
        """Whether there is anybody at this address."""

    def take(self, raw: bytes, envelope: Envelope) -> Verdict:
        """Take a mail. `accepted` is said only when all that it caused is kept; after `temporary` it is
        offered again.
        """


@dataclasses.dataclass(frozen=True, kw_only=True)
class Authentication:
    """What the trusted server found out about the sender: the domains that DKIM and DMARC passed for."""

    dkim: tuple[str, ...] = ()
    dmarc: str = ""
    dmarc_failed: bool = False

    def vouches_for(self, address: str) -> bool:
        """Whether it stands for an address: DMARC passed for its domain, or a signature of that domain or of
        one above it.
        """
        _, _, domain = address.rpartition("@")
        signed = any(domain == by or ("." in by and domain.endswith(f".{by}")) for by in self.dkim)
        return bool(domain) and not self.dmarc_failed and (signed or self.dmarc == domain)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Received:
    """A mail as it was read; addresses are in lower case.

    `sender` is the one address in From, empty if there is none or more than one. `text` is what was written,
    without quotes and signature. `automatic` says why no person wrote it. `problem` says what could not be
    read: then the text may be incomplete. `left_out` counts attached files, which are not kept.
    """

    sender: str
    envelope_sender: str
    recipients: tuple[str, ...]
    message_id: str
    references: tuple[str, ...]
    subject: str
    text: str
    date: str
    automatic: str
    problem: str
    left_out: int
    authentication: Authentication
