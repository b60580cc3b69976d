"""The whole story, as `courseware demo` plays it with a real service."""

import json
import subprocess
import sys


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
