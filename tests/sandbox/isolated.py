"""Two plain processes with a relay between them: what isolated tests need, without a jail.

`Pair` starts both, forked from one that has read what they need; run as a program it is that one. Outside
tests the same messages go through jailed processes.
"""

import ast
import atexit
import contextlib
import dataclasses
import functools
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from courseware.sandbox import port

Message = dict[str, Any]
Run = Callable[[str, dict[str, Any]], tuple[str, Any]]


class Channel:
    """Frames over a socket: lengths, a JSON message, buffers."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def send(self, message: Message, buffers: list[bytes]) -> None:
        head = json.dumps([message, [len(buffer) for buffer in buffers]]).encode()
        self._end.sendall(struct.pack("!Q", len(head)) + head + b"".join(buffers))

    def receive(self) -> tuple[Message, list[bytes]]:
        message, sizes = json.loads(self._read(struct.unpack("!Q", self._read(8))[0]))
        return message, [self._read(size) for size in sizes]

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            more = self._end.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return bytes(data)

    def close(self) -> None:
        self._end.close()


class Nursery:
    """A process that has read what a student's and a tester's process need, and becomes one on request."""

    def __init__(self, kind: str) -> None:
        self._line, theirs = socket.socketpair()
        self._one_at_a_time = threading.Lock()
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen(
            [sys.executable, __file__, kind, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": str(root), "MPLBACKEND": "agg"},
        )
        theirs.close()
        atexit.register(self._end)

    def become(self, role: str, place: Path) -> "tuple[Channel, Program]":
        """A fresh process in a work folder, and the way to it."""
        ours, theirs = socket.socketpair()
        ours.settimeout(60)
        with self._one_at_a_time, theirs:
            socket.send_fds(self._line, [json.dumps([role, str(place)]).encode()], [theirs.fileno()])
            return Channel(ours), Program(struct.unpack("!q", self._line.recv(8))[0])

    def _end(self) -> None:
        self._line.close()
        self._process.wait(30)


@functools.cache
def nursery(kind: str) -> Nursery:
    """The one of this test run for processes with or without IPython."""
    return Nursery(kind)


class Program:
    """A process that somebody else has forked, by what stays its own even when its number is used again."""

    def __init__(self, pid: int) -> None:
        self._handle = os.pidfd_open(pid)

    def kill(self) -> None:
        """End it, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        gone = select.poll()
        gone.register(self._handle, select.POLLIN)
        assert gone.poll(30_000)
        os.close(self._handle)


class Pair:
    """A student's process and a tester's, with IPython in both if `shell`. A function `hostile_serve` of the
    student's answers in place of ours.
    """

    def __init__(self, *, shell: bool = False) -> None:
        self._kind = "shell" if shell else "plain"
        self._folder = tempfile.TemporaryDirectory()
        self._programs: list[Program] = []
        self.messages: list[Message] = []
        self._channels: dict[str, Channel] = {}
        for role in ("student", "tester"):
            (Path(self._folder.name) / role).mkdir()

    @property
    def student(self) -> Channel:
        """The way to the student's process, which starts when it is first needed."""
        return self._to("student")

    @property
    def tester(self) -> Channel:
        """The way to the tester's process, which starts when it is first needed."""
        return self._to("tester")

    def _to(self, role: str) -> Channel:
        if role not in self._channels:
            self._channels[role] = self._start(role)
        return self._channels[role]

    def _start(self, role: str) -> Channel:
        channel, program = nursery(self._kind).become(role, Path(self._folder.name) / role)
        self._programs.append(program)
        return channel

    def run(self, source: str) -> str:
        """Run a cell of the student's; the error or nothing."""
        self.student.send({"run": source}, [])
        return str(self.student.receive()[0]["error"])

    def give(self, source: str, own: Sequence[str] = ()) -> None:
        """Tell the tester a cell of the release."""
        self.tester.send({"give": source, "own": list(own)}, [])
        self.tester.receive()

    def place(self, name: str, data: bytes) -> None:
        """Lay a file into both work folders."""
        for role in ("student", "tester"):
            path = Path(self._folder.name) / role / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def check(self, source: str, *, asks: Collection[str] | None = None) -> Message:
        """Run a test cell; `error` is empty if it passed."""
        self.messages.clear()
        self.tester.send({"test": source, "asks": None if asks is None else sorted(asks)}, [])
        while True:
            message, buffers = self.tester.receive()
            if "verdict" in message:
                return dict(message["verdict"])
            self.messages.append(message["ask"])
            self.student.send(message["ask"], buffers)
            self.tester.send(*self.student.receive())

    def __enter__(self) -> "Pair":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for channel in self._channels.values():
            channel.close()
        for program in self._programs:
            program.kill()
        self._folder.cleanup()


class Plain:
    """A sandbox without a jail whose sessions are such pairs."""

    level: port.Level = "none"

    def open(self, workspace: port.Workspace) -> port.Session:
        """Start a pair with these files."""
        return PlainSession(workspace)


class PlainSession:
    """One pair; see `port.Apart`."""

    def __init__(self, workspace: port.Workspace) -> None:
        self._pair = Pair()
        self.alive = True
        for name, data in workspace.files.items():
            self._pair.place(name, data)

    def run(self, source: str, *, seconds: float) -> port.CellRun:
        """Run a cell in the student's process."""
        error = self._pair.run(source)
        return port.CellRun(ending="error" if error else "ok", outputs=_shown(error), reason=error)

    def give(self, source: str, own: Sequence[str] = ()) -> None:
        """Tell the tester a cell of the release."""
        self._pair.give(source, own)

    def check(self, source: str, *, seconds: float, asks: Collection[str] | None) -> port.CellRun:
        """Run a test cell in the tester's process."""
        told = self._pair.check(source, asks=asks)
        error, ending = told["error"], port.CellRun(ending="error" if told["error"] else "ok")
        return dataclasses.replace(ending, outputs=_shown(error), reason=error, asked=tuple(told["used"]))

    def close(self) -> None:
        """End both processes."""
        self.alive = False
        self._pair.__exit__(None, None, None)


def _shown(error: str) -> tuple[dict[str, Any], ...]:
    name, _, text = error.partition(": ")
    return ({"output_type": "error", "ename": name, "evalue": text, "traceback": []},) if error else ()


def execute(source: str, namespace: dict[str, Any]) -> Any:
    """Run a source as a notebook does; the value of its last expression."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    shown = last.value if isinstance(last, ast.Expr) else None
    if shown is not None:
        tree.body.pop()
    exec(compile(tree, "<cell>", "exec"), namespace)
    return eval(compile(ast.Expression(shown), "<cell>", "eval"), namespace) if shown is not None else None


def _called(source: str, namespace: dict[str, Any]) -> tuple[str, Any]:
    import linecache

    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    try:
        return "", execute(source, namespace)
    except BaseException as error:
        return f"{type(error).__name__}: {error}", None


def shell(namespace: dict[str, Any]) -> Run:
    """Run sources as cells in IPython."""
    from IPython.core.history import HistoryManager
    from IPython.core.interactiveshell import InteractiveShell

    HistoryManager.enabled = False
    running = InteractiveShell.instance(user_ns=namespace)

    def run(source: str, namespace: dict[str, Any]) -> tuple[str, Any]:
        done = running.run_cell(source, store_history=True)
        error = done.error_before_exec or done.error_in_exec
        return ("" if error is None else f"{type(error).__name__}: {error}"), done.result

    return run


def student(channel: Channel, kind: str) -> None:
    """The student's process: runs cells, answers questions."""
    from courseware.sandbox import answers

    namespace: dict[str, Any] = {"__name__": "__main__"}
    serving = answers.Answers(namespace)

    def back(message: Message, buffers: list[bytes]) -> tuple[Message, list[bytes]]:
        channel.send(message, buffers)
        return channel.receive()

    namespace["wire"] = channel
    run = shell(namespace) if kind == "shell" else _called
    while True:
        message, buffers = channel.receive()
        if "run" in message:
            channel.send({"error": run(message["run"], namespace)[0]}, [])
        else:
            hook = namespace.get("hostile_serve", serving.serve)
            channel.send(*hook(message, buffers, back))


def _plain(source: str) -> str:
    """A source without magics, where there are such."""
    module = sys.modules.get("IPython.core.inputtransformer2")
    try:
        return str(module.TransformerManager().transform_cell(source)) if module else source
    except (SyntaxError, ValueError):
        return source


def tester(channel: Channel, kind: str) -> None:
    """The tester's process: runs test cells."""
    from courseware.sandbox import guard
    from courseware.sandbox import tester as testing

    namespace: dict[str, Any] = {"__name__": "__main__"}

    def ask(message: Message, buffers: list[bytes]) -> tuple[Message, list[bytes]]:
        channel.send({"ask": message}, buffers)
        return channel.receive()

    running = testing.Tester(
        namespace, ask, _plain, [str(each) for each in Path().rglob("*") if each.is_file()]
    )
    guard.install(namespace)
    run = shell(namespace) if kind == "shell" else _called
    while True:
        message, _ = channel.receive()
        if "give" in message:
            running.give(message["give"], message["own"])
            channel.send({}, [])
            continue
        try:
            running.prepare(message["test"], asks=message["asks"])
            error, value = run(message["test"], namespace)
        except Exception as refused:
            error, value = f"{type(refused).__name__}: {refused}", None
        talk = running.finish()
        told = {"error": error, "value": None if value is None else repr(value), "asked": talk.asked}
        channel.send({"verdict": {**told, "decided_there": talk.decided_there, "used": talk.used}}, [])


def _become(role: str, place: str, kind: str, end: int) -> None:
    """Be a student's or a tester's process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(place)
    if kind == "shell":
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    with contextlib.suppress(EOFError):
        {"student": student, "tester": tester}[role](Channel(socket.socket(fileno=end)), kind)


def _serve(kind: str, line: socket.socket) -> None:
    """Read what is needed, then fork for each who asks, until nobody can ask any more."""
    for name in ("answers", "tester", "guard"):
        importlib.import_module(f"courseware.sandbox.{name}")
    if kind == "shell":
        importlib.import_module("IPython.core.interactiveshell")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    while True:
        asked, ends, _, _ = socket.recv_fds(line, 65_536, 1)
        if not asked:
            return
        child = os.fork()
        if not child:
            line.close()
            role, place = json.loads(asked)
            _become(role, place, kind, ends[0])
            os._exit(0)
        os.close(ends[0])
        line.sendall(struct.pack("!q", child))


if __name__ == "__main__":
    sys.path[:] = [folder for folder in sys.path if folder != str(Path(__file__).parent)]
    _serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))
