"""The sandbox of an ordinary user: in a jail, through a user namespace, and in a pod, where there is none.

Run as root, the tests step down to a user without rights; see `ordinary`.
"""

import concurrent.futures
import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.journeys import test_lab_student as lab
from tests.sandbox import ordinary

HERE = Path(__file__).parent
SUITES = ("test_sessions.py", "test_walls.py", "test_limits.py", "test_calls.py")
Lanes = Mapping[str, concurrent.futures.Future[subprocess.CompletedProcess[str]]]
DOCTOR = ("-m", "courseware.cli.main", "doctor")


@pytest.fixture(scope="module")
def user() -> Iterator[ordinary.User]:
    with ordinary.user() as made:
        yield made


def test_an_ordinary_user_has_the_same_walls(user: ordinary.User) -> None:
    found = user.run(user.python, *DOCTOR)
    assert found.returncode == 0, found.stderr
    for lane in ("sandbox", "kernels"):
        assert f"{lane}: jail" in found.stdout, found.stdout + found.stderr
    assert found.stdout.count(": held") == 26
    assert ": open" not in found.stdout


def test_where_namespaces_are_denied_there_is_a_pod(user: ordinary.User) -> None:
    for program in (
        ["unshare", "-Ur", "true"],
        ["unshare", "-m", "true"],
        ["bwrap", "--ro-bind", "/", "/", "--unshare-pid", "true"],
        ["bwrap", "--ro-bind", "/", "/", "true"],
    ):
        assert user.run(*program).returncode == 0 or program[1] == "-m", "it works outside"
        assert user.run(*program, contained=True).returncode != 0, program
    found = user.run(user.python, *DOCTOR, contained=True)
    assert found.returncode == 0, found.stderr
    assert "sandbox: pod" in found.stdout
    assert "no jail: The sandbox cannot be built here: PermissionError: [Errno 1] unshare" in found.stdout
    assert "kernels: none" in found.stdout
    assert found.stdout.count(": held") == 13
    assert ": open" not in found.stdout


def test_the_demonstration_is_played_in_a_pod(user: ordinary.User) -> None:
    check = user.run(user.python, str(lab.ROOT / "scripts" / "prerequisites.py"), "demo", contained=True)
    assert check.returncode == 0, check.stderr
    assert "at level pod" in check.stdout
    story = ("-m", "courseware.cli.main", "demo", "--once", "--json")
    told = user.run(user.python, *story, contained=True, seconds=400)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["marks"]["sam"]["numbers-and-lists"] == [12, 12]


@pytest.fixture(scope="module")
def fast_lanes(user: ordinary.User) -> Iterator[Lanes]:
    """The sandbox's own tests at both levels at once: most of their time they wait."""
    told = [user.python, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", f"--rootdir={lab.ROOT}"]
    told += [str(HERE / suite) for suite in SUITES]
    wishes = {"jail": [], "pod": ["-k", "not kernels"]}
    with concurrent.futures.ThreadPoolExecutor(len(wishes)) as pool:
        yield {
            level: pool.submit(
                user.run,
                *told,
                *more,
                f"--basetemp={user.scratch}/tests-{level}",
                contained=level == "pod",
                seconds=400,
            )
            for level, more in wishes.items()
        }


@pytest.mark.parametrize("level", ["jail", "pod"])
def test_the_fast_lane_does_the_same(fast_lanes: Lanes, level: str) -> None:
    found = fast_lanes[level].result()
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-2000:]
