"""How many test cells of real courses run apart from the student's code, unchanged: they pass on the key and
fail on the blank copy. Of the courses and cases that lie beside us, a fixed spread in `make test` and all of
them in `make soak`.
"""

import importlib.util
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.grading import assignment, fixed
from courseware.notebook import cells, files, release, settings_nbgrader
from courseware.sandbox import kernels, port, pythons
from tests.sandbox import isolated

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "notebooks" / "demo_course" / "lessons"
CHECKS = ROOT.parent / "shared" / "conformance"
FULL = os.environ.get("COURSEWARE_SCALE") == "full"
EVERY_LESSON, EVERY_CASE = (1, 1) if FULL else (3, 4)
SHARE = 0.95
# Sources that loop or sleep on purpose, and one that kills its process.
ENDLESS = re.compile(r"while True|while \(True\)|sleep\((?:[2-9]|\d\d)|os\._exit")


def lessons() -> Iterator[tuple[str, dict[str, bytes], settings_nbgrader.Options, str | None]]:
    """Every lesson with its files, options and autotests."""
    for folder in sorted(DEMO.iterdir()):
        yield f"demo/{folder.name}", read(folder), settings_nbgrader.Options(), None
    if not CHECKS.is_dir():
        return
    course = CHECKS / "corpora" / "cs1302"
    options = settings_nbgrader.from_json((course / "nbgrader_config.json").read_text())
    for folder in sorted((course / "source").iterdir())[::EVERY_LESSON]:
        yield f"cs1302/{folder.name}", read(folder), options, None
    wanted = [case for case in json.loads((CHECKS / "cases.json").read_text())["cases"]
              if case["expected"].get("ok")]  # fmt: skip
    for case in list({case["source"]: case for case in reversed(wanted)}.values())[::EVERY_CASE]:
        options = settings_nbgrader.from_json(json.dumps(case.get("config", {})))
        path = located(case["source"])
        beside = {Path(name).name: located(name).read_bytes() for name in case.get("extra", ())}
        found = {path.name: path.read_bytes(), **beside}
        autotests = located(case["autotests"]).read_text() if case.get("autotests") else None
        yield f"cases/{path.stem}", found, options, autotests


def located(name: str) -> Path:
    if not name.startswith("nbgrader:"):
        return CHECKS / name
    home = importlib.util.find_spec("nbgrader")
    assert home is not None
    assert home.origin is not None
    return Path(home.origin).parent / name.removeprefix("nbgrader:")


def read(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lesson.toml"
    }


def run(
    built: release.Built, version: files.Notebook, given: dict[str, bytes], *, apart: bool
) -> dict[str, str]:
    """The error of each test cell, empty where it passed."""
    told: dict[str, str] = {}
    known = {cells.grade_id(cell): cell for cell in built.marking["cells"]}
    own = dict(fixed.of_release(built.marking))
    with isolated.Pair(shell=True) as pair:
        for name, data in given.items():
            pair.place(name, data)
        for cell in version["cells"]:
            marking = cells.marking(cell)
            if cell["cell_type"] != "code":
                continue
            if marking is not None and marking.kind == "tests":
                # Hidden tests are in the marking version only.
                source = known[marking.grade_id]["source"]
                error = pair.check(source)["error"] if apart else pair.run(source)
                told[marking.grade_id] = str(error)
            else:
                pair.run(cell["source"])
                if marking is None or not marking.solution:
                    pair.give(cell["source"], own.get(cell["source"], ()))
    return told


def measured(
    source: dict[str, bytes], options: settings_nbgrader.Options, autotests: str | None
) -> Iterator[dict[str, Any]]:
    """For each test cell of a lesson that passes on the key in the usual way: how it goes apart."""
    made = assignment.prepare(
        source,
        options=options,
        autotests=autotests,
        sandbox=kernels.Jailed(),
        python=pythons.current(),
        limits=port.Limits(),
    )
    given = {path: file.instructor for path, file in made.companions.items()}
    for name, built in made.notebooks.items():
        if any(ENDLESS.search(cell["source"]) for cell in built.key["cells"] if cell["cell_type"] == "code"):
            continue
        usual, key = run(built, built.key, given, apart=False), run(built, built.key, given, apart=True)
        usual_blank = run(built, built.student, given, apart=False)
        blank = run(built, built.student, given, apart=True)
        for identity in usual:
            if not usual[identity]:
                yield {
                    "cell": f"{name}/{identity}",
                    "on_key": key[identity],
                    "blank_fails": bool(blank[identity]),
                    "blank_fails_usually": bool(usual_blank[identity]),
                }


@pytest.mark.slow
@pytest.mark.soak
def test_test_cells_of_real_courses_run_apart() -> None:
    rows = []
    for place, source, options, autotests in lessons():
        try:
            rows += [
                {**row, "cell": f"{place}/{row['cell']}"} for row in measured(source, options, autotests)
            ]
        except errors.UserError:
            # A source that the release refuses has no key to run.
            continue
    print(json.dumps([row for row in rows if row["on_key"]], indent=1))
    missed = [row for row in rows if row["on_key"]]
    assert len(rows) >= 8
    assert 1 - len(missed) / len(rows) >= SHARE, missed
    assert [row for row in rows if row["blank_fails_usually"] and not row["blank_fails"]] == []
