"""An nbgrader course is adopted, released and graded through the service with no edit of its notebooks."""

import datetime
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

from courseware.lab import client, work
from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_student as lab

CS1302 = lab.ROOT.parent / "shared" / "conformance" / "corpora" / "cs1302"


def small(folder: Path) -> None:
    """A course as nbgrader keeps it: metadata of version 3, no cell ids, a kernel of another name."""
    cells: list[dict[str, Any]] = []
    for source, marks in (
        ("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION", {"solution": True}),
        ("assert f() == 1", {"grade": True, "locked": True, "points": 3}),
    ):
        told: dict[str, object] = {
            "schema_version": 3,
            "grade": False,
            "solution": False,
            "locked": False,
            "task": False,
        }
        told |= {"grade_id": f"c{len(cells)}", **marks}
        cells.append(
            {
                "cell_type": "code",
                "metadata": {"nbgrader": told},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
        )
    spec = {"kernelspec": {"name": "xpython", "display_name": "x", "language": "python"}}
    book = {"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 4}
    (folder / "source" / "Lab1").mkdir(parents=True)
    (folder / "source" / "Lab1" / "Card.ipynb").write_text(json.dumps(book))


def test_no_edit_from_source_to_marks(tmp_path: Path) -> None:
    course = tmp_path / "course"
    if CS1302.is_dir():
        shutil.copytree(CS1302 / "source", course / "source")
    else:
        small(course)
    (course / "nbgrader_config.py").write_text(
        'c.CourseDirectory.db_students = [dict(id="amy", first_name="Amy")]\nc.Execute.timeout = 77\n'
    )
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    world = five.Class.__new__(five.Class)
    world.folder, world.course, world.port = tmp_path, course, lab.free_port()
    state = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    world.environment = {**os.environ, **state}
    told = world.command("adopt", ".")
    assert "What will differ from nbgrader" in told
    world.service = world.serve()
    try:
        world.command("release", "lab1")
        connection = work.join(world.command("people", "link", "amy").strip(), tmp_path / "amy.json")
        service = client.for_connection(connection)
        copy = work.get(service, connection, tmp_path / "amy", "lab1").copy
        for path in copy.folder.glob("*.ipynb"):
            shutil.copy(course / "source" / "Lab1" / path.name, path)
        handed = work.submit(service, copy, now=datetime.datetime.now(datetime.UTC))
        assert handed.answer is not None
        until = time.monotonic() + 120
        done = service.submission(handed.answer["submission"]["id"])
        while done["state"] in ("waiting", "running"):
            assert time.monotonic() < until
            time.sleep(0.2)
            done = service.submission(done["id"])
        service.close()
        assert done["state"] == "marked"
        assert done["score"] > 0
    finally:
        world.end()
    assert {path: path.read_bytes() for path in before} == before
