"""Many submissions in a row, well-behaved and not: nothing that they use is left, and nothing grows.

At full scale (`make soak`) what was run and counted goes to `build/soak.jsonl`, a line a run.
"""

import collections
import concurrent.futures
import dataclasses
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from courseware import wiring
from courseware.sandbox import cgroups, port

FULL = os.environ.get("COURSEWARE_SCALE") == "full"
SUBMISSIONS = 5000 if FULL else 100
ROOT = Path(__file__).parents[2]
LIMITS = port.Limits(processes=30, memory_bytes=1 << 30, cell_output_bytes=100_000, scratch_bytes=32 << 20)
GOOD = ("import numpy\nx = numpy.arange(1000).sum()\nprint(x)", "ok")
KINDS = {
    "honest": GOOD,
    "honest with a file": ("open('x', 'w').write('x' * 100_000)", "ok"),
    "an error": ("1 / 0", "error"),
    "honest with processes": ("import subprocess\nsubprocess.run(['true'], check=True)", "ok"),
    "crash": ("import ctypes\nctypes.string_at(0)", "crashed"),
    "memory": ("x = bytearray(2 << 30)", "memory"),
    "output": ("while True: print('x' * 1000)", "output-limit"),
    "daemon": ("import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)", "ok"),
    "exit": ("import os\nos._exit(0)", "crashed"),
    "fork bomb": (
        "import os, time\nwhile True:\n    try:\n        if os.fork() == 0: time.sleep(600)\n"
        "    except OSError: break",
        "ok",
    ),
    "many files": ("for n in range(300): open(f'{n}', 'w').close()", "ok"),
    "endless": ("while True: pass", "timeout"),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Left:
    """What there is of everything that could be left."""

    files: int
    mounts: int
    processes: int
    groups: int
    folders: int
    memory: int
    servers_memory: int


@pytest.mark.slow
@pytest.mark.soak
def test_submissions_leave_nothing_and_nothing_grows() -> None:
    box = wiring.fork_servers().sandbox
    names = list(KINDS)
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda n: _one(box, names[n % len(names)]), range(24)))
        before = _left()
        ended = collections.Counter(pool.map(lambda n: _one(box, names[n % len(names)]), range(SUBMISSIONS)))
    after = _left()
    assert ended == collections.Counter(KINDS[names[n % len(names)]][1] for n in range(SUBMISSIONS))
    # Children that wait for the next submission may or may not have come by now.
    assert abs(after.files - before.files) <= 6
    assert after.mounts == before.mounts
    assert abs(after.processes - before.processes) <= 4
    assert after.groups <= before.groups + 4
    assert after.folders <= before.folders + 4
    assert after.memory <= before.memory + (24 << 20)
    assert after.servers_memory <= before.servers_memory * 1.1 + (8 << 20)
    if FULL:
        _report(box.level, ended, (before, after), time.monotonic() - begun)


def _one(box: port.Sandbox, kind: str) -> str:
    """One submission of a kind; how its cell ended."""
    source, ending = KINDS[kind]
    imports = frozenset({"numpy"})
    session = box.open(port.Workspace(files={}, python=Path(sys.executable), limits=LIMITS, imports=imports))
    try:
        if ending != "timeout":
            assert session.run("1 + 1", seconds=30).ending == "ok"
        return session.run(source, seconds=0.5 if ending == "timeout" else 30).ending
    finally:
        session.close()


def _left() -> Left:
    """Count, once what is ending has ended."""
    gc.collect()
    time.sleep(1)
    mine = _descendants()
    groups = 0
    if places := cgroups.available().places:
        groups = len(list(places.memory.glob("courseware-*")))
    return Left(
        files=len(os.listdir("/proc/self/fd")),
        mounts=Path("/proc/self/mountinfo").read_text().count("\n"),
        processes=len(mine),
        groups=groups,
        folders=sum(1 for _ in Path(tempfile.gettempdir()).glob("courseware-*/scratch/*")),
        memory=_memory(os.getpid()),
        servers_memory=max((_memory(each) for each in mine), default=0),
    )


def _descendants() -> set[int]:
    """All processes below this one."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(place.parent.name)] = int(fields[1])
    found: set[int] = set()
    while more := {one for one, above in parents.items() if above in found | {os.getpid()}} - found:
        found |= more
    return found


def _memory(process: int) -> int:
    """Bytes that are a process's own: resident, and not of files."""
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    fields = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    return int(fields["RssAnon"].split()[0]) << 10 if "RssAnon" in fields else 0


def _report(level: str, ended: collections.Counter[str], left: tuple[Left, Left], seconds: float) -> None:
    """One line about a run at full scale."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = {
        "commit": commit.stdout.strip(),
        "sandbox": level,
        "submissions": SUBMISSIONS,
        "ended": dict(ended),
        "before": dataclasses.asdict(left[0]),
        "after": dataclasses.asdict(left[1]),
        "seconds": round(seconds, 1),
    }
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "soak.jsonl").open("a") as stream:
        stream.write(json.dumps(told) + "\n")
