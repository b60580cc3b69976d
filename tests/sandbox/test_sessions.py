"""What a cell may do and how each ending is told, in both lanes: copies of a fork server, and kernels."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware import wiring
from courseware.sandbox import kernels, port

LIMITS = port.Limits(cell_output_bytes=200_000)
FILES = {"data.txt": b"given", "numpy.py": b"raise RuntimeError('poison')"}


@pytest.fixture(scope="module", params=["forked", "kernels"])
def box(request: pytest.FixtureRequest) -> port.Sandbox:
    return wiring.fork_servers().sandbox if request.param == "forked" else kernels.Jailed()


@pytest.fixture
def session(box: port.Sandbox) -> Iterator[port.Session]:
    imports = frozenset({"matplotlib.pyplot"})
    workspace = port.Workspace(files=FILES, python=Path(sys.executable), limits=LIMITS, imports=imports)
    opened = box.open(workspace)
    yield opened
    opened.close()


def text(run: port.CellRun) -> str:
    parts = []
    for output in run.outputs:
        parts.append(str(output.get("text") or output.get("data", {}).get("text/plain", "")))
    return "".join(parts)


def test_one_session_from_answer_to_flood(session: port.Session) -> None:
    assert text(session.run("open('data.txt').read()", seconds=10)) == "'given'"
    who = session.run("import os; os.getuid() in (1, 1000, 65534), 'HOME' in os.environ", seconds=10)
    assert text(who) == "(True, True)" or os.geteuid() != 0
    assert session.run("import numpy; numpy.array([1]).sum()", seconds=20).ending == "ok"
    failed = session.run("assert 1 == 2, 'no'", seconds=10)
    assert (failed.ending, failed.reason) == ("error", "AssertionError: no")
    slow = session.run("while True: pass", seconds=1)
    assert slow.ending == "timeout"
    assert session.alive
    assert text(session.run("'still here'", seconds=10)) == "'still here'"
    hidden = session.run(
        "import IPython.core.interactiveshell as i\n"
        "i.InteractiveShell._showtraceback = lambda *a, **k: None\nraise ValueError('quiet')",
        seconds=10,
    )
    assert hidden.ending == "error"
    assert session.run("x = bytearray(8 << 30)", seconds=10).ending == "memory"
    assert session.run("while True: print('x' * 1000)", seconds=20).ending == "output-limit"
    assert not session.alive
    assert session.run("1", seconds=5).ending == "not-run"


@pytest.mark.parametrize("source", ["os._exit(3)", "os.kill(os.getpid(), 9)", "os.abort()"])
def test_a_dead_process_is_told(session: port.Session, source: str) -> None:
    assert session.run(f"import os; {source}", seconds=10).ending == "crashed"
    assert not session.alive


def test_nothing_is_left_running(session: port.Session) -> None:
    mark = f"survivor-{os.getpid()}"
    source = f"import os\nif os.fork() == 0:\n    os.setsid()\n    os.execlp('sleep', '{mark}', '300')"
    session.run(source, seconds=10)
    session.close()
    assert [p for p in Path("/proc").glob("[0-9]*/cmdline") if mark.encode() in _read(p)] == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_no_network(session: port.Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        where = listener.getsockname()[1]
        run = session.run(f"import socket; socket.create_connection(('127.0.0.1', {where}), 1)", seconds=10)
    assert run.ending == "error"


def test_files_have_a_largest_size_and_the_work_folder_an_end(
    box: port.Sandbox, session: port.Session
) -> None:
    one = "open('big', 'wb').write(b'x' * (65 << 20))"
    assert session.run(one, seconds=20).ending == "error"
    many = "for n in range(4): open(f'part{n}', 'wb').write(b'x' * (60 << 20))"
    assert session.run("open('/usr/new', 'w')", seconds=10).ending == "error"
    # A pod has no quota: a folder that is too large is noticed.
    run = session.run(f"{many}\nimport time; time.sleep(4)", seconds=20)
    assert run.ending == ("crashed" if box.level == "pod" else "error")


SHOWN: list[tuple[str, list[dict[str, Any]]]] = [
    ("1 + 1", [{"output_type": "execute_result", "data": {"text/plain": "2"}}]),
    ("1;", []),
    ("print('a'); print('b')", [{"output_type": "stream", "name": "stdout", "text": "a\nb\n"}]),
    (
        "import sys\nprint('a')\nprint('b', file=sys.stderr)",
        [
            {"output_type": "stream", "name": "stdout", "text": "a\n"},
            {"output_type": "stream", "name": "stderr", "text": "b\n"},
        ],
    ),
    (  # a kernel reads what is written past Python in a thread of its own, which needs a moment
        "import os, time; _ = os.write(1, b'plain'); time.sleep(0.3)",
        [{"output_type": "stream", "name": "stdout", "text": "plain"}],
    ),
    (  # what came before the value stands before it: a mark is taken from the first that counts
        "import subprocess\nsubprocess.run(['sh', '-c', 'echo e >&2; sleep 0.3']).returncode",
        [
            {"output_type": "stream", "name": "stderr", "text": "e\n"},
            {"output_type": "execute_result", "data": {"text/plain": "0"}},
        ],
    ),
    ("!echo from a shell", [{"output_type": "stream", "name": "stdout", "text": "from a shell\r\n"}]),
    ("lines = !echo kept\nlines[0]", [{"output_type": "execute_result", "data": {"text/plain": "'kept'"}}]),
    ("%%bash\necho bash", [{"output_type": "stream", "name": "stdout", "text": "bash\n"}]),
    (
        "import asyncio\nawait asyncio.sleep(0, 'waited for')",
        [{"output_type": "execute_result", "data": {"text/plain": "'waited for'"}}],
    ),
    ("display('a')", [{"output_type": "display_data", "data": {"text/plain": "'a'"}}]),
    (
        "shown = display('a', display_id=True)\nshown.update('b')",
        [{"output_type": "display_data", "data": {"text/plain": "'b'"}}],
    ),
    (
        "from IPython.display import clear_output\nprint('a')\nclear_output(wait=True)\nprint('b')",
        [{"output_type": "stream", "name": "stdout", "text": "b\n"}],
    ),
    (
        "from IPython.display import HTML\nHTML('<b>x</b>')",
        [
            {
                "output_type": "execute_result",
                "data": {"text/plain": "<IPython.core.display.HTML object>", "text/html": "<b>x</b>"},
            }
        ],
    ),
    (
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True).stdout",
        [{"output_type": "execute_result", "data": {"text/plain": "b'42\\n'"}}],
    ),
    (
        "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    print(sum(pool.map(abs, [-1, -2])))",
        [{"output_type": "stream", "name": "stdout", "text": "3\n"}],
    ),
    ("%%time\n_ = 1", [{"output_type": "stream", "name": "stdout"}]),
    (
        "import warnings\nwarnings.warn('careful')",
        [{"output_type": "stream", "name": "stderr"}],
    ),
]


@pytest.mark.parametrize(
    ("source", "wanted"), SHOWN, ids=[source.split("\n")[-1][:30] for source, _ in SHOWN]
)
def test_a_cell_shows_what_it_shows_in_a_kernel(
    session: port.Session, source: str, wanted: list[dict[str, Any]]
) -> None:
    run = session.run(source, seconds=30)
    assert run.ending == "ok", run
    assert [
        {name: each[name] for name in want} for each, want in zip(run.outputs, wanted, strict=True)
    ] == wanted


def test_a_figure_is_shown_after_its_cell_and_not_again(session: port.Session) -> None:
    run = session.run("import matplotlib.pyplot as plt\nplt.plot([1, 2]);", seconds=60)
    assert [sorted(each["data"]) for each in run.outputs] == [["image/png", "text/plain"]]
    assert session.run("1;", seconds=10).outputs == ()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(:", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
        ("input()", "StdinNotImplementedError"),
        ("asyncio.run(x())", "NameError"),
        ("raise SystemExit(1)", "SystemExit"),
        ("def f(): f()\nf()", "RecursionError"),
    ],
)
def test_an_error_is_told_with_its_traceback(session: port.Session, source: str, name: str) -> None:
    run = session.run(source, seconds=20)
    failed = [each for each in run.outputs if each["output_type"] == "error"]
    assert [each["ename"] for each in failed] == [name]
    assert session.run("1", seconds=10).ending == "ok"


def test_time_is_over_for_code_that_cannot_be_interrupted(session: port.Session) -> None:
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    began = time.monotonic()
    assert session.run(source, seconds=1).ending == "timeout"
    assert not session.alive
    assert time.monotonic() - began < 30


def test_every_run_begins_the_same(box: port.Sandbox) -> None:
    source = "import random, numpy\nrandom.random(), float(numpy.random.rand()), hash('a')"
    imports = frozenset({"numpy"})
    workspace = port.Workspace(files={}, python=Path(sys.executable), limits=LIMITS, imports=imports)
    if isinstance(box, kernels.Jailed):
        source = "hash('a')"
    told = []
    for _ in range(2):
        session = box.open(workspace)
        told.append(text(session.run(source, seconds=20)))
        session.close()
    assert told[0] == told[1] != ""
