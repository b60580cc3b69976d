"""Every verdict is reached by real code in the real sandbox, in both modes; and two runs give the same."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from courseware import wiring
from courseware.grading import folder, pipeline
from courseware.notebook import files
from courseware.sandbox import port, pythons
from tests.notebook import build

pytestmark = pytest.mark.slow

LIMITS = port.Limits(cell_seconds=1.5, memory_bytes=1 << 30, cell_output_bytes=100_000)
TEST = "assert f() == 1"
FLOOD = "while True: print('x' * 1000)"
FORGED = "def f():\n    import os\n    os.write(3, b'\\0\\0\\0\\2\\0\\0\\0\\0{}' * 3)\n    return 1"

# name: the student's cell, the test, further limits, the verdict in the student's process and apart from it.
CASES: dict[str, tuple[str, str, dict[str, Any], tuple[str, str]]] = {
    "pass": ("def f(): return 1", TEST, {}, ("pass", "pass")),
    "partial": ("def f(): return 1", "f() / 2", {}, ("partial", "partial")),
    "fail": ("def f(): return 2", TEST, {}, ("fail", "fail")),
    "error": ("def f(): return 1 / 0", TEST, {}, ("error", "error")),
    "timeout": ("def f():\n    while True: pass", TEST, {}, ("timeout", "timeout")),
    "memory": ("def f(): return len(bytearray(4 << 30))", TEST, {}, ("memory", "memory")),
    "output-limit": ("def f(): return 1", FLOOD, {}, ("output-limit", "output-limit")),
    "crashed": ("def f():\n    import os\n    os._exit(0)", TEST, {}, ("crashed", "crashed")),
    "protocol": (FORGED, TEST, {}, ("protocol", "protocol")),
    "not-run": (
        "import time\ntime.sleep(1.2)\ndef f(): return 1",
        TEST,
        {"notebook_seconds": 1},
        ("not-run", "not-run"),
    ),
}


def job(answer: str, test: str, limits: port.Limits, *, apart: bool) -> pipeline.Job:
    """One notebook with one answer and one test."""
    release = build.book(build.answer("pass"), build.machine(test))
    handed_in = build.book(build.answer(answer), build.machine("pass"))
    return pipeline.Job(
        notebooks={"n": release},
        files={},
        answers=frozenset(),
        submitted={"n.ipynb": files.write(handed_in)},
        python=pythons.current(),
        limits=limits,
        apart={"n": {"t": "isolated"}} if apart else {},
    )


@pytest.mark.parametrize("apart", [False, True], ids=["in-process", "isolated"])
@pytest.mark.parametrize("name", list(CASES))
def test_every_verdict_is_reached(name: str, *, apart: bool) -> None:
    answer, test, further, expected = CASES[name]
    limits = dataclasses.replace(LIMITS, **further)
    asked = job(answer, test, limits, apart=apart)
    (result,) = pipeline.grade(asked, wiring.sandbox(unsafe=False))
    mark = result.marks["t"]
    assert mark.verdict == expected[apart], mark
    assert (mark.score > 0) == (name in ("pass", "partial"))
    assert result.modes == asked.apart.get("n", {})


def test_every_verdict_has_a_case() -> None:
    machine = {"pass", "partial", "fail", "error", "timeout", "memory", "output-limit", "crashed", "protocol"}
    assert {case[3][0] for case in CASES.values()} == machine | {"not-run"}


class Remembered:
    """The real sandbox, and every source that was run in it."""

    def __init__(self) -> None:
        self._real, self.ran = wiring.sandbox(unsafe=False), list[str]()
        self.level = self._real.level

    def open(self, workspace: port.Workspace) -> port.Session:
        return RememberedSession(self._real.open(workspace), self.ran)


class RememberedSession:
    def __init__(self, real: port.Session, ran: list[str]) -> None:
        self._real, self._ran, self.alive = real, ran, real.alive

    def run(self, source: str, *, seconds: float) -> port.CellRun:
        self._ran.append(source)
        told = self._real.run(source, seconds=seconds)
        self.alive = self._real.alive
        return told

    def close(self) -> None:
        self._real.close()


def test_a_cell_that_was_stopped_is_not_replayed() -> None:
    loop, ends = "while True: pass", "import os\nos._exit(0)"
    release = build.book(
        build.answer("pass"), build.machine("pass"), build.answer("pass", "g"), build.machine(TEST, "u")
    )
    handed_in = build.book(
        build.answer(loop), build.machine("pass"), build.answer(ends, "g"), build.machine(TEST, "u")
    )
    asked = dataclasses.replace(
        job(loop, TEST, LIMITS, apart=False),
        notebooks={"n": release},
        submitted={"n.ipynb": files.write(handed_in)},
    )
    box = Remembered()
    (result,) = pipeline.grade(asked, box)
    assert [box.ran.count(source) for source in (loop, ends, "pass")] == [1, 1, 2]
    assert [result.marks[key].verdict for key in ("t", "u")] == ["pass", "error"]


STATE = """import hashlib, locale, os, random, sys, time
import numpy as np
print(hash("courseware"), random.random(), random.sample(range(100), 3), np.random.rand())
print(time.tzname, os.environ["TZ"], locale.setlocale(locale.LC_CTYPE), os.environ["LC_ALL"])
print({name: os.environ[name] for name in sorted(os.environ) if name.endswith("_NUM_THREADS")})
print(list({"a", "b", "c", "d"}), os.getcwd(), os.environ["HOME"], os.uname().nodename)
"""
SYSTEM = (
    "import os, uuid, numpy as np\nprint(np.random.default_rng().random(), os.urandom(8).hex(), uuid.uuid4())"
)


def test_two_runs_see_the_same_world() -> None:
    sandbox = wiring.sandbox(unsafe=False)
    told = []
    for _ in range(2):
        asked = job(STATE, "assert True", port.Limits(), apart=False)
        (result,) = pipeline.grade(asked, sandbox)
        told.append(
            [o["text"] for run in result.runs.values() for o in run.outputs if o["output_type"] == "stream"]
        )
    assert told[0], "nothing was told, so nothing was compared"
    assert told[0] == told[1]
    text = "".join(told[0])
    assert "('UTC', 'UTC')" in text
    assert "C.UTF-8" in text
    assert "'OPENBLAS_NUM_THREADS': '1'" in text


def test_generators_without_a_seed_are_random() -> None:
    """What asks the system for randomness gets it: a course that wants the same numbers gives a seed."""
    sandbox = wiring.sandbox(unsafe=False)
    told = set()
    for _ in range(2):
        asked = job(
            "import numpy as np\nprint(np.random.default_rng().random())", "1", port.Limits(), apart=False
        )
        (result,) = pipeline.grade(asked, sandbox)
        told |= {str(o.get("text")) for run in result.runs.values() for o in run.outputs if "text" in o}
    assert len(told) == 2


def test_each_result_says_how_it_was_run(tmp_path: Path) -> None:
    source = build.book(
        build.answer("### BEGIN SOLUTION\ndef f(): return 1\n### END SOLUTION"), build.machine(TEST)
    )
    handed_in = build.book(build.answer("def f(): return 1"), build.machine(TEST))
    for where, book in (("source/a", source), ("submitted/sam/a", handed_in)):
        (tmp_path / where).mkdir(parents=True)
        (tmp_path / where / "n.ipynb").write_bytes(files.write(book))
    sandbox = wiring.sandbox(unsafe=False)
    asked = folder.Run(source=tmp_path / "source", submitted=tmp_path / "submitted", python=pythons.current())
    found: list[folder.Entry] = []
    folder.grade(asked, folder.works(asked, sandbox), sandbox, found.extend)
    (entry,) = found
    assert entry["run"]["level"] == sandbox.level
    assert entry["run"]["fingerprint"] == pythons.inspect(pythons.current()).fingerprint
    assert entry["run"]["limits"] == dataclasses.asdict(port.Limits())
    assert entry["cells"]["t"]["test_mode"] == "isolated"


def test_what_asks_the_system_for_randomness_gets_it() -> None:
    sandbox = wiring.sandbox(unsafe=False)
    drawn: list[str] = []
    for _ in range(2):
        (result,) = pipeline.grade(job(SYSTEM, "assert True", port.Limits(), apart=False), sandbox)
        printed = [
            o["text"] for run in result.runs.values() for o in run.outputs if o["output_type"] == "stream"
        ]
        drawn += "".join(printed).split()
    assert len(drawn) == 6
    assert len(set(drawn)) == 6
