"""What a killed process leaves behind is found and ended; what a living one uses is not touched."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from courseware.sandbox import orphans

STARTER = """
import os, subprocess, sys, time
from courseware.sandbox import orphans
folder = orphans.folder()
(folder / "work").write_text("left")
marked = {**os.environ, orphans.VARIABLE: orphans.mark()}
child = subprocess.Popen(["sleep", "600"], env=marked, start_new_session=True)
print(child.pid, folder, flush=True)
time.sleep(600)
"""


def started() -> tuple[subprocess.Popen[str], int, Path]:
    """A process with a sandbox of a kind: its child's number and its folder."""
    starter = subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    number, folder = starter.stdout.readline().split()
    starter.stdout.close()
    return starter, int(number), Path(folder)


def ended(process: int) -> bool:
    """Whether a process is gone, or only waits to be told so."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            if ") Z " in Path(f"/proc/{process}/stat").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_what_a_killed_process_left_is_swept_and_nothing_else() -> None:
    gone, left, folder = started()
    alive, kept, used = started()
    try:
        gone.send_signal(signal.SIGKILL)
        gone.wait()
        assert orphans.sweep() >= 2
        assert ended(left)
        assert not folder.exists()
        assert Path(f"/proc/{kept}").exists()
        assert (used / "work").read_text() == "left"
    finally:
        alive.kill()
        alive.wait()
    assert orphans.sweep() >= 2
    assert ended(kept)
    assert not used.exists()


def test_a_reused_process_number_is_another_process() -> None:
    number, _, began = orphans.mark().partition("-")
    assert int(number) == os.getpid()
    assert orphans.mark(1) != f"1-{began}"
    assert not orphans._lives(f"{number}-1")
