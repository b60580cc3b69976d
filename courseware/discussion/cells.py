"""The cells of a lesson that can be talked about: those of its releases.

In: a lesson. Out: keys with the ids and texts that were released. A key that no release knows is no place
for a thread: a made-up key would be a channel of its own.
"""

import dataclasses

import sqlalchemy as sa

from courseware import errors
from courseware.course import manifest
from courseware.course import model as course_model
from courseware.discussion import model
from courseware.exchange import releases
from courseware.notebook import films

TEXT = 400


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell as a release has it."""

    key: str
    id: str
    source: str
    graded: bool

    @property
    def title(self) -> str:
        """Its first line, for people."""
        return heading(self.source)

    @property
    def has_video(self) -> bool:
        """Whether it shows a video that a moment can be one of."""
        return bool(films.tags(self.source))


def heading(source: str) -> str:
    """The first line of a cell, without the signs of a heading; of a video its title."""
    line = next((line for line in source.splitlines() if line.strip()), "")
    shown = films.tags(line) if line.lstrip().lower().startswith("<video") else []
    return ((shown[0].title or "Video") if shown else line.lstrip("# "))[:80]


def newest(connection: sa.Connection, lesson_id: int) -> dict[str, Cell]:
    """The cells of the newest release, by key; none before the first release."""
    keys = releases.keys_as_shown(connection, lesson_id)
    return _of_release(connection, keys[0]) if keys else {}


def texts(connection: sa.Connection, lesson_id: int, wanted: frozenset[str]) -> dict[str, model.CellText]:
    """What the wanted cells said in the newest release that has them."""
    found: dict[str, model.CellText] = {}
    for position, key in enumerate(releases.keys_as_shown(connection, lesson_id)):
        missing = wanted - found.keys()
        if not missing:
            break
        cells = _of_release(connection, key)
        for name in missing & cells.keys():
            cell = cells[name]
            found[name] = model.CellText(title=cell.title, text=cell.source[:TEXT], ended=position > 0)
    return found


def find(connection: sa.Connection, lesson_id: int, key: str) -> Cell:
    """The cell of a key in the newest release.

    Raises:
        UserError: the lesson never had such a cell, or has it no more.
    """
    cell = newest(connection, lesson_id).get(key)
    if cell is None:
        known = texts(connection, lesson_id, frozenset({key}))
        raise gone() if known else errors.UserError("The lesson has no such cell.", code="not-found")
    return cell


def gone() -> errors.UserError:
    """The refusal to go on about a cell that the newest release has no more."""
    message = "This cell is no part of the lesson any more; its discussion can only be read."
    return errors.UserError(message, code="conflict")


def held(course: course_model.Course, role: course_model.Role) -> bool:
    """Whether peers see what this author begins on an exercise only once the work is due."""
    return role == "student" and manifest.parse(course.manifest).graded_threads == "after-due"


def _of_release(connection: sa.Connection, key: int) -> dict[str, Cell]:
    """The cells of one release."""
    anchors = releases.by_id(connection, key).anchors
    return {
        told["key"]: Cell(
            key=told["key"], id=told["id"], source=told["source"], graded=told["grade_id"] is not None
        )
        for cells in anchors.values()
        for told in cells
    }
