"""Programs for tests, each in a process of its own that is forked from one which has read the program
already: reading it takes most of the time of a short command, of a service's start and of a JupyterLab's.

In: a module with a `main`, words, a folder, an environment and a file for what it prints. Out: a process as
`subprocess` would give it. There is no standard input. How a program begins without this is tested in
`tests/cli` and `tests/faults`.

    python -m tests.forked service    reads programs; takes requests from its standard input, a line each
"""

import atexit
import contextlib
import functools
import importlib
import json
import os
import pkgutil
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn, TypedDict

from courseware import language
from courseware.sandbox import pythons

COURSEWARE, CLOCKED, LAB = "courseware.cli.main", "tests.journeys.clocked", "jupyterlab.labapp"
"""A command of courseware, a service by a clock of its own, and JupyterLab."""
_PACKAGES = {"service": "courseware", "lab": "courseware.lab"}
"""All modules of a package: what they read once they know what is asked."""
_MODULES = {
    "service": (
        *(COURSEWARE, CLOCKED, "alembic.command", "httpcore", "typer._adapters"),
        *("markdown_it", "mdit_py_plugins.dollarmath", "latex2mathml.converter", "nbgrader.preprocessors"),
    ),
    "lab": (
        *(LAB, "notebook.app", "jupyter_lsp.serverextension", "jupyter_server_terminals.app"),
        *("httpcore", "IPython", "nbconvert", "babel.numbers", "anyio._backends._asyncio"),
    ),
}
"""Single ones that they read too, most of them libraries that programs read when they first use them."""


class Wish(TypedDict):
    """A program to start, and where what it prints goes."""

    module: str
    words: list[str]
    cwd: str
    environment: dict[str, str]
    out: str
    err: str


class Process:
    """A process that was started so: the part of `subprocess.Popen` that tests of services use."""

    def __init__(self, reader: "_Reader", pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._reader, self._handle = reader, os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; below zero is the signal that killed it."""
        if self.returncode is None:
            if not select.select([self._handle], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = self._reader.ask(self.pid)
            os.close(self._handle)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def start(
    program: str,
    *words: str,
    cwd: Path,
    environment: Mapping[str, str],
    out: Path,
    err: Path | None = None,
    python: str = sys.executable,
) -> Process:
    """Start a program in the environment of `python`; what it prints goes to the end of `out`, its complaints
    to that of `err` if there is one.
    """
    wish = Wish(
        module=program,
        words=list(words),
        cwd=str(cwd),
        environment=dict(environment),
        out=str(out),
        err=str(err or out),
    )
    out.touch()  # whoever reads it before the program has begun finds nothing in it
    reader = _reader(python, "lab" if program == LAB else "service")
    return Process(reader, reader.ask(wish))


class _Reader:
    """The process that has read programs; it ends with this one."""

    def __init__(self, python: str, programs: str) -> None:
        argv = [python, "-m", "tests.forked", programs]
        place = Path(__file__).parents[1]
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=place
        )
        atexit.register(self._process.__exit__, None, None, None)

    def ask(self, what: Wish | int) -> int:
        """The number of the process that it starts, or how the one of a number ended."""
        with self._turn:
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


@functools.cache
def _reader(python: str, programs: str) -> _Reader:
    return _Reader(python, programs)


def _read(programs: str) -> None:
    package = _PACKAGES[programs]
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if ".migrations." not in found.name:
            importlib.import_module(found.name)
    for name in _MODULES[programs]:
        importlib.import_module(name)
    if programs == "service":
        pythons.inspect(pythons.current())
        for name in language.NAMES:
            language.pages(name)


def _become(wish: Wish) -> NoReturn:
    """Be the program."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, name in ((1, wish["out"]), (2, wish["err"])):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
        os.chdir(wish["cwd"])
        os.environ.clear()
        os.environ.update(wish["environment"])
        time.tzset()  # which Python reads as it begins
        sys.argv = [wish["module"].rpartition(".")[2], *wish["words"]]
        importlib.import_module(wish["module"]).main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _serve(programs: str) -> None:
    _read(programs)
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, int):
            answer = os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1])
        else:
            answer = os.fork()
            if not answer:
                _become(asked)
        print(answer, flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
