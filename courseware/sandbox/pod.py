"""Walls for a student's process where the machine gives no namespaces, as in most containers.

In: folders, limits. Out: nothing; afterwards the process reaches the system, the course's Python and one
scratch folder, and no process but its own. Landlock holds files, signals, other processes' memory, TCP and
abstract sockets; the filter of system calls holds what Landlock does not know. Each child has a keeper, a
process of ours that the child's code cannot reach: it adopts what the child leaves behind, looks after the
size of its folder, ends all of it and removes the folder. Refused: Landlock before version 6.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from typing import Any

from courseware.sandbox import jail, orphans, seccomp, syscalls

LOOK_SECONDS = 0.5
Begin = Callable[[str], None]
_READ_BY_ALL = ("/proc", "/dev", "/sys/devices/system/cpu")
_READ = (
    *(f"/proc/{name}" for name in ("self", "cpuinfo", "meminfo", "stat", "loadavg", "uptime", "version")),
    "/sys/devices/system/cpu",
)
_DEVICES = tuple(f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom"))
_READABLE = (*jail.SYSTEM, *(f"/etc/{name}" for name in jail.ETC))


def confine(folder: str, python: list[str], user: int) -> None:
    """Shut the fork server in before it imports anything: it and its children reach no more than this.

    Args:
        folder: the scratch folder; all that is ever written lies below.
        python: folders of the interpreter.
        user: whom to become; 0 to stay who one is.

    Raises:
        OSError: Landlock is too old, or a step failed.
    """
    if syscalls.landlock_version() < syscalls.SIGNALS_STAY_INSIDE:
        raise OSError(f"Landlock here has version {syscalls.landlock_version()}, and a pod needs 6")
    os.setsid()
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    os.mkdir(os.environ["HOME"])
    syscalls.drop_bounding()
    syscalls.drop_capabilities()
    syscalls.dumpable(by_its_user=False)
    syscalls.landlock([*_READABLE, *_READ_BY_ALL, *python], [folder, *_DEVICES])


def keep(control: socket.socket, number: int, folder: str, limits: dict[str, Any], begin: Begin) -> None:
    """Be the keeper of one child; never returns.

    Args:
        control: where to send handles of the keeper and of the child.
        number: which child was asked for.
        folder: where the child gets its own folder.
        limits: those of `port.Limits` by name.
        begin: what the child does, in the scratch folder that it is given; it never returns.
    """
    server = os.getppid()
    own = os.path.join(folder, str(number))
    signals = {signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    _alone(server)
    try:
        for each in (own, f"{own}/work", f"{own}/tmp"):
            os.mkdir(each)
        child = os.fork()
        if child == 0:
            control.close()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
            begin(own)
        handles = [os.pidfd_open(os.getpid()), os.pidfd_open(child)]
        socket.send_fds(control, [b'{"for": %d}' % number], handles)
        os.closerange(0, 256)
        while os.getppid() == server and signal.sigtimedwait(signals, LOOK_SECONDS) is None:
            if _too_large(own, int(limits["scratch_bytes"])):
                end_all()
    finally:
        end_all()
        orphans.remove(pathlib.Path(own))
        os._exit(0)


def _alone(server: int) -> None:
    """Become a process that adopts, that reaches its own descendants only, and that ends with the server."""
    try:
        syscalls.die_with_parent(signal.SIGTERM)
        syscalls.adopt_orphans()
        syscalls.keep_signals_inside()
        # `end_all` sends to everybody whom it can reach: see that the server is not one of them.
        os.kill(server, 0)
    except PermissionError:
        return
    except OSError:
        pass
    os._exit(1)


def end_all() -> None:
    """Kill every other process of this one's domain, and wait until none is left.

    The kernel sends to all of them in one step: a process that forks meanwhile is killed before it has.
    """
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            for _ in range(50):
                if os.waitpid(-1, os.WNOHANG) == (0, 0):
                    time.sleep(0.002)
            continue
        return


def end_keepers() -> None:
    """Tell the keepers of this server to end, and wait until they and all of theirs have."""
    with contextlib.suppress(ProcessLookupError):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    os._exit(0)


def _too_large(folder: str, most: int) -> bool:
    """Whether a folder holds more than it may, in bytes on the disk or in files, or cannot be looked into."""
    size = count = 0
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    size += found.st_blocks * 512
                    count += 1
                    if size > most or count > jail.INODES:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue  # removed meanwhile
        except OSError:
            return True  # too deep to be named, or shut: what it holds cannot be counted
    return False


def enter(limits: dict[str, Any], python: list[str], own: str) -> None:
    """Shut the door: own scratch folder, limits, few files, no other process, few system calls.

    Args:
        limits: those of `port.Limits` by name.
        python: folders of the interpreter.
        own: the child's scratch folder.
    """
    jail.first_out_of_memory()
    work, scratch = f"{own}/work", f"{own}/tmp"
    os.chdir(work)
    os.environ.update({"HOME": scratch, "TMPDIR": scratch})
    os.environ.update({"IPYTHONDIR": f"{scratch}/ipython", "MPLCONFIGDIR": f"{scratch}/matplotlib"})
    tempfile.tempdir = None
    jail.limit({**limits, "processes": int(limits["processes"]) + _running()})
    syscalls.landlock([*_READABLE, *_READ, *python], [work, scratch, *_DEVICES])
    syscalls.filter_calls(seccomp.program(os.uname().machine, pod=True))


def _running() -> int:
    """How many threads this user has already, as far as they are to be seen: the kernel counts by user."""
    user, count = str(os.getuid()), 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError), open(f"/proc/{name}/status") as file:
            told = dict(line.split(":", 1) for line in file if ":" in line)
            if told["Uid"].split()[0] == user:
                count += int(told["Threads"])
    return count
