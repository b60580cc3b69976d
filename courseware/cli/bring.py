"""The command that brings marks in from another system: bring."""

import csv
import dataclasses
import hashlib
import io
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from courseware import errors
from courseware.cli import reach, screen
from courseware.lab import client

if TYPE_CHECKING:  # read by the command alone
    from courseware.interchange import nbgrader

Folder = Annotated[Path, typer.Option("--course-folder", help="The course's folder.")]
Course = Annotated[
    str | None, typer.Option(help="A course that you have joined, if you are not in its folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_ALONE = ("invalid", "bad-request", "conflict", "too-large", "not-found")
"""What an answer says that refuses one hand-in, and not whoever sends it."""


def bring(
    source: Annotated[Path, typer.Argument(help="The folder of the nbgrader course.")] = Path(),
    gradebook: Annotated[
        Path | None, typer.Option(help="nbgrader's gradebook, if it is not SOURCE/gradebook.db.")
    ] = None,
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Bring people, hand-ins, marks and comments in from an nbgrader course. Twice is as once.

    Example: courseware bring my-nbgrader-course
    """
    from courseware.interchange import nbgrader

    book = nbgrader.read(gradebook or source / "gradebook.db")
    with reach.staff(folder, course) as service:
        added = _people(service, book)
        known = {each["slug"]: each["id"] for each in service.ask("GET", "/lessons")["lessons"]}
        told, left = [], []
        with screen.progress("hand-ins", len(book.works)) as step:
            for work in book.works:
                why = _why_not(work, known)
                if not why:
                    try:
                        told.append(_work(service, source, work, known[work.assignment]))
                    except errors.UserError as error:
                        why = _of_this_one(error, work)
                if why:
                    left.append({"student": work.student, "lesson": work.assignment, "why": why})
                step()
    other = [each for each in told if each["score"] != each["nbgrader"]]
    if as_json:
        screen.as_json({"people": added, "brought": len(told), "left": left, "other": other})
        return
    screen.result(
        f"{screen.counted(added, 'person')} added, {screen.counted(len(told), 'hand-in')} brought in."
    )
    for each in left:
        screen.result(f"Left out: {each['lesson']} of {each['student']}: {each['why']}")
    for each in other:
        screen.result(
            f"Another mark: {each['lesson']} of {each['student']} has {each['score']:g} here and "
            f"{each['nbgrader']:g} in nbgrader, which takes other points off for being late."
        )


def _people(service: client.Client, book: "nbgrader.Gradebook") -> int:
    """Bring in students who are not in the course; how many."""
    here = {each["person"]["username"] for each in service.people()}
    fresh = [each for each in book.students if each.username not in here]
    if not fresh:
        return 0
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["username", "name", "email"])
    writer.writerows([each.username, each.name or each.username, each.email] for each in fresh)
    return len(service.ask("POST", "/people/import", {"csv": out.getvalue()})["added"])


def _why_not(work: "nbgrader.Work", known: Collection[str]) -> str:
    """Why a hand-in cannot come in; empty if it can."""
    if work.assignment not in known:
        return "The course has no lesson of this name."
    return "" if work.marks else "nbgrader has no marks of it."


def _of_this_one(error: errors.UserError, work: "nbgrader.Work") -> str:
    """Why this hand-in was refused; what would refuse every other ends the command."""
    if error.code not in _ALONE:
        raise errors.UserError(
            f"{work.assignment} of {work.student}: {error.message}", code=error.code
        ) from None
    return error.message


def _work(service: client.Client, source: Path, work: "nbgrader.Work", lesson: str) -> client.Json:
    """Bring in a hand-in; what it is worth here and there."""
    from courseware.interchange import submitted

    files = submitted.files(source / "submitted", work.student, work.assignment)
    told: dict[str, Any] = {
        "person": work.student,
        "at": work.at.isoformat() if work.at else None,
        "late_seconds": work.late_seconds,
        "marks": [_mark(each) for each in work.marks],
        "comments": [
            {"notebook": notebook, "cell": cell, "text": text} for notebook, cell, text in work.comments
        ],
    }
    made = service.bring(work.assignment, told, files, key=_key(lesson, work, files))
    score = round(float(made["score"] or 0), 6)
    worth = round(sum(each.score for each in work.marks) - work.lost, 6)
    return {"student": work.student, "lesson": work.assignment, "score": score, "nbgrader": worth}


def _key(lesson: str, work: "nbgrader.Work", files: Mapping[str, bytes]) -> str:
    """What tells a hand-in from every other: its lesson (by the id that no other course has), whose it is,
    when it came, and its files.
    """
    told: list[object] = [lesson, work.student, work.at.isoformat() if work.at else None]
    told += [[path, hashlib.sha256(data).hexdigest()] for path, data in sorted(files.items())]
    return f"nbgrader-{hashlib.sha256(json.dumps(told).encode()).hexdigest()}"


def _mark(mark: "nbgrader.Mark") -> dict[str, Any]:
    """A mark as it travels."""
    told = dataclasses.asdict(mark)
    return {"exercise": told.pop("cell"), **told}
