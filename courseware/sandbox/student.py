"""A process with IPython in it that runs what it is sent and tells what a Jupyter kernel would tell.

In: frames with sources and questions. Out: frames with outputs, as messages of Jupyter's protocol without
ZMQ, and one that says how a cell ended. The same program is the student's process and that of the tests;
which one it is, the first frame says. What it says is believed by nobody: everything here belongs to
whoever's code runs here.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import os
import random
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from courseware.sandbox import frames

FLUSH_AT = 1 << 15
_REFUSED = """
def {0}(*_, **__):
    from IPython.core.error import StdinNotImplementedError
    raise StdinNotImplementedError("{0} was called, but this frontend does not support input requests.")
"""
# Made of text, so that a traceback does not tell where this file lies.
_WITHOUT_INPUT = [
    compile(_REFUSED.format(name), "<input>", "exec", dont_inherit=True) for name in ("raw_input", "getpass")
]
Message = dict[str, Any]


class Channel:
    """Blocking frames over one descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._reader = frames.Reader(1 << 30)

    def send(self, message: Message, buffers: list[bytes]) -> None:
        """Send one frame; what is no JSON in it goes as its text."""
        left = memoryview(frames.pack(message, buffers, default=repr))
        while left:
            left = left[os.write(self._descriptor, left) :]

    def receive(self) -> frames.Frame:
        """Wait for one frame; without the other side this process has nothing more to do."""
        while (frame := self._reader.next()) is None:
            data = os.read(self._descriptor, 1 << 16)
            if not data:
                os._exit(0)
            self._reader.feed(data)
        return frame


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr`; processes forked from this one write to the plain descriptor."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, descriptor: int, tell: Callable[[str, Message], None]) -> None:
        self.name = name
        self._descriptor, self._tell, self._process = descriptor, tell, os.getpid()
        self._held: list[str] = []
        self._size = 0

    def write(self, text: str) -> int:
        """Keep text until there is enough, or somebody flushes."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._process:
            os.write(self._descriptor, text.encode("utf-8", "replace"))
            return len(text)
        self._held.append(text)
        self._size += len(text)
        if self._size > FLUSH_AT:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what was kept."""
        if self._held and os.getpid() == self._process:
            text, self._held, self._size = "".join(self._held), [], 0
            self._tell("stream", {"name": self.name, "text": text})

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """It is not."""
        return False

    def fileno(self) -> int:
        """The descriptor behind it."""
        return self._descriptor


class Shell:
    """IPython as it is inside a kernel, made once by the fork server and inherited by its children."""

    def __init__(self) -> None:
        from ipykernel.compiler import XCachingCompiler
        from IPython.core.history import HistoryManager

        HistoryManager.enabled = False  # its thread would not survive a fork
        self.channel: Channel | None = None
        self._process = 0
        self.transformed: tuple[str | None, str] = None, ""
        self.asynchronous: tuple[str | None, bool] = None, False
        self.ipython = _inner(self).instance(user_ns={}, compiler_class=XCachingCompiler)
        with contextlib.suppress(Exception):
            # Colours are taken out wherever a traceback is shown, and cost more than all else of it.
            self.ipython.run_line_magic("colors", "nocolor")
        self.ipython.extension_manager.load_extension("storemagic")  # as every kernel does: %store
        _know_cells()
        relay = _relay(self)
        self.ipython.displayhook.session = self.ipython.display_pub.session = relay
        self.ipython.displayhook.topic = b"execute_result"

    def tell(self, kind: str, content: Message) -> None:
        """Send one message of Jupyter's protocol, after what was printed before it."""
        if self.channel is None or os.getpid() != self._process:
            return
        if kind != "stream":
            sys.stdout.flush()
            sys.stderr.flush()
        self.channel.send({"kind": kind, "content": content}, [])

    def begin(self, channel: Channel) -> None:
        """Speak over this channel from now on."""
        import IPython.core.async_helpers as async_helpers

        self.channel, self._process = channel, os.getpid()
        sys.stdout, sys.stderr = Stream("stdout", 1, self.tell), Stream("stderr", 2, self.tell)
        sys.stdin = open(os.devnull)  # noqa: SIM115  (it stays open)
        # The loop of the fork server cannot be used in its children.
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        async_helpers._asyncio_event_loop = self._loop
        self.ipython.user_ns["__name__"] = "__main__"

    def run(self, source: str) -> Message:
        """Run a cell, inside a running loop as a kernel does, and say how it ended."""
        done = self._loop.run_until_complete(self._run(source))
        self.transformed, self.asynchronous = (None, ""), (None, False)
        self.flush()
        self.ipython.payload_manager.clear_payload()
        error = done.error_before_exec or done.error_in_exec
        if error is None and done.success:
            return {"ok": True}
        return {"ok": False, "ename": type(error).__name__, "evalue": str(error)[:2000]}

    def plain(self, source: str) -> str:
        """A source without magics."""
        try:
            return str(self.ipython.transform_cell(source))
        except (SyntaxError, ValueError):
            return source

    def flush(self) -> None:
        """Send what is printed but not sent; whatever the streams are by now."""
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()

    async def _run(self, source: str) -> Any:
        shell, failed = self.ipython, None
        try:
            transformed = shell.transform_cell(source)
        except Exception:
            transformed, failed = source, sys.exc_info()
        told = {"transformed_cell": transformed, "preprocessing_exc_tuple": failed}
        if not shell.should_run_async(source, **told):
            return shell.run_cell(source, store_history=True)
        done = None
        try:
            done = await shell.run_cell_async(source, store_history=True, **told)
            return done
        finally:
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", done)


def _relay(outer: Shell) -> Any:
    """What the shell publishes to, in place of a kernel's sockets."""
    from jupyter_client.session import Session

    class Relay(Session):  # type: ignore[misc]  # jupyter_client has no types
        """What the shell publishes becomes frames."""

        def send(self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **more: Any) -> None:
            """Publish."""
            told = msg_or_type if isinstance(msg_or_type, dict) else {}
            kind = told.get("header", {}).get("msg_type", msg_or_type)
            outer.tell(str(kind), told.get("content", content) or {})

    return Relay(key=b"")


def _inner(outer: Shell) -> Any:
    """The class of the shell itself."""
    from ipykernel.zmqshell import ZMQInteractiveShell

    class Inner(ZMQInteractiveShell):
        """Without what belongs to a kernel's own process."""

        def init_virtualenv(self) -> None:
            """The interpreter was chosen already."""

        def transform_cell(self, raw_cell: str) -> str:
            """Once a cell, although a kernel does it twice: nothing has run in between."""
            if outer.transformed[0] != raw_cell:
                outer.transformed = raw_cell, str(super().transform_cell(raw_cell))
            return outer.transformed[1]

        def should_run_async(self, raw_cell: str, **told: Any) -> bool:
            """Found out once a cell, too."""
            if outer.asynchronous[0] != told.get("transformed_cell"):
                outer.asynchronous = (
                    told.get("transformed_cell"),
                    bool(super().should_run_async(raw_cell, **told)),
                )
            return outer.asynchronous[1]

        def enable_gui(self, gui: Any = None) -> None:
            """There is no event loop of a window system."""

        def _format_exception_for_storage(self, *_: Any, **__: Any) -> Message:
            """Nobody keeps this history; its second traceback costs as much as the first."""
            return {}

    return Inner


def _know_cells() -> None:
    """Spare the search through all modules for that of a cell, which has none."""
    original = inspect.getmodule

    def getmodule(thing: Any, _filename: Any = None) -> Any:
        """See `inspect.getmodule`."""
        code = thing.f_code if inspect.isframe(thing) else thing if inspect.iscode(thing) else None
        if code is not None and "/ipykernel_" in code.co_filename:
            return None
        return original(thing, _filename)

    setattr(inspect, "getmodule", getmodule)  # noqa: B010  (typed as the one of the library)


def serve(shell: Shell, channel: Channel) -> None:
    """Do what the frames say, until there are no more."""
    first, contents = channel.receive()
    _settle(first, contents)
    shell.begin(channel)
    channel.send({"kind": "settled"}, [])
    if first["role"] == "tests":
        _serve_tests(shell, channel, first["files"])
    else:
        _serve_student(shell, channel)


def _settle(told: Message, contents: list[bytes]) -> None:
    """Lay out the files and variables that code finds when it starts."""
    work = os.getcwd()
    for name, data in zip(told["files"], contents, strict=True):
        path = os.path.join(work, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
    os.environ.update(told["environment"])
    # Last: a file that is called numpy.py must not stand in for numpy.
    sys.path.append(work)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _without_input()
    random.seed(0)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(0)


def _without_input() -> None:
    """Nobody is there to be asked."""
    import builtins
    import getpass

    space: dict[str, Any] = {}
    for code in _WITHOUT_INPUT:
        exec(code, space)  # noqa: S102
    setattr(builtins, "input", space["raw_input"])  # noqa: B010  (typed as the one of the library)
    setattr(getpass, "getpass", space["getpass"])  # noqa: B010


def _serve_student(shell: Shell, channel: Channel) -> None:
    """Run the student's cells; answer what the tests ask."""
    from courseware.sandbox import answers

    serving = answers.Answers(shell.ipython.user_ns)

    def back(message: Message, buffers: list[bytes]) -> frames.Frame:
        """Ask the tests something while a question of theirs is being answered."""
        channel.send({"kind": "said", "message": message}, buffers)
        return _unwrapped(channel.receive())

    while True:
        told, buffers = channel.receive()
        if told["do"] == "run":
            channel.send({"kind": "done", "nonce": told["nonce"], **shell.run(told["source"])}, [])
        else:
            if told["first"]:
                _warn_again()
            message, parts = serving.serve(told["message"], buffers, back)
            shell.flush()
            channel.send({"kind": "said", "message": message}, parts)


def _warn_again() -> None:
    """Let what was warned of already be warned of once more, as in every new cell of a kernel."""
    with warnings.catch_warnings():
        pass  # entering and leaving it makes Python forget what it has warned of


def _serve_tests(shell: Shell, channel: Channel, files: Sequence[str]) -> None:
    """Run test cells; what they need of the student's is asked for."""
    from courseware.sandbox import guard, proxies, tester

    def ask(message: Message, buffers: list[bytes]) -> frames.Frame:
        """Ask the student's process."""
        channel.send({"kind": "asks", "message": message}, buffers)
        return _unwrapped(channel.receive())

    running = tester.Tester(shell.ipython.user_ns, ask, shell.plain, files)
    guard.install(shell.ipython.user_ns)
    while True:
        told, _ = channel.receive()
        if told["do"] == "give":
            running.give(told["source"], told["own"])
            channel.send({"kind": "done", "nonce": told["nonce"], "ok": True}, [])
            continue
        try:
            running.prepare(told["source"], asks=told["asks"])
        except (proxies.Refused, proxies.StudentError) as refused:
            ended: Message = {"ok": False, "ename": type(refused).__name__, "evalue": str(refused)[:2000]}
        else:
            ended = shell.run(told["source"])
        talk = running.finish()
        told_of = {"asked": talk.asked, "decided_there": talk.decided_there, "used": list(talk.used)}
        channel.send({"kind": "done", "nonce": told["nonce"], **told_of, **ended}, [])


def _unwrapped(frame: frames.Frame) -> frames.Frame:
    """What the other process said, out of the frame in which it was passed on."""
    message, buffers = frame
    return message["message"], buffers
