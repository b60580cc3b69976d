"""The command that takes a lesson along."""

from pathlib import Path
from typing import Annotated

import typer

from courseware.cli import reach, screen


def pack(
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    course: Annotated[str | None, typer.Option(help="The course, if you have joined several.")] = None,
    folder: Annotated[
        Path, typer.Option("--course-folder", help="The course's folder, for its author.")
    ] = Path(),
    *,
    out: Annotated[Path, typer.Option("--out", help="Where to put it.")] = Path(),
    as_zip: Annotated[bool, typer.Option("--zip", help="One zip instead of a folder.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take a lesson along: a page that opens in any browser without a network, and the lesson's files.

    Example: courseware pack numbers-and-lists --zip
    """
    from courseware.lab import pack as lab_pack

    with reach.staff(folder, course) as service:
        taken = lab_pack.take(service, out, lesson, as_zip=as_zip)
    if as_json:
        screen.as_json({"path": str(taken.path), "release": taken.release})
        return
    opens = f"Open {'it and then ' if as_zip else ''}index.html in a browser."
    screen.result(f"{taken.path}: release {taken.release}. {opens}")
