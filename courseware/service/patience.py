"""How long the service waits for who sends or reads slowly: long for a bad line, not for ever for nothing.

In: the connections of the web server. Out: their requests, handed on as they come. Refused, by closing the
connection: a head that does not come, a body of which too little comes for too long, or which takes too long
in all, and an answer that nobody reads. What came of it is thrown away.
"""

import asyncio
import dataclasses
import logging
import socket
from collections.abc import Awaitable, Iterable
from typing import Any

import tornado.httputil

log = logging.getLogger("courseware.service")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds for a head, which are also those of a connection at rest; for a body in all; and for an answer
    of which the reader takes nothing. In each `window` of seconds at least `least` bytes of a body come.

    The defaults leave 20 MB half an hour, which is 90 kbit/s, and a line that is gone for a minute.
    """

    head: float = 120
    body: float = 1800
    window: float = 60
    least: int = 65_536
    answer: float = 120


class Patient(tornado.httputil.HTTPServerConnectionDelegate):
    """Stands between a server and its application, and looks at each body as it comes."""

    def __init__(self, application: tornado.httputil.HTTPServerConnectionDelegate, limits: Limits) -> None:
        self._application, self._limits = application, limits

    def start_request(
        self, server_conn: object, request_conn: tornado.httputil.HTTPConnection
    ) -> tornado.httputil.HTTPMessageDelegate:
        """The application's own delegate for a request, with a look at its body."""
        inner = self._application.start_request(server_conn, request_conn)
        return _Watched(inner, request_conn, self._limits)

    def on_close(self, server_conn: object) -> None:
        """A connection has ended."""
        self._application.on_close(server_conn)


class _Watched(tornado.httputil.HTTPMessageDelegate):
    """One request; its connection is closed when too little of the body came in a window."""

    def __init__(self, inner: tornado.httputil.HTTPMessageDelegate, connection: Any, limits: Limits) -> None:
        self._inner, self._connection, self._limits = inner, connection, limits
        self._came = 0
        self._look: asyncio.TimerHandle | None = None

    def headers_received(
        self,
        start_line: tornado.httputil.RequestStartLine | tornado.httputil.ResponseStartLine,
        headers: tornado.httputil.HTTPHeaders,
    ) -> Awaitable[None] | None:
        """Hand the head on; the first window begins once the application wants the body."""
        ready = self._inner.headers_received(start_line, headers)
        return self._begin(ready) if {"Content-Length", "Transfer-Encoding"} & set(headers) else ready

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Hand a piece on, and count it."""
        self._came += len(chunk)
        return self._inner.data_received(chunk)

    def finish(self) -> None:
        """The body is there."""
        self._end()
        self._inner.finish()

    def on_connection_close(self) -> None:
        """The sender went away, or we closed."""
        self._end()
        self._inner.on_connection_close()

    async def _begin(self, ready: Awaitable[None] | None) -> None:
        if ready is not None:
            await ready
        self._again()

    def _again(self) -> None:
        loop = asyncio.get_running_loop()
        self._look = loop.call_later(self._limits.window, self._judge, self._came)

    def _judge(self, before: int) -> None:
        """Close, or wait for one window more."""
        if self._came - before >= self._limits.least:
            self._again()
            return
        log.info("a body came too slowly: %s bytes in all; its connection is closed", self._came)
        self._connection.stream.close()

    def _end(self) -> None:
        if self._look is not None:
            self._look.cancel()


def give_up(sockets: Iterable[socket.socket], limits: Limits) -> None:
    """Have the system close a connection, of those that these sockets will take, whose reader takes nothing:
    an answer waits in memory until it is taken.
    """
    for each in sockets:
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(limits.answer * 1000))
