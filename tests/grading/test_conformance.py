"""nbgrader's marks on its own corpus and on a real course, and attacks: where the checks lie beside us."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKS = ROOT.parent / "shared" / "conformance"
COMMAND = f"{sys.executable} -m courseware.cli.main"

# In the kernel lane tests run in the student's process: an overloaded comparison is not found out.
DEVIATIONS = {"override-eq": "tests share the student's process until tests are isolated"}

if CHECKS.is_dir():

    @pytest.mark.parametrize(
        "what", [["--only", "[a-m]*"], ["--only", "[n-z]*"], ["--corpus", "corpora/cs1302"]]
    )
    def test_marks_are_nbgraders(what: list[str], tmp_path: Path) -> None:
        deviations = tmp_path / "deviations.json"
        deviations.write_text(json.dumps(DEVIATIONS))
        argv = [sys.executable, "compare.py", *what, "--command", COMMAND, "--workers", "2"]
        done = subprocess.run(
            [*argv, "--deviations", str(deviations)], cwd=CHECKS, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]

    @pytest.mark.parametrize(
        "attack", ["read-other-submission", "daemon-survivor", "forge-frames-on-every-fd"]
    )
    def test_an_attack_is_held(attack: str) -> None:
        argv = [sys.executable, "run_attacks.py", "--only", attack, "--mode", "each", "--command", COMMAND]
        done = subprocess.run(argv, cwd=CHECKS, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
