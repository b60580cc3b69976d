"""The whole story, as `courseware demo` plays it with a real service."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def test_the_story_from_the_author_to_the_students_feedback() -> None:
    argv = [sys.executable, "-m", "courseware.cli.main", "demo", "--once", "--json"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert all(step["ok"] for step in told["steps"])
    marks = told["marks"]
    assert marks["sam"]["numbers-and-lists"] == [12, 12]
    assert marks["sam"]["tables-with-pandas"] == [9, 9]
    for lesson in ("numbers-and-lists", "tables-with-pandas"):
        assert marks["kim"][lesson][0] < marks["sam"][lesson][0]


def test_a_stop_from_outside_leaves_nothing_running(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "courseware.cli.main", "demo"]
    process = subprocess.Popen(argv, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not (found := list(tmp_path.glob("courseware-demo-*/state/service.json"))):
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.05)
    service = int(json.loads(found[0].read_text())["pid"])
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) != 0
    assert not Path(f"/proc/{service}").exists()
    assert list(tmp_path.iterdir()) == []
