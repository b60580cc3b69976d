"""The command that takes the marks of the class along: grades."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from courseware import errors
from courseware.cli import reach, screen
from courseware.course import sheet
from courseware.lab import client

Folder = Annotated[Path, typer.Option("--course-folder", help="The course's folder.")]
Course = Annotated[
    str | None, typer.Option(help="A course that you have joined, if you are not in its folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def grades(
    *,
    moodle: Annotated[bool, typer.Option("--moodle", help="As Moodle imports them.")] = False,
    canvas: Annotated[
        Path | None, typer.Option(help="A file that Canvas's gradebook exported, to be filled.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the CSV here instead of printing it.")] = None,
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Print the marks of the class as CSV, also for Moodle or Canvas.

    Example: courseware grades --out grades.csv
    """
    if moodle and canvas:
        raise errors.UserError("Take the marks along for Moodle or for Canvas, one at a time.")
    with reach.staff(folder, course) as service:
        if canvas:
            _filled(service.ask("POST", "/grades/canvas", {"csv": _read(canvas)}), out, as_json=as_json)
            return
        if as_json:
            screen.as_json(service.grades())
            return
        text = service.csv("grades/moodle.csv" if moodle else "grades.csv")
    _write(text, out)


def _filled(told: client.Json, out: Path | None, *, as_json: bool) -> None:
    """The filled file, and on the side what was not put in."""
    if as_json:
        screen.as_json(told)
        return
    _write(told["csv"], out)
    screen.say(f"{screen.counted(told['marks'], 'mark')} put in.")
    _list("No assignment in Canvas", told["left_out"])
    _list("In Canvas, but not here", told["unknown"])
    _list("Here, but not in Canvas", told["missing"])
    for note in told["notes"]:
        screen.say(note)


def _list(heading: str, names: Sequence[Any]) -> None:
    if names:
        screen.say(f"{heading}: {', '.join(map(str, names))}.")


def _read(path: Path) -> str:
    """The text of an export."""
    try:
        return sheet.text(path.read_bytes())
    except (OSError, UnicodeDecodeError):
        raise errors.UserError(f"{path} cannot be read as UTF-8 text.") from None


def _write(text: str, out: Path | None) -> None:
    """The CSV to a file, or to what reads this command's output."""
    if out is None:
        print(text, end="")
        return
    out.write_text(text, encoding="utf-8", newline="")
    screen.say(f"Wrote {out}.")
