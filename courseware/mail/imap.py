"""Mail that lies in a mailbox on a server.

In: a mailbox and who decides. Out: messages marked as seen once what they caused is kept; one that cannot be
taken now stays unseen. Refused: a server that is away, or does not let us in (Temporary).
"""

import contextlib
import dataclasses
import imaplib
import re
import ssl
from collections.abc import Iterator

from courseware import errors
from courseware.mail import received

MOST, SECONDS = 50, 30


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mailbox:
    """Where the mail lies; without `tls` only for a server on this machine."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    tls: bool = True


def sweep(box: Mailbox, taker: received.Taker) -> int:
    """Take what is unseen; how many were marked.

    Raises:
        Temporary: the server is away or refuses.
    """
    try:
        with _connected(box) as server:
            server.login(box.user, box.password)
            server.select(f'"{box.folder}"')
            _, found = server.uid("SEARCH", "UNSEEN")
            return sum(_take(server, uid.decode(), taker) for uid in (found[0] or b"").split()[:MOST])
    except (OSError, imaplib.IMAP4.error) as error:
        raise errors.Temporary(f"The mailbox at {box.host} cannot be read now: {error}.") from error


@contextlib.contextmanager
def _connected(box: Mailbox) -> Iterator[imaplib.IMAP4]:
    """A connection that is closed however the conversation ends; imaplib leaves it open after a fault."""
    server: imaplib.IMAP4
    if box.tls:
        context = ssl.create_default_context()
        server = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=SECONDS)
    else:
        server = imaplib.IMAP4(box.host, box.port, timeout=SECONDS)
    try:
        yield server
    finally:
        for end in (server.logout, server.shutdown):
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                end()


def _take(server: imaplib.IMAP4, uid: str, taker: received.Taker) -> int:
    """Offer one message; of one that is too large its head."""
    _, told = server.uid("FETCH", uid, "(RFC822.SIZE)")
    size = re.search(
        rb"RFC822\.SIZE (\d{1,12})", bytes(told[0] or b"") if isinstance(told[0], bytes) else b""
    )
    large = size is None or int(size.group(1)) > received.MOST
    _, parts = server.uid("FETCH", uid, "(BODY.PEEK[HEADER])" if large else "(BODY.PEEK[])")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
    if raw is None:
        return 0  # somebody took it away, or the server does not give it now
    envelope = received.Envelope(size=int(size.group(1)) if size else received.MOST + 1)
    if taker.take(raw, envelope).kind == "temporary":
        return 0
    server.uid("STORE", uid, "+FLAGS", "(\\Seen)")
    return 1
