"""PostgreSQL is killed while a class hands in and workers grade: each promised hand-in is marked once.

Two seconds away here, thirty in `make soak`. Without fsync a kill of its processes loses nothing, because the
system keeps what they wrote.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks import service
from tests.faults import server
from tests.journeys import test_soak as soak

AWAY = 30 if soak.FULL else 2


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[server.Server]:
    made = server.Server(tmp_path / "postgres")
    made.start()
    yield made
    made.kill()


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("runner", ["service", "workers"])
def test_killed_while_a_class_hands_in(tmp_path: Path, postgres: server.Server, runner: str) -> None:
    def kill() -> None:
        postgres.kill()
        time.sleep(AWAY)
        postgres.start()

    number = 2 if runner == "workers" else 0
    with (
        service.running(tmp_path, postgres.url, students=soak.STUDENTS, runner=runner) as (made, running),
        made.workers(number),
    ):
        kills, ended = soak.hand_in_while(running, kill)
    assert kills > 0
    assert ended["marked"] >= soak.STUDENTS
