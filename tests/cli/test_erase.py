"""The command erase on a real service: nothing goes without --yes, then all of it does, files too."""

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import commands, words
from tests.journeys import test_class_of_five as five

LESSON = "numbers-and-lists"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[five.Class]:
    made = five.Class(tmp_path)
    made.command("release", LESSON)
    made.command("people", "add", "amy", "--name", "Amy Adler")
    made.study("amy", LESSON, solved=True)
    yield made
    made.end()


def state(world: five.Class) -> Path:
    (found,) = (world.folder / "state" / "courseware").iterdir()
    return found


def asked(world: five.Class, question: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(state(world) / "courseware.db")) as connection, connection:
        return list(connection.execute(question))


def test_nothing_goes_without_yes(world: five.Class) -> None:
    told = world.command("erase", "amy")
    assert "Amy Adler (amy) in Data in Python" in told
    assert "add --yes" in told
    assert asked(world, "select count(*) from submission where files != '[]'") == [(1,)]
    unknown = commands.run("erase", "nobody", cwd=world.course, environment=world.environment)
    assert (unknown.returncode, "There is nobody 'nobody' here" in unknown.stderr) == (2, True)


def test_all_of_it_goes_and_the_service_lets_go_of_the_files(world: five.Class) -> None:
    [(files,)] = asked(world, "select files from submission")
    hashes = {each["sha256"] for each in json.loads(str(files))}
    told = json.loads(world.command("erase", "amy", "--yes", "--json"))
    assert told == {"username": "amy", "courses": ["Data in Python: first steps"], "erased": True}
    assert not words.has(world.command("people", "list"), "amy")
    assert "Amy" not in (state(world) / "erased.jsonl").read_text()
    waiting = {str(row[0]) for row in asked(world, "select sha256 from erased_blob")}
    assert hashes & waiting
    world.end()
    asked(world, "update erased_blob set since = since - 7200000000")  # two hours ago
    world.service = world.serve()
    until = time.monotonic() + 60
    while asked(world, "select 1 from erased_blob where aside is null"):
        assert time.monotonic() < until
        time.sleep(0.2)
    kept = {path.name for path in (state(world) / "blobs").glob("??/*")}
    assert not waiting & kept
    assert "erase" in world.command("audit", "--action", "erase")
