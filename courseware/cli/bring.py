"""The command that brings marks in from another system: bring."""

import csv
import dataclasses
import io
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
_LEFT = {"timestamp.txt"}
"""Files of nbgrader's own beside what was handed in."""


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
        known = {each["slug"] for each in service.ask("GET", "/lessons")["lessons"]}
        told, left = [], []
        with screen.progress("hand-ins", len(book.works)) as step:
            for work in book.works:
                why = _why_not(source, work, known)
                if why:
                    left.append({"student": work.student, "lesson": work.assignment, "why": why})
                else:
                    told.append(_work(service, source, work))
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


def _why_not(source: Path, work: "nbgrader.Work", known: set[str]) -> str:
    """Why a hand-in cannot come in; empty if it can."""
    if work.assignment not in known:
        return "the course has no lesson of this name."
    if not work.marks:
        return "nbgrader has no marks of it."
    if not list((source / "submitted" / work.student / work.assignment).glob("*.ipynb")):
        return "its notebooks are not in the folder submitted."
    return ""


def _work(service: client.Client, source: Path, work: "nbgrader.Work") -> client.Json:
    """Bring in a hand-in; what it is worth here and there."""
    place = source / "submitted" / work.student / work.assignment
    files = {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name not in _LEFT and ".ipynb_checkpoints" not in path.parts
    }
    told: dict[str, Any] = {
        "person": work.student,
        "at": work.at.isoformat() if work.at else None,
        "late_seconds": work.late_seconds,
        "marks": [_mark(each) for each in work.marks],
        "comments": [
            {"notebook": notebook, "cell": cell, "text": text} for notebook, cell, text in work.comments
        ],
    }
    moment = f"{work.at:%Y%m%dT%H%M%S}" if work.at else "once"
    try:
        made = service.bring(work.assignment, told, files, key=f"nbgrader-{work.assignment[:40]}-{moment}")
    except errors.UserError as error:
        raise errors.UserError(f"{work.assignment} of {work.student}: {error.message}") from None
    score = round(float(made["score"] or 0), 6)
    worth = round(sum(each.score for each in work.marks) - work.lost, 6)
    return {"student": work.student, "lesson": work.assignment, "score": score, "nbgrader": worth}


def _mark(mark: "nbgrader.Mark") -> dict[str, Any]:
    """A mark as it travels."""
    told = dataclasses.asdict(mark)
    return {"exercise": told.pop("cell"), **told}
