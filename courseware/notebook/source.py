"""Which files of a course folder are the source of a lesson.

In: a course's folder and the folder of one of its lessons. Out: path in the lesson to the file; beside the
lesson's own the course's `SHARED`, under those names, since a release needs them. Left out are links (of
`SHARED` those that lead out of the course), hidden files, caches, and the copies that an author tries in
JupyterLab. Refused: a folder that is missing or empty, or a name in it that cannot be handed out.
"""

from collections.abc import Iterator
from pathlib import Path

from courseware import errors, names

SHARED = ("nbgrader_config.json", "nbgrader_config.py", "autotests.yml")
"""The files of a course that its notebooks are made with."""

TRIED = "courseware-author"
"""Where JupyterLab puts the copies that an author tries."""

_SKIPPED = {"__pycache__", "node_modules", TRIED}


def files(course: Path, source: str, lesson: str) -> dict[str, Path]:
    """The files that make a release of a lesson, whose folder is `source`.

    Raises:
        UserError: the folder is missing or empty, or a name in it cannot be handed out.
    """
    folder = course / source
    if not folder.resolve().is_relative_to(course.resolve()) or not folder.is_dir():
        raise errors.UserError(f"The lesson {lesson!r} has no folder {source}. Make it, or mend course.toml.")
    found = {}
    for path, relative in _below(folder):
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            found[names.safe(relative.as_posix())] = path
    if not found:
        raise errors.UserError(f"The lesson {lesson!r} has no files in {source}.")
    names.distinct(found)
    beside = {name: course / name for name in SHARED if name not in found}
    return found | {name: path for name, path in beside.items() if _is_within(course, path)}


def _is_within(course: Path, path: Path) -> bool:
    """Whether it is a file of this course, if only by a link."""
    return path.is_file() and path.resolve().is_relative_to(course.resolve())


def links(course: Path, source: str) -> list[str]:
    """The links in a lesson's folder: they may lead anywhere, so no release takes them."""
    return [relative.as_posix() for path, relative in _below(course / source) if path.is_symlink()]


def _below(folder: Path) -> Iterator[tuple[Path, Path]]:
    """All that lies in a folder, with its path there, but what is never looked at."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if not any(part in _SKIPPED for part in relative.parts):
            yield path, relative
