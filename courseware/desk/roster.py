"""Who takes the course, as a file of its folder says: a CSV, or the students in `nbgrader_config.py`.

In: a course folder and its manifest. Out: CSV text as `course.people` takes it, or nothing. Nothing is
executed. Refused: a file that is not there, or lies outside the folder.
"""

import csv
import io
from pathlib import Path
from typing import Any

from courseware import errors
from courseware.course import manifest, sheet
from courseware.notebook import settings_nbgrader

CANDIDATES = ("students.csv", "roster.csv")
CONFIG = "nbgrader_config.py"


def find(folder: Path) -> str:
    """The file that lists the people of an nbgrader course; empty if there is none."""
    if students(folder):
        return CONFIG
    return next((name for name in CANDIDATES if (folder / name).is_file()), "")


def read(folder: Path, parsed: manifest.Manifest) -> str:
    """The roster that course.toml names, as CSV; empty if it names none.

    Raises:
        UserError: it cannot be read.
    """
    if not parsed.roster:
        return ""
    path = folder / parsed.roster
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise errors.UserError(f"course.toml names the roster {parsed.roster!r}, which is not in the folder.")
    if path.name == CONFIG:
        return _as_csv(students(folder))
    try:
        return sheet.text(path.read_bytes())
    except UnicodeDecodeError:
        raise errors.UserError(f"{parsed.roster} is not UTF-8. Save it as UTF-8 and try again.") from None


def students(folder: Path) -> list[dict[str, Any]]:
    """The literal `db_students` of nbgrader_config.py."""
    path = folder / CONFIG
    if not path.is_file():
        return []
    options = settings_nbgrader.from_python(path.read_text(encoding="utf-8", errors="replace"))
    return settings_nbgrader.students(options)


def _as_csv(known: list[dict[str, Any]]) -> str:
    """Students as nbgrader names their columns, in ours."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["username", "first_name", "last_name", "email", "role"])
    for each in known:
        parts = [str(each.get(name) or "") for name in ("id", "first_name", "last_name", "email")]
        writer.writerow([*parts, "student"])
    return out.getvalue()
