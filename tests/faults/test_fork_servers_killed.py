"""Fork servers are killed while a class hands in, those that just start too: all work comes to its end.

Nobody is told that the course has to be mended. What this does not show: that no points are lost. The copies
that run cells are killed too, and a copy that is killed counts as a cell that crashed.
"""

import contextlib
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


def _kill_fork_servers(of: int) -> int:
    """Kill every process of the sandbox below a service; how many."""
    killed = 0
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (each / "cmdline").read_bytes().split(b"\0")
            if any(word.endswith(b"/zygote.py") for word in words) and _is_below(int(each.name), of):
                os.kill(int(each.name), signal.SIGKILL)
                killed += 1
    return killed


def _is_below(process: int, ancestor: int) -> bool:
    while process > 1:
        if process == ancestor:
            return True
        told = Path(f"/proc/{process}/stat").read_text()
        process = int(told.rsplit(")", 1)[1].split()[1])
    return False


def test_killed_while_a_class_hands_in(tmp_path: Path) -> None:
    with service.running(tmp_path, "", students=STUDENTS) as (server, running):
        book, over, killed = _solved(running), threading.Event(), [0]

        def kill() -> None:
            while not over.wait(0.3):
                killed[0] += _kill_fork_servers(server.process)

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
            assert told["state"] in ("marked", "superseded"), told


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
