"""A lesson's source folder on disk, as the files that make a release.

In: a course folder and a lesson of its manifest. Out: path to bytes of the files that `notebook.source`
says.
"""

from pathlib import Path

from courseware import errors
from courseware.course import manifest
from courseware.notebook import lint, source


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
    return [lint.left_out(path) for path in source.links(folder, entry.source)]


def lesson(folder: Path, entry: manifest.LessonEntry) -> dict[str, bytes]:
    """The files of one lesson.

    Raises:
        UserError: the folder is missing or empty, or a name in it cannot be handed out.
    """
    found = source.files(folder, entry.source, entry.slug)
    return {name: path.read_bytes() for name, path in found.items()}
