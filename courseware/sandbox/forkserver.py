"""The fast lane: submissions run in copies of one process that has imported everything already.

In: workspaces. Out: sessions as `sandbox.port` describes them, whose tests run apart from the student's
code. For each Python and set of imports there is one fork server (`sandbox.zygote`), kept for the next
submission; the next child is made while this one works. At level `pod` there are no namespaces, but other
walls (`sandbox.pod`). Refused: a machine where the walls of the level cannot be built.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import itertools
import json
import os
import signal
import socket
import subprocess
import threading
import weakref
from pathlib import Path
from typing import Any

from courseware import errors
from courseware.sandbox import bubblewrap, cgroups, child, cores, forked, orphans, port, pythons

MOST_SERVERS = 4
START_SECONDS = 120.0
CHILD_SECONDS = 30.0
ENDING_SECONDS = 0.2
"""So long after its children a fork server that was killed can still seem to be there."""
FIRST_USER, USERS = 1_900_000_000, 4
FIRST_POD_USER, POD_USERS = 64_000, 1_000  # containers often have no more than 65,536 users
ALONE = 1000  # an ordinary user as seen from inside: not root, whose name alone some programs trust
_ZYGOTE = Path(__file__).with_name("zygote.py")
_numbers = itertools.count()
Role = str


class Forked:
    """Sessions in copies of fork servers; those used last are kept."""

    def __init__(self, level: port.Level = "jail") -> None:
        self.level: port.Level = level
        self._lock = threading.Lock()
        self._servers: collections.OrderedDict[tuple[Path, frozenset[str]], Server] = (
            collections.OrderedDict()
        )

    def open(self, workspace: port.Workspace) -> port.Session:
        """Start a session; see `port.Sandbox`."""
        return forked.Session(workspace, self._server(workspace))

    def _server(self, workspace: port.Workspace) -> Server:
        """The fork server for this Python and these imports; started if there is none, or it died."""
        # Those of the release only: what a student calls a file is to start no server for one hand-in.
        own = {Path(name).parts[0].removesuffix(".py") for name in workspace.release}
        imports = frozenset(name for name in workspace.imports if name.split(".")[0] not in own)
        key = (workspace.python, imports)
        with self._lock:
            server = self._servers.pop(key, None)
            if server is None or not server.alive:
                server = Server(workspace.python, sorted(imports), self.level)
            self._servers[key] = server
            while len(self._servers) > MOST_SERVERS:
                self._servers.popitem(last=False)  # it ends once its last child has ended
            return server


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which child: the student's or that of the tests, and what it may use."""

    role: Role
    limits: port.Limits


class Server:
    """One fork server.

    Raises:
        Permanent: it does not start, or its jail cannot be built.
    """

    def __init__(self, python: Path, imports: list[str], level: port.Level) -> None:
        self._lock = threading.Lock()
        # The first process of a namespace takes all others with it; a keeper has to do it itself.
        self._ending = signal.SIGTERM if level == "pod" else signal.SIGKILL
        self._waiting: dict[Wanted, collections.deque[Pending]] = collections.defaultdict(collections.deque)
        self._answers: dict[int, tuple[int, int]] = {}
        try:
            self._control, self._process, folder = _start(python, imports, level)
        except _TooManyThreads:
            # A library that starts threads when it is imported would break every copy.
            self._control, self._process, folder = _start(python, [], level)
        self._finalizer = weakref.finalize(
            self, _let_go, (self._control, self._process, folder), self._waiting, self._answers
        )

    @property
    def alive(self) -> bool:
        """Whether it still serves."""
        return self._process.poll() is None

    def ended(self) -> bool:
        """Whether it has ended; see `forked.Source`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDING_SECONDS)
        return not self.alive

    def child(self, role: Role, limits: port.Limits) -> child.Child:
        """A fresh child, and another one begun for the next time."""
        wanted = Wanted(role=role, limits=limits)
        with self._lock:
            pending = self._waiting[wanted].popleft() if self._waiting[wanted] else self._ask(wanted)
            self._waiting[wanted].append(self._ask(wanted))
            handles = self._answer(pending.number)
        return pending.made(handles)

    def _ask(self, wanted: Wanted) -> Pending:
        """Ask for a child; it comes while something else is done."""
        number = next(_numbers)
        talk, theirs = socket.socketpair()
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        told = {"for": number, "role": wanted.role, "limits": dataclasses.asdict(wanted.limits)}
        group = cgroups.take(wanted.limits)
        given = [out_end, err_end, *(group.open() if group else ())]
        try:
            socket.send_fds(self._control, [json.dumps(told).encode()], [theirs.fileno(), *given])
        except OSError:
            raise errors.Temporary("The fork server ended. Try again.") from None
        finally:
            theirs.close()
            for each in given:
                os.close(each)
        return Pending(number=number, talk=talk, out=out, err=err, ending=self._ending, group=group)

    def _answer(self, number: int) -> tuple[int, int]:
        """The handles of the child with this number."""
        while number not in self._answers:
            try:
                told, handles, _, _ = socket.recv_fds(self._control, 1 << 16, 2)
                self._answers[int(json.loads(told)["for"])] = handles[0], handles[1]
            except (OSError, ValueError, IndexError):
                raise errors.Temporary("The fork server ended. Try again.") from None
        return self._answers.pop(number)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pending:
    """A child that was asked for: this side's ends of its socket and of its two pipes."""

    number: int
    talk: socket.socket
    out: int
    err: int
    ending: signal.Signals
    group: cgroups.Group | None

    def made(self, handles: tuple[int, int]) -> child.Child:
        """The child itself."""
        return child.Child(self.talk, (self.out, self.err), handles, self.ending, self.group)

    def close(self) -> None:
        """Nobody wants it; it ends with its fork server."""
        self.talk.close()
        os.close(self.out)
        os.close(self.err)
        if self.group is not None:
            cgroups.give_back(self.group)


class _TooManyThreads(Exception):
    """What was imported started a thread."""


Started = tuple[socket.socket, subprocess.Popen[bytes], Path]


def _start(python: Path, imports: list[str], level: port.Level) -> Started:
    """Start a fork server and wait until it serves; its folder is to be removed after its end."""
    known = pythons.inspect(python)
    # In a pod root's fork server is somebody else, who has to get there.
    folder = orphans.folder(passable=level == "pod" and os.geteuid() == 0)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    options = {"folder": str(folder), "python": [str(each) for each in known.folders], "imports": imports}
    environment = {**bubblewrap.FIXED, orphans.VARIABLE: orphans.mark()}
    environment["PATH"] = f"{python.parent}:{bubblewrap.FIXED['PATH']}"
    environment["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    if level == "pod":
        more, own = _scratch(folder)
        options |= more
        environment |= own
    told = json.dumps({**options, "level": level})
    argv = [str(python), "-s", str(_ZYGOTE), str(theirs.fileno()), told]
    with cores.loose():
        process = subprocess.Popen(
            argv,
            pass_fds=[theirs.fileno()],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    theirs.close()
    try:
        _wait(ours, process)
    except BaseException:
        _end(ours, process)
        orphans.remove(folder)
        raise
    if level != "pod":
        orphans.remove(folder)  # what is mounted there only the fork server sees
    return ours, process, folder


def _scratch(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The folder that a fork server without mounts of its own writes to, and whose it is."""
    scratch = folder / "scratch"
    scratch.mkdir(mode=0o700)
    user = 0
    if os.geteuid() == 0:
        user = FIRST_POD_USER + next(_numbers) % POD_USERS
        os.chown(scratch, user, user)
        os.chmod(folder, 0o711)
    own = f"{scratch}/own"
    environment = {"HOME": own, "TMPDIR": own, "IPYTHONDIR": f"{own}/ipython", "MPLCONFIGDIR": f"{own}/mpl"}
    return {"scratch": str(scratch), "user": user}, environment


def _wait(control: socket.socket, process: subprocess.Popen[bytes]) -> None:
    """Answer what the fork server asks until it is ready."""
    control.settimeout(START_SECONDS)
    while True:
        try:
            told: dict[str, Any] = json.loads(control.recv(1 << 16) or b"{}")
        except (OSError, ValueError):
            told = {}
        if told.get("users"):
            _map_users(process.pid)
            control.send(b"written")
        elif told.get("ready"):
            control.settimeout(CHILD_SECONDS)
            return
        elif told.get("threads"):
            raise _TooManyThreads
        else:
            if _was_killed(process):
                raise errors.Temporary("The fork server was killed while it started. Try again.")
            process.kill()
            said = (process.stderr.read() if process.stderr else b"").decode(errors="replace")
            last = (said.strip().splitlines() or ["no word"])[-1]
            raise errors.Permanent(f"The sandbox cannot be built here: {last}")


def _was_killed(process: subprocess.Popen[bytes]) -> bool:
    """Whether somebody else killed a process that has closed its end: no fault of the course's Python, which
    ends with a word, or by a signal of another kind.
    """
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(1) in (-signal.SIGKILL, -signal.SIGKILL & 0xFF)
    return False


def _map_users(process: int) -> None:
    """Who the users in a fork server's namespace are outside: nobody's users for root, else oneself."""
    place = Path(f"/proc/{process}")
    if os.geteuid() == 0:
        first = FIRST_USER + USERS * (next(_numbers) % 1_000_000)
        lines = {"uid_map": f"0 {first} {USERS}", "gid_map": f"0 {first} {USERS}"}
    else:
        (place / "setgroups").write_text("deny")
        lines = {"uid_map": f"{ALONE} {os.geteuid()} 1", "gid_map": f"{ALONE} {os.getegid()} 1"}
    for name, line in lines.items():
        (place / name).write_text(line)


def _let_go(
    started: Started,
    waiting: dict[Wanted, collections.deque[Pending]],
    answers: dict[int, tuple[int, int]],
) -> None:
    """End a fork server, and close what was kept ready for children that nobody asked for."""
    control, process, folder = started
    _end(control, process)
    orphans.remove(folder)
    for pending in itertools.chain.from_iterable(waiting.values()):
        pending.close()
    for handle in itertools.chain.from_iterable(answers.values()):
        os.close(handle)


def _end(control: socket.socket, process: subprocess.Popen[bytes]) -> None:
    """Let the fork server end, and with it all of its children."""
    control.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stderr is not None:
        with contextlib.suppress(OSError):
            process.stderr.close()
