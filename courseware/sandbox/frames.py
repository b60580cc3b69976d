"""How the trusted side and the processes in a jail speak: one message a frame, as data and nothing else.

A frame is two numbers of 4 bytes, network order (the length of the head; the number of bytes that follow
it), then the head, JSON `[message, sizes]`, then so many buffers of these sizes. In: bytes as they come, in
whatever pieces. Out: messages. Refused: a frame larger, or of more parts, than what its reader takes, and
bytes that are no frame. The same file serves both sides; neither believes the other's lengths.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]
Frame = tuple[Message, list[bytes]]
_LENGTHS = struct.Struct("!II")
HEAD = 32 << 20
PARTS = 3_000_000
"""Brackets and commas that a head may have: each may be an object, which takes many times its bytes."""


class BadFrame(Exception):
    """Bytes that are no frame."""


class TooLarge(Exception):
    """A frame larger than what is taken."""


def pack(message: Message, buffers: list[bytes], *, default: Callable[[Any], Any] | None = None) -> bytes:
    """The bytes of a frame; `default` makes JSON of what is none."""
    told = [message, [len(buffer) for buffer in buffers]]
    head = json.dumps(told, separators=(",", ":"), default=default).encode("utf-8", "surrogatepass")
    rest = b"".join(buffers)
    return b"".join((_LENGTHS.pack(len(head), len(rest)), head, rest))


class Reader:
    """Puts frames together from pieces; `most` is how many bytes a frame may have, `size` how many the last
    one had.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._held = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what came.

        Raises:
            TooLarge: the frame that has begun is more than is taken.
        """
        self._held += data
        if len(self._held) >= _LENGTHS.size:
            head, rest = _LENGTHS.unpack_from(self._held)
            if head + rest > self.most or head > HEAD:
                raise TooLarge(f"a frame of {head + rest} bytes")

    def next(self) -> Frame | None:
        """The next whole frame, if it is there.

        Raises:
            BadFrame: what came is none.
            TooLarge: it has more parts than are taken, or the one after it is too large.
        """
        if len(self._held) < _LENGTHS.size:
            return None
        head, rest = _LENGTHS.unpack_from(self._held)
        end = _LENGTHS.size + head + rest
        if len(self._held) < end:
            return None
        told = bytes(self._held[_LENGTHS.size : _LENGTHS.size + head])
        if head > PARTS and sum(map(told.count, (b"[", b"{", b","))) > PARTS:
            raise TooLarge(f"a frame of more than {PARTS} parts")
        body = bytes(self._held[_LENGTHS.size + head : end])
        del self._held[:end]
        self.size = end
        self.feed(b"")
        return _unpack(told, body)


def _unpack(head: bytes, body: bytes) -> Frame:
    """The message and its buffers."""
    try:
        told = json.loads(head.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        raise BadFrame("the head is no JSON") from None
    if type(told) is not list or len(told) != 2 or type(told[0]) is not dict or type(told[1]) is not list:
        raise BadFrame("the head is no message with sizes")
    buffers, at = [], 0
    for size in told[1]:
        if type(size) is not int or size < 0:
            raise BadFrame("a size is no number")
        buffers.append(body[at : at + size])
        at += size
    if at != len(body):
        raise BadFrame("the sizes are not those of the buffers")
    return told[0], buffers
