"""Fork servers are killed while a class hands in, those that just start too: all work gets its marks.

Nothing of it is the student's or the course's doing: nobody loses a point, and nobody is told that the course
has to be mended. Copies die with their server; one that is killed alone counts as a cell that crashed.
"""

import contextlib
import itertools
import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.benchmarks import service
from tests.journeys import test_lab_student as lab
from tests.journeys import test_soak as soak

pytestmark = [pytest.mark.slow, pytest.mark.soak]
STUDENTS, EACH = 4, 25 if soak.FULL else 4


def _solved(running: service.Running) -> dict[str, object]:
    """The lesson as a student hands it in who knows all answers."""
    with running.client(running.students[0]) as client:
        return lab.answered(service.student_notebook(client, running.course), service.LESSON)


def _kill_fork_servers(of: int, depth: int) -> int:
    """Kill the fork servers of a service: what it started (depth 1), or what makes the copies, inside their
    namespace (depth 2); how many.
    """
    killed = 0
    for process in _below(of, depth):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
            if any(word.endswith(b"/zygote.py") for word in words):
                os.kill(process, signal.SIGKILL)
                killed += 1
    return killed


def _below(process: int, depth: int) -> list[int]:
    """The children of a process, or their children, and so on."""
    found = [process]
    for _ in range(depth):
        found = [child for each in found for child in _children(each)]
    return found


def _children(process: int) -> list[int]:
    with contextlib.suppress(OSError):
        told = [each.read_text() for each in Path(f"/proc/{process}/task").glob("*/children")]
        return [int(child) for each in told for child in each.split()]
    return []


def test_killed_while_a_class_hands_in(tmp_path: Path) -> None:
    with service.running(tmp_path, "", students=STUDENTS) as (server, running):
        book, over, killed = _solved(running), threading.Event(), [0]

        def kill() -> None:
            for depth in itertools.cycle((1, 2)):
                if over.wait(0.3):
                    return
                killed[0] += _kill_fork_servers(server.process, depth)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            promised = [
                (student, _hand_in(running, book, student, number))
                for number in range(EACH)
                for student in running.students
            ]
            time.sleep(1)
        finally:
            over.set()
            killer.join()
        assert killed[0] > 0
        for student, submission in promised:
            told = _ended(running, student, submission)
            assert (told["state"], told["score"]) in (("marked", 12.0), ("superseded", None)), told


def _hand_in(running: service.Running, book: dict[str, object], student: str, number: int) -> str:
    """Work that differs from all other, so that none is taken over."""
    mine = json.dumps({**book, "metadata": {"number": f"{student[-8:]}-{number}"}}).encode()
    with running.client(student) as client:
        return service.hand_in(client, running.course, mine, f"killed-{number}")


def _ended(running: service.Running, student: str, submission: str) -> dict[str, object]:
    until = time.monotonic() + 120
    with running.client(student) as client:
        while True:
            told = client.get(f"/api/v1/submissions/{submission}").raise_for_status().json()
            if told["state"] not in ("waiting", "running"):
                return dict(told)
            assert time.monotonic() < until, told
            time.sleep(0.2)
