"""Whoever tries wrong answers is killed in the middle: it goes on where it was, in the service and on
workers, and what a student hands in meanwhile does not wait for it.
"""

import json
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from courseware.grading import audits
from courseware.store import database, schema_releases
from tests import trust
from tests.benchmarks import service
from tests.notebook import build

pytestmark = pytest.mark.slow
PAGE = f"/courses/data-in-python/lessons/{service.LESSON}/draft-release"


class Audit:
    """An audit of a served draft, asked for on its page and looked at in the database."""

    def __init__(self, server: service.Server, address: str, folder: Path) -> None:
        self.server = server
        self.database = database.open_at(address or f"sqlite:///{server.state / 'courseware.db'}")
        shutil.copytree(service.COURSE, folder)
        path = folder / "lessons" / service.LESSON / f"{service.LESSON}.ipynb"
        book = json.loads(path.read_text())
        slow = build.cell("import time\ntime.sleep(0.1)", id="slow")
        path.write_text(json.dumps({**book, "cells": [slow, *book["cells"]]}))
        server.type(f"courseware release {service.LESSON} --draft", folder)

    def ask(self) -> None:
        token = (self.server.state / "owner.token").read_text().strip()
        drafted = self._read("select public from draft_release")
        answer = httpx.post(
            f"http://127.0.0.1:{self.server.port}{PAGE}/wrong-answers",
            data={"id": drafted},
            headers={
                "Authorization": f"Bearer {token}",
                "Host": f"data-in-python.courseware.localhost:{self.server.port}",
            },
            verify=trust.known(),
        )
        assert answer.status_code == 303, answer.text

    def _read(self, question: str) -> Any:
        with self.database.read() as connection:
            return connection.execute(sa.text(question)).scalar_one()

    def now(self) -> Any:
        with self.database.read() as connection:
            return connection.execute(sa.select(schema_releases.test_audit)).one()

    def until(self, fits: Callable[[Any], bool]) -> Any:
        end = time.monotonic() + 120
        while not fits(row := self.now()):
            assert (row.state != "failed", time.monotonic() < end) == (True, True), row
            time.sleep(0.02)
        return row

    def begun(self, done: int) -> int:
        """Wait until so many were tried, and some were not; how many were."""
        row = self.until(lambda row: row.done >= done)
        assert row.state in audits.UNFINISHED
        return int(row.done)

    def is_whole(self) -> None:
        """All were tried, each once, and what is known to get through did."""
        row = self.until(lambda row: row.state == "done")
        told = json.loads(row.found)
        assert (row.done, told["tried"], told["left"]) == (row.total, row.total, 0)
        marks = [each["mark"] for each in told["through"]]
        assert len(marks) == len(set(marks))
        assert any("+hours = total_minutes // 59" in each["changed"] for each in told["through"])
        self.database.close()


def test_the_service_is_killed(tmp_path: Path) -> None:
    with service.running(tmp_path, "", students=0) as (server, _):
        audit = Audit(server, "", tmp_path / "course")
        audit.ask()
        before = audit.begun(3)
        server.end(signal.SIGKILL)
        server.start()
        assert audit.begun(before) >= before
        audit.is_whole()


def test_a_worker_is_killed_and_students_come_first(tmp_path: Path, postgres_url: str) -> None:
    with service.running(tmp_path, postgres_url, students=1, runner="workers") as (server, running):
        audit = Audit(server, postgres_url, tmp_path / "course")
        first = server.worker()
        audit.ask()
        audit.begun(2)
        with running.client(running.students[0]) as student:
            notebook = service.student_notebook(student, running.course)
            handed = service.hand_in(student, running.course, notebook, "k")
            end = time.monotonic() + 60
            while student.get(f"/api/v1/submissions/{handed}").json()["state"] != "marked":
                assert time.monotonic() < end
                time.sleep(0.02)
        audit.begun(2)  # the only slot was the student's in between
        first.kill()
        first.communicate()
        with server.workers(1):
            audit.is_whole()
