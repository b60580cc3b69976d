"""Look over files that came in, before anything is kept.

In: paths and bytes. Out: the same under normal names, or a `UserError` for the first that cannot be taken.
Notebooks are scanned before any parser reads them, and must belong to the lesson they are handed in for.
"""

from collections.abc import Collection, Mapping

from courseware import errors, names
from courseware.exchange import model
from courseware.notebook import files


def checked(given: Mapping[str, bytes], *, course: str, lesson: str) -> dict[str, bytes]:
    """The files under safe names.

    Raises:
        UserError: no files, too many, too large, a hostile name, no notebook, or a notebook of
            another lesson.
    """
    if not given:
        raise errors.UserError("There are no files in this hand-in.", code="bad-request")
    if len(given) > model.MAX_FILES:
        raise errors.UserError(
            f"{len(given)} files are too many; at most {model.MAX_FILES} are taken.", code="too-large"
        )
    total = sum(len(data) for data in given.values())
    if total > model.MAX_TOTAL:
        raise errors.UserError(
            f"The files have {total / 1e6:.0f} MB; at most 100 MB are taken.", code="too-large"
        )
    found = {names.safe(path): data for path, data in given.items()}
    names.distinct(given)
    for path, data in found.items():
        if path.endswith(".ipynb"):
            _belongs(files.read(data, name=path), path, course, lesson)
    return found


def check_expected(given: Collection[str], expected: Collection[str]) -> None:
    """Refuse files of which nothing would be marked: a notebook that was renamed would count as not there.

    Raises:
        UserError: the release has notebooks, and none of these files is one of them.
    """
    if expected and not set(expected) & set(given):
        told, came = _listed(expected), _listed(given)
        raise errors.UserError(
            f"Of the lesson's notebooks ({told}) none is in this hand-in ({came}). "
            "Give the file its name back."
        )


def _listed(paths: Collection[str]) -> str:
    """A few paths for a sentence."""
    shown = sorted(paths)
    more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
    return ", ".join(path[:80] for path in shown[:5]) + more


def _belongs(notebook: files.Notebook, path: str, course: str, lesson: str) -> None:
    """Refuse a notebook that says of itself that it is of another lesson."""
    origin = notebook["metadata"].get("courseware")
    if not isinstance(origin, dict) or not origin.get("lesson"):
        return
    if origin.get("course") != course:
        other = str(origin.get("course"))[:60]
        raise errors.UserError(
            f"{path} belongs to the course {other!r}, not to {course!r}. Hand in the right file."
        )
    if origin["lesson"] != lesson:
        other = str(origin["lesson"])[:60]
        raise errors.UserError(
            f"{path} belongs to the lesson {other!r}, not to {lesson!r}. Hand in the right file."
        )
