"""The service, or its workers, are killed again and again while a class hands in: nothing is lost, nothing is
there twice.

At full scale (`make soak`) what was injected and what was counted goes to `build/soak.jsonl`, a line a run.
"""

import collections
import concurrent.futures
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest

from tests.benchmarks import service

STUDENTS = 4
FULL = os.environ.get("COURSEWARE_SCALE") == "full"
HAND_INS, KILLS = (1000, 100) if FULL else (60, 5)
ROOT = Path(__file__).parents[2]
DONE = {"marked", "superseded"}


@pytest.mark.slow
@pytest.mark.soak
def test_killed_while_a_class_hands_in(tmp_path: Path, empty_url: str) -> None:
    database = empty_url if empty_url.startswith("postgresql") else ""
    begun = time.monotonic()
    with service.running(tmp_path, database, students=STUDENTS) as (server, running):

        def kill() -> None:
            server.end(signal.SIGKILL)
            server.start()

        kills, ended = hand_in_while(running, kill)
    if FULL:
        _report(empty_url, "service", kills, ended, time.monotonic() - begun)


@pytest.mark.slow
@pytest.mark.soak
def test_workers_killed_while_a_class_hands_in(tmp_path: Path, postgres_url: str) -> None:
    begun = time.monotonic()
    with (
        service.running(tmp_path, postgres_url, students=STUDENTS, runner="workers") as (server, running),
        server.workers(2) as workers,
    ):

        def kill() -> None:
            victim = workers.pop(0)
            victim.kill()
            victim.communicate()
            workers.append(server.worker())

        kills, ended = hand_in_while(running, kill)
        _what_ran_is_run_again(running, kill)
    if FULL:
        _report(postgres_url, "workers", kills, ended, time.monotonic() - begun)


def _what_ran_is_run_again(running: service.Running, kill: Callable[[], None]) -> None:
    """Both workers are killed while one of them runs a hand-in; another one brings it to its end."""
    with running.client(running.students[0]) as client:
        slow = hand_in_slowly(client, running.course)
        kill()
        kill()
        until(client, slow, "marked")


def hand_in_slowly(client: httpx.Client, course: str) -> str:
    """A hand-in that takes some seconds, once it is run."""
    book = json.loads(service.student_notebook(client, course))
    first = next(cell for cell in book["cells"] if cell["cell_type"] == "code")
    first["source"] = "import time\ntime.sleep(4)"
    slow = service.hand_in(client, course, json.dumps(book).encode(), "slow")
    until(client, slow, "running")
    return slow


def until(client: httpx.Client, submission: str, state: str) -> None:
    """Wait until a hand-in is in this state."""
    end = time.monotonic() + 60
    while client.get(f"/api/v1/submissions/{submission}").raise_for_status().json()["state"] != state:
        assert time.monotonic() < end
        time.sleep(0.05)


class Kills:
    """How often something was killed, and the wish for so many at least: a quick class waits for them."""

    def __init__(self, least: int) -> None:
        self.least, self.done = least, 0
        self._changed = threading.Condition()
        self._over = False

    def go_on(self, kill: Callable[[], None]) -> None:
        """Kill until the class is through or the number is reached."""
        while self.done < KILLS:
            with self._changed:
                if self._changed.wait_for(lambda: self._over, 0.4):
                    return
            kill()
            with self._changed:
                self.done += 1
                self._changed.notify_all()

    def over(self) -> None:
        """The class is through."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def wait(self, part: float) -> None:
        """Wait until as large a part of the least kills is done as of the hand-ins (0 to 1)."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.done >= int(part * self.least), 60)


def hand_in_while(
    running: service.Running,
    kill: Callable[[], None],
    others: Sequence[service.Running] = (),
    *,
    least: int = 1,
) -> tuple[int, collections.Counter[str]]:
    """All students hand in while something is killed, `least` times or more; how often it was, and how the
    hand-ins ended. Where there are `others`, services of the same course, each hand-in goes to all of them at
    the same moment.
    """
    with running.client(running.students[0]) as client:
        notebook = service.student_notebook(client, running.course)
    kills = Kills(least)
    with concurrent.futures.ThreadPoolExecutor(STUDENTS + 1) as pool:
        work = [pool.submit(_hand_in_all, (running, *others), n, notebook, kills) for n in range(STUDENTS)]
        killer = pool.submit(kills.go_on, kill)
        promised = [each.result() for each in work]
        kills.over()
        killer.result()
    ended: collections.Counter[str] = collections.Counter()
    for student, ids in enumerate(promised):
        ended.update(_check(running, student, ids))
    assert kills.done >= least
    return kills.done, ended


def _report(database: str, killed: str, kills: int, ended: collections.Counter[str], seconds: float) -> None:
    """One line about a run at full scale."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = {
        "commit": commit.stdout.strip(),
        "database": database.split(":", 1)[0],
        "killed": killed,
        "hand_ins": HAND_INS,
        "kills": kills,
        "ended": dict(ended),
        "lost": 0,
        "twice": 0,
        "seconds": round(seconds, 1),
    }
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "soak.jsonl").open("a") as stream:
        stream.write(json.dumps(told) + "\n")


def _hand_in_all(
    services: Sequence[service.Running], student: int, notebook: bytes, kills: Kills
) -> list[str]:
    """Hand in until each is promised, by all services as the same."""
    ids = []
    last = HAND_INS // STUDENTS - 1
    with concurrent.futures.ThreadPoolExecutor(len(services)) as pool:
        for number in range(HAND_INS // STUDENTS):
            kills.wait(number / last)
            key = f"soak-{student}-{number}"
            told = [pool.submit(_promised, each, student, notebook, key) for each in services]
            (made,) = {each.result() for each in told}
            ids.append(made)
    return ids


def _promised(running: service.Running, student: int, notebook: bytes, key: str) -> str:
    """Hand in until it is promised; a broken connection is answered by sending the same again."""
    end = time.monotonic() + 60
    while True:
        try:
            with running.client(running.students[student]) as client:
                return service.hand_in(client, running.course, notebook, key)
        except httpx.HTTPStatusError as error:
            if error.response.status_code < 500:
                raise
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, "no answer for a minute"
        time.sleep(0.05)


def _check(running: service.Running, student: int, promised: list[str]) -> list[str]:
    """Every promise is kept once, and every hand-in comes to its end; how each of them did."""
    path = f"/api/v1/courses/{running.course}/lessons/{service.LESSON}/submissions"
    with running.client(running.students[student]) as client:
        end = time.monotonic() + 180
        while True:
            kept = client.get(path).raise_for_status().json()["submissions"]
            if {each["state"] for each in kept} <= DONE:
                break
            assert time.monotonic() < end, [each["state"] for each in kept]
            time.sleep(0.2)
        assert sorted(each["id"] for each in kept) == sorted(promised)
        assert len(set(promised)) == HAND_INS // STUDENTS
        counted = [each for each in kept if each["counts"]]
        assert [each["state"] for each in counted] == ["marked"]
        receipts = [
            client.get(f"/api/v1/submissions/{each}/receipt").raise_for_status().json() for each in promised
        ]
        assert len({str(receipt) for receipt in receipts}) == len(promised)
    return [each["state"] for each in kept]
