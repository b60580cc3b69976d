"""Several services on one PostgreSQL grade each hand-in once, and another goes on for a killed one."""

import json
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from courseware.store import alone, database, schema
from tests.benchmarks import service

STUDENTS = 6
pytestmark = pytest.mark.slow


def second(scratch: Path, first: service.Server, url: str) -> service.Server:
    """Another service on the same database and files, with a state folder of its own and the same keys."""
    made = service.Server(scratch, url)
    made.state.mkdir(parents=True)
    shutil.copytree(first.state / "keys", made.state / "keys")
    (made.state / "blobs").symlink_to(first.state / "blobs")
    made.start()
    return made


@pytest.fixture
def both(
    tmp_path: Path, postgres_url: str
) -> Iterator[tuple[service.Server, service.Server, service.Running]]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with service.running(tmp_path / "one", postgres_url, students=STUDENTS) as (one, running):
        two = second(tmp_path / "two", one, postgres_url)
        try:
            yield one, two, running
        finally:
            two.end()


def at(server: service.Server, token: str) -> httpx.Client:
    running = service.Running(host="127.0.0.1", port=server.port, course="", students=())
    return running.client(token)


def ended(server: service.Server, token: str, submission: str) -> str:
    """How a hand-in ended, asked of one service."""
    until = time.monotonic() + 40
    with at(server, token) as client:
        while True:
            state = client.get(f"/api/v1/submissions/{submission}").raise_for_status().json()["state"]
            if state not in ("waiting", "running"):
                return str(state)
            assert time.monotonic() < until
            time.sleep(0.05)


def attempts(url: str) -> list[int]:
    db = database.open_at(url)
    with db.read() as connection:
        found = list(connection.execute(sa.select(schema.grading.c.attempt)).scalars())
    db.close()
    return found


def test_each_hand_in_is_graded_once_and_by_another_when_one_is_killed(
    both: tuple[service.Server, service.Server, service.Running], postgres_url: str
) -> None:
    one, two, running = both
    with at(one, running.students[0]) as client:
        notebook = service.student_notebook(client, running.course)
    handed_in = []
    for number, token in enumerate(running.students):
        with at((one, two)[number % 2], token) as client:
            handed_in.append((token, service.hand_in(client, running.course, notebook, f"key-{number}")))
    for token, submission in handed_in:
        assert ended(two, token, submission) == "marked"
    assert attempts(postgres_url) == [1] * STUDENTS
    book = json.loads(notebook)
    next(cell for cell in book["cells"] if cell["cell_type"] == "code")["source"] = (
        "import time\ntime.sleep(3)"
    )
    token = running.students[0]
    with at(two, token) as client:
        slow = service.hand_in(client, running.course, json.dumps(book).encode(), "slow")
        while client.get(f"/api/v1/submissions/{slow}").json()["state"] == "waiting":
            time.sleep(0.05)
    one.end(signal.SIGKILL)
    assert ended(two, token, slow) == "marked"
    assert max(attempts(postgres_url)) == 2


def test_one_is_alone_until_its_session_is_gone(postgres_url: str) -> None:
    here, there = database.open_at(postgres_url), database.open_at(postgres_url)
    with alone.Alone(there, "work") as other:
        with alone.Alone(here, "work") as ours, alone.Alone(here, "else") as another:
            assert [ours.is_ours(), ours.is_ours(), other.is_ours(), another.is_ours()] == [
                True,
                True,
                False,
                True,
            ]
        assert other.is_ours()
        assert not ours.is_ours()  # let go for good
        with alone.Alone(here, "work") as ours:
            with here.read() as connection:
                here_alone = "database = (select oid from pg_database where datname = current_database())"
                connection.exec_driver_sql(
                    "select pg_terminate_backend(pid, 10000) from pg_locks"
                    f" where locktype = 'advisory' and {here_alone}"
                )
            assert ours.is_ours()
            assert not other.is_ours()
    here.close()
    there.close()
