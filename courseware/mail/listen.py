"""Mail that a server sends us: SMTP and LMTP.

In: connections, and who decides. Out: verdicts in the session itself. Refused there: unknown recipients, too
much in one mail, too many mails or recipients or connections. It passes nothing on to anybody.
"""

import asyncio
import collections
import ssl
import threading
import time
from typing import Any

from aiosmtpd import lmtp, smtp

from courseware.mail import received

MINUTE, WRONG, OPEN, SECONDS = 120, 10, 50, 120


class Handler:
    """What aiosmtpd asks; it lives in the loop, the taker in threads."""

    def __init__(self, taker: received.Taker, *, recipients: int) -> None:
        self._taker, self._most = taker, recipients
        self._mails: dict[str, collections.deque[float]] = {}

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, told: list[str]) -> Any:
        """Offer no sign-in: nobody needs one."""
        session.host_name = name
        return [line for line in told if "AUTH" not in line]

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """So many mails a minute from one peer."""
        peer = str(session.peer[0]) if session.peer else ""
        if len(self._mails) > 10_000:
            self._mails.clear()
        sent = self._mails.setdefault(peer, collections.deque(maxlen=MINUTE))
        if len(sent) == MINUTE and time.monotonic() - sent[0] < 60:
            return "421 4.7.0 Too many mails in a minute"
        sent.append(time.monotonic())
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Only whom we know."""
        wrong = getattr(session, "wrong", 0)
        if wrong >= WRONG:
            return "421 4.7.0 Too many unknown recipients"
        if len(envelope.rcpt_tos) >= self._most:
            return "452 4.5.3 Too many recipients"
        verdict = await asyncio.to_thread(self._taker.recipient, address)
        if verdict.kind != "accepted":
            session.wrong = wrong + 1
            return verdict.reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Taken when it is kept."""
        raw = bytes(envelope.content)
        given = received.Envelope(
            sender=envelope.mail_from.strip("<>"),
            recipients=tuple(envelope.rcpt_tos),
            answering=True,
            size=len(raw),
        )
        return (await asyncio.to_thread(self._taker.take, raw, given)).reply

    async def handle_exception(self, error: Exception) -> str:
        """A defect is ours, and the mail is offered again."""
        return "451 4.3.0 Try again later"


class _Bounded:
    """A session that ends when it sends without end; aiosmtpd keeps an endless line in memory."""

    seen = 0

    def data_received(self, data: bytes) -> None:
        """Count what comes in."""
        self.seen += len(data)
        if self.seen > 8 * received.MOST:
            self.transport.abort()  # type: ignore[attr-defined]  # of the class it is mixed into
            return
        super().data_received(data)  # type: ignore[misc]  # likewise


class _Smtp(_Bounded, smtp.SMTP):
    pass


class _Lmtp(_Bounded, lmtp.LMTP):
    pass


class Listener:
    """A server in a thread of its own, from `start` to `stop`; `port` is what it got."""

    def __init__(self, taker: received.Taker, host: str, port: int, *, speaks: str = "smtp") -> None:
        self._handler = Handler(taker, recipients=1 if speaks == "lmtp" else 10)
        self._host, self.port, self._kind = host, port, _Lmtp if speaks == "lmtp" else _Smtp
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"mail-{speaks}", daemon=True)
        self._server: asyncio.Server | None = None
        self.tls: ssl.SSLContext | None = None

    def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: the port is taken.
        """
        made = self._loop.create_server(self._session, self._host, self.port, backlog=OPEN)
        self._server = self._loop.run_until_complete(made)
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)

    def _session(self) -> Any:
        return self._kind(
            self._handler,
            data_size_limit=received.MOST,
            enable_SMTPUTF8=True,
            hostname="courseware",
            ident="mail",
            tls_context=self.tls,
            timeout=SECONDS,
            loop=self._loop,
        )

    def _run(self) -> None:
        self._loop.run_forever()
        if self._server is not None:
            self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()
