"""nbgrader's marks on its own corpus and on a real course, and attacks: where the checks lie beside us."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox import ordinary

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

    ATTACKS = ["run_attacks.py", "--mode", "class", "--workers", "2", "--command"]

    def test_no_attack_wins() -> None:
        argv = [sys.executable, *ATTACKS, COMMAND]
        done = subprocess.run(argv, cwd=CHECKS, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]

    @pytest.mark.parametrize("level", ["jail", "pod"])
    def test_no_attack_wins_where_an_ordinary_user_grades(level: str) -> None:
        with ordinary.user() as user:
            argv = [
                user.python,
                str(CHECKS / ATTACKS[0]),
                *ATTACKS[1:],
                f"{user.python} -m courseware.cli.main",
            ]
            done = user.run(*argv, contained=level == "pod", seconds=600)
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
            assert f"sandbox: {level}" in done.stdout
