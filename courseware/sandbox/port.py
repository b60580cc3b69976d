"""What a sandbox is to those who grade: open it on a set of files, run sources one after the other, close it.

In: files and limits. Out: what each source printed and how it ended. Two kinds fit behind it: a kernel in
a jail (`sandbox.kernels`) and a fork server. Nothing here knows of tests, marks or people: the source of a
later cell is never given to an earlier one.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

Level = Literal["jail", "pod", "none"]
Ending = Literal["ok", "error", "timeout", "memory", "output-limit", "crashed", "protocol", "not-run"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """What one submission may use; seconds, bytes and numbers of processes."""

    cell_seconds: float = 30.0
    notebook_seconds: float = 300.0
    cpu_seconds: int = 240
    memory_bytes: int = 3 << 30
    processes: int = 256
    file_bytes: int = 64 << 20
    scratch_bytes: int = 128 << 20
    cell_output_bytes: int = 1 << 20
    notebook_output_bytes: int = 8 << 20


@dataclasses.dataclass(frozen=True, kw_only=True)
class Workspace:
    """What code finds when it starts: files by relative path, the Python to run in, and extra environment.

    `release` are those files that come from the release: tests apart from the student's code see these only.
    `imports` are modules that the release's notebooks import, so that they can be loaded beforehand.
    `kernel` is the name of a Jupyter kernel for another language than Python; empty for Python.
    """

    files: Mapping[str, bytes]
    python: Path
    limits: Limits
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    release: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    kernel: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CellRun:
    """How one source ended; `outputs` as in nbformat, `reason` a sentence where it did not end well. `asked`
    are the attributes and operators that a test apart asked of the student's objects.
    """

    ending: Ending
    outputs: tuple[Mapping[str, Any], ...] = ()
    reason: str = ""
    seconds: float = 0.0
    asked: tuple[str, ...] = ()


class Session(Protocol):
    """One open sandbox; it is dead after an ending that is neither `ok`, `error` nor a `timeout` that could
    be stopped.
    """

    @property
    def alive(self) -> bool:
        """Whether more sources can be run here."""

    def run(self, source: str, *, seconds: float) -> CellRun:
        """Run one source; it sees what earlier ones left.

        Raises:
            Permanent, Temporary: at the first source, what `Sandbox.open` may raise, where that is known only
                now.
        """

    def close(self) -> None:
        """End everything that the sources started; nothing outlives this call."""


@runtime_checkable
class Apart(Session, Protocol):
    """A session that can also run tests in a process which the student's code does not share."""

    def give(self, source: str, own: Sequence[str] = ()) -> None:
        """Tell a cell of the release: what it imports from libraries is the tests' own, and so are those
        functions and constants in it that `own` names.
        """

    def check(self, source: str, *, seconds: float, asks: Collection[str] | None) -> CellRun:
        """Run one test cell apart; `asks` are the only attributes of the student's objects that it may ask
        for, and the only operators between these and its own data (None: all).
        """


class Sandbox(Protocol):
    """A way to open sessions; `level` is recorded with every result."""

    @property
    def level(self) -> Level:
        """How strongly sessions are held."""

    def open(self, workspace: Workspace) -> Session:
        """Start a session.

        Raises:
            Permanent: the course's Python has no kernel, or the jail cannot be built.
        """
