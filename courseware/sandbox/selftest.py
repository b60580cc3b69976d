"""Does the sandbox hold on this machine? Real probes in a throw-away one; not all of them held means none.

In: nothing but the machine. Out: the level and a sentence, for either lane: copies of a fork server, and
kernels in bubblewrap. Used when something wants to grade, and by `courseware doctor`.
"""

import contextlib
import dataclasses
import functools
import os
import resource
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from courseware import errors
from courseware.sandbox import bubblewrap, port

_PROBES = """
import ctypes, os, resource, socket, sys
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
victim, name = int(sys.argv[3]), sys.argv[4]
place = f"/proc/{victim}/environ"
probe("memory", lambda: b"COURSEWARE_PROBE" in open(place, "rb").read())
probe("socket", lambda: socket.socket(socket.AF_UNIX).connect(chr(0) + name) is None)
attempts = [lambda: os.chmod(sys.argv[1], 0o600)]
if victim != os.getpid():
    attempts += [lambda: os.kill(victim, 15), lambda: resource.prlimit(victim, resource.RLIMIT_CPU, (99, 99))]
for attempt in attempts:
    try: attempt()
    except Exception: pass
print(" ".join(held), flush=True)
open(sys.argv[1], "w").write("x")
"""
NAMES = (
    *("secret", "shadow", "root", "network", "processes", "mount", "environment"),
    *("memory", "socket", "write", "rights", "signal", "limits"),
)
# The last four may meet a file or process of the jail's own that is called the same: whether they got out is
# seen from outside.


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
    """Run the probes in a session of a sandbox; once more where it did not start, as on a busy machine: what
    is found here holds for a whole run, and a weaker lane cannot keep tests apart.
    """
    with contextlib.suppress(errors.Temporary):
        return _in_session(box)
    try:
        return _in_session(box)
    except errors.Temporary as error:
        return Report(level="none", reason=error.message)


def _in_session(box: port.Sandbox) -> Report:
    """Run the probes in one session.

    Raises:
        Temporary: it did not start.
    """
    workspace = port.Workspace(files={}, python=Path(sys.executable), limits=port.Limits())
    folder = Path(tempfile.mkdtemp(prefix="cw-"))
    try:
        with _bait(folder) as bait:
            given = ["", *bait.arguments]
            session = box.open(workspace)
            try:
                run = session.run(f"import sys\nsys.argv = {given!r}\n{_PROBES}", seconds=30)
            finally:
                session.close()
            changed = bait.changed()
        told = "".join(str(each.get("text", "")) for each in run.outputs).split()
    except (errors.UserError, errors.Permanent) as error:
        return Report(level="none", reason=error.message)
    except OSError as error:
        return Report(level="none", reason=f"The fork server's walls cannot be built here: {error}.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _judged(told, changed, Report(level=box.level, reason=_HELD[box.level]))


_HELD: dict[port.Level, str] = {
    "jail": "a fork server: own mounts, processes and no network, few system calls, Landlock.",
    "pod": "a fork server without namespaces: Landlock, few system calls, limits; nothing outlives its run.",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Bait:
    """What the probes try to reach: a file, a port, a process and a socket without a file."""

    secret: Path
    victim: "subprocess.Popen[bytes]"
    arguments: list[str]

    def changed(self) -> dict[str, bool]:
        """What was won, as far as only this side can see it."""
        return {
            "write": self.secret.read_text() != "secret",
            "rights": self.secret.stat().st_mode & 0o777 != 0o644,
            "signal": self.victim.poll() is not None,
            "limits": resource.prlimit(self.victim.pid, resource.RLIMIT_CPU)[0] == 99,
        }


@contextlib.contextmanager
def _bait(folder: Path) -> Iterator[_Bait]:
    """Lay it out."""
    secret, name = folder / "secret", f"courseware-{secrets.token_hex(8)}"
    secret.write_text("secret")
    os.chmod(secret, 0o644)
    os.chmod(folder, 0o755)
    given = {"PATH": "/usr/bin:/bin", "COURSEWARE_PROBE": "1"}
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.socket(socket.AF_UNIX) as other,
        subprocess.Popen(["/bin/sleep", "120"], env=given, stdin=subprocess.DEVNULL) as victim,
    ):
        other.bind(f"\0{name}")
        other.listen()
        arguments = [str(secret), str(listener.getsockname()[1]), str(victim.pid), name]
        try:
            yield _Bait(secret=secret, victim=victim, arguments=arguments)
        finally:
            victim.kill()


def _judged(told: list[str], changed: dict[str, bool], good: Report) -> Report:
    """The report on what probes said, and on what is seen from outside: `good`, if they all held."""
    seen = (f"{name}:{'open' if won else 'held'}" for name, won in changed.items())
    probes = (*(each for each in told if ":" in each), *seen)
    opened = [name for name in probes if not name.endswith(":held")]
    if opened or len(probes) < len(NAMES):
        what = ", ".join(opened) or "it did not answer"
        return Report(level="none", reason=f"The sandbox does not hold here: {what}.", probes=probes)
    return dataclasses.replace(good, probes=probes)


def _probed(folder: Path) -> Report:
    """Try to get out of a jail made for it."""
    (folder / "given").mkdir()
    (folder / "shared").mkdir()
    with _bait(folder) as bait:
        argv = bubblewrap.command(
            [sys.executable, "-I", "-c", _PROBES, *bait.arguments],
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
        changed = bait.changed()
    told = done.stdout.split()
    if not told:
        said = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return Report(level="none", reason=f"There is no sandbox here: bubblewrap does not run ({said}).")
    held = Report(level="jail", reason="bubblewrap: own mounts, processes and no network.")
    return _judged(told, changed, held)


def _python_paths() -> list[Path]:
    """The folders of this interpreter, as `pythons.inspect` would find them, without starting another one."""
    both = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent}
    return sorted(path for path in both if not path.is_relative_to("/usr"))
