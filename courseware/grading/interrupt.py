"""Stop what is being graded now, at once and with nothing left behind.

In: the wish to stop. Out: no sandbox is opened any more, and those that are open are ended; the gradings
that they belonged to end with `Stopped` and have no result. What a stopped grading had found is not kept: a
process that was killed from outside looks like one that crashed.
"""

import contextlib
import os
import signal
import threading
from pathlib import Path

from courseware.sandbox import port


class Stopped(Exception):
    """The grading was stopped by the person who started it; it says nothing about the work."""


class Stoppable:
    """A sandbox that opens nothing more once it was stopped; see `port.Sandbox`."""

    def __init__(self, sandbox: port.Sandbox) -> None:
        self._sandbox = sandbox
        self._stopped = threading.Event()

    @property
    def level(self) -> port.Level:
        """How strongly sessions are held."""
        return self._sandbox.level

    def open(self, workspace: port.Workspace) -> port.Session:
        """Start a session; see `port.Sandbox`.

        Raises:
            Stopped: after `stop`.
        """
        self.check()
        return self._sandbox.open(workspace)

    def check(self) -> None:
        """Raise `Stopped` after `stop`: what was found since then is worth nothing."""
        if self._stopped.is_set():
            raise Stopped

    def stop(self) -> None:
        """Open nothing more, and end all that this process has started; to be called until nobody grades."""
        self._stopped.set()
        for child in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if os.getpgid(child) == child:
                    os.killpg(child, signal.SIGKILL)
                else:
                    os.kill(child, signal.SIGKILL)


def _children() -> list[int]:
    """The processes that this one has started and that have not ended."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name of the program may hold blanks and brackets; what follows the last bracket is fields.
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == os.getpid() and fields[0] != "Z":
                found.append(int(entry.name))
    return found
