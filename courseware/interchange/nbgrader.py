"""What stands in nbgrader's gradebook: students, and what each handed in is worth.

In: `gradebook.db`, a SQLite file (tables of nbgrader 0.8 and 0.9, `nbgrader.api`). Out: frozen records, by
the names that nbgrader gives. The file is read and never written; nbgrader is not needed. Refused: a file
that is no gradebook.
"""

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc

from courseware import errors
from courseware.store import database

_EPOCH = datetime.datetime(1970, 1, 1)  # SQLAlchemy keeps lengths of time as moments after this one
_STUDENTS = "select id, first_name, last_name, email from student order by id"
_WORKS = """
select given.id, given.student_id, assignment.name, given.timestamp, assignment.duedate, given.extension
from submitted_assignment given join assignment on assignment.id = given.assignment_id
order by assignment.name, given.student_id
"""
_MARKS = """
select parts.assignment_id as work, notebook.name as notebook, cell.name as cell,
  coalesce(tests.max_score, task.max_score) as points,
  grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade
from grade
join submitted_notebook parts on parts.id = grade.notebook_id
join notebook on notebook.id = parts.notebook_id
join base_cell cell on cell.id = grade.cell_id
left join grade_cells tests on tests.id = cell.id
left join task_cells task on task.id = cell.id
"""
_COMMENTS = """
select parts.assignment_id as work, notebook.name as notebook, cell.name as cell,
  coalesce(nullif(comment.manual_comment, ''), comment.auto_comment, '') as comment
from comment
join submitted_notebook parts on parts.id = comment.notebook_id
join notebook on notebook.id = parts.notebook_id
join base_cell cell on cell.id = comment.cell_id
"""
_PENALTIES = """
select assignment_id as work, sum(coalesce(late_submission_penalty, 0)) as lost
from submitted_notebook group by assignment_id
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Student:
    """Somebody in the gradebook; `name` is empty where nbgrader has none."""

    username: str
    name: str
    email: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mark:
    """What a cell was given: by the machine (`auto`, None where a person has to look) and by a person."""

    notebook: str
    cell: str
    points: float
    auto: float | None
    manual: float | None
    needs_person: bool

    @property
    def score(self) -> float:
        """The points as nbgrader counts them."""
        return (self.auto or 0.0) if self.manual is None else self.manual


@dataclasses.dataclass(frozen=True, kw_only=True)
class Work:
    """A hand-in: when it came (aware, if nbgrader knows), how late it was, what it lost for that (points),
    its marks, and comments by (notebook, cell).
    """

    student: str
    assignment: str
    at: datetime.datetime | None
    late_seconds: int
    lost: float
    marks: tuple[Mark, ...]
    comments: tuple[tuple[str, str, str], ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Gradebook:
    """All of it."""

    students: tuple[Student, ...]
    works: tuple[Work, ...]


def read(path: Path) -> Gradebook:
    """Read a gradebook.

    Raises:
        UserError: there is no such file, or it is none.
    """
    if not path.is_file():
        raise errors.UserError(f"There is no gradebook at {path}.", code="not-found")
    try:
        with database.foreign(path) as connection:
            return _all(connection)
    except (sqlalchemy.exc.DBAPIError, ValueError, TypeError) as error:
        raise errors.UserError(
            f"{path} is no gradebook of nbgrader 0.8 or 0.9 ({type(error).__name__}). With an older one run "
            "`nbgrader db upgrade` first."
        ) from None


def _all(connection: sa.Connection) -> Gradebook:
    marks: dict[str, list[Mark]] = {}
    for row in connection.execute(sa.text(_MARKS)):
        marks.setdefault(row.work, []).append(_mark(row))
    comments: dict[str, list[tuple[str, str, str]]] = {}
    for row in connection.execute(sa.text(_COMMENTS)):
        if row.comment:
            comments.setdefault(row.work, []).append((row.notebook, row.cell, row.comment))
    lost = {row.work: float(row.lost) for row in connection.execute(sa.text(_PENALTIES))}
    works = tuple(
        Work(
            student=row.student_id,
            assignment=row.name,
            at=_aware(row.timestamp),
            late_seconds=_late(row.timestamp, row.duedate, row.extension),
            lost=lost.get(row.id, 0.0),
            marks=tuple(marks.get(row.id, ())),
            comments=tuple(comments.get(row.id, ())),
        )
        for row in connection.execute(sa.text(_WORKS))
    )
    students = tuple(
        Student(
            username=row.id,
            name=" ".join(filter(None, (row.first_name, row.last_name))),
            email=row.email or "",
        )
        for row in connection.execute(sa.text(_STUDENTS))
    )
    return Gradebook(students=students, works=works)


def _mark(row: Any) -> Mark:
    """A grade; extra credit is a person's."""
    extra = float(row.extra_credit or 0.0)
    manual = row.manual_score
    if manual is not None or extra:
        base = manual if manual is not None else (row.auto_score or 0.0)
        manual = float(base) + extra
    return Mark(
        notebook=row.notebook,
        cell=row.cell,
        points=float(row.points or 0.0),
        auto=None if row.auto_score is None else float(row.auto_score),
        manual=manual,
        needs_person=bool(row.needs_manual_grade),
    )


def _aware(moment: str | None) -> datetime.datetime | None:
    """A time of nbgrader's, which keeps UTC without saying so."""
    return datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC) if moment else None


def _late(moment: str | None, due: str | None, extension: str | None) -> int:
    """How many seconds late, as nbgrader counts: after the due date and the student's extension."""
    if not moment or not due:
        return 0
    more = datetime.datetime.fromisoformat(extension) - _EPOCH if extension else datetime.timedelta(0)
    late = datetime.datetime.fromisoformat(moment) - (datetime.datetime.fromisoformat(due) + more)
    return max(0, int(late.total_seconds()))
