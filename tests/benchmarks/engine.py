"""What grading costs without the start of a command, in one process that is warm.

In: a course made by `hand_ins.course` and a number of rounds. Out, as JSON: milliseconds a hand-in, by round,
of bare execution, of grading with tests apart and of grading with tests in the student's process; and the
private memory of a child in MB.

    python -m tests.benchmarks.engine COURSE ROUNDS
"""

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from courseware import wiring
from courseware.grading import assignment, folder, pipeline, qualify
from courseware.sandbox import port, pythons
from tests.benchmarks import hand_ins

STUDENTS = 20
HERE = Path(__file__).parents[2]


class InProcess(folder.Tried):
    """Has all tests run in the student's process."""

    def __call__(
        self, made: assignment.Assignment, sandbox: port.Sandbox, job: pipeline.Job
    ) -> qualify.Report:
        """Nothing is tried."""
        return qualify.Report(exercises=(), findings=(), lacks=frozenset())


def main() -> None:
    """Measure and print."""
    course, rounds = Path(sys.argv[1]), int(sys.argv[2])
    sandbox = wiring.sandbox(unsafe=False)
    submitted = hand_ins.some(course, STUDENTS)
    run = folder.Run(source=course / "source", submitted=submitted, python=pythons.current())
    works = folder.works(run, sandbox)
    ways: dict[str, list[folder.Work]] = {
        "isolated": works,
        "in-process": [dataclasses.replace(work, tried=InProcess()) for work in works],
    }
    for mode, chosen in ways.items():
        _grade(run, chosen, sandbox, mode)
    book = submitted / hand_ins.names(1)[0] / "ps1" / "ps1.ipynb"
    found: dict[str, Any] = {"bare": [], **{mode: [] for mode in ways}}
    with _bare(book) as bare:
        _bare_ms(bare)
        for _ in range(rounds):
            found["bare"].append(_bare_ms(bare))
            for mode, chosen in ways.items():
                began = time.perf_counter()
                _grade(run, chosen, sandbox, mode)
                found[mode].append((time.perf_counter() - began) * 1000 / len(chosen))
        assert bare.stdin is not None
        bare.stdin.close()
    found["private_mb"] = _private(run, works[0], sandbox)
    print(json.dumps(found))


def _grade(run: folder.Run, works: list[folder.Work], sandbox: port.Sandbox, mode: str) -> None:
    entries: list[folder.Entry] = []
    folder.grade(run, works, sandbox, entries.extend)
    modes = {cell["test_mode"] for entry in entries for cell in entry["cells"].values()}
    if modes != {mode} or any(entry["score"] != entry["max_score"] for entry in entries):
        raise RuntimeError(f"The hand-ins are right, and were graded {modes} and not {mode}.")


def _bare(book: Path) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-m", "tests.benchmarks.bare", str(book)]
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    return subprocess.Popen(
        argv,
        cwd=HERE,
        env={**os.environ, **threads},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _bare_ms(bare: "subprocess.Popen[str]") -> float:
    assert bare.stdin is not None
    assert bare.stdout is not None
    bare.stdin.write(f"{STUDENTS}\n")
    bare.stdin.flush()
    return float(bare.stdout.readline())


class Watching:
    """A sandbox that looks at its processes when a session closes."""

    def __init__(self, sandbox: port.Sandbox) -> None:
        self._sandbox = sandbox
        self.level = sandbox.level
        self.most = 0.0

    def open(self, workspace: port.Workspace) -> port.Session:
        """Open one that is looked at."""
        session = self._sandbox.open(workspace)
        close: Callable[[], None] = session.close

        def closing() -> None:
            self.most = max(self.most, _largest())
            close()

        setattr(session, "close", closing)  # noqa: B010  (a method of the session's own)
        return session


def _private(run: folder.Run, work: folder.Work, sandbox: port.Sandbox) -> float:
    """The megabytes that the largest child has for itself when all cells have run."""
    watching = Watching(sandbox)
    folder.grade(run, [work], watching, lambda entries: None)
    return round(watching.most, 1)


def _largest() -> float:
    """Private memory of the largest copy of a fork server: of the processes below one of the same program."""
    parents = {pid: _parent(pid) for pid in _processes()}
    servers = [pid for pid in parents if "zygote.py" in _command(pid)]
    copies = [pid for pid in servers if _command(parents[pid]) == _command(pid)]
    inner = [pid for pid in copies if parents[parents[pid]] in copies or parents[pid] in copies]
    return max((_private_mb(pid) for pid in inner), default=0.0)


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _private_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


if __name__ == "__main__":
    main()
