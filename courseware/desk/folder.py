"""A lesson's source folder on disk, as the files that make a release.

In: a course folder and a lesson of its manifest. Out: path to bytes; beside the lesson's own files the
course's `nbgrader_config.*` and `autotests.yml`, under those names, since a release needs them. Links,
hidden files and caches are left out.
"""

from pathlib import Path

from courseware import errors, names
from courseware.course import manifest
from courseware.notebook import lint, settings_nbgrader

_SKIPPED = {"__pycache__", "node_modules"}


def course(folder: Path) -> tuple[manifest.Manifest, str]:
    """The manifest of a course folder, and its text.

    Raises:
        UserError: there is no course here, or its manifest cannot be read.
    """
    path = folder / "course.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise errors.UserError(f"{path.resolve()} is not UTF-8 text. Save it as UTF-8.") from None
    except OSError:
        raise errors.UserError(
            f"There is no course.toml in {folder.resolve()}. Go to the course's folder, or make one:"
            " courseware new."
        ) from None
    return manifest.parse(text), text


def left_out(folder: Path, entry: manifest.LessonEntry) -> list[lint.Finding]:
    """The links in a lesson's folder: they may lead anywhere, so no release takes them."""
    source = folder / entry.source
    return [
        lint.left_out(path.relative_to(source).as_posix())
        for path in sorted(source.rglob("*"))
        if path.is_symlink() and not any(part in _SKIPPED for part in path.relative_to(source).parts)
    ]


def lesson(folder: Path, entry: manifest.LessonEntry) -> dict[str, bytes]:
    """The files of one lesson.

    Raises:
        UserError: the folder is missing or empty, or a name in it cannot be handed out.
    """
    source = folder / entry.source
    if not source.resolve().is_relative_to(folder.resolve()) or not source.is_dir():
        raise errors.UserError(
            f"The lesson {entry.slug!r} has no folder {entry.source}. Make it, or mend course.toml."
        )
    found = {}
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        hidden = any(part.startswith(".") or part in _SKIPPED for part in relative.parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            found[names.safe(relative.as_posix())] = path.read_bytes()
    if not found:
        raise errors.UserError(f"The lesson {entry.slug!r} has no files in {entry.source}.")
    names.distinct(found)
    for name in settings_nbgrader.SHARED:
        path = folder / name
        if path.is_file() and name not in found:
            found[name] = path.read_bytes()
    return found
