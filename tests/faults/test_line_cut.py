"""The line between a service and its database is cut: what `line_cut` does, where interfaces may be made.

Root may make them; an ordinary user may within a namespace of users, and keeps their own name there, since
PostgreSQL runs under no other.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import test_lab_student as lab
from tests.journeys import test_soak as soak

pytestmark = [pytest.mark.slow, pytest.mark.soak]
APART = ("unshare", "--user", "--map-current-user", "--keep-caps", "--net")
BEGIN = ("sh", "-c", 'ip link set lo up && exec "$@"', "begin")
PATIENCE = 3600 if soak.FULL else 300


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the tests within write; the name of a socket in it has to be short."""
    with tempfile.TemporaryDirectory(prefix="cw-cut-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def test_the_line_is_cut(folder: Path) -> None:
    before = () if os.geteuid() == 0 else (*APART, *BEGIN)
    told = ("-m", "pytest", "-q", "-s", "-n", "0", "-p", "no:cacheprovider", f"--rootdir={lab.ROOT}")
    where = (f"--basetemp={folder / 't'}", str(Path(__file__).with_name("line_cut.py")))
    found = subprocess.run(
        [*before, sys.executable, *told, *where],
        cwd=lab.ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    print(found.stdout)
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-2000:]
