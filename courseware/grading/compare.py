"""Read a trial as a comparison: every hand-in before and after, and how far it is.

In: a trial. Out: its hand-ins with their authors, those that failed or were left alone with the reason, and
the summary. Nothing of it is for students.
"""

import dataclasses
from typing import Any

import sqlalchemy as sa

from courseware.course import model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import submissions
from courseware.grading import comparison, lesson_marks, scores, trials


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One hand-in of a trial: whose, how it compares (None before it was tried), and why not; `set_points`
    are those that staff set for the whole lesson, which stay whatever the exercises say.
    """

    person: model.Person
    submission: str
    work: trials.Work
    student: comparison.Student | None
    set_points: float | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Compared:
    """A trial with all its hand-ins; `done` of `total` are through its present step."""

    trial: trials.Trial
    lines: tuple[Line, ...]
    summary: comparison.Summary
    done: int
    failed: int
    left: int

    @property
    def total(self) -> int:
        """How many hand-ins it is about."""
        return len(self.lines)


def compare(connection: sa.Connection, trial: trials.Trial) -> Compared:
    """A trial, compared."""
    listed = trials.work_of(connection, trial)
    work = {each.id: each for each in submissions.of_lesson(connection, trial.lesson_id)}
    authors = people.by_ids(connection, {work[each.submission_id].person_id for each in listed})
    given = scores.by_persons(connection, [trial.lesson_id])
    stays = lesson_marks.of_lessons(connection, [trial.lesson_id])
    lines = tuple(
        Line(
            person=authors[work[each.submission_id].person_id],
            submission=work[each.submission_id].public,
            work=each,
            student=_student(each, given.get(each.submission_id, {})),
            set_points=found.points if (found := stays.get(_place(work[each.submission_id]))) else None,
        )
        for each in listed
    )
    return Compared(
        trial=trial,
        lines=lines,
        summary=comparison.summary([each.student for each in lines if each.student]),
        done=sum(each.state not in trials.UNFINISHED for each in listed),
        failed=sum(each.state == "failed" for each in listed),
        left=sum(each.state == "left" for each in listed),
    )


def _place(work: exchange_model.Submission) -> tuple[int, int]:
    return work.person_id, work.lesson_id


def _student(work: trials.Work, persons: dict[tuple[str, str], float]) -> comparison.Student | None:
    """A hand-in that was tried."""
    if work.before_id is None or not work.found.rows:
        return None
    before, after = (_side(each) for each in (work.before, work.found))
    return comparison.student(work.submission_id, before, after, persons)


def _side(found: trials.Found) -> comparison.Side:
    told: dict[str, Any] = dict(found.told)
    return comparison.side(found.rows, told)
