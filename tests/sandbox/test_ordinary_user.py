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
from pathlib import Path

import pytest

from tests.journeys import test_lab_student as lab

NOBODY = 65534


def stepped_down(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """A command of courseware, as an ordinary user."""
    paths = os.pathsep.join([str(lab.ROOT), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": paths, "LANG": "C.UTF-8"}
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    argv = [interpreter(), "-m", "courseware.cli.main", *arguments]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # the user's arguments, or none
        argv, cwd=home, env=environment, capture_output=True, text=True, timeout=200, check=False, **user
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


def test_an_ordinary_user_has_the_same_walls() -> None:
    # Below a folder that an ordinary user can pass; pytest's own is for its user alone.
    home = Path(tempfile.mkdtemp(prefix="courseware-home-"))
    home.chmod(0o755)
    try:
        found = stepped_down("doctor", home=home)
    finally:
        shutil.rmtree(home)
    assert found.returncode == 0, found.stderr
    assert "sandbox: jail" in found.stdout, found.stdout + found.stderr
    assert found.stdout.count(": held") >= 7
    assert ": open" not in found.stdout
