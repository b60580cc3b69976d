"""A service that a Lab started ends by itself, but never while something waits."""

import asyncio
import dataclasses
import datetime
import json
import os
import shutil
import time
from pathlib import Path

import sqlalchemy as sa

from courseware.lab import client, work
from courseware.service import idle
from courseware.store import database, schema
from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_student as lab

LESSON = "pictures-and-words"


@dataclasses.dataclass
class Clock:
    """A time that is set."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_is_over_when_nobody_asked_for_long_enough_and_nothing_waits() -> None:
    clock = Clock()
    watch = idle.Watch(60, clock=clock)
    assert not watch.over(busy=lambda: False)
    clock.now = 59
    watch.touch()
    clock.now = 100
    assert not watch.over(busy=lambda: False)
    clock.now = 119
    assert not watch.over(busy=lambda: True), "something waits"
    clock.now = 170
    assert not watch.over(busy=lambda: False), "the time begins anew when that was done"
    clock.now = 180
    assert watch.over(busy=lambda: False)


def test_without_a_time_it_is_never_over() -> None:
    clock = Clock(now=1e9)
    assert not idle.Watch(0, clock=clock).over(busy=lambda: False)

    async def waits() -> bool:
        task = asyncio.create_task(idle.Watch(0).wait(lambda: False))
        await asyncio.sleep(0.05)
        task.cancel()
        return task.cancelled() or not task.done()

    assert asyncio.run(waits())


def test_a_grading_is_brought_to_its_end_before_the_service_ends(tmp_path: Path) -> None:
    world = five.Class.__new__(five.Class)
    world.folder, world.course, world.port = tmp_path, tmp_path / "course", lab.free_port()
    shutil.copytree(lab.COURSE, world.course)
    world.environment = {
        **os.environ,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    world.service = world.serve()
    try:
        world.command("release", LESSON)
        link = world.command("people", "add", "amy").strip()
    finally:
        world.end()
    world.environment["COURSEWARE_SERVICE_IDLE_SECONDS"] = "3"
    world.service = world.serve()
    connection = work.join(link, tmp_path / "amy.json")
    service = client.for_connection(connection)
    copy = work.get(service, connection, tmp_path / "amy", LESSON).copy
    notebook = copy.folder / f"{LESSON}.ipynb"
    book = json.loads(notebook.read_text())
    cell = next(each for each in book["cells"] if each["metadata"].get("nbgrader", {}).get("solution"))
    cell["source"] = "import time\ntime.sleep(6)"
    notebook.write_text(json.dumps(book))
    work.submit(service, copy, now=datetime.datetime.now(datetime.UTC))
    service.close()
    began = time.monotonic()
    assert world.service.wait(120) == 0
    assert time.monotonic() - began > 6, "not while a grading runs"
    state = tmp_path / "state" / "courseware" / "data-in-python"
    assert not (state / "service.json").exists()
    db = database.open_at(f"sqlite:///{state / 'courseware.db'}")
    with db.read() as reading:
        assert reading.execute(sa.select(schema.grading.c.state)).scalars().all() == ["marked"]
    db.close()
