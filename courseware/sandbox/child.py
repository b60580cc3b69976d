"""One process in a jail, seen from the trusted side: send it a frame, wait for one, end it.

In: descriptors of a fresh child. Out: frames, and the bytes that it wrote past Python to its standard
output. Everything is counted while it comes, and nothing is waited for longer than the caller says. What
does not fit ends the child: `Gone`, `Flooded`, `Strange`.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import time
from pathlib import Path

from courseware.sandbox import cgroups, frames

PIECE = 1 << 16
LOOK_SECONDS = 0.25
"""How often a process that says nothing is asked how much of the processor it has used."""

SLACK = 1 << 16
"""Bytes that a frame may have beyond what the cell may print."""

DEATH_SECONDS = 10.0


class Gone(Exception):
    """The process ended."""


class Spent(Gone):
    """It used all the processor time that it may, and was killed."""


class Flooded(Exception):
    """It sent more than is allowed."""


class Strange(Exception):
    """It sent what no honest one sends."""


class Child:
    """A child of the fork server. The handles are pidfds: of the child, and of the process with which
    everything ends, the first one of its namespace or its keeper. `ending` is the signal for that.
    """

    def __init__(
        self,
        talk: socket.socket,
        plain: tuple[int, int],
        handles: tuple[int, int],
        ending: signal.Signals = signal.SIGKILL,
        group: cgroups.Group | None = None,
    ) -> None:
        self._ending, self._group = ending, group
        talk.setblocking(False)
        self._talk = talk
        self._first, self._handle = handles
        out, err = plain
        self._plain = {out: "stdout", err: "stderr"}
        self._ready = select.poll()
        self._ready.register(talk, select.POLLIN)
        for each in (*self._plain, self._handle):
            self._ready.register(each, select.POLLIN)
        for each in self._plain:
            os.set_blocking(each, False)
        self._reader = frames.Reader(SLACK)
        self._written: list[tuple[str, bytes]] = []
        self._count = 0
        self._most = SLACK
        self._closed = False
        self.number = _number(self._handle)
        """Of the process, as this side sees it; 0 where it does not."""
        self._clock = (~self.number << 3) | 2 if self.number else None  # as `clock_getcpuclockid` does it
        self.processor_seconds = float("inf")

    def allow(self, output: int, frame: int = 0) -> None:
        """From now on: so many bytes of output, and frames of this size."""
        self._count, self._most = 0, output
        self._reader.most = max(frame, output) + SLACK

    @property
    def frame(self) -> int:
        """Bytes of the frame that was received last."""
        return self._reader.size

    @property
    def count(self) -> int:
        """Bytes that came since `allow`."""
        return self._count

    def send(self, data: bytes, deadline: float) -> None:
        """Send a packed frame, reading meanwhile: neither side may block the other.

        Raises:
            TimeoutError, Gone, Flooded: see above.
        """
        left = memoryview(data)
        while left:
            try:
                left = left[self._talk.send(left) :]
            except BlockingIOError:
                self._room(deadline)
            except OSError:
                raise Gone from None

    def receive(self, deadline: float) -> frames.Frame:
        """The next frame.

        Raises:
            TimeoutError, Gone, Flooded, Strange: see above.
        """
        while True:
            try:
                frame = self._reader.next()
            except frames.BadFrame as error:
                raise Strange(str(error)) from None
            except frames.TooLarge:
                raise Flooded from None
            if frame is not None:
                return frame
            self._wait(deadline)

    def written(self) -> list[tuple[str, str]]:
        """What was written past Python since the last time: stream and text."""
        for each in list(self._plain):
            with contextlib.suppress(Flooded):
                while self._read_plain(each):
                    pass
        told, self._written = self._written, []
        return [(name, data.decode("utf-8", "replace")) for name, data in told]

    def _room(self, deadline: float) -> None:
        """Read what comes until the socket takes more."""
        self._ready.modify(self._talk, select.POLLIN | select.POLLOUT)
        try:
            while not self._wait(deadline):
                pass
        finally:
            self._ready.modify(self._talk, select.POLLIN)

    def _wait(self, deadline: float) -> bool:
        """Wait for something and read what came; whether the socket takes more, where that is asked."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        ready = dict(self._ready.poll(min(left, LOOK_SECONDS) * 1000))
        if not ready:
            self._look()
        for each in [one for one in ready if one in self._plain]:
            self._read_plain(each)
        told = ready.get(self._talk.fileno(), 0)
        if told & (select.POLLIN | select.POLLHUP | select.POLLERR):
            self._read_frames()
        elif self._handle in ready:
            raise Gone  # processes that it forked may still hold its socket
        return bool(told & select.POLLOUT)

    def _look(self) -> None:
        """End it once it has used what it may.

        Raises:
            Spent: that is so. The kernel would do the same a little later, and not say why.
        """
        with contextlib.suppress(OSError):
            if self._clock is not None and time.clock_gettime(self._clock) >= self.processor_seconds:
                self.kill()
                raise Spent

    def _read_frames(self) -> None:
        try:
            data = self._talk.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            raise Gone
        self._counted(len(data))
        try:
            self._reader.feed(data)
        except frames.TooLarge:
            raise Flooded from None

    def _read_plain(self, descriptor: int) -> bool:
        """A piece of what was written past Python; false if there is none now."""
        try:
            data = os.read(descriptor, PIECE)
        except BlockingIOError:
            return False
        if not data:
            self._ready.unregister(descriptor)
            os.close(descriptor)
            del self._plain[descriptor]
            return False
        self._written.append((self._plain[descriptor], data))
        self._counted(len(data))
        return True

    def _counted(self, size: int) -> None:
        self._count += size
        if self._count > max(self._most, self._reader.most):
            raise Flooded

    @property
    def out_of_memory(self) -> bool:
        """Whether it, or something that it started, was ended for want of memory."""
        return self._group is not None and self._group.out_of_memory()

    def interrupt(self) -> None:
        """What Ctrl-C is to a program."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGINT)

    def kill(self) -> None:
        """Kill it and all that it started; `close` waits until that has happened."""
        if not self._closed:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, self._ending)

    def close(self) -> None:
        """Kill it and all that it started, and wait until nothing of it is left."""
        if self._closed:
            return
        self.kill()
        self._closed = True
        # The first process of a namespace, or the keeper, is gone only after every other one of it.
        ended = select.poll()
        ended.register(self._first, select.POLLIN)
        if not ended.poll(DEATH_SECONDS * 1000):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
        os.close(self._first)
        os.close(self._handle)
        if self._group is not None:
            cgroups.give_back(self._group)
        self._talk.close()
        for each in self._plain:
            os.close(each)
        self._plain = {}


def _number(handle: int) -> int:
    """The number of the process of a handle; 0 where it is not to be seen from here."""
    told = re.search(r"^Pid:\t(\d+)$", Path(f"/proc/self/fdinfo/{handle}").read_text(), re.MULTILINE)
    return int(told[1]) if told else 0
