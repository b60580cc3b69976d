"""Sessions that end beside the next one: nothing outlives the block, and no crowd of them comes together."""

import logging
import os
import sys
import threading
from pathlib import Path

import pytest

from courseware import wiring
from courseware.sandbox import behind, cores, kernels, port

LIMITS = port.Limits()


@pytest.fixture(scope="module", params=["forked", "kernels"])
def box(request: pytest.FixtureRequest) -> port.Sandbox:
    return wiring.fork_servers().sandbox if request.param == "forked" else kernels.Jailed()


def workspace() -> port.Workspace:
    return port.Workspace(files={}, python=Path(sys.executable), limits=LIMITS)


def running(mark: str) -> list[Path]:
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            told = each.read_bytes()
        except OSError:
            continue
        found += [each] if mark.encode() in told else []
    return found


def test_nothing_outlives_the_block_and_the_next_session_does_not_wait(box: port.Sandbox) -> None:
    mark = f"behind-{os.getpid()}"
    source = (
        "import subprocess\nprogram = subprocess.Popen("
        f"['{mark}', '300'], executable='/bin/sleep', start_new_session=True)"
    )
    with behind.Behind(box, 2) as sandbox:
        assert sandbox.level == box.level
        for _ in range(4):
            session = sandbox.open(workspace())
            assert session.run(source, seconds=20).ending == "ok"
            assert running(mark)
            session.close()
            session.close()
            assert not session.alive
    assert running(mark) == []


class Ended:
    """A session that notes where it is ended."""

    alive = True

    def __init__(self) -> None:
        self.cores: set[int] = set()

    def run(self, source: str, *, seconds: float) -> port.CellRun:
        return port.CellRun(ending="ok")

    def close(self) -> None:
        self.cores = os.sched_getaffinity(0)


class One:
    """A sandbox of one session."""

    level: port.Level = "none"

    def __init__(self) -> None:
        self.session = Ended()

    def open(self, workspace: port.Workspace) -> port.Session:
        return self.session


def test_what_ends_sessions_is_not_held_to_the_core_of_the_first() -> None:
    everywhere, box = os.sched_getaffinity(0), One()
    with behind.Behind(box, 1) as sandbox, cores.own(len(everywhere)):
        sandbox.open(workspace()).close()
    assert box.session.cores == everywhere


def test_a_session_can_run_tests_apart_where_the_one_behind_it_can(box: port.Sandbox) -> None:
    with behind.Behind(box, 1) as sandbox:
        session = sandbox.open(workspace())
        inner = box.open(workspace())
        assert isinstance(session, port.Apart) == isinstance(inner, port.Apart)
        inner.close()
        assert session.run("x = 3", seconds=20).ending == "ok"
        if isinstance(session, port.Apart):
            session.give("y = 4", ["y"])
            assert session.check("assert x == 3 and y == 4", seconds=20, asks=None).ending == "ok"
            assert session.check("assert x == 4", seconds=20, asks=None).ending == "error"
        session.close()


class Slow:
    """A session that ends when it is told to, and then badly."""

    alive = True

    def __init__(self, end: threading.Event) -> None:
        self._end = end

    def run(self, source: str, *, seconds: float) -> port.CellRun:
        return port.CellRun(ending="ok")

    def close(self) -> None:
        self._end.wait(20)
        raise OSError("it did not end")


class Slowly:
    """A sandbox of such sessions."""

    level: port.Level = "none"

    def __init__(self) -> None:
        self.end = threading.Event()

    def open(self, workspace: port.Workspace) -> port.Session:
        return Slow(self.end)


def test_who_closes_one_more_than_may_wait_waits_and_what_goes_wrong_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow = Slowly()
    with caplog.at_level(logging.ERROR), behind.Behind(slow, 2) as sandbox:
        for _ in range(2):
            sandbox.open(workspace()).close()
        third = threading.Thread(target=sandbox.open(workspace()).close)
        third.start()
        third.join(0.2)
        assert third.is_alive()
        slow.end.set()
        third.join(20)
        assert not third.is_alive()
    assert caplog.text.count("did not end as it should") == 3
