"""The service is killed while a dry run is applied or undone: that goes on by itself, each mark once."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from courseware.store import database, schema, schema_trials
from tests import trust
from tests.journeys import mended
from tests.journeys import test_class_of_five as five

pytestmark = pytest.mark.slow
TRIAL = f"/api/v1/courses/data-in-python/lessons/{mended.LESSON}/trial"
NAMES = ("amy", "ben", "cem", "dia", "eva", "fay")


@pytest.fixture
def served(tmp_path: Path, served_database: str) -> Iterator[five.Class]:
    made = five.Class(tmp_path, served_database)
    made.command("release", mended.LESSON)
    for name in NAMES:
        made.command("people", "add", name)
        mended.study(made, name, mended.STOPS)
    yield made
    made.end()


def asked(world: five.Class, method: str, path: str = "", body: object = None) -> dict[str, object]:
    token = (world.folder / "state" / "courseware" / "data-in-python" / "owner.token").read_text().strip()
    head = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{time.monotonic_ns()}"}
    url = f"http://127.0.0.1:{world.port}{TRIAL}{path}"
    answer = httpx.request(method, url, headers=head, json=body, timeout=30, verify=trust.known())
    assert answer.is_success, answer.text
    told: dict[str, object] = answer.json()
    return told


def until(world: five.Class, state: str) -> None:
    end = time.monotonic() + 60
    while asked(world, "GET", "/progress")["state"] != state:
        assert time.monotonic() < end
        time.sleep(0.1)


def killed(world: five.Class, verb: str) -> None:
    """Ask for it, and kill the service as soon as it is begun."""
    asked(world, "POST", f"/{verb}", {"id": asked(world, "GET")["id"]})
    asked(world, "GET", "/progress")
    world.service.send_signal(signal.SIGKILL)
    world.service.wait()
    world.service = world.serve()


def read(world: five.Class, question: Callable[[sa.Connection], list[object]]) -> list[object]:
    state = world.folder / "state" / "courseware" / "data-in-python"
    db = database.open_at(
        world.environment["COURSEWARE_STORE_DATABASE"] or f"sqlite:///{state / 'courseware.db'}"
    )
    with db.read() as connection:
        found = question(connection)
    db.close()
    return found


def written(connection: sa.Connection) -> list[object]:
    """How many gradings were written of each hand-in."""
    table = schema.grading
    wanted = sa.select(table.c.submission_id, sa.func.count()).group_by(table.c.submission_id)
    return [number for _, number in connection.execute(wanted)]


def left(connection: sa.Connection) -> list[object]:
    work = schema_trials.trial_work
    return list(connection.execute(sa.select(work.c.id).where(work.c.state != "done")).scalars())


def test_each_mark_is_written_once_and_taken_back_once(served: five.Class) -> None:
    before = mended.points(served)
    assert [before[name] for name in NAMES] == ["12"] * len(NAMES)
    mended.mend(served)
    served.command("release", mended.LESSON)
    asked(served, "POST", "", {"draft": False})
    until(served, "ready")
    told = asked(served, "GET")
    assert (told["changes"], told["down"]) == (len(NAMES), len(NAMES))
    killed(served, "apply")
    until(served, "applied")
    assert [mended.points(served)[name] for name in NAMES] == ["9"] * len(NAMES)
    assert read(served, written) == [2] * len(NAMES)
    killed(served, "undo")
    until(served, "undone")
    assert mended.points(served) == before
    assert read(served, written) == [2] * len(NAMES)
    assert read(served, left) == []
