"""What somebody has reached in a lesson that others require, kept for the dates of those others; and in one
that is done when it is passed.

In: a hand-in that came, was marked, or whose marks changed or came into sight, or a course.toml that asks for
more than before; called in that transaction. Out: the table of attainments, and the person's dates anew where
that changed something. Exercises on hold do
not count before the hold ends. What staff set for a whole lesson counts in place of all that, without a
hand-in too.
"""

import datetime
from collections.abc import Collection

import sqlalchemy as sa

from courseware.course import attainments, courses, dates, lessons, manifest, model, rules
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, submissions
from courseware.grading import holds, lesson_marks, scores, sight, worth


def note(
    connection: sa.Connection,
    course: model.Course,
    person_id: int,
    lesson: model.Lesson,
    *,
    now: datetime.datetime,
) -> None:
    """Keep what one person has reached in a lesson of the course, if something asks for it."""
    if _asked(course, lesson):
        _note(connection, course, person_id, lesson, now)


def note_lesson(connection: sa.Connection, lesson: model.Lesson, *, now: datetime.datetime) -> None:
    """The same for everybody who handed something in."""
    course = courses.by_id(connection, lesson.course_id)
    if _asked(course, lesson):
        given = {person_id for person_id, _ in lesson_marks.of_lessons(connection, [lesson.id])}
        for person_id in given | {each.person_id for each in submissions.of_lesson(connection, lesson.id)}:
            _note(connection, course, person_id, lesson, now)


def note_person(
    connection: sa.Connection, course: model.Course, person_id: int, *, now: datetime.datetime
) -> None:
    """The same for all lessons of one person, whose dates have changed."""
    for lesson in lessons.of_course(connection, course):
        note(connection, course, person_id, lesson, now=now)


def note_course(connection: sa.Connection, course: model.Course, *, now: datetime.datetime) -> None:
    """The same for work that came before course.toml asked what it reaches."""
    asked = {each.id: each for each in lessons.of_course(connection, course) if _asked(course, each)}
    given = lesson_marks.of_lessons(connection, asked)
    for person_id, lesson_id in sorted({*attainments.lacking(connection, asked), *given}):
        _note(connection, course, person_id, asked[lesson_id], now)


def _asked(course: model.Course, lesson: model.Lesson) -> bool:
    """Whether a lesson of the course requires this one, or passing it is being done with it."""
    said = manifest.of(course).rules
    complete = said.lesson(lesson.slug).complete
    passed = complete is not None and complete.kind == "passed"
    return passed or any(need.lesson == lesson.slug for each in said.lessons for need in each.requires)


def _note(
    connection: sa.Connection,
    course: model.Course,
    person_id: int,
    lesson: model.Lesson,
    now: datetime.datetime,
) -> None:
    ledger = worth.ledger(connection, course, [lesson], now=now, person_id=person_id)
    work, holding = ledger.counting(person_id, lesson), ledger.dates(person_id, lesson.id)
    held = holds.of_lesson(connection, lesson.id)
    release, percent, since = _earned(connection, ledger, work, held) if work else (None, None, None)
    newest = releases.in_force(connection, lesson.id)
    release = release or newest
    given = lesson_marks.changes(connection, lesson.id, person_id)
    if release is None or (work is None and not given):
        return
    most = (newest or release).points
    if given and given[-1].points is not None and not held and most:
        percent, since = 100.0 * given[-1].points / most, given[-1].at
    waits = lesson.marks_policy != "visible-first" or bool(sight.hiding(release.exercises))
    reached = rules.Reached(
        handed_in=min((each.received for each in ledger.work.get((person_id, lesson.id), ())), default=None),
        percent=percent,
        shown_from=_shown_from(lesson, holding, since, waits=waits) if since else None,
    )
    if attainments.put(connection, person_id, lesson.id, reached, now=now):
        dates.rewrite(connection, course, person_id=person_id)


def _earned(
    connection: sa.Connection,
    ledger: worth.Ledger[exchange_model.Submission],
    work: exchange_model.Submission,
    held: Collection[str],
) -> tuple[exchange_model.Release, float | None, datetime.datetime]:
    """The release that marks a hand-in, the percentage that it has by it, and since when it is there."""
    marks = scores.of_submission(connection, work.id).values()
    given = [each.score for each in marks if each.score is not None and each.key not in held]
    graded_by = scores.release_of(connection, work.id)
    release = releases.by_id(connection, graded_by or work.release_id)
    percent = None
    if graded_by is not None or not release.points:
        left = ledger.penalty(work).after(sum(given))
        percent = 100.0 * left / release.points if release.points else 100.0
    return release, percent, work.received


def _shown_from(
    lesson: model.Lesson, holding: model.Dates, received: datetime.datetime, *, waits: bool
) -> datetime.datetime | None:
    """Since when all marks show; None as long as nobody can tell. `waits`: not before the due date."""
    if lesson.marks_policy == "at-once" or not waits:
        return received
    if lesson.marks_released is not None:
        return max(lesson.marks_released, received)
    if lesson.marks_policy == "when-released":
        return None
    return received if holding.due is None else max(holding.due, received)
