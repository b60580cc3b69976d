"""What stands in nbgrader's gradebook: students, and what each handed in is worth.

In: `gradebook.db`, a SQLite file (tables of nbgrader 0.8 and 0.9, `nbgrader.api`). Out: frozen records, by
the names that nbgrader gives. The file is read and never written; nbgrader is not needed. Refused: a file
that is no gradebook, and one that somebody made to do harm: what is no table, times that no calendar has,
more than a class can be, questions without an end.
"""

import dataclasses
import datetime
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc

from courseware import errors
from courseware.store import database

_EPOCH = datetime.datetime(1970, 1, 1)  # SQLAlchemy keeps lengths of time as moments after this one
_FIRST, _LAST = datetime.datetime(1970, 1, 1), datetime.datetime(2200, 1, 1)
MOST_ROWS, MOST_LETTERS = 2_000_000, 500_000_000
_TABLES = """
select type = 'table' and sql not like 'create virtual%' as real from sqlite_schema
where type in ('table', 'view')
"""
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
        UserError: there is no such file, it is none, or holds what no gradebook does.
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
    if not all(row.real for row in connection.execute(sa.text(_TABLES))):
        raise errors.UserError("The gradebook has views in place of tables. Ask whoever gave it to you.")
    marks: dict[str, list[Mark]] = {}
    for row in _rows(connection, _MARKS):
        marks.setdefault(row.work, []).append(_mark(row))
    comments: dict[str, list[tuple[str, str, str]]] = {}
    for row in _rows(connection, _COMMENTS):
        if row.comment:
            said = (_text(row.notebook), _text(row.cell), _text(row.comment))
            comments.setdefault(row.work, []).append(said)
    lost = {row.work: _number(row.lost) for row in _rows(connection, _PENALTIES)}
    works = tuple(
        Work(
            student=_text(row.student_id),
            assignment=_text(row.name),
            at=_aware(row.timestamp),
            late_seconds=_late(row.timestamp, row.duedate, row.extension),
            lost=lost.get(row.id, 0.0),
            marks=tuple(marks.get(row.id, ())),
            comments=tuple(comments.get(row.id, ())),
        )
        for row in _rows(connection, _WORKS)
    )
    students = tuple(
        Student(
            username=_text(row.id),
            name=" ".join(_text(each) for each in (row.first_name, row.last_name) if each),
            email=_text(row.email or ""),
        )
        for row in _rows(connection, _STUDENTS)
    )
    return Gradebook(students=students, works=works)


def _rows(connection: sa.Connection, question: str) -> Iterator[Any]:
    """What a question finds, up to more than any course has."""
    letters = 0
    for number, row in enumerate(connection.execute(sa.text(question))):
        letters += sum(len(each) for each in row if isinstance(each, str))
        if number >= MOST_ROWS or letters > MOST_LETTERS:
            raise errors.UserError(
                f"The gradebook has more than {MOST_ROWS:,} marks or comments, or they are longer than any "
                "that people write. Bring a smaller one.",
                code="too-large",
            )
        yield row


def _text(value: object) -> str:
    """A text; SQLite keeps anything in any column."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: float | str) -> float:
    """A number that there is."""
    found = float(value)
    if not math.isfinite(found):
        raise ValueError(value)
    return found


def _moment(text: str) -> datetime.datetime:
    """A time as nbgrader keeps it."""
    found = datetime.datetime.fromisoformat(text)
    if not _FIRST <= found <= _LAST:
        raise errors.UserError(f"The gradebook has the time {text[:40]!r}, which cannot be. Mend it there.")
    return found


def _mark(row: Any) -> Mark:
    """A grade; extra credit is a person's."""
    extra = _number(row.extra_credit or 0.0)
    manual = row.manual_score
    if manual is not None or extra:
        base = manual if manual is not None else (row.auto_score or 0.0)
        manual = _number(base) + extra
    return Mark(
        notebook=_text(row.notebook),
        cell=_text(row.cell),
        points=_number(row.points or 0.0),
        auto=None if row.auto_score is None else _number(row.auto_score),
        manual=manual,
        needs_person=bool(row.needs_manual_grade),
    )


def _aware(moment: str | None) -> datetime.datetime | None:
    """A time of nbgrader's, which keeps UTC without saying so."""
    return _moment(moment).replace(tzinfo=datetime.UTC) if moment else None


def _late(moment: str | None, due: str | None, extension: str | None) -> int:
    """How many seconds late, as nbgrader counts: after the due date and the student's extension."""
    if not moment or not due:
        return 0
    more = _moment(extension) - _EPOCH if extension else datetime.timedelta(0)
    late = _moment(moment) - (_moment(due) + more)
    return max(0, int(late.total_seconds()))
