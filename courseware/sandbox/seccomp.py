"""The filter of system calls that a student's process gets: a program for the kernel's BPF machine.

In: the machine's name. Out: the bytes that `syscalls.filter_calls` loads. Denied is what reaches past one's
own process (other processes' memory, mounts, namespaces, keys, modules, clocks), every socket but those of
one machine (`AF_UNIX`), memory that no limit counts, what is counted for the whole machine (watches of
folders, asynchronous requests), and typing into somebody's terminal. In a jail it is the
second wall: namespaces, missing rights and Landlock deny most of it already. In a pod, where other processes
of the same user and the whole file system are near, it also keeps from what Landlock does not know: changing
the rights, times and attributes of files, the limits of other processes, and sockets that
are files. Refused: a machine whose call numbers are not listed here.
Source of the numbers: the kernel's `unistd_64.h` and `asm-generic/unistd.h`.
"""

from __future__ import annotations

import errno
import functools
import struct

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}
_X32 = 0x40000000

# Each call with its number on x86_64 and on aarch64.
Numbers = dict[str, tuple[int | None, int | None]]
_DENIED: Numbers = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # mounts, namespaces, roots
    "mount": (165, 40),
    "umount2": (166, 39),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "fsconfig": (431, 431),
    "fspick": (433, 433),
    "open_tree": (428, 428),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "open_tree_attr": (467, 467),
    "statmount": (457, 457),
    "listmount": (458, 458),
    # large and rarely used parts of the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "nfsservctl": (180, 42),
    "lookup_dcookie": (212, 18),
    "personality": (135, 92),
    "memfd_secret": (447, 447),
    "process_mrelease": (448, 448),
    # memory that belongs to no process, so that no limit of a process counts it
    "memfd_create": (319, 279),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    # the machine
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "acct": (163, 89),
    "vhangup": (153, 58),
    "syslog": (103, 116),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    # what is counted or done for the whole machine
    "io_setup": (206, 0),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "sync": (162, 81),
    "syncfs": (306, 267),
    # becoming somebody else
    "capset": (126, 91),
    "setuid": (105, 146),
    "setgid": (106, 144),
    "setreuid": (113, 145),
    "setregid": (114, 143),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setgroups": (116, 159),
    "setfsuid": (122, 151),
    "setfsgid": (123, 152),
}
# In a pod: what reaches files and processes of the same user past Landlock.
_DENIED_IN_POD: Numbers = {
    "connect": (42, 203),
    "mq_open": (240, 180),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
# Programs that copy files call these and take a refusal for an error: they do nothing, and say that they did.
_WITHOUT_EFFECT: Numbers = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
}
# Each with the place of the argument that names a process: only 0, which is oneself, is allowed.
_ONLY_ONESELF: dict[str, tuple[int, int, int]] = {
    "prlimit64": (302, 261, 0),
    "setpriority": (141, 140, 1),
    "sched_setaffinity": (203, 122, 0),
    "sched_setscheduler": (144, 119, 0),
    "sched_setparam": (142, 118, 0),
    "sched_setattr": (314, 274, 0),
    "ioprio_set": (251, 30, 1),
}
_CLONE, _CLONE3, _SOCKET, _IOCTL = (56, 220), (435, 435), (41, 198), (16, 29)
_SOCKETPAIR = (53, 199)
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEW* and CLONE_NEWTIME
_AF_UNIX, _STREAM, _SEQPACKET, _KIND = 1, 1, 5, 0xF
_TYPING = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
_ATTRIBUTES = (0x40086602, 0x401C5820, 0x40806685)  # FS_IOC_SETFLAGS, _FSSETXATTR, _ENABLE_VERITY

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN, _AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
_KILL, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_NUMBER, _ARCH, _FIRST, _SECOND = 0, 4, 16, 24  # where they stand in struct seccomp_data


@functools.cache
def program(machine: str, *, pod: bool = False) -> bytes:
    """The filter for a machine as `os.uname().machine` names it, in a jail or in a pod.

    Raises:
        OSError: its system calls are not known here.
    """
    if machine not in _COLUMN:
        raise OSError(errno.ENOSYS, f"no filter of system calls for {machine}")
    column = _COLUMN[machine]
    code = [
        _step(_LOAD, _ARCH),
        _step(_EQUAL, _AUDIT_ARCH[machine], yes=1),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":
        code += [_step(_AT_LEAST, _X32, no=1), _refuse(errno.ENOSYS)]
    code += _denied(_DENIED, column, errno.EPERM)
    # Without clone3, whose flags a filter cannot see, libraries use clone.
    code += [_step(_EQUAL, _CLONE3[column], no=1), _refuse(errno.ENOSYS)]
    code += _by_argument(_CLONE[column], _FIRST, [_step(_ANY_BIT, _NEW_NAMESPACES, no=1)], errno.EPERM)
    if pod:
        code += _in_pod(column)
    for call in (_SOCKET, _SOCKETPAIR):
        code += _by_argument(call[column], _FIRST, [_step(_EQUAL, _AF_UNIX, yes=1)], errno.EACCES)
    code += _by_argument(_IOCTL[column], _SECOND, _one_of(_TYPING), errno.EPERM)
    return b"".join([*code, _step(_RETURN, _ALLOW)])


def _denied(calls: Numbers, column: int, refusal: int) -> list[bytes]:
    """Calls that are answered with an error, or with 0 for success, whatever their arguments."""
    code = []
    for numbers in calls.values():
        number = numbers[column]
        if number is not None:
            code += [_step(_EQUAL, number, no=1), _refuse(refusal)]
    return code


def _in_pod(column: int) -> list[bytes]:
    """What is denied in a pod beyond what is denied in a jail."""
    code = _denied(_DENIED_IN_POD, column, errno.EPERM) + _denied(_WITHOUT_EFFECT, column, 0)
    for names in _ONLY_ONESELF.values():
        place = _FIRST + 8 * names[2]
        code += _by_argument(names[column], place, [_step(_EQUAL, 0, yes=1)], errno.EPERM)
    # Which process `setpriority` means depends on its first argument, too.
    code += _by_argument(_ONLY_ONESELF["setpriority"][column], _FIRST, [_step(_EQUAL, 0, yes=1)], errno.EPERM)
    code += _by_argument(_IOCTL[column], _SECOND, _one_of((*_TYPING, *_ATTRIBUTES)), errno.EPERM)
    # Those that send to an address without being connected reach sockets of other programs.
    kinds = [_step(_AND, _KIND), _step(_EQUAL, _STREAM, yes=2), _step(_EQUAL, _SEQPACKET, yes=1)]
    for call in (_SOCKET, _SOCKETPAIR):
        code += _by_argument(call[column], _SECOND, kinds, errno.EACCES)
    return code


def _one_of(values: tuple[int, ...]) -> list[bytes]:
    """A test that is met by each of these values."""
    last = len(values) - 1
    return [
        _step(_EQUAL, value, yes=last - place, no=int(place == last)) for place, value in enumerate(values)
    ]


def _by_argument(number: int, place: int, tests: list[bytes], refusal: int) -> list[bytes]:
    """For one call: look at an argument; the tests jump over the refusal, or fall into it."""
    body = [_step(_LOAD, place), *tests, _refuse(refusal), _step(_LOAD, _NUMBER)]
    return [_step(_EQUAL, number, no=len(body)), *body]


def _refuse(number: int) -> bytes:
    return _step(_RETURN, _ERRNO | number)


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """One instruction: `struct sock_filter`."""
    return struct.pack("=HBBI", code, yes, no, value)
