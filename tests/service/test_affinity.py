"""The threads of the service stay on one core; what grades, and whatever starts programs, has all of them."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from courseware.service import affinity
from tests.benchmarks import service

CORES = os.sched_getaffinity(0)


def in_thread(does: Callable[[], object]) -> None:
    """Do something in a thread of its own: what it changes of itself ends with it."""
    thread = threading.Thread(target=does)
    thread.start()
    thread.join()


def test_a_thread_and_what_it_starts_stay_on_one_core() -> None:
    seen: list[set[int]] = []

    def settled() -> None:
        affinity.settle()
        seen.append(os.sched_getaffinity(0))
        in_thread(lambda: seen.append(os.sched_getaffinity(0)))

    in_thread(settled)
    assert len(seen[0]) == 1
    assert seen == [seen[0], seen[0]]
    assert seen[0] <= CORES
    assert os.sched_getaffinity(0) == CORES


def test_what_may_start_programs_goes_back_to_all() -> None:
    seen: list[set[int]] = []

    def settled() -> None:
        spread = affinity.elsewhere()
        affinity.settle()
        spread()
        seen.append(os.sched_getaffinity(0))

    in_thread(settled)
    assert seen == [CORES]


def allowed(process: int) -> dict[str, set[int]]:
    """The cores of each thread of a process, by the thread's name and number."""
    found = {}
    for task in Path(f"/proc/{process}/task").iterdir():
        name = f"{(task / 'comm').read_text().strip()} {task.name}"
        found[name] = os.sched_getaffinity(int(task.name))
    return found


def below(process: int) -> list[int]:
    """All processes that come from a process."""
    children = [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [*children, *(each for child in children for each in below(child))]


def test_a_real_service_and_what_it_grades_with(tmp_path: Path) -> None:
    with service.running(tmp_path, "", students=1) as (server, running):
        with running.client(running.students[0]) as client:
            notebook = service.student_notebook(client, running.course)
            public = service.hand_in(client, running.course, notebook, "once")
            until = time.monotonic() + 60
            while client.get(f"/api/v1/submissions/{public}").json()["state"] != "marked":
                assert time.monotonic() < until
                time.sleep(0.1)
        process = server.process
        threads = allowed(process)
        assert len(threads[f"courseware {process}"]) == 1
        graders = below(process)
        assert graders
        assert all(os.sched_getaffinity(each) == CORES for each in graders)
