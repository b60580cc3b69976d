"""nbgrader's marks on its own corpus and on a real course, and attacks: where the checks lie beside us."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKS = ROOT.parent / "shared" / "conformance"
COMMAND = f"{sys.executable} -m courseware.cli.main"

if CHECKS.is_dir():

    @pytest.mark.parametrize(
        "what", [["--only", "[a-m]*"], ["--only", "[n-z]*"], ["--corpus", "corpora/cs1302"]]
    )
    def test_marks_are_nbgraders(what: list[str]) -> None:
        argv = [sys.executable, "compare.py", *what, "--command", COMMAND, "--workers", "2"]
        done = subprocess.run(argv, cwd=CHECKS, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]

    def test_no_attack_wins() -> None:
        argv = [sys.executable, "run_attacks.py", "--mode", "class", "--workers", "2", "--command", COMMAND]
        done = subprocess.run(argv, cwd=CHECKS, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
