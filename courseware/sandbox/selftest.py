"""Does the jail hold on this machine? Real probes in a throw-away jail; not all of them held means no
sandbox.

In: nothing but the machine. Out: the level and a sentence, for either lane: copies of a fork server, and
kernels in bubblewrap. Used when something wants to grade, and by `courseware doctor`.
"""

import dataclasses
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from courseware import errors
from courseware.sandbox import bubblewrap, port

_PROBES = """
import ctypes, os, socket, sys
held = []
def probe(name, attempt):
    try: won = attempt()
    except Exception: won = False
    held.append(f"{name}:{'open' if won else 'held'}")
probe("secret", lambda: open(sys.argv[1]).read() == "secret")
probe("shadow", lambda: open("/etc/shadow").read())
probe("root", lambda: os.geteuid() == 0)
probe("network", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), 1))
probe("processes", lambda: len([p for p in os.listdir("/proc") if p.isdigit()]) > 8)
probe("mount", lambda: ctypes.CDLL(None).unshare(0x20000) == 0)
probe("environment", lambda: "COURSEWARE_PROBE" in os.environ)
print(" ".join(held), flush=True)
open(sys.argv[1], "w").write("x")
"""
NAMES = ("secret", "shadow", "root", "network", "processes", "mount", "environment", "write")
# The last line may write into a folder of the jail's own that is called the same: whether it got out is seen
# from outside.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """What this machine gives, why, and each probe with `held` or `open`."""

    level: port.Level
    reason: str
    probes: tuple[str, ...] = ()


@functools.cache
def probe() -> Report:
    """Run the probes; the answer holds for the life of this process."""
    if sys.platform != "linux":
        return Report(level="none", reason="There is no sandbox here: it needs Linux.")
    try:
        bubblewrap.available()
    except errors.Permanent as error:
        return Report(level="none", reason=error.message.split(", or pass")[0] + ".")
    folder = Path(tempfile.mkdtemp(prefix="cw-"))
    try:
        return _probed(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forked(box: port.Sandbox) -> Report:
    """Run the probes in a session of a sandbox."""
    workspace = port.Workspace(files={}, python=Path(sys.executable), limits=port.Limits())
    folder = Path(tempfile.mkdtemp(prefix="cw-"))
    try:
        _plant(folder)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            given = ["", str(folder / "secret"), str(listener.getsockname()[1])]
            session = box.open(workspace)
            try:
                run = session.run(f"import sys\nsys.argv = {given!r}\n{_PROBES}", seconds=30)
            finally:
                session.close()
        told = "".join(str(each.get("text", "")) for each in run.outputs).split()
        wrote = (folder / "secret").read_text() != "secret"
    except errors.CoursewareError as error:
        return Report(level="none", reason=error.message)
    except OSError as error:
        return Report(level="none", reason=f"The fork server's jail cannot be built here: {error}.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    held = "a fork server: own mounts, processes and no network, few system calls, Landlock."
    return _judged(told, wrote=wrote, held=held)


def _plant(folder: Path) -> None:
    """Something to steal and to change."""
    (folder / "secret").write_text("secret")
    os.chmod(folder / "secret", 0o644)
    os.chmod(folder, 0o755)


def _judged(told: list[str], *, wrote: bool, held: str) -> Report:
    """The report on what probes said, and on what is seen from outside."""
    probes = (*(each for each in told if ":" in each), f"write:{'open' if wrote else 'held'}")
    opened = [name for name in probes if not name.endswith(":held")]
    if opened or len(probes) < len(NAMES):
        what = ", ".join(opened) or "it did not answer"
        return Report(level="none", reason=f"The sandbox does not hold here: {what}.", probes=probes)
    return Report(level="jail", reason=held, probes=probes)


def _probed(folder: Path) -> Report:
    """Try to get out of a jail made for it."""
    (folder / "given").mkdir()
    (folder / "shared").mkdir()
    _plant(folder)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port_number = str(listener.getsockname()[1])
        argv = bubblewrap.command(
            [sys.executable, "-I", "-c", _PROBES, str(folder / "secret"), port_number],
            places=bubblewrap.Places(given=folder / "given", shared=folder / "shared"),
            python_paths=_python_paths(),
            limits=port.Limits(),
            environment={"PATH": "/usr/bin:/bin"},
        )
        try:
            done = subprocess.run(
                argv,
                capture_output=True,
                text=True,
                timeout=30,
                env={"PATH": "/usr/bin:/bin", "COURSEWARE_PROBE": "1"},
            )
        except (OSError, subprocess.SubprocessError) as error:
            return Report(
                level="none", reason=f"There is no sandbox here: bubblewrap does not run ({error})."
            )
    told = done.stdout.split()
    if not told:
        said = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return Report(level="none", reason=f"There is no sandbox here: bubblewrap does not run ({said}).")
    wrote = (folder / "secret").read_text() != "secret"
    return _judged(told, wrote=wrote, held="bubblewrap: own mounts, processes and no network.")


def _python_paths() -> list[Path]:
    """The folders of this interpreter, as `pythons.inspect` would find them, without starting another one."""
    both = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent}
    return sorted(path for path in both if not path.is_relative_to("/usr"))
