"""Marking by hand: the answers to one exercise across students, and how far marking has come.

In: the hand-ins that count, their marks, who looks at which. Out: a queue in order of names, and which answer
comes next: one that waits and that nobody else looks at, before one that somebody does. Nothing else of the
class is read for it.
"""

import dataclasses
import datetime
from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from courseware.course import duties, lessons, model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, tell_apart
from courseware.grading import scores, worth

KIND = "person"
"""What a release calls an exercise that a person marks."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody handed in for an exercise, with its mark; `by` is the key of whoever gave it.
    `late_seconds` is how late it is by the dates that hold now.
    """

    person: model.Person
    submission: exchange_model.Submission
    score: scores.Score
    by: int | None
    late_seconds: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tally:
    """How far an exercise is: answers that are `done` and `left`, and how many each grader gave, by key."""

    lesson: model.Lesson
    exercise: exchange_model.Exercise
    done: int
    left: int
    by: Mapping[int, int]

    @property
    def total(self) -> int:
        """All answers that count."""
        return self.done + self.left


def answers(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    exercise: exchange_model.Exercise,
    *,
    reach: duties.Reach,
    now: datetime.datetime,
) -> tuple[Answer, ...]:
    """The answers to an exercise that are within `reach`, in the hand-ins that count, once a machine has
    looked at them, in order of names.
    """
    given = scores.of_exercises(connection, [lesson.id], [exercise.key])
    ledger = worth.ledger(connection, course, [lesson], now=now)
    found = []
    for member in people.members(connection, course):
        asked = member.role == "student" and reach.covers(lesson.id, member.person.id)
        work = ledger.counting(member.person.id, lesson) if asked else None
        mark = given.get(work.id, {}).get((exercise.notebook, exercise.key)) if work else None
        if work and mark:
            late = ledger.late_seconds(work)
            found.append(
                Answer(person=member.person, submission=work, score=mark.score, by=mark.by, late_seconds=late)
            )
    return tuple(found)


def tallies(
    connection: sa.Connection, course: model.Course, *, reach: duties.Reach, now: datetime.datetime
) -> tuple[Tally, ...]:
    """All exercises of the course within `reach` that a person marks. The number of queries does not depend
    on how many there are.
    """
    places = {each.id: each for each in lessons.of_course(connection, course) if reach.has_lesson(each.id)}
    newest = releases.in_force_of(connection, list(places))
    asked = {
        key: [each for each in tell_apart.exercises(newest[key].exercises) if each.kind == KIND]
        for key in places
        if key in newest
    }
    wanted = [places[key] for key, listed in asked.items() if listed]
    keys = {each.key for listed in asked.values() for each in listed}
    given = scores.of_exercises(connection, [each.id for each in wanted], keys)
    students = [each.person.id for each in people.members(connection, course) if each.role == "student"]
    ledger = worth.ledger(connection, course, wanted, now=now)
    found = []
    for lesson in wanted:
        mine = [each for each in students if reach.covers(lesson.id, each)]
        counting = [work for each in mine if (work := ledger.counting(each, lesson))]
        for exercise in asked[lesson.id]:
            place = (exercise.notebook, exercise.key)
            marks = [given[work.id][place] for work in counting if place in given.get(work.id, {})]
            left = sum(1 for each in marks if each.score.needs_person)
            by = Counter(each.by for each in marks if each.by is not None)
            found.append(Tally(lesson=lesson, exercise=exercise, done=len(marks) - left, left=left, by=by))
    return tuple(found)


def coming(queue: Sequence[Answer], claimed: Mapping[int, str], *, after: str = "") -> Answer | None:
    """The answer to mark next: after the one of this id, and from the beginning again, one that waits and
    nobody else looks at; else one that waits; else the first.
    """
    place = next((n + 1 for n, each in enumerate(queue) if each.submission.public == after), 0)
    turned = [*queue[place:], *queue[:place]]
    waiting = [each for each in turned if each.score.needs_person]
    free = [each for each in waiting if each.submission.id not in claimed]
    return next(iter(free or waiting or queue), None)


def beside(queue: Sequence[Answer], current: Answer, *, waiting: bool) -> tuple[str | None, str | None]:
    """The ids of the answers before and after one; only of those that wait, if asked so."""
    place = queue.index(current)
    shown = [not waiting or each.score.needs_person for each in queue]
    before = next((queue[n] for n in range(place - 1, -1, -1) if shown[n]), None)
    behind = next((queue[n] for n in range(place + 1, len(queue)) if shown[n]), None)
    return (
        before.submission.public if before else None,
        behind.submission.public if behind else None,
    )
