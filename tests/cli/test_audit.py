"""`courseware audit`, and what commands that pass the service leave in it."""

import csv
import json
import os
import pwd
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import commands
from tests.cli import shapes
from tests.journeys import test_lab_student as lab

C = "data-in-python"
USER = pwd.getpwuid(os.getuid()).pw_name
Typed = Callable[..., Any]


@pytest.fixture
def typed(tmp_path: Path) -> Typed:
    """Types a command of somebody who runs a service with one course."""
    shutil.copytree(lab.COURSE, tmp_path / "course")
    config = tmp_path / "courseware.toml"
    config.write_text(f'[store]\nstate = "{tmp_path / "state"}"\n')

    def run(*words: str, code: int = 0) -> Any:
        line = (*words, "--config", str(config))
        # A variable of the environment must not say who it was.
        environment = {**os.environ, "LOGNAME": "somebody-else", "USER": "somebody-else"}
        done = commands.run(*line, cwd=tmp_path, environment=environment)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if "--json" in words else done.stdout + done.stderr

    return run


def lines(typed: Typed, *words: str) -> list[dict[str, Any]]:
    found = typed("audit", "--json", *words)
    assert sorted(found) == sorted(shapes.NAMES["audit"])
    listed: list[dict[str, Any]] = found["lines"]
    return listed


def test_nothing_is_said_in_a_sentence(typed: Typed) -> None:
    assert typed("audit") == "Nothing of this kind is recorded.\n"


def test_what_commands_change_is_recorded_with_who_gave_them(typed: Typed, tmp_path: Path) -> None:
    typed("courses", "add", "course", "--owner", "ines")
    typed("courses", "quota", C)  # changes nothing
    typed("courses", "quota", C, "50")
    typed("keys", "rotate", "--course-folder", "course")
    typed("courses", "quota", "none", "5", code=2)
    told = [(each["how"], each["action"], each["who"], each["role"]) for each in lines(typed)]
    assert told == [
        ("courseware keys rotate", "CHANGE_COURSE", USER, "on the machine"),
        ("courseware courses quota", "CHANGE_COURSE", USER, "on the machine"),
        ("courseware courses add", "CHANGE_OWNERS", USER, "on the machine"),
    ]
    assert {(each["course"], each["outcome"]) for each in lines(typed)} == {(C, "allowed")}
    shown = typed("audit", "--limit", "1")
    assert f"{USER} (on the machine)\t{C}\tchange the course\tallowed\tcourseware keys rotate" in shown
    following = shown.partition("--after ")[2].strip()
    assert "courses quota" in typed("audit", "--limit", "1", "--after", following)
    said = typed("audit", "--csv", str(tmp_path / "audit.csv"), "--action", "change_owners")
    assert said == f"Wrote 1 line into {tmp_path / 'audit.csv'}.\n"
    with (tmp_path / "audit.csv").open(newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["who"], row["how"], row["status"]) == (USER, "courseware courses add", "200")


def test_filters_and_what_cannot_be(typed: Typed) -> None:
    typed("courses", "add", "course", "--owner", "ines")
    assert len(lines(typed, "--course", C, "--since", "1h")) == 1
    for words in (("--since", "2999-01-01"), ("--refused",), ("--marks",), ("--person", "ines")):
        assert lines(typed, *words) == []
    for words, sentence in (
        (("--since", "soon"), "'soon' is no time. Write a date such as 2026-11-23"),
        (("--person", "nobody"), "There is nobody 'nobody' in this service."),
        (("--course", "other"), "There is no course 'other'"),
        (("--action", "read_grade"), "There is no right or change 'read_grade'. Did you mean READ_GRADES?"),
        (("--after", "x"), "This list cannot be continued from there."),
    ):
        assert sentence in typed("audit", *words, code=2)
