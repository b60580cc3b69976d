"""What a hand-in is worth after what it loses for being late, and which of a person's hand-ins counts.

In: submissions, marks, dates and the rules of the course. Out: a penalty, the hand-in that counts, the late
days that are left. How late work is, is judged by the dates that hold now or those of its receipt, whichever
is kinder: an extension given afterwards helps, and a date moved nearer harms nobody. Late days are spent by
the hand-ins that count, in the order of the lessons.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from courseware.course import (
    allowances,
    attempts,
    courses,
    dates,
    late,
    lessons,
    manifest,
    model,
    rules,
    schedule,
)
from courseware.exchange import choices, submissions
from courseware.exchange import model as exchange_model
from courseware.grading import scores


def late_seconds(
    connection: sa.Connection, work: exchange_model.Submission, holds: model.Dates | None = None
) -> int:
    """How late a hand-in is, as it counts."""
    if not work.late_seconds:
        return 0
    holds = holds or dates.effective(connection, work.person_id, work.lesson_id)
    return min(work.late_seconds, schedule.late_seconds(holds, work.received))


def penalty(
    connection: sa.Connection,
    lesson: model.Lesson,
    work: exchange_model.Submission,
    holds: model.Dates | None = None,
) -> late.Penalty:
    """What a hand-in loses for being late, if it counts."""
    seconds = late_seconds(connection, work, holds)
    if not seconds:
        return late.NONE
    course = courses.by_id(connection, lesson.course_id)
    left = days_left(connection, course, work.person_id, before=lesson)
    return _penalty(connection, (course, lesson), work, seconds, left)


def _penalty(
    connection: sa.Connection,
    place: tuple[model.Course, model.Lesson],
    work: exchange_model.Submission,
    seconds: int,
    left: int,
) -> late.Penalty:
    """What it loses with so many late days left."""
    course, lesson = place
    policy = manifest.of(course).rules.lesson(lesson.slug).late
    forgiven = policy.kind != "accept" and allowances.forgiven(
        connection, course, work.person_id, lesson.slug
    )
    return late.penalty(policy, seconds, left=left, forgiven=forgiven)


def days_left(
    connection: sa.Connection, course: model.Course, person_id: int, *, before: model.Lesson | None = None
) -> int:
    """The late days that somebody still has, after all lessons or those before this one."""
    left = manifest.of(course).rules.bank
    for lesson in lessons.of_course(connection, course) if left else ():
        if before is not None and lesson.id == before.id:
            break
        found = submissions.of_person(connection, person_id, lesson.id)
        counts = _counting(connection, course, lesson, found, left)
        seconds = late_seconds(connection, counts) if counts else 0
        if counts and seconds:
            left -= _penalty(connection, (course, lesson), counts, seconds, left).days
    return left


def counting(
    connection: sa.Connection, lesson: model.Lesson, handed_in: Iterable[exchange_model.Submission]
) -> exchange_model.Submission | None:
    """The hand-in that counts among those of one person in a lesson, by the rule of the course."""
    found = list(handed_in)
    if len(found) < 2:
        return found[0] if found else None
    course = courses.by_id(connection, lesson.course_id)
    left = 0
    if policy(course, lesson).counts == "best" and any(each.late_seconds for each in found):
        left = days_left(connection, course, found[0].person_id, before=lesson)
    return _counting(connection, course, lesson, found, left)


def policy(course: model.Course, lesson: model.Lesson) -> rules.Attempts:
    """How often work of a lesson is taken and which counts."""
    return manifest.of(course).rules.lesson(lesson.slug).attempts


def replaceable(connection: sa.Connection, lesson: model.Lesson) -> bool:
    """Whether a newer hand-in of a lesson can make an older one worthless for good."""
    return attempts.replaceable(policy(courses.by_id(connection, lesson.course_id), lesson).counts)


def _counting(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    found: list[exchange_model.Submission],
    left: int,
) -> exchange_model.Submission | None:
    """The hand-in that counts, with so many late days left."""
    counts = policy(course, lesson).counts
    chosen = choices.of_lesson(connection, lesson.id) if counts == "chosen" else frozenset()
    by_key = {each.id: each for each in found}
    candidates = [
        attempts.Candidate(
            key=each.id,
            received=each.received,
            late=late_seconds(connection, each) > 0,
            score=_score(connection, course, lesson, each, left) if counts == "best" else None,
            chosen=each.id in chosen,
        )
        for each in found
    ]
    best = attempts.counting(counts, candidates)
    return by_key[best.key] if best else None


def _score(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    work: exchange_model.Submission,
    left: int,
) -> float | None:
    """The points of a hand-in after what it loses; None before it was marked."""
    given = [s.score for s in scores.of_submission(connection, work.id).values() if s.score is not None]
    if not given:
        return None
    seconds = late_seconds(connection, work)
    taken = _penalty(connection, (course, lesson), work, seconds, left) if seconds else late.NONE
    return taken.after(sum(given))
