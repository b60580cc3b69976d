"""PostgreSQL is restored to a moment before damage, as the page says: what was promised until then is there.

The settings and commands are read from `docs/how-to/restore-to-a-moment.md`; only its paths and its moment
are others here.
"""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.benchmarks import service
from tests.faults import server

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[2] / "docs/how-to/restore-to-a-moment.md"
_FENCED = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
DAMAGE = "truncate submission, receipt cascade"


class Page:
    """What the page tells, for folders of this test."""

    def __init__(self, folder: Path) -> None:
        self.text = PAGE.read_text()
        for told, here in (
            ("/srv/postgresql", folder / "postgres"),
            ("/srv/courseware", folder / "postgres" / "kept"),
        ):
            self.text = self.text.replace(told, str(here))
        self.archiving, self.base, self.back, self.recovery = (
            found for _, found in _FENCED.findall(self.text)
        )

    def typed(self) -> list[str]:
        """The commands of courseware."""
        return [line.strip() for line in self.text.splitlines() if line.startswith("    courseware")]


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(tmp_path)


@pytest.fixture
def postgres(tmp_path: Path, page: Page) -> Iterator[server.Server]:
    made = server.Server(tmp_path / "postgres")
    made.own(tmp_path / "postgres" / "kept")
    made.own(tmp_path / "postgres" / "kept" / "archive")
    configure(made, page.archiving)
    made.start()
    yield made
    made.kill()


def configure(made: server.Server, lines: str) -> None:
    with (made.data / "postgresql.conf").open("a") as stream:
        stream.write(f"\n{lines}")


def ask(postgres: server.Server, query: str) -> Any:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        found = connection.execute(query)
        return found.fetchone()[0] if found.description else None  # type: ignore[index]


def restore(postgres: server.Server, page: Page, moment: str) -> None:
    """As the page says, from stopping PostgreSQL until it takes writes."""
    postgres.stop()
    postgres.data.parent.chmod(
        0o777
    )  # where tests run as root it is root's, and the server's user moves in it
    postgres.type(page.back)
    configure(postgres, re.sub(r"(recovery_target_time = )'.*'", rf"\1'{moment}'", page.recovery))
    postgres.start()
    end = time.monotonic() + 30
    while ask(postgres, "select pg_is_in_recovery()"):
        assert time.monotonic() < end
        time.sleep(0.05)


def marked(running: service.Running, student: int, submission: str) -> dict[str, Any]:
    """A hand-in once it is marked, as its author reads it."""
    end = time.monotonic() + 40
    with running.client(running.students[student]) as client:
        while True:
            told: dict[str, Any] = client.get(f"/api/v1/submissions/{submission}").raise_for_status().json()
            if told["state"] == "marked":
                return told
            assert told["state"] in ("waiting", "running")
            assert time.monotonic() < end
            time.sleep(0.05)


def receipt_of(running: service.Running, student: int, submission: str) -> dict[str, Any]:
    with running.client(running.students[student]) as client:
        told: dict[str, Any] = (
            client.get(f"/api/v1/submissions/{submission}/receipt").raise_for_status().json()
        )
        return told


def hand_in(running: service.Running, student: int, key: str) -> str:
    with running.client(running.students[student]) as client:
        notebook = service.student_notebook(client, running.course)
        return service.hand_in(client, running.course, notebook, key)


def test_what_was_promised_until_the_moment_is_there(
    tmp_path: Path, postgres: server.Server, page: Page
) -> None:
    with service.running(tmp_path, postgres.url, students=3, runner="workers") as (served, running):
        postgres.type(page.base)
        with served.workers(1):
            done = [(n, hand_in(running, n, "one")) for n in (0, 1)]
            marks = [marked(running, *each) for each in done]
        waits = (2, hand_in(running, 2, "one"))
        receipts = [receipt_of(running, *each) for each in (*done, waits)]
        moment = str(ask(postgres, "select clock_timestamp()"))
        late = hand_in(running, 0, "two")
        ask(postgres, DAMAGE)
        served.end()
        restore(postgres, page, moment)
        course = shutil.copytree(service.COURSE, tmp_path / "course")
        for line in page.typed():
            served.type(line, course)
        ask(postgres, "delete from procrastinate_jobs")  # as if the job were lost
        served.start()
        assert [marked(running, *each) for each in done] == marks
        assert [receipt_of(running, *each) for each in (*done, waits)] == receipts
        (course / "receipt.json").write_text(json.dumps(receipts[0]))
        with running.client(running.students[0]) as client:
            book = course / f"{service.LESSON}.ipynb"
            book.write_bytes(service.student_notebook(client, running.course))
        served.type(f"courseware verify receipt.json {book.name} --key {receipts[0]['public_key']}", course)
        with served.workers(1):
            marked(running, *waits)
            # And it goes on: what was handed in after the moment is gone, and can be handed in again.
            with running.client(running.students[0]) as client:
                assert client.get(f"/api/v1/submissions/{late}").status_code == 404
            marked(running, 0, hand_in(running, 0, "two"))
