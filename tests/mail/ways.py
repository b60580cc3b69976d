"""Every way in for mail behind one shape, so that one contract is asked of all of them.

In: who decides. Out: a way to which a mail is given; it lies at the sender's side until it is taken.
"""

import contextlib
import smtplib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from courseware.mail import imap, listen, maildir, received
from tests.mail import mailbox

NAMES = ("smtp", "lmtp", "maildir", "imap")


def crlf(raw: bytes) -> bytes:
    """A mail as it goes over a line."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Way(Protocol):
    """`give` puts a mail where it waits; `move` tries to have all that waits taken; `waiting` counts."""

    def give(self, raw: bytes) -> None: ...

    def move(self) -> None: ...

    @property
    def waiting(self) -> int: ...


class Sent:
    """A server that sends to ours: it keeps what is answered with 4xx, and gives up after 5xx."""

    def __init__(self, connect: Callable[[], smtplib.SMTP], to: str) -> None:
        self._connect, self._to = connect, to
        self.queue: list[bytes] = []
        self.answers: list[int] = []

    def give(self, raw: bytes) -> None:
        """Queue a mail."""
        self.queue.append(raw)

    def move(self) -> None:
        """Offer all that is queued."""
        kept = []
        for raw in self.queue:
            with self._connect() as client:
                client.ehlo_or_helo_if_needed()
                client.mail("sam@uni.example")
                client.rcpt(self._to)
                self.answers.append(client.data(crlf(raw))[0])
            if 400 <= self.answers[-1] < 500:
                kept.append(raw)
        self.queue = kept

    @property
    def waiting(self) -> int:
        """How much is queued."""
        return len(self.queue)


class Folder:
    """A maildir that a server delivers into."""

    def __init__(self, folder: Path, taker: received.Taker) -> None:
        self._folder, self._taker, self._count = folder, taker, 0
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True)

    def give(self, raw: bytes) -> None:
        """Deliver as mail servers do: written aside, then moved."""
        self._count += 1
        written = self._folder / "tmp" / f"{self._count}.x"
        written.write_bytes(raw)
        written.rename(self._folder / "new" / written.name)

    def move(self) -> None:
        """Look once."""
        maildir.sweep(self._folder, self._taker)

    @property
    def waiting(self) -> int:
        """How much is new."""
        return len(list((self._folder / "new").iterdir()))


class Box:
    """A mailbox on a server."""

    def __init__(self, box: mailbox.Mailbox, port: int, taker: received.Taker) -> None:
        self.box, self._taker = box, taker
        self._at = imap.Mailbox(host="127.0.0.1", port=port, user=box.user, password=box.password, tls=False)

    def give(self, raw: bytes) -> None:
        """Put a mail there; servers keep them with CRLF."""
        self.box.messages.append(crlf(raw))

    def move(self) -> None:
        """Look once."""
        imap.sweep(self._at, self._taker)

    @property
    def waiting(self) -> int:
        """How much is not seen."""
        return len(self.box.unseen)


@contextlib.contextmanager
def way(name: str, taker: received.Taker, folder: Path, *, to: str) -> Iterator[Way]:
    """One way in, until the block ends."""
    if name == "maildir":
        yield Folder(folder / "mail", taker)
    elif name == "imap":
        box = mailbox.Mailbox()
        with mailbox.listening(box) as port:
            yield Box(box, port, taker)
    else:
        server = listen.Listener(taker, "127.0.0.1", 0, speaks=name)
        server.start()
        kind = smtplib.LMTP if name == "lmtp" else smtplib.SMTP
        try:
            yield Sent(lambda: kind("127.0.0.1", server.port), to)
        finally:
            server.stop()
