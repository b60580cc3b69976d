"""An ordinary user of this machine, for tests that run as root: an interpreter that they can start, and a way
to run it, also as in a container that gives no namespaces.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import test_lab_student as lab

NOBODY = 65534
CONTAINER = Path(__file__).with_name("contained.py")


class User:
    """Somebody without rights, an interpreter with the same packages, and a folder that they may write to."""

    def __init__(self, home: Path) -> None:
        self.scratch = home / "scratch"
        self.scratch.mkdir(mode=0o777)
        self.scratch.chmod(0o777)
        self.python = sys.executable if os.geteuid() != 0 else _python(home)

    def run(
        self, *program: str, contained: bool = False, seconds: float = 200
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user; `contained` as in a container."""
        environment = {"HOME": str(self.scratch), "TMPDIR": str(self.scratch), "PATH": "/usr/bin:/bin"}
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        before = [self.python, str(CONTAINER)] if contained else []
        return subprocess.run(  # type: ignore[call-overload,no-any-return]  # the user's arguments, or none
            [*before, *program],
            cwd=self.scratch,
            env={**environment, "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            **user,
        )


@contextlib.contextmanager
def user() -> Iterator[User]:
    """One of them, until the block ends."""
    # Below a folder that an ordinary user can pass; pytest's own is for its user alone.
    home = Path(tempfile.mkdtemp(prefix="courseware-home-"))
    home.chmod(0o755)
    try:
        yield User(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _python(home: Path) -> str:
    made = home / "venv"
    subprocess.run([_interpreter(), "-m", "venv", "--without-pip", made], check=True)
    (packages,) = made.glob("lib/python3*/site-packages")
    shutil.copytree(
        sysconfig.get_path("purelib"), packages, copy_function=_linked, dirs_exist_ok=True, symlinks=True
    )
    (packages / "here.pth").write_text(f"{lab.ROOT}\n")
    return str(made / "bin" / "python")


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _interpreter() -> str:
    """A Python that an ordinary user can start and that fits the packages."""
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, f"/usr/bin/python{wanted}"):
        real = Path(path).resolve()
        reachable = all(parent.stat().st_mode & 0o001 for parent in real.parents)
        if real.exists() and (reachable or os.geteuid() != 0):
            return path
    pytest.fail(f"no python{wanted} that an ordinary user can start; apt install python3")
