"""A thread that grades holds a core, and so do the children that it begins; no two hold the same."""

import os
import sys
import threading
from pathlib import Path

import pytest

from courseware import wiring
from courseware.sandbox import cores, forkserver, port

ALL = os.sched_getaffinity(0)
WHERE = "import os; print(sorted(os.sched_getaffinity(0)))"


def placed(session: port.Session) -> str:
    (output,) = session.run(WHERE, seconds=20).outputs
    return str(output["text"]).strip()


def test_thread_and_children_run_on_one_core_while_it_is_held() -> None:
    box = wiring.fork_servers().sandbox
    workspace = port.Workspace(files={}, python=Path(sys.executable), limits=port.Limits())
    with cores.own(len(ALL)):
        here = os.sched_getaffinity(0)
        session = box.open(workspace)
        assert placed(session) == str(sorted(here))
        assert isinstance(session, port.Apart)
        asked = f"import os\nassert sorted(os.sched_getaffinity(0)) == {sorted(here)}"
        assert session.check(asked, seconds=20, asks=None).ending == "ok"
        session.close()
    assert len(here) == (1 if len(ALL) > 1 else len(ALL))
    assert os.sched_getaffinity(0) == ALL
    session = box.open(workspace)
    assert placed(session) == str(sorted(ALL))
    session.close()


def test_a_server_that_a_hand_in_begins_runs_anywhere() -> None:
    box = forkserver.Forked()
    workspace = port.Workspace(files={}, python=Path(sys.executable), limits=port.Limits())
    with cores.own(len(ALL)):
        here = os.sched_getaffinity(0)
        box.open(workspace).close()
        assert os.sched_getaffinity(0) == here
    session = box.open(workspace)
    assert placed(session) == str(sorted(ALL))
    session.close()


def test_threads_share_no_core_and_whoever_finds_none_goes_without() -> None:
    number = len(ALL) + 2
    holding, seen = threading.Barrier(number), []

    def hold() -> None:
        with cores.own(len(ALL)):
            seen.append(frozenset(os.sched_getaffinity(0)))
            holding.wait(20)

    threads = [threading.Thread(target=hold) for _ in range(number)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    alone = [each for each in seen if len(each) < len(ALL)]
    assert len(seen) == number
    assert len(set(alone)) == len(alone) == (len(ALL) if len(ALL) > 1 else 0)
    assert os.sched_getaffinity(0) == ALL


def test_the_core_is_given_back_when_the_block_ends_badly() -> None:
    for _ in range(len(ALL) + 1):
        with pytest.raises(RuntimeError), cores.own(len(ALL)):
            raise RuntimeError
    with cores.own(len(ALL)):
        assert len(os.sched_getaffinity(0)) == (1 if len(ALL) > 1 else len(ALL))
    with cores.own(len(ALL) - 1):
        assert os.sched_getaffinity(0) == ALL
    cores.bring(os.getpid())
    assert os.sched_getaffinity(0) == ALL
