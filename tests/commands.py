"""The command line for tests that need what it does: each command in a process of its own, forked from one
that has read the program already, which spares most of the time. How it begins is tested in `tests/cli`.

In: words, a folder and an environment. Out: what a finished process leaves. There is no standard input.

    python -m tests.commands    takes requests from its standard input, a line each
"""

import atexit
import functools
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn, TypedDict

_ONE_AT_A_TIME = threading.Lock()


class Wish(TypedDict):
    """One command, and the folder that gets what it prints."""

    words: list[str]
    cwd: str
    environment: dict[str, str]
    folder: str


def run(*words: str, cwd: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `courseware` with these words until it ends."""
    with tempfile.TemporaryDirectory(prefix="cw-command-") as folder:
        wish = Wish(words=list(words), cwd=str(cwd), environment=dict(environment), folder=folder)
        with _ONE_AT_A_TIME:
            reader = _reader()
            assert reader.stdin
            assert reader.stdout
            reader.stdin.write(json.dumps(wish) + "\n")
            reader.stdin.flush()
            code = int(reader.stdout.readline())
        stdout, stderr = (Path(folder, name).read_text() for name in ("stdout", "stderr"))
    return subprocess.CompletedProcess(["courseware", *words], code, stdout, stderr)


@functools.cache
def _reader() -> subprocess.Popen[str]:
    """The process that has read the program; it ends with this one."""
    argv = [sys.executable, "-m", "tests.commands"]
    place = Path(__file__).parents[1]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=place)
    atexit.register(process.__exit__, None, None, None)
    return process


def _read_program() -> None:
    """Import what commands import once they know what is asked."""
    cli = importlib.import_module("courseware.cli")
    for found in pkgutil.iter_modules(cli.__path__, "courseware.cli."):
        importlib.import_module(found.name)
    for name in ("courseware.lab.work", "httpx", "typer.main"):
        importlib.import_module(name)


def _become(wish: Wish) -> NoReturn:
    """Be the command."""
    from courseware.cli import main

    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(Path(wish["folder"], name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.chdir(wish["cwd"])
        os.environ.clear()
        os.environ.update(wish["environment"])
        sys.argv = ["courseware", *wish["words"]]
        main.main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _serve() -> None:
    _read_program()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve()
