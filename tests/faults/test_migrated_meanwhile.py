"""A database is migrated while a service and a worker of the version before run: both end, nothing is lost.

The new version is played by this one: the schema gets a column and another number, as its migration would
do; what starts afterwards finds a number that it knows.
"""

import contextlib
import json
import os
import subprocess
import time
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.cli import screen
from courseware.store import database, migrate
from tests.benchmarks import service
from tests.store import test_migrate

pytestmark = pytest.mark.slow
SAID = "The database was migrated"


def change(url: str, *statements: str) -> None:
    db = database.open_at(url)
    with db.write() as connection:
        for each in statements:
            connection.execute(sa.text(each))
    db.close()


def wait_for(client: httpx.Client, submission: str, state: str) -> None:
    end = time.monotonic() + 30
    while client.get(f"/api/v1/submissions/{submission}").raise_for_status().json()["state"] != state:
        assert time.monotonic() < end
        time.sleep(0.05)


def slow(notebook: bytes) -> bytes:
    book = json.loads(notebook)
    first = next(cell for cell in book["cells"] if cell["cell_type"] == "code")
    first["source"] = "import time\ntime.sleep(3)"
    return json.dumps(book).encode()


def test_old_ones_end_and_what_was_promised_is_graded_by_new_ones(tmp_path: Path, postgres_url: str) -> None:
    with (
        service.running(tmp_path, postgres_url, students=3, runner="workers") as (server, running),
        server.worker() as worker,
        contextlib.ExitStack() as ends,
    ):
        ends.callback(worker.kill)
        with running.client(running.students[0]) as client:
            notebook = service.student_notebook(client, running.course)
            promised = [(0, service.hand_in(client, running.course, slow(notebook), "one"))]
            wait_for(client, promised[0][1], "running")
        for number in (1, 2):
            with running.client(running.students[number]) as client:
                promised.append((number, service.hand_in(client, running.course, notebook, "one")))
        change(
            postgres_url,
            "alter table grading add column fresh text",
            "update alembic_version set version_num = '9999'",
        )
        with running.client(running.students[0]) as client:
            _service_says_so(client)
        assert server.wait() == screen.LATER
        worker.communicate(timeout=30)
        assert worker.returncode == screen.LATER
        assert server.log().count(f"courseware: {SAID}") == 2
        # An old one that is started again says what is wrong, too.
        with pytest.raises(RuntimeError, match="A newer version of courseware"):
            server.start()
        change(postgres_url, f"update alembic_version set version_num = '{migrate.newest()}'")
        server.start()
        with server.workers(1):
            for number, submission in promised:
                with running.client(running.students[number]) as client:
                    wait_for(client, submission, "marked")


def _service_says_so(client: httpx.Client) -> None:
    """Within seconds each answer is a refusal that tells why, and the service is not ready."""
    end = time.monotonic() + 10
    while (answer := client.get("/api/v1/me")).status_code == 200:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert SAID in answer.json()["detail"]
    assert client.get("/ready").status_code == 503


def test_a_migration_waits_for_a_table_in_use_a_while_only(postgres_url: str) -> None:
    db, other = database.open_at(postgres_url), database.open_at(postgres_url)
    before = "0018"
    test_migrate.at(db, before)
    with other.write() as long:
        long.execute(sa.text("lock table person in row exclusive mode"))
        begun = time.monotonic()
        with pytest.raises(errors.Temporary, match=r"nothing was changed.*courseware migrate"):
            migrate.upgrade(db, patience=0.5)
        assert time.monotonic() - begun < 5
        assert migrate.current(db) == before
        with db.read() as connection:  # and nobody waits behind it
            connection.execute(sa.text("select count(*) from person"))
    assert migrate.upgrade(db)
    db.close()
    other.close()


def test_two_migrations_at_once_are_one(postgres_url: str) -> None:
    command = [service.COMMAND, "migrate", "--json"]
    environment = {**os.environ, "COURSEWARE_STORE_DATABASE": postgres_url}
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for each in both:
        each.communicate(timeout=60)
        assert each.returncode == 0
