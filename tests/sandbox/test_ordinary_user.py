"""The sandbox of an ordinary user, who gets it through a user namespace: the same walls.

Run as root, the test steps down to a user without rights. That user needs an interpreter that they can reach:
this one, or Debian's own with the same packages.
"""

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
SESSIONS = Path(__file__).with_name("test_sessions.py")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    # Below a folder that an ordinary user can pass; pytest's own is for its user alone.
    made = Path(tempfile.mkdtemp(prefix="courseware-home-"))
    made.chmod(0o755)
    (made / "scratch").mkdir(mode=0o777)
    (made / "scratch").chmod(0o777)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def python(home: Path) -> str:
    """An interpreter with the same packages that an ordinary user can start."""
    if os.geteuid() != 0:
        return sys.executable
    made = home / "venv"
    subprocess.run([interpreter(), "-m", "venv", "--without-pip", made], check=True)
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


def stepped_down(python: str, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """A program, as an ordinary user."""
    environment = {"HOME": str(home / "scratch"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # the user's arguments, or none
        [python, *arguments],
        cwd=home / "scratch",
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        **user,
    )


def interpreter() -> str:
    """A Python that an ordinary user can start and that fits the packages."""
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, f"/usr/bin/python{wanted}"):
        real = Path(path).resolve()
        reachable = all(parent.stat().st_mode & 0o001 for parent in real.parents)
        if real.exists() and (reachable or os.geteuid() != 0):
            return path
    pytest.fail(f"no python{wanted} that an ordinary user can start; apt install python3")


def test_an_ordinary_user_has_the_same_walls(home: Path, python: str) -> None:
    found = stepped_down(python, "-m", "courseware.cli.main", "doctor", home=home)
    assert found.returncode == 0, found.stderr
    for lane in ("sandbox", "kernels"):
        assert f"{lane}: jail" in found.stdout, found.stdout + found.stderr
    assert found.stdout.count(": held") == 16
    assert ": open" not in found.stdout


def test_the_fast_lane_does_the_same_for_an_ordinary_user(home: Path, python: str) -> None:
    told = [python, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", str(SESSIONS)]
    found = stepped_down(*told, f"--rootdir={lab.ROOT}", f"--basetemp={home}/scratch/tests", home=home)
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-2000:]
