"""Cgroups: where they are looked for, and how a group is used, on version 1 and on version 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from courseware.sandbox import cgroups, orphans, port
from tests.journeys import test_lab_student as lab

V1 = """25 24 0:22 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
26 24 0:23 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
28 24 0:25 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
27 24 0:24 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
"""
V2 = "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
INSIDE = "30 24 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n"


def test_the_own_group_is_found_on_version_1() -> None:
    first, *_ = cgroups.found(V1, "8:pids:/\n4:memory:/a/b\n2:cpu,cpuacct:/c\n0::/\n")
    assert first.version == 1
    assert first.memory == Path("/sys/fs/cgroup/memory/a/b")
    assert first.processes == Path("/sys/fs/cgroup/pids")
    assert first.processor == Path("/sys/fs/cgroup/cpu,cpuacct/c")
    first, *_ = cgroups.found(V1, "8:pids:/\n4:memory:/a/b\n0::/\n")
    assert first.processor is None


@pytest.mark.parametrize(
    ("mounts", "mine", "wanted"),
    [
        (V2, "0::/system.slice/x.service/main\n", "/sys/fs/cgroup/system.slice/x.service/main"),
        (INSIDE, "0::/docker/abc\n", "/sys/fs/cgroup"),
        (INSIDE, "0::/docker/abc/inner\n", "/sys/fs/cgroup/inner"),
        (V2, "0::/\n", "/sys/fs/cgroup"),
    ],
)
def test_the_own_group_is_found_on_version_2(mounts: str, mine: str, wanted: str) -> None:
    places = cgroups.found(mounts, mine)
    assert [place.version for place in places] == [2, 2]
    assert places[0].memory == Path(wanted)
    assert places[1].memory == Path(wanted).parent, "where a service manager delegates the group above"


def test_a_group_of_version_2_is_limited_and_tells_what_was_ended(tmp_path: Path) -> None:
    # Files as the kernel would show them: no machine of ours has memory on version 2.
    group = cgroups.Group(cgroups.Places(version=2, memory=tmp_path, processes=tmp_path))
    assert len(group.folders) == 1
    (group.memory / "memory.events").write_text("low 0\noom 2\noom_kill 2\n")
    (group.memory / "memory.swap.max").write_text("max")
    (group.memory / "cgroup.procs").write_text("")
    group.limit(port.Limits(memory_bytes=1000, processes=7))
    told = {name: (group.memory / name).read_text() for name in ("memory.max", "memory.swap.max", "pids.max")}
    assert told == {"memory.max": "1000", "memory.swap.max": "0", "pids.max": "7"}
    assert not group.out_of_memory()
    (group.memory / "memory.events").write_text("oom_kill 3\n")
    assert group.out_of_memory()
    assert group.empty()
    for descriptor in group.open():
        os.write(descriptor, b"0")
        os.close(descriptor)
    assert not group.empty()


def test_a_process_goes_into_a_real_group_of_version_2() -> None:
    # Without limits: where version 1 has the controllers, version 2 groups processes all the same.
    mounts, mine = Path("/proc/self/mountinfo").read_text(), Path("/proc/self/cgroup").read_text()
    place = next(each for each in cgroups.found(mounts, mine) if each.version == 2)
    try:
        group = cgroups.Group(place)
    except OSError:
        assert os.geteuid() != 0, "root may make groups"
        return
    try:
        assert group.empty()
        (descriptor,) = group.open()
        code = f"import os, time; os.write({descriptor}, b'0'); print(flush=True); time.sleep(60)"
        with subprocess.Popen(
            [sys.executable, "-c", code], pass_fds=[descriptor], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            assert (group.memory / "cgroup.procs").read_text().split() == [str(process.pid)]
            assert not group.empty()
            process.kill()
        os.close(descriptor)
        assert group.empty()
    finally:
        group.remove()
    assert not group.memory.exists()


WEIGHED = """
import os, sys
from courseware.sandbox import cgroups, port
os.nice(int(sys.argv[1]))
group = cgroups.take(port.Limits())
names = ("cpu.weight.nice", "cpu.shares")
files = [folder / name for folder in (group.folders if group else ()) for name in names]
print(*[file.read_text().strip() for file in files if file.exists()])
if group:
    group.remove()
"""


@pytest.mark.parametrize(("priority", "weights"), [(0, {"1024", "0"}), (10, {"110", "10"})])
def test_a_group_counts_as_much_as_its_program_does(priority: int, weights: set[str]) -> None:
    """A worker's gradings give way as it does: a group counts as one of the usual priority else."""
    asked = [sys.executable, "-c", WEIGHED, str(priority)]
    told = subprocess.run(asked, cwd=lab.ROOT, check=True, capture_output=True, text=True).stdout.strip()
    # Without a word: groups share no processor here, or this user may not make any.
    assert told in weights or (not told and os.geteuid() != 0)


def test_marks_tell_whose_group_is_whose() -> None:
    assert not orphans.gone(f"{orphans.mark()}-1")
    assert orphans.gone("4194303-1-5")
    assert not orphans.gone("something else")
