"""The filter of system calls, each tried from inside, at the level that this machine gives; and what programs
of science need, which it lets through.
"""

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import wiring
from courseware.sandbox import port, seccomp

COLUMN = {"x86_64": 0, "aarch64": 1}[os.uname().machine]
IMPORTS = frozenset({"numpy", "matplotlib.pyplot"})


@pytest.fixture(scope="module")
def box() -> port.Sandbox:
    return wiring.fork_servers().sandbox


@pytest.fixture
def session(box: port.Sandbox) -> Iterator[port.Session]:
    workspace = port.Workspace(
        files={"given": b"1"}, python=Path(sys.executable), limits=port.Limits(), imports=IMPORTS
    )
    opened = box.open(workspace)
    yield opened
    opened.close()


CALL = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(*(ctypes.c_long(each) for each in (number, *arguments)))
    return errno.errorcode.get(ctypes.get_errno(), "?") if result < 0 else "done"
"""


def told(session: port.Session, source: str) -> str:
    run = session.run(CALL + source, seconds=30)
    return "".join(str(output.get("text", "")) for output in run.outputs).strip() or run.ending + run.reason


def numbers(calls: seccomp.Numbers) -> dict[str, int]:
    return {name: number for name, both in calls.items() if (number := both[COLUMN]) is not None}


def test_every_call_of_the_list_is_denied(box: port.Sandbox, session: port.Session) -> None:
    denied = numbers(seccomp._DENIED) | (numbers(seccomp._DENIED_IN_POD) if box.level == "pod" else {})
    source = f"print({{n: a for n, c in {denied!r}.items() if (a := call(c, *[-1] * 6)) != 'EPERM'}})"
    assert told(session, source) == "{}"


# What the list is for: none of these may ever fall out of it.
FAMILIES = """
ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd
mount umount2 mount_setattr move_mount fsopen fsmount fsconfig fspick open_tree pivot_root chroot
unshare setns open_by_handle_at name_to_handle_at mknodat fanotify_init quotactl
bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register add_key request_key keyctl
personality memfd_create shmget msgget semget
kexec_load kexec_file_load init_module finit_module delete_module swapon reboot settimeofday
clock_settime acct setuid setgid setreuid setresuid setgroups capset
"""


def test_the_list_has_all_families() -> None:
    assert set(FAMILIES.split()) <= set(seccomp._DENIED)


def test_without_clone3_threads_still_start(session: port.Session) -> None:
    assert told(session, "print(call(435, 0, 0))") == "ENOSYS"
    source = (
        "import threading\nts = [threading.Thread(target=print, args=(n,)) for n in range(3)]\n"
        "for t in ts:\n    t.start(); t.join()"
    )
    assert told(session, source) == "0\n1\n2"


@pytest.mark.parametrize(
    "flag", [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]
)
def test_clone_makes_no_namespace(session: port.Session, flag: int) -> None:
    assert told(session, f"print(call({seccomp._CLONE[COLUMN]}, {flag | 17}, 0, 0, 0, 0))") == "EPERM"


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG"])
def test_sockets_reach_no_network(session: port.Session, family: str) -> None:
    source = f"import socket\nprint(call({seccomp._SOCKET[COLUMN]}, socket.{family}, 2, 0))"
    assert told(session, source) == "EACCES"
    pair = f"import socket\nprint(call({seccomp._SOCKETPAIR[COLUMN]}, socket.{family}, 1, 0, 0))"
    assert told(session, pair) == "EACCES"


@pytest.mark.parametrize("request_", [0x5412, 0x541C])
def test_nobody_types_into_a_terminal(session: port.Session, request_: int) -> None:
    assert told(session, f"print(call({seccomp._IOCTL[COLUMN]}, 1, {request_}, 0))") == "EPERM"
    high = request_ | 1 << 32  # the kernel looks at the lower half
    assert told(session, f"print(call({seccomp._IOCTL[COLUMN]}, 1, {high}, 0))") == "EPERM"


def test_calls_by_another_machines_numbers_end_the_process(session: port.Session) -> None:
    if COLUMN != 0:
        return  # only x86_64 has other ways to call
    assert told(session, "print(call(0x40000000 | 39))") == "ENOSYS"
    source = (
        "import ctypes, mmap\n"
        "page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)\n"
        "page.write(bytes.fromhex('b814000000cd80c3'))  # mov eax, getpid; int 0x80; ret\n"
        "place = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "print(ctypes.CFUNCTYPE(ctypes.c_int)(place)())"
    )
    assert session.run(source, seconds=10).ending == "crashed"


def test_a_machine_that_is_not_known_is_refused() -> None:
    with pytest.raises(OSError, match="riscv64") as refused:
        seccomp.program("riscv64")
    assert refused.value.errno == errno.ENOSYS
    for machine in ("x86_64", "aarch64"):
        for pod in (False, True):
            assert len(seccomp.program(machine, pod=pod)) // 8 < 4096


def test_in_a_pod_files_keep_their_rights_and_others_their_limits(
    box: port.Sandbox, session: port.Session
) -> None:
    if box.level != "pod":
        assert seccomp.program("x86_64") != seccomp.program("x86_64", pod=True)
        return
    rights = "import os\nbefore = os.stat('given').st_mode\nos.chmod('given', 0)\n"
    assert told(session, f"{rights}print(os.stat('given').st_mode == before)") == "True"
    for name, (x86, arm, place) in seccomp._ONLY_ONESELF.items():
        arguments = [0] * place + [1, 0, 0]
        answer = told(session, f"print(call({(x86, arm)[COLUMN]}, *{arguments}))")
        assert answer == "EPERM", name
    for kind in ("SOCK_DGRAM", "SOCK_RAW"):
        assert "PermissionError" in told(session, f"import socket\nsocket.socketpair(type=socket.{kind})")
        assert "PermissionError" in told(session, f"import socket\nsocket.socket(1, socket.{kind})")


NEEDED = {
    "numpy": "import numpy\nnumpy.linalg.svd(numpy.random.rand(200, 200))",
    "threads": "from concurrent.futures import ThreadPoolExecutor as P\n"
    "assert list(P(4).map(abs, [-1])) == [1]",
    "processes": "from concurrent.futures import ProcessPoolExecutor as P\n"
    "with P(2) as p: assert list(p.map(abs, [-1, -2])) == [1, 2]",
    "queue": "import multiprocessing as m\nm.set_start_method('fork', force=True)\nq = m.Queue()\n"
    "p = m.Process(target=q.put, args=(5,)); p.start(); assert q.get(timeout=10) == 5; p.join()\n"
    "lock = m.RLock()\nwith lock, lock: pass\nvalue = m.Value('i', 3)\nwith value: value.value += 1\n"
    "assert not m.Event().wait(0.1)",
    "subprocess": "import subprocess\nassert subprocess.run(['ls'], capture_output=True).stdout",
    "sqlite": "import sqlite3\nwith sqlite3.connect('a.db') as c: c.execute('create table t(a)')",
    "figure": "import matplotlib.pyplot as p\np.plot([1]); p.savefig('a.png'); p.close()",
    "files": "import shutil, tempfile, pathlib\nshutil.copy2('given', 'copy')\n"
    "with tempfile.TemporaryDirectory() as d: pathlib.Path(d, 'x').write_text('x')\n"
    "shutil.make_archive('a', 'zip', '.', 'given')\nshutil.unpack_archive('a.zip', 'b')",
    "async": "import asyncio\np = await asyncio.create_subprocess_exec('true')\nassert await p.wait() == 0",
    "clock": "import os, time\nos.cpu_count(); os.sched_getaffinity(0); os.nice(0); time.sleep(0.01)",
}


@pytest.mark.parametrize("name", NEEDED)
def test_what_honest_programs_need_works(session: port.Session, name: str) -> None:
    run = session.run(NEEDED[name], seconds=60)
    assert run.ending == "ok", run
