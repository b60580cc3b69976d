"""Every limit, met for real at the level that this machine gives: how it ends, and that the next submission
is none the worse for it.
"""

import concurrent.futures
import dataclasses
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware import wiring
from courseware.sandbox import cgroups, jail, port

TIGHT = port.Limits(
    memory_bytes=1 << 30,
    processes=30,
    cpu_seconds=60,
    file_bytes=4 << 20,
    scratch_bytes=16 << 20,
    cell_output_bytes=100_000,
    notebook_output_bytes=250_000,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """A cell that meets a limit: the endings that are right, and what a pod says where that differs."""

    source: str
    endings: tuple[str, ...]
    reason: str = ""
    in_pod: tuple[str, ...] = ()
    limits: dict[str, Any] = dataclasses.field(default_factory=dict)


# A pod has no quota of its own: a folder that is too large is noticed, and its processes ended.
CASES = {
    "a cell's time": Case(source="while True: pass", endings=("timeout",)),
    "a cell's time, asleep": Case(source="import time\ntime.sleep(60)", endings=("timeout",)),
    "processor time": Case(
        source="import time\nwhile time.process_time() < 30: pass",
        endings=("timeout",),
        reason="The code used more than 1 s of processor time",
        limits={"cpu_seconds": 1},
    ),
    "processor time, in threads that Python does not see": Case(
        source="import hashlib, threading\n"
        "work = lambda: hashlib.pbkdf2_hmac('sha256', b'x', b'x', 50_000_000)\n"
        "for _ in range(3): threading.Thread(target=work).start()\nwork()",
        endings=("timeout",),
        reason="The code used more than 1 s of processor time",
        limits={"cpu_seconds": 1},
    ),
    "memory of one process": Case(source="x = bytearray(2 << 30)", endings=("memory",)),
    "memory in small pieces": Case(
        source="x = []\nwhile True: x.append(bytearray(1 << 20))", endings=("memory",)
    ),
    "processes": Case(
        source="import os, time\nwhile True:\n    if os.fork() == 0:\n        time.sleep(60)",
        endings=("error",),
        reason="BlockingIOError",
    ),
    "threads": Case(
        source="import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,)).start()",
        endings=("error",),
        reason="RuntimeError: can't start new thread",
    ),
    "size of a file": Case(
        source="with open('x', 'wb') as f: f.write(b'x' * (5 << 20))",
        endings=("error",),
        reason="OSError: [Errno 27]",
    ),
    "size of all files": Case(
        source="import time\nfor n in range(20): open(f'{n}', 'wb').write(b'x' * (3 << 20))\ntime.sleep(4)",
        endings=("error",),
        reason="OSError: [Errno 28]",
        in_pod=("crashed",),
    ),
    "number of files": Case(
        source=f"import os, time\nfor n in range({jail.INODES + 9}): os.mkdir(f'{{n}}')\ntime.sleep(4)",
        endings=("error",),
        reason="OSError: [Errno 28]",
        in_pod=("crashed",),
    ),
    "open files": Case(
        source="kept = [open('/dev/null') for _ in range(300)]",
        endings=("error",),
        reason="OSError: [Errno 24]",
    ),
    "a cell's output": Case(source="while True: print('x' * 1000)", endings=("output-limit",)),
    "output past Python": Case(
        source="import os\nwhile True: os.write(1, b'x' * 10_000)", endings=("output-limit",)
    ),
    "output of a started program": Case(
        source="import subprocess\nsubprocess.run(['yes'])", endings=("output-limit",)
    ),
    "one large value": Case(
        source="from IPython.display import display\ndisplay({'text/plain': 'x' * 1_000_000}, raw=True)",
        endings=("output-limit",),
    ),
    "a huge exception": Case(source="raise ValueError('x' * 10_000_000)", endings=("output-limit",)),
}


@pytest.fixture(scope="module")
def box() -> port.Sandbox:
    return wiring.fork_servers().sandbox


def opened(box: port.Sandbox, **limits: Any) -> port.Session:
    told = dataclasses.replace(TIGHT, **limits)
    return box.open(port.Workspace(files={}, python=Path(sys.executable), limits=told))


@pytest.fixture
def well(box: port.Sandbox) -> Iterator[None]:
    """After the test, a submission under the same limits is graded as always."""
    yield
    session = opened(box)
    try:
        run = session.run("import os\nopen('x', 'w').write('x')\nos.system('true')", seconds=20)
        assert run.outputs[0]["data"]["text/plain"] == "0", run
    finally:
        session.close()


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize("name", CASES)
def test_a_limit(box: port.Sandbox, name: str) -> None:
    case = CASES[name]
    session = opened(box, **case.limits)
    try:
        seconds = 1 if name.startswith("a cell's time") else 20
        run = session.run(case.source, seconds=seconds)
    finally:
        session.close()
    if box.level == "pod" and case.in_pod:
        assert run.ending in case.in_pod, run.reason
        return
    assert run.ending in case.endings, run.reason
    assert run.reason.startswith(case.reason)


@pytest.mark.usefixtures("well")
def test_a_notebooks_output_is_counted_over_its_cells(box: port.Sandbox) -> None:
    session = opened(box)
    try:
        endings = [session.run("print('x' * 90_000)", seconds=10).ending for _ in range(5)]
    finally:
        session.close()
    # What a frame may have beyond the limit is 64 KiB.
    assert endings == ["ok", "ok", "ok", "output-limit", "not-run"]


SHARED = """
import os, time
for _ in range(2):
    if os.fork() == 0:
        kept = bytearray(b'x') * (150 << 20)
        time.sleep(30)
        os._exit(0)
time.sleep(1)
kept = bytearray(b'x') * (500 << 20)
time.sleep(5)
"""


@pytest.mark.usefixtures("well")
def test_memory_is_counted_over_processes_where_there_are_cgroups(box: port.Sandbox) -> None:
    # Each of them is allowed this much by itself: only together they have too much.
    limits = {"memory_bytes": 700 << 20}
    session = opened(box, **limits)
    try:
        run = session.run(SHARED, seconds=20)
    finally:
        session.close()
    single = cgroups.available().places is None
    assert run.ending == ("ok" if single else "memory"), run


@pytest.mark.usefixtures("well")
def test_memory_of_scratch_folders_is_counted_where_there_are_cgroups(box: port.Sandbox) -> None:
    if cgroups.available().places is None:
        return
    limits = {"memory_bytes": 600 << 20, "scratch_bytes": 400 << 20, "file_bytes": 400 << 20}
    session = opened(box, **limits)
    source = (
        "for place in ('/tmp', '.', '/dev/shm'):\n    with open(f'{place}/x', 'wb') as file:\n"
        "        for _ in range(300): file.write(b'x' * (1 << 20))"
    )
    try:
        assert session.run(source, seconds=20).ending == "memory"
    finally:
        session.close()


CROWD = """
import os, time
for _ in range(100):
    if os.fork() == 0:
        os.setsid()
        while True: pass
print(flush=True)
time.sleep(60)
"""
WORK = """
import time
began = time.monotonic()
while time.process_time() < first + 0.2: pass
(time.monotonic() - began) / 0.2
"""


def test_many_processes_have_one_share_of_the_processor_where_there_are_cgroups(box: port.Sandbox) -> None:
    """Else an honest hand-in in the next slot would be over its time."""
    places = cgroups.available().places
    if places is None or (places.version == 1 and places.processor is None):
        return
    crowd, honest = opened(box, processes=120), opened(box)
    try:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(crowd.run, CROWD, seconds=6)
            time.sleep(2)
            assert honest.run("import time\nfirst = time.process_time()", seconds=60).ending == "ok"
            told = honest.run(WORK, seconds=60).outputs[0]["data"]["text/plain"]
        # With a share for each process it would be slowed down by 50 on two cores.
        assert float(told) < 15
    finally:
        crowd.close()
        honest.close()


def test_the_time_of_a_cell_that_is_deaf_is_over_all_the_same(box: port.Sandbox) -> None:
    session = opened(box)
    source = (
        "import ctypes, signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nctypes.CDLL(None).sleep(60)"
    )
    began = time.monotonic()
    try:
        assert session.run(source, seconds=1).ending == "timeout"
    finally:
        session.close()
    assert time.monotonic() - began < 10
