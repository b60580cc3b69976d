"""The first run: a hand-in graded with nothing but the tests that students have, as if there were no others.

In: a grading's job, the release, its files as students have them. Out: marks and feedback that can be shown
before the due date, whatever the work does: no hidden test has run yet, so nothing that it does to the
process, no value that it hands over and no second that it takes can be read from them. A notebook without
hidden tests has this run only.
"""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from courseware.course import dates, lessons
from courseware.exchange import model
from courseware.grading import feedback, gradings, pipeline, sight
from courseware.notebook import cells, files
from courseware.sandbox import port

KEY = gradings.FIRST_RUN


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ran:
    """What it found: marks for the record and feedback by notebook. `whole` are the results of notebooks that
    need no other run, `rest` the job that is left.
    """

    marks: list[dict[str, Any]]
    feedback: dict[str, str]
    whole: tuple[pipeline.Result, ...]
    rest: pipeline.Job


def wanted(
    connection: sa.Connection, submission: model.Submission, release: model.Release, *, now: datetime.datetime
) -> bool:
    """Whether marks of visible tests are to be shown while those of hidden ones wait."""
    if not sight.hiding(release.exercises):
        return False
    lesson = lessons.by_id(connection, submission.lesson_id)
    holding = dates.effective(connection, submission.person_id, lesson.id)
    return sight.sight(lesson, holding, now) == "first"


def run(
    job: pipeline.Job,
    release: model.Release,
    given: Mapping[str, bytes],
    sandbox: port.Sandbox,
    progress: pipeline.Progress,
) -> Ran:
    """Grade by the tests that students have; `given` are the release's files as students have them."""
    books = {
        path.removesuffix(".ipynb"): files.read(data, name=path)
        for path, data in given.items()
        if path.endswith(".ipynb")
    }
    beside = {path: data for path, data in given.items() if not path.endswith(".ipynb")}
    places = sight.hiding(release.exercises)
    again = set(books) if beside != job.files else {notebook for notebook, _ in places}
    known = {name: before for name, before in job.known.items() if name not in again}
    own = dataclasses.replace(job, notebooks=books, files=beside, known=known)
    results = pipeline.grade(own, sandbox, progress)
    shown = {
        result.notebook: feedback.fragment(
            result, books[result.notebook], waiting=parts(result, books[result.notebook], places)
        )
        for result in results
    }
    return Ran(
        marks=[told for result in results for told in _told(result, books[result.notebook], places)],
        feedback=shown,
        whole=tuple(result for result in results if result.notebook not in again),
        rest=dataclasses.replace(
            job, notebooks={name: book for name, book in job.notebooks.items() if name in again}
        ),
    )


def _told(
    result: pipeline.Result, book: files.Notebook, places: frozenset[sight.Place]
) -> list[dict[str, Any]]:
    """The marks of a notebook for the record; of a test with hidden parts the verdict on what students have,
    and no points.
    """
    waiting, hints = parts(result, book, places), feedback.hints(result, book)
    return [
        dataclasses.asdict(
            sight.First(
                notebook=result.notebook,
                key=key,
                score=0.0 if key in waiting else mark.score,
                verdict=mark.verdict if waiting.get(key, True) else "",
                hint=hints.get(key, ""),
            )
        )
        for key, mark in result.marks.items()
        if not mark.needs_person
    ]


def parts(result: pipeline.Result, book: files.Notebook, places: frozenset[sight.Place]) -> dict[str, bool]:
    """The tests of a notebook with hidden parts, and whether how they went without these says anything: not
    where students have no part, nor where that gave a number, of which the rest comes from hidden cases.
    """
    sources = {cells.grade_id(cell): cell["source"] for cell in book["cells"]}
    ran = {cells.grade_id(cell): cell["id"] for cell in (result.executed or {"cells": ()})["cells"]}
    found = {}
    for notebook, key in places:
        if notebook != result.notebook:
            continue
        run, mark = result.runs.get(ran.get(key, "")), result.marks.get(key)
        number = run is not None and run.ending == "ok" and (mark is None or mark.verdict != "pass")
        found[key] = _does(sources.get(key, "")) and not number
    return found


def _does(source: str) -> bool:
    """Whether a cell has more than comments and empty lines."""
    return any(line.strip() and not line.strip().startswith("#") for line in source.splitlines())
