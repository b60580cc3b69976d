"""`courseware worker` where it cannot work: one sentence, what to do."""

import os
from pathlib import Path

import pytest

from courseware.store import database, migrate
from tests import commands


def told(tmp_path: Path, *arguments: str, **given: str) -> str:
    """What a command says that has to be refused."""
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), **given}
    done = commands.run(*arguments, cwd=tmp_path, environment=environment)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize("command", ["worker", "serve"])
def test_workers_need_postgresql(tmp_path: Path, command: str) -> None:
    given = {"COURSEWARE_GRADING_RUNNER": "workers", "COURSEWARE_STORE_STATE": str(tmp_path / "state")}
    assert "Workers need PostgreSQL" in told(tmp_path, command, **given)


def test_a_database_without_a_queue_has_to_be_migrated(tmp_path: Path, postgres_url: str) -> None:
    db = database.open_at(postgres_url)
    migrate.upgrade(db)
    db.close()
    said = told(tmp_path, "worker", COURSEWARE_STORE_DATABASE=postgres_url)
    assert "Run `courseware migrate`" in said


def test_a_runner_that_there_is_not_is_named(tmp_path: Path) -> None:
    assert "runner must be service or workers" in told(tmp_path, "serve", COURSEWARE_GRADING_RUNNER="celery")
