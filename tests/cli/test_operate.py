"""Commands of those who run a course: keys, migrate, backup and restore, the course's Python, doctor."""

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import commands
from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_student as lab

LESSON = "pictures-and-words"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[five.Class]:
    """A service with one hand-in."""
    made = five.Class(tmp_path_factory.mktemp("operate"))
    made.command("release", LESSON)
    made.command("people", "add", "amy")
    made.study("amy", LESSON, solved=True)
    yield made
    made.end()


def call(world: five.Class, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return commands.run(*arguments, cwd=world.course, environment={**world.environment, **more})


def receipt_of(world: five.Class) -> Path:
    """Amy's receipt, as a file."""
    copy = world.folder / "amy" / "data-in-python" / LESSON
    told = json.loads((copy / ".courseware" / "copy.json").read_text())
    path = world.folder / "receipt.json"
    path.write_text(json.dumps(told["receipts"][-1]))
    return path


def test_a_rotated_key_leaves_old_receipts_valid(served: five.Class) -> None:
    first = call(served, "keys", "list").stdout
    assert first.count("signs now") == 1
    rotated = call(served, "keys", "rotate")
    assert rotated.returncode == 0, rotated.stderr
    after = call(served, "keys", "list").stdout
    assert after.count("signs now") == 1
    assert len(re.findall(r"key_\w+", after)) == 2
    copy = served.folder / "amy" / "data-in-python" / LESSON
    done = call(served, "verify", str(receipt_of(served)), str(copy))
    assert done.returncode == 0, done.stdout + done.stderr
    served.study("amy", LESSON, solved=True)
    now = json.loads(receipt_of(served).read_text())
    assert now["key_id" if "key_id" in now else "key"] in after
    assert call(served, "verify", str(receipt_of(served)), str(copy)).returncode == 0


@pytest.mark.parametrize("spoil", ["receipt", "file"])
def test_a_receipt_or_a_file_that_was_changed_does_not_hold(served: five.Class, spoil: str) -> None:
    path = receipt_of(served)
    work = served.folder / f"copy-{spoil}"
    shutil.copytree(served.folder / "amy" / "data-in-python" / LESSON, work)
    if spoil == "receipt":
        path.write_text(path.read_text().replace(LESSON, "another-lesson"))
    else:
        notebook = next(work.glob("*.ipynb"))
        notebook.write_bytes(notebook.read_bytes() + b" ")
    done = call(served, "verify", str(path), str(work))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_verify_says_what_is_no_receipt(served: five.Class) -> None:
    odd = served.folder / "odd.json"
    for text in ("", "{", "[]", '{"a": 1}', "null"):
        odd.write_text(text)
        done = call(served, "verify", str(odd), str(served.course))
        assert done.returncode in (1, 2), text
        assert "Traceback" not in done.stderr
        assert (done.stderr + done.stdout).strip()


def test_a_backup_of_a_running_service_serves_again_elsewhere(served: five.Class, tmp_path: Path) -> None:
    target = tmp_path / "all.zip"
    done = call(served, "backup", str(target))
    assert done.returncode == 0, done.stderr
    again = call(served, "backup", str(target))
    assert again.returncode == 2
    assert "exists already" in again.stderr
    other = five.Class.__new__(five.Class)
    other.folder, other.course, other.port = tmp_path, served.course, lab.free_port()
    other.environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    restored = call(other, "restore", str(target))
    assert restored.returncode == 0, restored.stderr
    twice = call(other, "restore", str(target))
    assert twice.returncode == 2
    assert "not empty" in twice.stderr
    other.service = other.serve()
    try:
        assert "amy" in call(other, "grades").stdout
    finally:
        other.end()


def test_migrate_says_whether_there_was_something_to_do(served: five.Class, tmp_path: Path) -> None:
    fresh = {
        "COURSEWARE_STORE_STATE": str(tmp_path),
        "COURSEWARE_STORE_DATABASE": f"sqlite:///{tmp_path}/a.db",
    }
    assert "brought up to date" in call(served, "migrate", **fresh).stdout
    assert "is up to date" in call(served, "migrate", **fresh).stdout


def test_the_courses_python_is_built_from_its_requirements(served: five.Class, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(served.course, course)
    world = five.Class.__new__(five.Class)
    world.course, world.environment = course, {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    missing = call(world, "env", "build")
    assert missing.returncode == 2
    assert "requirements.txt" in missing.stderr
    text = (course / "course.toml").read_text() + '\n[environment]\nrequirements = "requirements.txt"\n'
    (course / "course.toml").write_text(text)
    absent = call(world, "env", "build")
    assert absent.returncode == 2
    assert "is not there" in absent.stderr
    (course / "requirements.txt").write_text("no-such-package-anywhere==0\n")
    refused = call(world, "env", "build", PIP_NO_INDEX="1")
    assert refused.returncode == 2
    assert "pip could not install" in refused.stderr
    shown = call(world, "env", "show")
    assert shown.returncode == 0
    assert "packages " in shown.stdout


def test_doctor_names_the_level_and_its_probes(served: five.Class) -> None:
    done = call(served, "doctor")
    assert done.returncode == 0, done.stderr
    assert "sandbox: jail" in done.stdout
    assert "landlock: version " in done.stdout
    assert "cgroups: " in done.stdout
    assert "nbgrader: installed" in done.stdout
    hidden = call(served, "doctor", PATH=str(served.folder))
    assert hidden.returncode == 0
    assert "kernels: none. There is no sandbox here: bubblewrap is not installed." in hidden.stdout


def test_a_changed_log_of_receipts_is_found(served: five.Class) -> None:
    assert call(served, "keys", "check").returncode == 0
    path = served.folder / "state" / "courseware" / "data-in-python" / "courseware.db"
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE receipt SET body = replace(body, '\"late_seconds\"', '\"late_second\"')")
    done = call(served, "keys", "check")
    assert (done.returncode, "Receipt 1 " in done.stdout) == (1, True), done.stdout + done.stderr
