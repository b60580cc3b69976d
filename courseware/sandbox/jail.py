"""The jail around a student's process, built from inside by a process that then lives in it.

In: what may be seen, what may be used, and which user to become. Out: nothing; afterwards the process sees
a read-only system and its own scratch folders, has no network, no rights, and can start nothing that has.
Each step raises when it fails, and whoever builds the jail then ends: there is no half of a jail.
`build` is done once by the fork server, `enter` by each of its children.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
from typing import Any

from courseware.sandbox import seccomp, syscalls

WORK = "/home/student"
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "matplotlibrc")
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_SCRATCH = ((WORK, "mode=755"), ("/tmp", "mode=1777"), ("/dev/shm", "mode=1777"))
_QUIET = syscalls.NOSUID | syscalls.NODEV
INODES = 20_000
MORE_SECONDS = 5
"""Of processor time, beyond the limit: the service ends a process and says why, the kernel only ends it."""
_AGAIN = "/.python-"


def build(folder: str, python: list[str]) -> list[str]:
    """Make a root that holds the system and the course's Python, to be read only, and move into it.

    Args:
        folder: an empty folder, to mount the root at; nobody else sees that.
        python: folders of the interpreter that do not lie in the system's.

    Returns:
        those of them that lie where scratch folders are, so that `enter` has to show them again.
    """
    syscalls.unshare(syscalls.NEWNS | syscalls.NEWNET | syscalls.NEWIPC | syscalls.NEWUTS)
    socket.sethostname("sandbox")
    syscalls.mount(None, "/", None, syscalls.REC | syscalls.PRIVATE)
    syscalls.mount("tmpfs", folder, "tmpfs", _QUIET, "size=1m,mode=755")
    _devices(folder)
    for path in ("/proc", WORK, "/tmp", "/.old"):
        os.makedirs(folder + path, exist_ok=True)
    _scratch(folder, 64 << 20, "")
    for path in (*SYSTEM, *(f"/etc/{name}" for name in ETC), *python):
        _show(folder, path, path)
    covered = [path for path in python if any(path.startswith(f"{over}/") for over, _ in _SCRATCH)]
    for number, path in enumerate(covered):
        _show(folder, path, f"{_AGAIN}{number}")
    # A process in a user namespace may mount a /proc of its own only where one is to be seen already.
    syscalls.mount("/proc", f"{folder}/proc", None, syscalls.BIND | syscalls.REC)
    syscalls.pivot_root(folder)
    seccomp.program(os.uname().machine)  # for all children
    syscalls.mount(None, "/", None, syscalls.REMOUNT | syscalls.BIND | syscalls.RDONLY | _QUIET)
    return covered


def _show(folder: str, path: str, place: str) -> None:
    """Let a path be read at a place under the new root; a link is the same link there."""
    target = folder + place
    if os.path.lexists(target) or not os.path.lexists(path):
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.makedirs(target)
    else:
        _empty(target)
    syscalls.bind_read_only(path, target)


def _devices(folder: str) -> None:
    """The few devices that programs cannot do without, and terminals of the jail's own."""
    place = f"{folder}/dev"
    os.makedirs(f"{place}/shm")
    os.makedirs(f"{place}/pts")
    for name in _DEVICES:
        if os.path.exists(f"/dev/{name}"):
            _empty(f"{place}/{name}")
            syscalls.mount(f"/dev/{name}", f"{place}/{name}", None, syscalls.BIND)
    _terminals(f"{place}/pts")
    links = {"ptmx": "pts/ptmx", "fd": "/proc/self/fd"}
    links |= {name: f"/proc/self/fd/{number}" for number, name in enumerate(("stdin", "stdout", "stderr"))}
    for name, target in links.items():
        os.symlink(target, f"{place}/{name}")


def _terminals(place: str) -> None:
    """Terminals that nobody else sees."""
    told = "newinstance,ptmxmode=0666,mode=620"
    syscalls.mount("devpts", place, "devpts", syscalls.NOSUID | syscalls.NOEXEC, told)


def _empty(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644))


def _scratch(folder: str, size: int, owner: str) -> None:
    """Folders in memory that can be written to."""
    for path, mode in _SCRATCH:
        data = f"size={size},nr_inodes={INODES},{mode}{owner}"
        syscalls.mount("tmpfs", folder + path, "tmpfs", _QUIET, data)


def own_processes() -> None:
    """Show this process the processes of its own namespace only."""
    flags = _QUIET | syscalls.NOEXEC
    syscalls.mount("proc", "/proc", "proc", flags)


def enter(limits: dict[str, Any], user: int, covered: list[str]) -> None:
    """Shut the door: own scratch folders, limits, another user, no rights, few system calls. The namespaces
    of processes and of the network have been entered before (`nursery`).

    Args:
        limits: those of `port.Limits` by name.
        user: whom to become; 0 where there is nobody else.
        covered: what `build` returned.
    """
    first_out_of_memory()
    syscalls.unshare(syscalls.NEWNS | syscalls.NEWIPC)
    own_processes()
    _terminals("/dev/pts")
    owner, group = user or os.getuid(), user or os.getgid()
    _scratch("", int(limits["scratch_bytes"]), f",uid={owner},gid={group}")
    for number, path in enumerate(covered):
        os.makedirs(path)
        syscalls.mount(f"{_AGAIN}{number}", path, None, syscalls.BIND | syscalls.REC)
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _own_user(look_into_it=not user)
    limit(limits)
    syscalls.drop_bounding()
    syscalls.drop_capabilities()
    syscalls.no_new_privileges()
    if syscalls.landlock_version():
        syscalls.landlock(["/"], [path for path, _ in _SCRATCH] + ["/dev/null", "/dev/pts", "/dev/tty"])
    syscalls.filter_calls(seccomp.program(os.uname().machine))
    os.chdir(WORK)


def _own_user(*, look_into_it: bool) -> None:
    """Be the same user in a namespace of one's own: processes, timers and more are counted by user and
    namespace, so that no neighbour of the same user can use them up. Limits have to be set afterwards, else
    they would hold for all of them together.
    """
    user, group = os.getuid(), os.getgid()
    syscalls.unshare(syscalls.NEWUSER)
    syscalls.dumpable()  # else these files belong to somebody else
    told = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
    for name, line in told.items():
        syscalls.write(f"/proc/self/{name}", line)
    syscalls.dumpable(by_its_user=look_into_it)


def first_out_of_memory() -> None:
    """Among the processes that run out of memory together let this one go first."""
    with contextlib.suppress(OSError):
        syscalls.write("/proc/self/oom_score_adj", "1000")


def limit(limits: dict[str, Any]) -> None:
    """What the process and each of its children may use."""
    told = {
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_CPU: limits["cpu_seconds"] + MORE_SECONDS,
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NPROC: limits["processes"],
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 1024,
    }
    for which, most in told.items():
        hard = resource.getrlimit(which)[1]
        wanted = int(most) if hard == resource.RLIM_INFINITY else min(int(most), hard)
        resource.setrlimit(which, (wanted, wanted))
