"""What work is worth: a submission's standing, and the table of a class.

In: submissions, marks, holds, dates. Out: standings as staff see them, and what of them the student may
see. Marks are shown per lesson at once, after the due date, or when they are released; a held exercise
waits. `grades.csv` is safe to open in a spreadsheet.
"""

import csv
import dataclasses
import datetime
import io

import sqlalchemy as sa

from courseware.course import dates, late, lessons, model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, submissions
from courseware.grading import gradings, holds, scores, worth


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """What a submission is worth.

    `score` sums what has been given so far; `visible` says whether its author may see marks now; `held`
    are exercises on hold; `graded_by` is the number of the release whose tests gave the marks. Scores are
    what the work earned; `penalty` is what it loses for being late.
    """

    submission: exchange_model.Submission
    grading: gradings.Grading | None
    exercises: tuple[scores.Score, ...]
    points: float
    visible: bool
    held: frozenset[str]
    graded_by: int | None = None
    penalty: late.Penalty = late.NONE

    @property
    def final(self) -> float | None:
        """The sum of the points given, after the penalty."""
        return None if self.score is None else self.penalty.after(self.score)

    @property
    def score(self) -> float | None:
        """The sum of the points given; None before anything was marked."""
        given = [e.score for e in self.exercises if e.score is not None]
        return sum(given) if self.exercises else None

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look."""
        return any(exercise.needs_person for exercise in self.exercises)

    @property
    def visible_score(self) -> float | None:
        """The sum that the author may see: nothing of held exercises."""
        if not self.visible or not self.exercises:
            return None
        return sum(e.score for e in self.exercises if e.score is not None and e.key not in self.held)

    @property
    def visible_final(self) -> float | None:
        """The sum that the author may see, after the penalty."""
        return None if self.visible_score is None else self.penalty.after(self.visible_score)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Class:
    """The table of a class: lessons, members in order of names, and the standing that counts by (person,
    lesson) keys.
    """

    lessons: tuple[tuple[model.Lesson, float], ...]
    members: tuple[model.Member, ...]
    cells: dict[tuple[int, int], Standing]


def standing(
    connection: sa.Connection, submission: exchange_model.Submission, *, now: datetime.datetime
) -> Standing:
    """What a submission is worth now."""
    lesson = lessons.by_id(connection, submission.lesson_id)
    graded_by = scores.release_of(connection, submission.id)
    release = releases.by_id(connection, graded_by or submission.release_id)
    found = scores.of_submission(connection, submission.id)
    order = {(e.notebook, e.key): n for n, e in enumerate(release.exercises)}
    ordered = sorted(found.values(), key=lambda score: order.get((score.notebook, score.key), len(order)))
    holding = dates.effective(connection, submission.person_id, lesson.id)
    return Standing(
        submission=submission,
        grading=gradings.current(connection, submission.id),
        exercises=tuple(ordered),
        points=release.points,
        graded_by=release.number if graded_by else None,
        visible=shown(lesson, holding, now),
        held=frozenset(holds.of_lesson(connection, lesson.id)),
        penalty=worth.penalty(connection, lesson, submission, holding),
    )


def shown(lesson: model.Lesson, holding: model.Dates, now: datetime.datetime) -> bool:
    """Whether a lesson's marks may be seen by the student whose dates these are."""
    if lesson.marks_released is not None or lesson.marks_policy == "at-once":
        return True
    if lesson.marks_policy == "when-released":
        return False
    return holding.due is None or now > holding.due


def of_person(
    connection: sa.Connection, person_id: int, lesson_id: int, *, now: datetime.datetime
) -> Standing | None:
    """The standing that counts for a person in a lesson."""
    lesson = lessons.by_id(connection, lesson_id)
    counts = worth.counting(connection, lesson, submissions.of_person(connection, person_id, lesson_id))
    return standing(connection, counts, now=now) if counts else None


def of_class(connection: sa.Connection, course: model.Course, *, now: datetime.datetime) -> Class:
    """The whole class: everybody who is a student or has handed in."""
    members = [m for m in people.members(connection, course) if m.role == "student"]
    listed, cells = [], {}
    for lesson in lessons.of_course(connection, course):
        newest = releases.newest(connection, lesson.id)
        if newest is None or not newest.exercises:
            continue
        listed.append((lesson, newest.points))
        handed_in: dict[int, list[exchange_model.Submission]] = {}
        for submission in submissions.of_lesson(connection, lesson.id):
            handed_in.setdefault(submission.person_id, []).append(submission)
        for member in members:
            counts = worth.counting(connection, lesson, handed_in.get(member.person.id, ()))
            if counts:
                cells[member.person.id, lesson.id] = standing(connection, counts, now=now)
    kept = [
        m
        for m in members
        if m.ended is None or any((m.person.id, lesson.id) in cells for lesson, _ in listed)
    ]
    return Class(lessons=tuple(listed), members=tuple(kept), cells=cells)


def to_csv(table: Class) -> str:
    """The class as CSV: one line a person, per lesson points, maximum and how late in hours."""
    out = io.StringIO()
    writer = csv.writer(out)
    headings = ["username", "name", "email"]
    for lesson, _ in table.lessons:
        headings += [lesson.slug, f"{lesson.slug} max", f"{lesson.slug} late hours"]
    writer.writerow([*headings, "total", "total max"])
    for member in table.members:
        line: list[str] = [member.person.username, member.person.name, member.person.email or ""]
        total = most = 0.0
        for lesson, points in table.lessons:
            cell = table.cells.get((member.person.id, lesson.id))
            score = cell.final if cell else None
            hours = cell.submission.late_seconds / 3600 if cell else 0.0
            line += [_number(score), f"{points:g}", f"{hours:.1f}" if hours else ""]
            total, most = total + (score or 0.0), most + points
        writer.writerow([harmless(text) for text in line] + [f"{total:g}", f"{most:g}"])
    return out.getvalue()


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _number(score: float | None) -> str:
    return "" if score is None else f"{score:g}"
