"""What commands say to whom they serve: each thing once, counts that agree with themselves, times as on the
wire.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import test_commands as commands
from tests.cli import test_operate as operate
from tests.journeys import test_class_of_five as five


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[five.Class]:
    """A service, and nothing else yet."""
    made = five.Class(tmp_path_factory.mktemp("said"))
    yield made
    made.end()


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_a_release_is_told_once(served: five.Class) -> None:
    told = said(operate.call(served, "release", "numbers-and-lists"))
    assert told.count("numbers-and-lists: release 1,") == 1, told


def test_a_backup_never_takes_more_steps_than_it_says(served: five.Class, tmp_path: Path) -> None:
    steps = re.findall(r"(\d+) of (\d+)", said(operate.call(served, "backup", str(tmp_path / "all.zip"))))
    assert steps
    assert all(int(done) <= int(total) for done, total in steps), steps
    assert steps[-1][0] == steps[-1][1]


def test_a_key_was_made_at_a_time_as_on_the_wire(served: five.Class) -> None:
    (key,) = json.loads(operate.call(served, "keys", "list", "--json").stdout)["keys"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", key["made"])


def test_a_lesson_without_tests_is_told_without_any(served: five.Class) -> None:
    assert (
        said(operate.call(served, "release", "syllabus")).strip() == "syllabus: release 1; it has no tests."
    )


def test_a_student_reads_dates_on_the_course_s_clock(served: five.Class, tmp_path: Path) -> None:
    link = said(operate.call(served, "people", "add", "dot")).strip()
    own = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    wrong = operate.call(served, "join", f"{link[:-4]}abcd", **own)
    assert "This link is not known here. Copy the whole of it" in wrong.stderr
    said(operate.call(served, "join", link, **own))
    told = said(operate.call(served, "status", "--course", "data-in-python", **own))
    assert "due (Europe/Berlin)" in told.splitlines()[0]
    assert "\t2035-09-14 20:00\t" in told


def test_one_lesson_is_one(tmp_path: Path) -> None:
    assert commands.run("new", "one", cwd=tmp_path).returncode == 0
    told = said(commands.run("lint", "--course-folder", "one", cwd=tmp_path))
    assert "1 lesson, 0 findings, 0 of which stop a release." in told


def test_dates_that_contradict_each_other_stop_no_release(tmp_path: Path) -> None:
    assert commands.run("new", "one", cwd=tmp_path).returncode == 0
    course = tmp_path / "one" / "course.toml"
    begins = 'time_zone = "UTC"\nstarts = 2026-09-01T08:00:00\n'
    paced = 'pacing = "paced"\nhours = 3\nopens = 2026-12-01T08:00:00\n\n[pace]\nhours_per_week = 5\n'
    course.write_text(course.read_text().replace('time_zone = "UTC"\n', begins) + paced)
    told = commands.run("lint", "--course-folder", "one", cwd=tmp_path)
    assert (told.returncode, told.stdout.count("error: ")) == (1, 1), told.stdout
    assert "1 lesson, 1 finding, 0 of which stop a release." in told.stderr
