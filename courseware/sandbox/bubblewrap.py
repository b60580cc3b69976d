"""The command line that starts a program in a jail: bubblewrap, no network, own mounts, no rights, limits.

In: the paths that the course's Python needs and a folder with the submission's files. Out: an argument
list. Inside, the program sees a read-only system, its own `/home/student` and `/tmp` in memory, its own
processes and no network; it runs as an ordinary user also where the caller is root. Refused: a machine
without bubblewrap.
"""

import dataclasses
import os
import shutil
from pathlib import Path

from courseware import errors
from courseware.sandbox import port

NOBODY = 65534
WORK = "/home/student"
FIXED = {
    "HOME": "/tmp",
    "USER": "student",
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "IPYTHONDIR": "/tmp/ipython",
    "JUPYTER_PLATFORM_DIRS": "1",
    "MPLCONFIGDIR": "/tmp/matplotlib",
}
"""The environment of all code that is graded, wherever it runs."""
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "matplotlibrc")
_COPY = f'cp -r --no-preserve=mode,ownership /given/. {WORK}/ && cd {WORK} && exec "$@"'


@dataclasses.dataclass(frozen=True, kw_only=True)
class Places:
    """Folders outside: `given` is copied to `/home/student`, `shared` stays one folder for both sides (the
    kernel's sockets).
    """

    given: Path
    shared: Path


def available() -> str:
    """The path of bubblewrap.

    Raises:
        Permanent: it is not installed.
    """
    found = shutil.which("bwrap")
    if found is None:
        raise errors.Permanent(
            "There is no sandbox here: bubblewrap is not installed. Type `apt install bubblewrap`, or pass "
            "--unsafe-no-sandbox for code that you trust."
        )
    return found


def command(
    program: list[str],
    *,
    places: Places,
    python_paths: list[Path],
    limits: port.Limits,
    environment: dict[str, str],
) -> list[str]:
    """The argument list that runs `program` in the jail."""
    argv = [
        available(),
        "--die-with-parent",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
    ]
    argv += ["--unshare-cgroup-try", "--hostname", "sandbox", "--clearenv"]
    root = os.geteuid() == 0
    if not root:
        argv += ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
    for name, value in environment.items():
        argv += ["--setenv", name, value]
    argv += _mounts(places, python_paths, limits)
    argv += ["--chdir", "/", "--"]
    return argv + _limited(limits, root=root) + ["/bin/sh", "-c", _COPY, "sh", *program]


def _mounts(places: Places, python_paths: list[Path], limits: port.Limits) -> list[str]:
    """What is to be seen inside: the system and the course's Python to read, `/home/student` and `/tmp` to
    write.
    """
    argv: list[str] = []
    for system in _SYSTEM:
        if os.path.islink(system):
            argv += ["--symlink", os.readlink(system), system]
        elif os.path.isdir(system):
            argv += ["--ro-bind", system, system]
    argv += ["--proc", "/proc", "--dev", "/dev", "--perms", "0755", "--dir", "/etc"]
    for name in _ETC:
        argv += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for where in ("/tmp", WORK, "/dev/shm"):
        argv += ["--perms", "1777", "--size", str(limits.scratch_bytes), "--tmpfs", where]
    for path in python_paths:
        argv += [*_passable(path), "--ro-bind", str(path), str(path)]
    argv += ["--ro-bind", str(places.given), "/given"]
    return [*argv, *_passable(places.shared), "--bind", str(places.shared), str(places.shared)]


def _passable(path: Path) -> list[str]:
    """Make the folders above a mount point; bubblewrap alone would make them for root only."""
    return [
        word for folder in reversed(path.parents[:-1]) for word in ("--perms", "0755", "--dir", str(folder))
    ]


def _limited(limits: port.Limits, *, root: bool) -> list[str]:
    """The programs that set limits and, for root, give up root before anything of the student's runs."""
    argv = ["/usr/bin/prlimit", f"--as={limits.memory_bytes}", f"--cpu={limits.cpu_seconds}"]
    argv += [f"--fsize={limits.file_bytes}", f"--nproc={limits.processes}", "--nofile=256", "--core=0", "--"]
    if root:
        argv += [
            "/usr/bin/setpriv",
            f"--reuid={NOBODY}",
            f"--regid={NOBODY}",
            "--clear-groups",
            "--no-new-privs",
        ]
        argv += ["--bounding-set=-all", "--inh-caps=-all", "--"]
    return argv
