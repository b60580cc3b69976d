"""Linux, as far as Python's own library does not reach: namespaces, mounts, rights, Landlock, seccomp.

In: the arguments of the calls. Out: nothing, or an `OSError` that says which call failed: whoever builds a
jail goes on only while every step works. By ctypes, because this runs in the course's Python, where nothing
of ours is installed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct

NEWNS, NEWUTS, NEWIPC, NEWUSER = 0x20000, 0x4000000, 0x8000000, 0x10000000
NEWPID, NEWNET = 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8
REMOUNT, BIND, REC, PRIVATE = 32, 4096, 16384, 1 << 18
_DETACH = 2
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_NO_NEW_PRIVS, _SET_SECCOMP, _BOUNDING_DROP, _PARENT_DEATH, _DUMPABLE, _SUBREAPER = 38, 22, 24, 1, 4, 36
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_SHARE_MEMORY, _SHARE_FILES = 0x100, 0x400
_libc = ctypes.CDLL(None, use_errno=True)
_stack = ctypes.create_string_buffer(1 << 14)


def unshare(flags: int) -> None:
    """Leave namespaces for new ones."""
    _check(_libc.unshare(ctypes.c_int(flags)), f"unshare {flags:#x}")


def setns(descriptor: int, kind: int) -> None:
    """Enter a namespace."""
    _check(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def idle_process() -> int:
    """Start a process that shares memory and descriptors with this one and does nothing but wait; its number.

    It never comes back from its one call, so that all of them can have the same stack.
    """
    begin = ctypes.cast(_libc.pause, ctypes.c_void_p)
    flags = ctypes.c_int(_SHARE_MEMORY | _SHARE_FILES | signal.SIGCHLD)
    top = ctypes.c_void_p((ctypes.addressof(_stack) + len(_stack)) & ~15)
    return _check(_libc.clone(begin, top, flags, None), "clone")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Mount a file system, or change how one is mounted."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    given = os.fsencode(data) if data else None
    _check(_libc.mount(*words, ctypes.c_ulong(flags), given), f"mount {target}")


def bind_read_only(source: str, target: str) -> None:
    """Show a file or folder at a second place, where it can only be read."""
    mount(source, target, None, BIND | REC)
    mount(None, target, None, BIND | REMOUNT | RDONLY | NOSUID | NODEV)


def pivot_root(root: str) -> None:
    """Make a folder, which is a mount point with a folder `.old` in it, the root; let go of the old one."""
    old = os.path.join(root, ".old")
    number = _PIVOT_ROOT[os.uname().machine]
    _check(_libc.syscall(number, os.fsencode(root), os.fsencode(old)), "pivot_root")
    os.chdir("/")
    _check(_libc.umount2(b"/.old", _DETACH), "umount /.old")
    os.rmdir("/.old")


def no_new_privileges() -> None:
    """Let no program that is started gain rights."""
    _prctl(_NO_NEW_PRIVS, 1)


def die_with_parent(how: signal.Signals = signal.SIGKILL) -> None:
    """Get a signal when the process that forked this one ends."""
    _prctl(_PARENT_DEATH, how)


def adopt_orphans() -> None:
    """Become the parent of each descendant whose own parent ends."""
    _prctl(_SUBREAPER, 1)


def dumpable(*, by_its_user: bool = True) -> None:
    """Whether this process may be looked into, by way of /proc or a debugger, by others of its user."""
    _prctl(_DUMPABLE, int(by_its_user))


def drop_bounding() -> None:
    """Let no program that is started have any right of root."""
    for number in range(64):
        if _libc.prctl(ctypes.c_int(_BOUNDING_DROP), ctypes.c_ulong(number), 0, 0, 0) != 0:
            break


def drop_capabilities() -> None:
    """Give up all rights of root."""
    header, none = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", 0, 0, 0, 0, 0, 0)
    _check(_libc.capset(header, none), "capset")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def filter_calls(program: bytes) -> None:
    """Load a filter of system calls; see `seccomp`."""
    kept = ctypes.create_string_buffer(program, len(program))
    told = _Program(len(program) // 8, ctypes.cast(kept, ctypes.c_void_p))
    _check(_libc.prctl(ctypes.c_int(_SET_SECCOMP), ctypes.c_ulong(2), ctypes.byref(told), 0, 0), "seccomp")


def landlock_version() -> int:
    """The version of Landlock that this kernel has; 0 for none."""
    return max(0, int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))))


SIGNALS_STAY_INSIDE = 6
"""The version of Landlock since which it can keep signals and abstract sockets inside."""


def landlock(read: list[str], write: list[str]) -> None:
    """Let this process and its children reach these places only; no TCP; no signals and no abstract sockets
    to processes outside, where the kernel is new enough for that.
    """
    version = landlock_version()
    everything = (1 << 13) - 1 | sum(
        1 << bit for bit, since in ((13, 2), (14, 3), (15, 5)) if version >= since
    )
    network, scoped = (3 if version >= 4 else 0), (3 if version >= SIGNALS_STAY_INSIDE else 0)
    size = 24 if version >= SIGNALS_STAY_INSIDE else 16 if version >= 4 else 8
    ruleset = _ruleset((everything, network, scoped), size)
    reading = 1 << 0 | 1 << 2 | 1 << 3  # execute, read a file, read a folder
    of_files = (1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15) & everything
    for path, access in [*((each, reading) for each in read), *((each, everything) for each in write)]:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        allowed = access if os.path.isdir(path) else access & of_files
        rule = struct.pack("=Qi", allowed, place)
        _check(_libc.syscall(_ADD_RULE, ruleset, 1, rule, 0), f"landlock {path}")
        os.close(place)
    _restrict(ruleset)


def keep_signals_inside() -> None:
    """Let this process and its children send signals to themselves only, whoever their user is."""
    _restrict(_ruleset((0, 0, 2), 24))


def _ruleset(handled: tuple[int, int, int], size: int) -> int:
    """Rules for files, network and reach."""
    told = struct.pack("=QQQ", *handled)
    return _check(_libc.syscall(_CREATE_RULESET, told, ctypes.c_size_t(size), 0), "landlock")


def _restrict(ruleset: int) -> None:
    no_new_privileges()
    _check(_libc.syscall(_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)


def write(path: str, line: str) -> None:
    """Write a line into a file of the kernel's; without the layers of Python's own files, of which a fresh
    copy of the process would have to copy every page that they touch.
    """
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)


def _prctl(option: int, value: int) -> None:
    _check(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def _check(result: int, call: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return int(result)
