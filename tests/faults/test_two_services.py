"""Two services on one PostgreSQL take each hand-in of a class at the same moment, and one of them is killed
again and again: both promise the same one, and it is marked once.

They share the files and the signing keys; the folder of state is each one's own.
"""

import dataclasses
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.benchmarks import service
from tests.journeys import test_soak as soak

pytestmark = [pytest.mark.slow, pytest.mark.soak]


@pytest.fixture
def second(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[service.Server]:
    """A service that is not started yet, with the keys of the one in the scratch folder."""
    monkeypatch.setenv("COURSEWARE_STORE_BLOBS", str(tmp_path / "files"))
    own = tmp_path / "second"
    own.joinpath("state").mkdir(parents=True)
    own.joinpath("state", "keys").symlink_to(tmp_path / "state" / "keys")
    made = service.Server(own, postgres_url, "workers")
    yield made
    made.end()


def test_one_is_killed_while_both_take_the_same(
    tmp_path: Path, postgres_url: str, second: service.Server
) -> None:
    with (
        service.running(tmp_path, postgres_url, students=soak.STUDENTS, runner="workers") as (first, running),
        first.workers(1),
    ):
        second.start()
        other = dataclasses.replace(running, port=second.port)

        def kill() -> None:
            second.end(signal.SIGKILL)
            second.start()

        with second.workers(1):
            kills, ended = soak.hand_in_while(running, kill, [other])
    print(f"{kills} kills of one of two services; {soak.HAND_INS} hand-ins to both ended: {dict(ended)}")
    assert ended.total() == soak.HAND_INS
    assert ended["marked"] >= soak.STUDENTS
    assert _kept(postgres_url) == {
        "submission": soak.HAND_INS,
        "receipt": soak.HAND_INS,
        "grading": soak.HAND_INS,
    }


def _kept(database: str) -> dict[str, int]:
    """How many rows there are of what each hand-in has one of."""
    with psycopg.connect(database) as connection:
        return {
            table: connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            ).fetchall()[0][0]
            for table in ("submission", "receipt", "grading")
        }
