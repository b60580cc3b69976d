"""What lies beside a folder of nbgrader's sources and holds when its hand-ins are graded.

In: the folder that has `source/`: nbgrader's settings (literals only), autotests.yml, assignments.json, and
course.toml where the course was adopted. Out: options, due dates, limits. Refused: what cannot be read.
"""

import dataclasses
import datetime
from collections.abc import Mapping
from pathlib import Path

from courseware.course import limits as course_limits
from courseware.course import manifest
from courseware.grading import options as grading_options
from courseware.notebook import settings_nbgrader, source
from courseware.sandbox import port

MAX_STAMP = 200
"""Characters that are read of a time; the file is the student's."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Course:
    """What holds for all assignments; `parsed` is course.toml, if there is one."""

    options: settings_nbgrader.Options
    autotests: str | None
    due: Mapping[str, datetime.datetime]
    parsed: manifest.Manifest | None

    def limits(self, lesson: str, files: Mapping[str, bytes]) -> port.Limits:
        """The limits of a lesson with these files.

        Raises:
            UserError: its lesson.toml cannot be read.
        """
        usual = self.parsed.limits_of(lesson) if self.parsed else {}
        told = {**usual, **course_limits.of_lesson(files)}
        return grading_options.limits(grading_options.with_limits(self.options, told), port.Limits())

    def late(self, lesson: str, folder: Path) -> bool:
        """Whether `timestamp.txt` says that a hand-in came after its due date; without one it is not late.

        Raises:
            UserError: a time that cannot be read.
        """
        stamp = folder / "timestamp.txt"
        due = self.due.get(lesson)
        if due is None or not stamp.is_file() or stamp.is_symlink():
            return False
        with stamp.open(errors="replace") as file:
            text = file.read(MAX_STAMP).strip()
        return bool(text) and settings_nbgrader.instant(text) > due


def course(folder: Path) -> Course:
    """What lies in this folder.

    Raises:
        UserError: a file that cannot be read.
    """
    shared = {name: (folder / name).read_bytes() for name in source.SHARED if (folder / name).is_file()}
    autotests, dates, own = shared.get("autotests.yml"), folder / "assignments.json", folder / "course.toml"
    options = settings_nbgrader.of_files(shared)
    told = settings_nbgrader.due_dates(options)
    if dates.is_file():
        told |= settings_nbgrader.due_in_list(dates.read_text(encoding="utf-8-sig", errors="replace"))
    return Course(
        options=options,
        autotests=autotests.decode(errors="replace") if autotests is not None else None,
        due={name: settings_nbgrader.instant(text) for name, text in told.items()},
        parsed=manifest.parse(own.read_text(encoding="utf-8", errors="replace")) if own.is_file() else None,
    )
