"""Whatever is asked of the command line, it answers with a sentence and an exit code, never a stack trace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from courseware import errors, settings
from courseware.lab import connections
from tests.cli import test_commands as commands

KNOWN = {"url": "http://127.0.0.1:9", "course": "c", "title": "C", "credential": "cw_x", "person": "sam"}
SERVE = ("serve", "c", "--config", "courseware.toml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a course `c`, a plain file and a connection to a service that is away."""
    made = commands.run("new", "c", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    (tmp_path / "afile").write_text("x")
    _connect(tmp_path, json.dumps({"connections": [KNOWN]}))
    return tmp_path


def _connect(home: Path, text: str) -> None:
    path = home / ".config" / "courseware" / "connections.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _one_sentence(done: subprocess.CompletedProcess[str], codes: tuple[int, ...], said: str) -> None:
    assert done.returncode in codes, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    # Typer frames what it refuses itself; what we say is the last line.
    assert said in done.stderr, done.stderr
    if done.stderr.startswith("courseware:"):
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("new", "afile"), "afile is a file"),
        (("new", "afile/course"), "afile"),
        (("new", "/proc/course"), "/proc/course"),
        (("backup", "/nonexistent/x.zip", "--course-folder", "c"), "/nonexistent"),
        (("restore", "/nonexistent/x.zip", "--course-folder", "c"), "/nonexistent"),
        (("restore", "afile", "--course-folder", "c"), "afile"),
        (("mark", "sub_x", "a", "b", "nan"), "number"),
        (("mark", "sub_x", "a", "b", "inf"), "number"),
        (("join", "http://[::1/join/x"), "no join link"),
        (("join", "http://[zz]/join/x"), "no join link"),
        (("join", "http://host:99999/join/x"), "no join link"),
        (("join", "http://exa mple/join/x"), "no join link"),
        (("serve", "c", "--port", "99999"), "65535"),
        (("serve", "c", "--port", "-1"), "'--port'"),
        (("serve", "c", "--config", "/nonexistent.toml"), "cannot be read"),
        (("serve", "afile"), "course.toml"),
        (("adopt", "afile"), "afile"),
        (("verify", "afile", "afile"), "receipt"),
        (("people", "import", "c"), "cannot be read"),
        (("lint", "--course-folder", "afile"), "course.toml"),
        (("autograde", "--source", "nowhere", "--submitted", "nowhere"), "nowhere"),
    ],
    ids=lambda told: told if isinstance(told, str) else " ".join(told),
)
def test_a_mistake_in_the_call_is_one_sentence(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    _one_sentence(commands.run(*arguments, cwd=folder), (2, 3, 4), said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe[service]", "UTF-8"),
        (b"service = 5", "line 1: write service as [service]"),
        (b"[service]\nthreads = 0", "line 2: threads must be from 1 to"),
        (b"[service]\nport = 99999", "line 2: port must be from 0 to 65535"),
        (b"[grading]\nslots = 0", "line 2: slots must be from 1 to"),
        (b"[grading]\ncell_seconds = -1", "line 2: cell_seconds must be from"),
        (b"[grading]\ncell_seconds = nan", "line 2: cell_seconds must be from"),
        (b"[grading]\nnotebook_seconds = inf", "line 2: notebook_seconds must be from"),
        (b"[grading]\ncell_seconds = []", "line 2: cell_seconds must be a float"),
    ],
)
def test_settings_that_make_no_sense_are_one_sentence(folder: Path, text: bytes, said: str) -> None:
    (folder / "courseware.toml").write_bytes(text)
    _one_sentence(commands.run(*SERVE, cwd=folder), (2,), said)


def test_the_environments_settings_are_held_to_the_same() -> None:
    with pytest.raises(errors.UserError, match="COURSEWARE_GRADING_SLOTS: slots must be from 1"):
        settings.load("", {"COURSEWARE_GRADING_SLOTS": "0"})


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "5",
        "null",
        "{",
        '{"connections": 5}',
        '{"connections": [5]}',
        '{"connections": [{}]}',
        json.dumps({"connections": [{**KNOWN, "course": None}]}),
        json.dumps({"connections": [{k: v for k, v in KNOWN.items() if k != "credential"}]}),
    ],
)
def test_damaged_connections_are_one_sentence(folder: Path, text: str) -> None:
    _connect(folder, text)
    with pytest.raises(errors.UserError, match="join again"):
        connections.read(folder / ".config" / "courseware" / "connections.json")
    _one_sentence(commands.run("status", cwd=folder), (2,), "join again")


def test_connections_of_a_newer_version_are_read(folder: Path) -> None:
    _connect(folder, json.dumps({"connections": [{**KNOWN, "more": 1}], "more": 1}))
    (found,) = connections.read(folder / ".config" / "courseware" / "connections.json")
    assert found.course == "c"


@pytest.mark.parametrize("arguments", [("--help",), ("serve", "--help"), ("lint", "--course-folder", "c")])
def test_a_reader_that_has_read_enough_is_no_error(folder: Path, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    argv = [sys.executable, "-m", "courseware.cli.main", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(commands.ROOT)}
    book = folder / "c" / "lessons" / "first-steps" / "first-steps.ipynb"
    book.write_text(book.read_text().replace("END SOLUTION", "THE END"))
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run(
            argv, stdout=closed, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment, check=False
        )
    assert done.stderr == ""
    assert done.returncode in (0, 1)


def test_a_full_disk_is_told_as_such() -> None:
    argv = [sys.executable, "-m", "courseware.cli.main", "--help"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(argv, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    _one_sentence(done, (3,), "No space left")
