"""The fast lane's own: tests apart from the student's code in the jail, the walls of the jail, its end."""

import dataclasses
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from courseware import errors
from courseware.sandbox import forkserver, port, selftest

FILES = {"given.csv": b"1,2", "mine.csv": b"3,4"}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def box() -> forkserver.Forked:
    return forkserver.Forked()


def workspace(limits: port.Limits | None = None) -> port.Workspace:
    return port.Workspace(
        files=FILES,
        python=Path(sys.executable),
        limits=limits or port.Limits(),
        release=frozenset({"given.csv"}),
    )


@pytest.fixture
def session(box: forkserver.Forked) -> Iterator[port.Apart]:
    opened = box.open(workspace())
    assert isinstance(opened, port.Apart)
    yield opened
    opened.close()


def check(session: port.Apart, source: str, seconds: float = 20) -> port.CellRun:
    return session.check(source, seconds=seconds, asks=())


def test_a_test_runs_apart_and_sees_the_releases_files_only(session: port.Apart) -> None:
    session.run("def square(x):\n    print(x)\n    return x * x\nhere = 1", seconds=10)
    session.give("import os")
    assert check(session, "assert square(3) == 9").ending == "ok"
    wrong = check(session, "assert square(3) == 8, 'not nine'")
    assert (wrong.ending, wrong.reason) == ("error", "AssertionError: not nine")
    assert wrong.outputs[0]["output_type"] == "error", "what the function prints is not shown"
    listed = check(session, "os.listdir()")
    assert listed.outputs[0]["data"]["text/plain"] == "['given.csv']"
    assert "os" not in session.run("sorted(globals())", seconds=10).outputs[0]["data"]["text/plain"]
    assert check(session, "square(2) / 8").outputs[0]["data"]["text/plain"] == "0.5"


def test_the_students_process_never_holds_a_test(session: port.Apart) -> None:
    session.run("def square(x):\n    return x * x", seconds=10)
    check(session, "needle_in_the_test = 6 * 7\nassert square(2) == 4")
    look = (
        "import gc, sys\nfound = [o for o in gc.get_objects() if isinstance(o, (str, dict, list)) "
        "and 'needle_in' + '_the_test' in str(o)[:10_000]]\nlen([o for o in found if o is not globals()])"
    )
    found = session.run(look, seconds=60)
    told = int(found.outputs[-1]["data"]["text/plain"])
    again = session.run(look, seconds=60)
    assert told <= int(again.outputs[-1]["data"]["text/plain"]), "only this cell's own words are found"
    memory = "open('/proc/self/mem', 'rb')"
    assert session.run(memory, seconds=10).ending == "error"


def test_a_function_that_hangs_costs_its_test_only(session: port.Apart) -> None:
    session.run("def hangs():\n    while True: pass\ndef works(): return 1", seconds=10)
    assert check(session, "hangs()", 1).ending == "timeout"
    assert session.alive
    assert check(session, "assert works() == 1").ending == "ok"


@pytest.mark.parametrize(
    ("source", "ending"),
    [
        ("import os\ndef f(): os._exit(0)", "crashed"),
        ("import os\ndef f(): os.write(3, b'x' * 100)", "output-limit"),
        ("import os\ndef f(): os.write(3, bytes([0, 0, 0, 2, 0, 0, 0, 0]) + b'xx')", "protocol"),
        ("import os\ndef f(): os.write(1, b'x' * (1 << 30))", "output-limit"),
    ],
)
def test_a_process_that_breaks_the_talk_is_ended(session: port.Apart, source: str, ending: str) -> None:
    session.run(source, seconds=10)
    assert check(session, "f()").ending == ending
    assert not session.alive
    assert check(session, "f()").ending == "not-run"


@pytest.mark.parametrize(
    "way", ["sys.stderr.write('e' * 100_000); sys.stderr.flush()", "os.write(2, b'e' * 50_000)"]
)
def test_warnings_during_a_test_are_counted_as_output(session: port.Apart, way: str) -> None:
    session.run(f"import os, sys\ndef f():\n    for _ in range(100): {way}\n    return 1", seconds=10)
    flooded = check(session, "assert f() == 1")
    assert flooded.ending == "output-limit"
    kept = sum(len(str(output.get("text", ""))) for output in flooded.outputs)
    assert kept < 2 * port.Limits().cell_output_bytes


def test_files_of_a_hand_in_start_no_fork_server_of_their_own(box: forkserver.Forked) -> None:
    given = dataclasses.replace(workspace(), imports=frozenset({"numpy", "json"}))
    box.open(given).close()
    before = set(box._servers)
    for name in ("numpy.py", "json/__init__.py"):
        opened = box.open(dataclasses.replace(given, files={**FILES, name: b"raise SystemExit"}))
        assert opened.run("import json, numpy\nassert numpy.zeros(1).sum() == 0", seconds=20).ending == "ok"
        opened.close()
    assert set(box._servers) == before


def test_a_verdict_that_was_made_up_is_none(session: port.Apart) -> None:
    forged = json.dumps([{"kind": "done", "nonce": "0", "ok": True}, []]).encode()
    source = f"import os, struct\nos.write(3, struct.pack('!II', {len(forged)}, 0) + {forged!r})\n1 / 0"
    assert session.run(source, seconds=10).ending == "protocol"


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        ("socket.socket(socket.AF_INET)", "PermissionError"),
        ("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "PermissionError"),
        ("os.unshare(0x10000000) if hasattr(os, 'unshare') else os.setuid(0)", "PermissionError"),
        ("os.chroot('/')", "PermissionError"),
        ("os.mknod('x', 0o60600, os.makedev(7, 0))", "PermissionError"),
        ("open('/etc/shadow')", "FileNotFoundError"),
        ("os.kill(1, 9)", "PermissionError"),
        ("fcntl.ioctl(1, 0x5412, b'x')", "PermissionError"),
        ("os.listdir('/proc/1/fd')", "PermissionError"),
        ("open('/proc/1/mem', 'r+b')", "PermissionError"),
        ("open('/proc/1/maps').read()", "PermissionError"),
        ("os.kill(1, 2)", "PermissionError"),
        ("open('/proc/sys/net/unix/max_dgram_qlen', 'w')", "PermissionError"),
    ],
)
def test_what_a_cell_may_not_do(session: port.Apart, attempt: str, refusal: str) -> None:
    run = session.run(f"import fcntl, os, socket\n{attempt}", seconds=10)
    assert (run.ending, run.reason.split(":")[0]) == ("error", refusal)


def test_processes_and_memory_have_limits(box: forkserver.Forked) -> None:
    limits = port.Limits(processes=20, memory_bytes=1 << 30, cpu_seconds=2)
    opened = box.open(workspace(limits))
    try:
        many = "import os\nfor _ in range(40):\n    if os.fork() == 0:\n        import time; time.sleep(60)"
        assert opened.run(many, seconds=20).reason.startswith("BlockingIOError")
        assert opened.run("x = bytearray(2 << 30)", seconds=10).ending == "memory"
        run = opened.run("while True: pass", seconds=30)
        assert (run.ending, run.reason) == (
            "timeout",
            "The code used more than 2 s of processor time and was stopped.",
        )
    finally:
        opened.close()


NETWORK = "import os\nos.stat('/proc/self/ns/net').st_ino"
LISTEN = "import socket\nheld = socket.socket(socket.AF_UNIX)\nheld.bind(chr(0) + 'name')\nheld.listen()"


def test_a_network_has_one_child_at_a_time_and_is_as_new_for_the_next(box: forkserver.Forked) -> None:
    def network(session: port.Session) -> str:
        return str(session.run(NETWORK, seconds=10).outputs[0]["data"]["text/plain"])

    seen = []
    for _ in range(4):
        both = [box.open(workspace()), box.open(workspace())]
        try:
            found = [network(each) for each in both]
            assert [each.run(LISTEN, seconds=10).ending for each in both] == ["ok", "ok"]
            told = check(cast(port.Apart, both[0]), NETWORK).outputs[0]["data"]["text/plain"]
        finally:
            for each in both:
                each.close()
        assert len({*found, told}) == 3, "two students' and one of the tests, at the same time"
        seen += [*found, told]
    assert len(set(seen)) < len(seen), "they are used in turn"
    assert str(os.stat("/proc/self/ns/net").st_ino) not in seen


def test_a_library_that_starts_threads_is_not_loaded_beforehand(
    box: forkserver.Forked, tmp_path: Path
) -> None:
    # What the interpreter brings along: this module starts a thread when it is imported.
    given = workspace()
    fitted = port.Workspace(
        files={}, python=given.python, limits=given.limits, imports=frozenset({"idlelib.run"})
    )
    opened = box.open(fitted)
    try:
        assert opened.run("1", seconds=10).ending == "ok"
    finally:
        opened.close()


def test_nothing_is_left_of_a_program_that_was_killed(tmp_path: Path) -> None:
    source = (
        "import sys, time\nfrom pathlib import Path\nfrom courseware.sandbox import forkserver, port\n"
        "box = forkserver.Forked()\n"
        "opened = box.open(port.Workspace(files={}, python=Path(sys.executable), limits=port.Limits()))\n"
        f'opened.run(\'import subprocess; subprocess.Popen(["sleep", "4{os.getpid()}"])\', seconds=10)\n'
        "print('ready', flush=True)\ntime.sleep(600)"
    )
    program = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, cwd=ROOT)
    assert program.stdout is not None
    assert program.stdout.readline() == b"ready\n"
    assert _running(f"4{os.getpid()}")
    program.kill()
    program.wait()
    program.stdout.close()
    end = time.monotonic() + 20
    while _running(f"4{os.getpid()}"):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_many_sessions_leave_nothing_behind(box: forkserver.Forked) -> None:
    def all_of_it() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), Path("/proc/self/mountinfo").read_text().count("\n")

    for _ in range(5):
        box.open(workspace()).close()
    before = all_of_it()
    for _ in range(50):
        opened = box.open(workspace())
        opened.run("1", seconds=10)
        opened.close()
    files, mounts = all_of_it()
    # What is kept ready for the next session may or may not have come by now.
    assert abs(files - before[0]) <= 2
    assert mounts == before[1]


def test_a_python_that_does_not_start_is_told(box: forkserver.Forked) -> None:
    given = port.Workspace(files={}, python=Path("/bin/false"), limits=port.Limits())
    with pytest.raises(errors.UserError, match="does not start"):
        box.open(given)


class Busy:
    """A sandbox on a busy machine: so many sessions do not start."""

    level: port.Level = "jail"

    def __init__(self, box: port.Sandbox, failing: int) -> None:
        self._box, self._failing = box, failing

    def open(self, workspace: port.Workspace) -> port.Session:
        """Start a session, or not."""
        self._failing -= 1
        if self._failing >= 0:
            raise errors.Temporary("A fresh process in the sandbox did not start.")
        return self._box.open(workspace)


def test_a_busy_machine_gets_no_weaker_sandbox_at_once(box: forkserver.Forked) -> None:
    assert selftest.forked(Busy(box, 1)).level == "jail"
    assert selftest.forked(Busy(box, 2)).level == "none"


def _running(word: str) -> bool:
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"\0{word}\0".encode() in place.read_bytes():
                return True
        except OSError:
            continue
    return False
