"""Checks on the course, on both databases: a verdict and a hint, so many a day, and nothing else."""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware.course import courses, manifest
from courseware.exchange import drafts
from courseware.exchange import model as exchange_model
from courseware.grading import course_checks, run
from courseware.notebook import files
from courseware.sandbox import port, pythons
from courseware.store import archive, blobs, database, schema, schema_checks
from tests import builders
from tests.builders import NOW
from tests.notebook import build
from tests.sandbox import isolated
from tests.service import hidden, inside, test_missing

CHECKS = "/api/v1/courses/c/lessons/one/checks"
DAY = datetime.timedelta(days=1)
TESTS = """assert f(1) == 2, "Twice one is two."
### BEGIN HIDDEN TESTS
assert f(7) == 14, "qq-sevens"
### END HIDDEN TESTS"""
RIGHT, HALF, WRONG = (
    "def f(x):\n    return 2 * x",
    "def f(x):\n    return 2 * x if x < 5 else 0",
    "def f(x):\n    return x",
)


def allow(world: builders.World, said: str) -> None:
    """What the course says of checks."""
    text = builders.MANIFEST + f"\n[policies]\n{said}\n"
    with world.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=NOW)


class Checked(hidden.Course):
    """A course with one exercise, in which Sam keeps copies and has them checked."""

    def keep(self, answer: str) -> None:
        """Sam keeps a copy."""
        book = build.book(build.answer(answer, "f"), build.machine("pass", "f-test", 3))
        named = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(book["cells"])]
        upload = exchange_model.Upload(
            release=2, files={"n.ipynb": files.write({**book, "cells": named})}, client_key=""
        )
        world = self.world
        drafts.keep(world.database, world.blobs, world.sam, world.one, upload, now=self.site.now)

    def ask(self, exercise: str = "f-test", who: str = "sam") -> Any:
        """Ask for a check."""
        return self.site.ask(self.tokens[who], "POST", CHECKS, {"exercise": exercise})

    def run_checks(self, sandbox: port.Sandbox | None = None) -> None:
        """Run all checks that wait."""
        worker = run.Worker(
            database=self.world.database,
            blobs=self.world.blobs,
            sandbox=sandbox or isolated.Plain(),
            limits=port.Limits(),
            clock=self.site.clock,
            python=lambda environment: pythons.current(),
        )
        with self.world.database.read() as connection:
            waiting = course_checks.unfinished(connection)
        for key in waiting:
            course_checks.perform(worker, key)

    def checked(self, answer: str) -> Any:
        """Keep this, have it checked, and read the verdict."""
        self.keep(answer)
        told = self.ask()
        assert told.status_code == 202, told.text
        self.run_checks()
        return self.site.ask(self.tokens["sam"], "GET", f"{CHECKS}/{told.json()['id']}").json()


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[Checked]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW, queue=test_missing.Queue()) as site:
        made = Checked(site, tmp_path)
        book = build.book(
            build.answer("### BEGIN SOLUTION\ndef f(x):\n    return 2 * x\n### END SOLUTION", "f"),
            build.machine(TESTS, "f-test", 3),
        )
        assert made.release({"n.ipynb": files.write(book)}) == 2
        allow(world, "checks = 3")
        yield made
    world.close()


def test_a_verdict_and_the_hint_and_no_more(course: Checked) -> None:
    wrong = course.checked(WRONG)
    assert (wrong["state"], wrong["verdict"], wrong["hint"]) == ("done", "fail", "Twice one is two.")
    half = course.checked(HALF)
    assert (half["verdict"], half["hint"], half["left"]) == ("fail", "", 1)
    right = course.checked(RIGHT)
    assert (right["verdict"], right["words"], right["left"]) == ("pass", "All points", 0)
    assert set(right) == {"id", "exercise", "state", "verdict", "words", "hint", "left"}
    with course.world.database.read() as connection:
        rows = connection.execute(sa.select(schema_checks.course_check)).mappings().all()
        assert not re.search("qq-|14", str([(row["hint"], row["verdict"]) for row in rows]))
        for table in (schema.submission, schema.mark, schema.grading):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0


def test_so_many_a_day_and_more_tomorrow(course: Checked) -> None:
    for _ in range(3):
        course.checked(WRONG)
    refused = course.ask()
    assert refused.status_code == 429
    assert "the next is taken in" in refused.json()["detail"]
    course.site.now += DAY
    assert course.checked(RIGHT)["verdict"] == "pass"


def test_one_that_is_being_checked_is_not_begun_twice(course: Checked) -> None:
    course.keep(RIGHT)
    assert course.ask().json()["id"] == course.ask().json()["id"]


def test_what_cannot_be_checked_is_refused_in_words(course: Checked) -> None:
    assert course.ask().status_code == 404  # no copy is kept
    course.keep(RIGHT)
    assert course.ask("f").status_code == 404
    assert course.ask("x\0" * 50).status_code == 404
    mine = course.ask().json()["id"]
    other = course.site.ask(course.tokens["kim"], "GET", f"{CHECKS}/{mine}")
    assert other.status_code == 404
    allow(course.world, "")
    refused = course.ask()
    assert refused.status_code == 403
    assert "only when it is handed in" in refused.json()["detail"]


class _Broken(isolated.Plain):
    """A sandbox that breaks off."""

    def open(self, workspace: port.Workspace) -> port.Session:
        raise RuntimeError("gone")


def test_one_that_breaks_off_is_run_again_and_not_for_ever(course: Checked) -> None:
    course.keep(RIGHT)
    check = course.ask().json()["id"]
    for _ in range(3):
        with pytest.raises(RuntimeError):
            course.run_checks(_Broken())
    course.run_checks()
    told = course.site.ask(course.tokens["sam"], "GET", f"{CHECKS}/{check}").json()
    assert (told["state"], told["verdict"], told["left"]) == ("failed", "", 3)
    assert told["hint"] == run.LOOKED_AT
    assert course.checked(RIGHT)["verdict"] == "pass"


def test_a_notebook_that_cannot_be_read_fails_with_its_reason(course: Checked) -> None:
    told = course.checked("def f(x:\n    return")
    assert (told["state"], told["verdict"]) == ("done", "error")


def test_a_backup_holds_what_waits_to_be_checked(course: Checked, tmp_path: Path) -> None:
    course.keep(WRONG)
    course.ask()
    course.keep(RIGHT)  # what was kept then is named by nothing but the check
    world = course.world
    archive.backup(world.database, world.blobs, tmp_path / "keys", tmp_path / "x.zip")
    again = database.open_at(f"sqlite:///{tmp_path / 'again.sqlite'}")
    place = blobs.open_at(str(tmp_path / "again"))
    archive.restore(again, place, tmp_path / "keys2", tmp_path / "x.zip")
    with again.read() as connection:
        [files_of] = connection.execute(sa.select(schema_checks.course_check.c.files)).scalars()
    [entry] = exchange_model.entries_from_json(files_of)
    assert b"return x" in place.get(entry.sha256)
    again.close()
