"""The command that makes what belongs to a video."""

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from courseware import errors
from courseware.cli import screen

_WITHOUT = (
    "ffmpeg is not here, so no picture, sound or small version was made; only captions were checked. "
    "On Debian: apt-get install ffmpeg."
)


def media(
    target: Annotated[str, typer.Argument(help="A lesson of the course, or a folder.")],
    folder: Annotated[Path, typer.Option("--course-folder", help="The course's folder.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make the picture, the sound alone and a small version of each video, and check its captions.

    What is there already is kept as it is.

    Example: courseware media numbers-and-lists
    """
    from courseware.desk import recordings

    place = _place(target, folder)
    paths = recordings.found(place)
    recorded = recordings.recorded(paths)
    wishes = [wish for film in recorded for wish in recordings.wanted(film)]
    found = recordings.findings(place, paths)
    program = recordings.ffmpeg()
    done: list[tuple[str, str]] = []
    if program and wishes:
        with screen.progress("files", len(wishes)) as step:
            for wish in wishes:
                done.append((wish.path, recordings.make(program, place, wish)))
                step()
    told = {
        "videos": [film.path for film in recorded],
        "made": [path for path, why in done if not why],
        "failed": [{"path": path, "why": why} for path, why in done if why],
        "findings": [dataclasses.asdict(each) for each in found],
        "ffmpeg": bool(program),
    }
    if as_json:
        screen.as_json(told)
    else:
        _said(told, lacking=bool(wishes))
    if wishes and not program:
        screen.say(_WITHOUT)
    if any(each.level == "error" for each in found):
        raise SystemExit(screen.NOT_SO)


def _place(target: str, folder: Path) -> Path:
    """The folder that is meant.

    Raises:
        UserError: it is neither a lesson nor a folder.
    """
    from courseware.desk import folder as desk_folder

    if (folder / "course.toml").is_file():
        parsed, _ = desk_folder.course(folder)
        entry = next((each for each in parsed.lessons if each.slug == target), None)
        if entry is not None and (folder / entry.source).is_dir():
            return (folder / entry.source).resolve()
    if not Path(target).is_dir():
        raise errors.UserError(f"{target!r} is neither a lesson of the course nor a folder.")
    return Path(target).resolve()


def _said(told: dict[str, Any], *, lacking: bool) -> None:
    """What was done, in words."""
    for path in told["made"]:
        screen.result(f"made {path}")
    for each in told["failed"]:
        screen.result(f"not made: {each['path']}: {each['why']}")
    for each in told["findings"]:
        screen.result(f"{each['level']}: {each['where']}: {each['message']} [{each['code']}]")
    if not lacking:
        screen.result("No video lacks a picture, its sound or a small version.")
    videos = screen.counted(len(told["videos"]), "video")
    screen.say(f"{videos}, {screen.counted(len(told['findings']), 'finding')}.")
