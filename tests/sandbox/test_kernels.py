"""The kernel lane for real: what a cell may do, and how each ending is told."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.sandbox import bubblewrap, kernels, port, pythons, selftest

LIMITS = port.Limits(cell_output_bytes=200_000)


@pytest.fixture
def session() -> Iterator[port.Session]:
    files = {"data.txt": b"given", "numpy.py": b"raise RuntimeError('poison')"}
    opened = kernels.Jailed().open(port.Workspace(files=files, python=pythons.current(), limits=LIMITS))
    yield opened
    opened.close()


def text(run: port.CellRun) -> str:
    parts = []
    for output in run.outputs:
        parts.append(str(output.get("text") or output.get("data", {}).get("text/plain", "")))
    return "".join(parts)


def test_one_session_from_answer_to_crash(session: port.Session) -> None:
    assert text(session.run("open('data.txt').read()", seconds=10)) == "'given'"
    who = session.run("import os; os.getuid(), 'HOME_SECRET' in os.environ", seconds=10)
    assert text(who) == "(65534, False)" if os.geteuid() == 0 else who.ending == "ok"
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
    large = session.run("x = bytearray(8 << 30)", seconds=10)
    assert large.ending == "memory"
    flood = session.run("while True: print('x' * 1000)", seconds=20)
    assert flood.ending == "output-limit"
    assert not session.alive
    assert session.run("1", seconds=5).ending == "not-run"


def test_a_dead_process_is_told(session: port.Session) -> None:
    assert session.run("import os; os._exit(3)", seconds=10).ending == "crashed"


def test_nothing_is_left_running(session: port.Session, tmp_path: Path) -> None:
    mark = f"survivor-{os.getpid()}"
    source = f"import os\nif os.fork() == 0:\n    os.setsid()\n    os.execlp('sleep', '{mark}', '300')"
    session.run(source, seconds=10)
    session.close()
    alive = [p for p in Path("/proc").glob("[0-9]*/cmdline") if mark.encode() in _read(p)]
    assert alive == []


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


def test_the_self_test_tries_to_get_out() -> None:
    found = selftest.probe()
    assert found.level == "jail", found.reason
    assert len(found.probes) == 8
    assert all(probe.endswith(":held") for probe in found.probes)


def test_without_bubblewrap_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(errors.Permanent, match="bubblewrap is not installed"):
        bubblewrap.available()


def test_a_python_without_a_kernel_is_refused() -> None:
    with pytest.raises(errors.UserError, match="does not start"):
        pythons.inspect(Path("/bin/false"))


def test_without_a_jail_it_is_told() -> None:
    box = kernels.Unconfined()
    assert box.level == "none"
    opened = box.open(port.Workspace(files={"a.txt": b"a"}, python=pythons.current(), limits=LIMITS))
    try:
        assert text(opened.run("open('a.txt').read()", seconds=10)) == "'a'"
    finally:
        opened.close()
