"""Grading beside the real nbgrader, and beside running the cells with nothing around them.

In: a scratch folder. Out: rows of `make bench`: seconds a hand-in of nbgrader and of `courseware autograde`
on the same hand-ins, without what a run costs to start (the slope between few students and many); what is
above bare execution; memory; a class of a thousand. One notebook draws a figure, the other none. Rounds of
all that is compared alternate, so that another load on the machine meets all of them.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import hand_ins, rows

ROUNDS = 5
THEIRS, OURS = (1, 4), (20, 100)
"""Between how many students the slope is taken: enough for more than a second's difference."""

BOUND = {
    ("no figure", 1): 20.0,
    ("no figure", 2): 40.0,
    ("with a figure", 1): 11.0,
    ("with a figure", 2): 20.0,
}
"""How many times as fast as nbgrader with one slot and with two."""

ABOVE_BARE_MS = {"isolated": 45.0, "in-process": 20.0}
PRIVATE_MB = 10.0
CLASS, CLASS_SECONDS, GROWTH_MB = 1000, 60.0, 16.0


def all_rows(scratch: Path) -> list[rows.Row]:
    """Everything about grading."""
    found = []
    for name in ("no figure", "with a figure"):
        course = hand_ins.course(scratch / name.replace(" ", "-"), max(OURS), figure=name != "no figure")
        found += [*_beside(course, name), *_above_bare(course, name)]
    return [*found, *_class(scratch / "class")]


def _beside(course: Path, name: str) -> list[rows.Row]:
    """The command beside the other command."""
    _nbgrader(course, "generate_assignment", "ps1", "--create")
    ways: dict[str, Callable[[], float]] = {
        "nbgrader": lambda: _slope(lambda students: _theirs(course, students), *THEIRS),
        "1": lambda: engine_seconds(course, *OURS, workers=1),
        "2": lambda: engine_seconds(course, *OURS, workers=2),
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, run in ways.items():
            times[way].append(run())
    theirs = statistics.median(times["nbgrader"])
    found = [rows.Row(name=f"nbgrader autograde, {name}", value=round(theirs * 1000, 1), unit="ms")]
    for slots in (1, 2):
        ours = statistics.median(times[str(slots)])
        label = f"{name}, {slots} slot{'s' if slots > 1 else ''}, tests {_mode(course)}"
        found += [
            rows.Row(name=f"courseware autograde, {label}", value=round(ours * 1000, 1), unit="ms"),
            rows.Row(
                name=f"times as fast as nbgrader, {label}",
                value=round(theirs / ours, 1),
                unit="x",
                budget=BOUND[name, slots],
                at_most=False,
            ),
        ]
    return found


def engine_seconds(course: Path, few: int, many: int, *, workers: int) -> float:
    """Seconds that `courseware autograde` needs for each further student between few and many."""
    return _slope(lambda students: _ours(course, students, workers=workers), few, many)


def _above_bare(course: Path, name: str) -> list[rows.Row]:
    """What grading costs above running the same cells in a warm copy of a process."""
    told = _engine(course, ROUNDS)
    bare = statistics.median(told["bare"])
    found = [rows.Row(name=f"bare exec of the cells, {name}", value=round(bare, 1), unit="ms")]
    for mode, budget in ABOVE_BARE_MS.items():
        above = statistics.median(told[mode]) - bare
        label = f"above bare exec, {name}, tests {mode}"
        found.append(rows.Row(name=label, value=round(above, 1), unit="ms", budget=budget))
    label = f"private memory of a child, {name}"
    return [*found, rows.Row(name=label, value=told["private_mb"], unit="MB", budget=PRIVATE_MB)]


def _class(folder: Path) -> list[rows.Row]:
    """A thousand hand-ins of nbgrader's own quickstart assignment."""
    hand_ins.quickstart(folder, CLASS)
    argv = _command(folder / "source", folder / "submitted", workers=2)
    began = time.perf_counter()
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as program:
        sizes = _watched(program)
        program.wait()
    took = time.perf_counter() - began
    early = statistics.median(sizes[len(sizes) // 4 : len(sizes) // 2])
    late = statistics.median(sizes[-len(sizes) // 4 :])
    label = f"{CLASS} hand-ins of nbgrader's quickstart assignment, 2 slots"
    return [
        rows.Row(name=label, value=round(took, 1), unit="s", budget=CLASS_SECONDS),
        rows.Row(name=f"{label}: growth", value=round(late - early, 1), unit="MB", budget=GROWTH_MB),
    ]


def _watched(program: "subprocess.Popen[bytes]") -> list[float]:
    """The resident megabytes of a program and its fork servers, while it writes its answer."""
    sizes: list[float] = []
    assert program.stdout is not None
    os.set_blocking(program.stdout.fileno(), False)
    answer = b""
    while program.poll() is None:
        answer += program.stdout.read() or b""
        sizes.append(_resident(program.pid))
        time.sleep(0.1)
    answer += program.stdout.read() or b""
    told = json.loads(answer)["submissions"]
    if any(entry["error"] for entry in told) or len(told) < CLASS:
        raise RuntimeError("Hand-ins of the class were not graded.")
    return sizes


def _resident(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _engine(course: Path, rounds: int) -> dict[str, Any]:
    """What `tests.benchmarks.engine` measured, in a process of its own."""
    argv = [sys.executable, "-m", "tests.benchmarks.engine", str(course), str(rounds)]
    done = subprocess.run(argv, check=True, capture_output=True, cwd=Path(__file__).parents[2])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _mode(course: Path) -> str:
    """Where the tests really ran, as the results say; more than one mode is told as such."""
    argv = _command(course / "source", hand_ins.some(course, 1), workers=1)
    told = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)
    graded = [cell for entry in told["submissions"] for cell in entry["cells"].values()]
    if not graded or any(cell["score"] != cell["max"] for cell in graded):
        raise RuntimeError("The hand-ins are right and did not get their points.")
    return "+".join(sorted({cell["test_mode"] for cell in graded}))


def _slope(run: Callable[[int], None], few: int, many: int) -> float:
    """Seconds that each further student costs."""
    times = []
    for students in (few, many):
        began = time.perf_counter()
        run(students)
        times.append(time.perf_counter() - began)
    return (times[1] - times[0]) / (many - few)


def _theirs(course: Path, students: int) -> None:
    wanted = hand_ins.names(1)[0] if students == 1 else f"s000[0-{students - 1}]"
    _nbgrader(course, "autograde", "ps1", "--force", f"--student={wanted}")


def _nbgrader(course: Path, *arguments: str) -> None:
    folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    program = str(folder / "nbgrader")
    subprocess.run([program, *arguments], cwd=course, env=environment, check=True, capture_output=True)


def _ours(course: Path, students: int, *, workers: int) -> None:
    argv = _command(course / "source", hand_ins.some(course, students), workers=workers)
    subprocess.run(argv, check=True, capture_output=True)


def _command(source: Path, submitted: Path, *, workers: int) -> list[str]:
    program = str(Path(sys.executable).parent / "courseware")
    folders = ["--source", str(source), "--submitted", str(submitted)]
    return [program, "autograde", *folders, "--workers", str(workers), "--json"]
