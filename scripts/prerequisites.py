"""Is everything here that pip and npm cannot bring? Get it by apt where allowed, else say the line to type.

Comes in: `demo` or `test`, and `--sandbox none` for a machine that has no sandbox. Goes out: status 0 when
nothing is missing, else 1 within seconds and what to type. Needs the standard library alone, no environment.
The demonstration also runs where there is no jail but a pod, as in most containers; the tests do not.
"""

import argparse
import glob
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple

NODE = 20
CHROMIUM = ("chromium", "chromium-browser", "chromium-headless-shell")
"""The browsers that the tests can use, the first that is here."""
_CHECKOUT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Need(NamedTuple):
    """A program: its Debian package, which targets want it, and whether it is here."""

    package: str
    targets: tuple[str, ...]
    here: Callable[[], bool]


def _bubblewrap() -> bool:
    return shutil.which("bwrap") is not None


def _chromium() -> bool:
    return any(map(shutil.which, CHROMIUM))


def _ffmpeg() -> bool:
    return shutil.which("ffmpeg") is not None


def _iproute() -> bool:
    return shutil.which("ip") is not None


def _postgresql() -> bool:
    """A server given by the site, or binaries to start one from."""
    pattern = os.environ.get("COURSEWARE_POSTGRES_BIN", "/usr/lib/postgresql/*/bin")
    given = os.environ.get("COURSEWARE_TEST_DATABASE_URL")
    return bool(given or glob.glob(os.path.join(pattern, "initdb")))


def _venv() -> bool:
    return find_spec("ensurepip") is not None and find_spec("venv") is not None


def _node() -> bool:
    return _node_version() is not None


def _node_version() -> int | None:
    program = shutil.which("node")
    if program is None:
        return None
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


NEEDS = (
    Need("bubblewrap", ("demo", "test"), _bubblewrap),
    Need("chromium", ("test",), _chromium),
    Need("ffmpeg", ("test",), _ffmpeg),
    Need("iproute2", ("test",), _iproute),
    Need("nodejs", ("demo", "test"), _node),
    Need("postgresql", ("test",), _postgresql),
    Need("python3-venv", ("demo", "test"), _venv),
)


def missing(target: str, *, sandbox: str) -> list[str]:
    """Debian's names of what is not here."""
    return [
        need.package
        for need in NEEDS
        if target in need.targets
        and not (need.package == "bubblewrap" and sandbox == "none")
        and not need.here()
    ]


def line(packages: list[str]) -> str:
    """What a person types on Debian to get these packages."""
    install = f"apt-get install -y {' '.join(packages)}"
    if os.geteuid() == 0:
        return install
    return f"sudo {install}" if shutil.which("sudo") else f'su -c "{install}"'


def get(packages: list[str]) -> None:
    """Install by apt, if this user may without being asked for a password."""
    apt = shutil.which("apt-get")
    if apt is None:
        return
    command = ["env", "DEBIAN_FRONTEND=noninteractive", apt]
    if os.geteuid() != 0:
        if not shutil.which("sudo") or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode:
            return
        command = ["sudo", "-n", *command]
    print(f"Getting by apt: {' '.join(packages)}", flush=True)
    subprocess.run([*command, "update", "-q"], stdout=subprocess.DEVNULL, check=False)
    install = [*command, "install", "-y", "-q", "--no-install-recommends", *packages]
    subprocess.run(install, stdout=subprocess.DEVNULL, check=False)


def jail_works() -> bool:
    """Whether the kernel lets bubblewrap make a jail here."""
    jail = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"]
    return subprocess.run(jail, capture_output=True, check=False).returncode == 0


def pod() -> str:
    """Whether code can be marked at level `pod` here, which needs no namespaces and no bubblewrap: empty if
    so, else what is said against it. Where courseware is installed its own probes decide, as `courseware
    doctor` shows them; before that, the version of Landlock.
    """
    program = os.path.join(_CHECKOUT, ".venv", "bin", "courseware")
    try:
        done = subprocess.run([program, "doctor"], capture_output=True, text=True, check=False)
        said = (done.stdout or done.stderr).strip().splitlines() or ["courseware doctor says nothing"]
        return said[0].rstrip(".") if done.returncode else ""
    except OSError:
        pass  # not installed yet
    calls = os.path.join(_CHECKOUT, "courseware", "sandbox", "syscalls.py")
    if sys.platform != "linux" or not os.path.exists(calls):
        return "the kernel refuses new namespaces"
    known = runpy.run_path(calls)
    version, needed = known["landlock_version"](), known["SIGNALS_STAY_INSIDE"]
    if version >= needed:
        return ""
    return f"the kernel refuses new namespaces, and its Landlock has version {version}; {needed} is needed"


def complaint(target: str, *, sandbox: str) -> str | None:
    """Why this target cannot be made here, after trying to get what is missing; None if it can."""
    if sys.version_info < (3, 11):  # noqa: UP036  # this very file may be started by an older Python
        return "courseware needs Python 3.11 or later. Type: make PYTHON=python3.11 " + target
    wanted = missing(target, sandbox=sandbox)
    if wanted:
        get(wanted)
        wanted = missing(target, sandbox=sandbox)
    unjailed = sandbox != "none" and ("bubblewrap" in wanted or not jail_works())
    against = pod() if unjailed and target == "demo" else "the kernel refuses new namespaces"
    if "bubblewrap" in wanted and not against:
        wanted.remove("bubblewrap")
    if wanted:
        return f"Missing: {', '.join(wanted)}. Type:\n  {line(wanted)}"
    if (_node_version() or 0) < NODE:
        return f"Node {NODE} or later is needed, and {shutil.which('node')} is older. Install a newer one."
    if unjailed and against:
        told = f"No sandbox is possible here: {against}."
        return told + (" Type:\n  make demo SANDBOX=none" if target == "demo" else " The tests need a jail.")
    if unjailed:
        print("No jail is possible here; code is marked at level pod. `courseware doctor` says more.")
    return None


def main(arguments: list[str]) -> int:
    """Check, get, or complain."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=["demo", "test"])
    parser.add_argument("--sandbox", default="auto", choices=["auto", "none"])
    told = parser.parse_args(arguments)
    problem = complaint(told.target, sandbox=told.sandbox)
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
