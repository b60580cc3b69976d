"""Does the jail hold on this machine? Real probes in a throw-away jail; not all of them held means no
sandbox.

In: nothing but the machine. Out: the level and a sentence. Used when something wants to grade, and by
`courseware doctor`.
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


def _probed(folder: Path) -> Report:
    """Try to get out of a jail made for it."""
    (folder / "given").mkdir()
    (folder / "shared").mkdir()
    (folder / "secret").write_text("secret")
    os.chmod(folder / "secret", 0o644)
    os.chmod(folder, 0o755)
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
    wrote = (folder / "secret").read_text() != "secret"
    probes = (*told, f"write:{'open' if wrote else 'held'}")
    if not told:
        said = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return Report(level="none", reason=f"There is no sandbox here: bubblewrap does not run ({said}).")
    opened = [name for name in probes if name.endswith(":open")]
    if opened:
        return Report(
            level="none", reason=f"The sandbox does not hold here: {', '.join(opened)}.", probes=probes
        )
    return Report(level="jail", reason="bubblewrap: own mounts, processes and no network.", probes=probes)


def _python_paths() -> list[Path]:
    """The folders of this interpreter, as `pythons.inspect` would find them, without starting another one."""
    both = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent}
    return sorted(path for path in both if not path.is_relative_to("/usr"))
