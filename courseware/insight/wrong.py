"""What comes out wrong most often: with which error the test of an exercise ended, or what it printed if it
gave some of the points, and for how many people.

In: what a class handed in, its marks, and the cells that are kept of its last gradings. Out: for each
exercise the commonest of these, with the instructor's hint; where nothing is kept (a test that ran
too long, an old grading) the verdict alone. It can hold what a hidden test says, so it is for staff alone.
Of a large class the newest `MOST` hand-ins are looked at; what was read once is remembered by its content,
which never changes.
"""

import dataclasses
import functools
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.exchange import model as exchange_model
from courseware.grading import executions, reuse, scores
from courseware.insight import items
from courseware.notebook import cells, files, html
from courseware.store import blobs as blobs_store

MOST, SHOWN, LONGEST = 200, 5, 240
_READ = 2_000
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wrong:
    """An outcome that so many `people` share; `said` is the error of the test, or else what it printed, empty
    where none is kept.
    """

    verdict: str
    said: str
    hint: str
    people: int


def of_release(
    connection: sa.Connection,
    blobs: blobs_store.Blobs,
    found: items.Class,
    release: exchange_model.Release,
) -> dict[items.Place, list[Wrong]]:
    """The commonest outcomes of each exercise that a machine marks, the commonest first."""
    newest = sorted(found.counting, key=lambda each: found.counting[each].received, reverse=True)[:MOST]
    kept = executions.of_submissions(connection, [found.counting[each].id for each in newest])
    tests = _tests(blobs, release)
    told = {}
    for exercise in release.exercises:
        place = (exercise.notebook, exercise.key)
        below = set(found.below(place))
        outcomes = [
            _outcome(blobs, found.of_person(each)[place], kept.get(found.counting[each].id, {}), tests)
            for each in newest
            if each in below
        ]
        told[place] = _commonest(outcomes) if exercise.kind == "tests" else []
    return told


def of_exercise(
    connection: sa.Connection,
    blobs: blobs_store.Blobs,
    release: exchange_model.Release,
    place: items.Place,
    submissions: Collection[int],
) -> dict[int, str]:
    """With which error the test of an exercise ended, or what it printed, by the key of the hand-in; those of
    which nothing is kept are not there.
    """
    source = _tests(blobs, release).get(place, "")
    kept = executions.of_submissions(connection, submissions)
    found = {
        key: _said_by(blobs, told[place[0]]).get(source, "") for key, told in kept.items() if place[0] in told
    }
    return {key: said for key, said in found.items() if said}


def _outcome(
    blobs: blobs_store.Blobs,
    mark: scores.Score,
    kept: Mapping[str, str],
    tests: Mapping[items.Place, str],
) -> Wrong:
    """What came of one person's exercise."""
    content, source = kept.get(mark.notebook), tests.get((mark.notebook, mark.key))
    said = _said_by(blobs, content).get(source, "") if content and source else ""
    return Wrong(verdict=mark.verdict, said=said, hint=mark.hint, people=1)


def _commonest(outcomes: Sequence[Wrong]) -> list[Wrong]:
    """Equal ones together, the commonest first; of equals, in the order of what they say."""
    found: dict[Wrong, int] = {}
    for each in outcomes:
        found[each] = found.get(each, 0) + 1
    made = [dataclasses.replace(each, people=number) for each, number in found.items()]
    return sorted(made, key=lambda each: (-each.people, each.verdict, each.said))[:SHOWN]


def _tests(blobs: blobs_store.Blobs, release: exchange_model.Release) -> dict[items.Place, str]:
    """The sources of a release's cells that have a name of nbgrader's, by (notebook, name)."""
    found = {}
    wanted = {f"{each.notebook}.ipynb" for each in release.exercises}
    for entry in release.instructor:
        if entry.path in wanted:
            try:
                book = files.read(blobs.get(entry.sha256), name=entry.path)
            except (errors.UserError, errors.Permanent):
                continue
            for cell in book["cells"]:
                key = cells.grade_id(cell)
                if key:
                    found[entry.path.removesuffix(".ipynb"), key] = cell["source"]
    return found


@functools.lru_cache(maxsize=2_000)
def _said_by(blobs: blobs_store.Blobs, content: str) -> Mapping[str, str]:
    """What a grading's cells said, by their sources; of what cannot be read any more nothing."""
    try:
        known = reuse.from_json(blobs.get(content))
    except (ValueError, errors.Permanent):
        return {}
    told = {step.source: _said(run.outputs) for step, run in zip(known.steps, known.runs, strict=True)}
    return {source: said for source, said in told.items() if said}


def _said(outputs: Sequence[Mapping[str, Any]]) -> str:
    """An error, or else what was printed, in a line or a few, without what differs from run to run."""
    failed = next((each for each in outputs if each.get("output_type") == "error"), None)
    if failed is not None:
        name, value = str(failed.get("ename", "")), str(failed.get("evalue", "")).strip()
        text = f"{name}: {value}" if value else name
    else:
        text = "".join(str(each.get("text", "")) for each in outputs if each.get("output_type") == "stream")
    return html.visible(_ADDRESS.sub("0x…", text.strip()[:_READ])[:LONGEST])
