"""`courseware autograde` on a folder: real processes, real signals, a real terminal."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.grading import ledger
from courseware.notebook import files
from courseware.sandbox import orphans
from tests.notebook import build

pytestmark = pytest.mark.slow

FOREVER = "import time\ntime.sleep(100_000)"
TIMEOUT = "c = get_config()\nc.Execute.timeout = 3000\n"


def hand_in(folder: Path, student: str, answer: str) -> None:
    """One student's copy, with this answer."""
    place = folder / "submitted" / student / "a"
    place.mkdir(parents=True, exist_ok=True)
    book = build.book(build.answer(answer), build.machine("assert x == 1"))
    (place / "n.ipynb").write_bytes(files.write(book))


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """An assignment, three hand-ins that are quickly graded, and as the last one that never ends."""
    (tmp_path / "source" / "a").mkdir(parents=True)
    key = build.answer("### BEGIN SOLUTION\nx = 1\n### END SOLUTION")
    book = build.book(key, build.machine("assert x == 1"))
    (tmp_path / "source" / "a" / "n.ipynb").write_bytes(files.write(book))
    (tmp_path / "nbgrader_config.py").write_text(TIMEOUT)
    for student, answer in {"ann": "x = 1", "bob": "x = 2", "cyd": "x = 1", "zoe": FOREVER}.items():
        hand_in(tmp_path, student, answer)
    return tmp_path


def argv(*more: str) -> list[str]:
    command = [sys.executable, "-m", "courseware.cli.main", "autograde"]
    return [*command, "--source", "source", "--submitted", "submitted", *more]


def finished(out: Path) -> list[str]:
    """The students whose results are on the disk already."""
    try:
        lines = (out / ledger.PARTIAL).read_text().splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line)["entries"][0]["student"] for line in lines]


def wait_for(students: int, out: Path, running: subprocess.Popen[bytes]) -> None:
    while len(finished(out)) < students:
        assert running.poll() is None, "it ended by itself"
        time.sleep(0.05)


def left_behind(process: int, mark: str) -> list[str]:
    """Processes that carry the mark of a run, and its folders."""
    found = [str(path) for path in Path(tempfile.gettempdir()).glob(f"courseware-{process}-*")]
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "environ").read_bytes()
        except OSError:
            continue
        if f"{orphans.VARIABLE}={mark}".encode() in told:
            found.append((entry / "cmdline").read_text())
    return found


def results(out: Path) -> dict[str, dict[str, object]]:
    told = [json.loads(line) for line in (out / ledger.RESULTS).read_text().splitlines()]
    return {entry["student"]: entry for entry in told}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_nothing_and_goes_on(course: Path, number: signal.Signals) -> None:
    out = course / "out"
    with subprocess.Popen(argv("--out", "out"), cwd=course, stderr=subprocess.PIPE) as running:
        wait_for(3, out, running)
        mark = orphans.mark(running.pid)
        before = {line: json.loads(line) for line in (out / ledger.PARTIAL).read_text().splitlines()}
        running.send_signal(number)
        said = running.communicate(timeout=100)[1].decode()
    assert running.returncode == 130
    assert "3 of 4 hand-ins were graded and are kept in out" in said
    assert "Traceback" not in said
    assert left_behind(running.pid, mark) == []
    assert not (out / ledger.RESULTS).exists()

    hand_in(course, "zoe", "x = 1")
    again = subprocess.run(argv("--out", "out"), cwd=course, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert "3 of 4 hand-ins had been graded by the run before" in again.stderr
    found = results(out)
    assert {name: entry["score"] for name, entry in found.items()} == {"ann": 2, "bob": 0, "cyd": 2, "zoe": 2}
    for told in before.values():
        assert found[told["entries"][0]["student"]] == told["entries"][0]  # seconds and all: not run again
    assert not (out / ledger.PARTIAL).exists()
    assert (out / "zoe" / "a" / "n.html").is_file()


def test_a_killed_run_goes_on_and_sees_what_changed(course: Path) -> None:
    out = course / "out"
    with subprocess.Popen(argv("--out", "out"), cwd=course, stderr=subprocess.DEVNULL) as running:
        wait_for(2, out, running)
        running.kill()
    hand_in(course, "zoe", "x = 1")
    hand_in(course, "bob", "x = 1")
    with (out / ledger.PARTIAL).open("a") as stream:
        stream.write('{"key": "cut off in the mid')
    again = subprocess.run(argv("--out", "out"), cwd=course, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert {name: entry["score"] for name, entry in results(out).items()} == dict.fromkeys(
        ("ann", "bob", "cyd", "zoe"), 2
    )
    # A run that came to its end is not gone on with.
    third = subprocess.run(argv("--out", "out"), cwd=course, capture_output=True, text=True, check=False)
    assert "by the run before" in again.stderr
    assert "by the run before" not in third.stderr


def test_two_runs_do_not_share_a_folder(course: Path) -> None:
    with subprocess.Popen(argv("--out", "out"), cwd=course, stderr=subprocess.DEVNULL) as running:
        wait_for(1, course / "out", running)
        other = subprocess.run(argv("--out", "out"), cwd=course, capture_output=True, text=True, check=False)
        running.send_signal(signal.SIGINT)
    assert other.returncode == 2
    assert "Another run writes into out" in other.stderr


def test_a_bad_hand_in_costs_itself_only(course: Path) -> None:
    place = course / "submitted"
    (place / "bob" / "a" / "n.ipynb").write_bytes(b'{"cells": ' + b"[" * 100_000)
    (place / "cyd" / "a" / "n.ipynb").unlink()
    (place / "cyd" / "a" / "n.ipynb").mkdir()
    hand_in(course, "zoe", "import os\nos._exit(1)")
    for number in range(60):
        hand_in(course, "dan", "x = 1")
        (place / "dan" / "a" / f"{number}.txt").write_text("x")
    hand_in(course, "eve", "\ud800 = 1")
    done = subprocess.run(argv("--json"), cwd=course, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = {entry["student"]: entry for entry in json.loads(done.stdout)["submissions"]}
    assert told["ann"]["score"] == 2
    assert told["bob"]["score"] is None
    assert told["cyd"]["score"] == 0
    assert told["dan"]["error"] == "The hand-in has more than 50 files or 100 MB."
    assert told["zoe"]["score"] == 0
    assert "Traceback" not in done.stderr
    assert re.search(r"graded: 6 of 6 \(.*(a second|s each)\)", done.stderr)


# Makes the terminal on its stdin its own, as a shell's programs have it, and becomes the command.
ON_TERMINAL = (
    "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)


class Screen:
    """A terminal with a command in it, and what it has shown so far."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.shown = b""
        self._handle, inside = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", ON_TERMINAL, *command],
            cwd=folder,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        )
        os.close(inside)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                self.shown += os.read(self._handle, 4096)
            except OSError:  # what a terminal says when the last program has gone
                return

    def type(self, keys: bytes) -> None:
        os.write(self._handle, keys)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        os.close(self._handle)


@pytest.fixture
def screen(course: Path) -> Iterator[Screen]:
    opened = Screen(argv("--out", "out"), course)
    yield opened
    opened.close()


def test_on_a_terminal_there_is_a_bar_and_ctrl_c_stops(course: Path, screen: Screen) -> None:
    while len(finished(course / "out")) < 3 or b"3/4" not in screen.shown:
        assert screen.process.poll() is None
        time.sleep(0.05)
    mark = orphans.mark(screen.process.pid)
    screen.type(b"\x03")
    assert screen.process.wait(100) == 130
    shown = screen.shown.decode()
    assert re.search(r"(a second|s each), \d:\d\d:\d\d left", shown)
    assert "3 of 4 hand-ins were graded" in shown
    assert "Traceback" not in shown
    assert left_behind(screen.process.pid, mark) == []
