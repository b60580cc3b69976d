"""Sessions that are ended beside the next one: the kernel takes milliseconds to let go of a dead process, its
memory and its namespaces, in which the next hand-in can begin.

In: a sandbox. Out: the same sandbox, whose sessions' `close` hands them to a thread that closes them at once
and waits until nothing is left of them. Leaving the `with` block waits for all of them, so that nothing
outlives that. Refused: more sessions waiting for their end than there are threads; who closes the next
one waits, so that no crowd of dying processes comes together.
"""

from __future__ import annotations

import concurrent.futures
import logging
import threading
import types
from collections.abc import Callable, Collection, Sequence
from typing import Self

from courseware.sandbox import cores, port

_log = logging.getLogger(__name__)
Close = Callable[[port.Session], None]


class Behind:
    """See `port.Sandbox`; to be used as a context manager by whoever opens `slots` sessions at a time."""

    def __init__(self, sandbox: port.Sandbox, slots: int) -> None:
        self._sandbox = sandbox
        self._room = threading.BoundedSemaphore(slots)
        self._enders = concurrent.futures.ThreadPoolExecutor(slots)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._enders.shutdown()

    @property
    def level(self) -> port.Level:
        """See `port.Sandbox`."""
        return self._sandbox.level

    def open(self, workspace: port.Workspace) -> port.Session:
        """Start a session; see `port.Sandbox`."""
        session = self._sandbox.open(workspace)
        if isinstance(session, port.Apart):
            return _ApartBehind(session, self._later)
        return _SessionBehind(session, self._later)

    def _later(self, session: port.Session) -> None:
        self._room.acquire()
        with cores.loose():  # a thread that this begins ends sessions of all others too
            self._enders.submit(self._end, session)

    def _end(self, session: port.Session) -> None:
        try:
            session.close()
        except Exception:
            _log.exception("A session in the sandbox did not end as it should.")
        finally:
            self._room.release()


class _SessionBehind:
    """See `port.Session`."""

    def __init__(self, session: port.Session, later: Close) -> None:
        self._session, self._later = session, later
        self._closed = False

    @property
    def alive(self) -> bool:
        """See `port.Session`."""
        return not self._closed and self._session.alive

    def run(self, source: str, *, seconds: float) -> port.CellRun:
        """See `port.Session`."""
        return self._session.run(source, seconds=seconds)

    def close(self) -> None:
        """End everything that the sources started, soon."""
        if not self._closed:
            self._closed = True
            self._later(self._session)


class _ApartBehind(_SessionBehind):
    """See `port.Apart`."""

    def __init__(self, session: port.Apart, later: Close) -> None:
        super().__init__(session, later)
        self._apart = session

    def give(self, source: str, own: Sequence[str] = ()) -> None:
        """See `port.Apart`."""
        self._apart.give(source, own)

    def check(self, source: str, *, seconds: float, asks: Collection[str] | None) -> port.CellRun:
        """See `port.Apart`."""
        return self._apart.check(source, seconds=seconds, asks=asks)
