"""What is loaded when a service begins is not looked through for unused memory again and again."""

import subprocess
import sys

SAYS = """
import gc, json
from courseware.service import app, collecting
before = len(gc.get_objects())
collecting.settle()
print(json.dumps([before, gc.get_freeze_count(), len(gc.get_objects()), gc.get_threshold()]))
"""


def test_what_is_loaded_is_left_alone() -> None:
    """In a process of its own: this one has tests to run."""
    import json

    done = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True)
    before, frozen, left, threshold = json.loads(done.stdout)
    assert frozen > 0.9 * before > 50_000
    assert left < 0.1 * before
    assert threshold == [20_000, 20, 50]
