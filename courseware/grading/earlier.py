"""Which marks are shown to a student now and were not at an earlier moment.

In: a person, a lesson and two moments. Out: the hand-in that counts, if marks of it came into sight between
them: because it was marked, its date passed, marks were released, a hold ended, or somebody gave a mark that
only a person can give. A mark that was seen and has changed since is no new one.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware.course import dates, model
from courseware.grading import grades, gradings, holds, outcome, scores, sight

Place = tuple[str, str]


def come_into_sight(
    connection: sa.Connection,
    person_id: int,
    lesson: model.Lesson,
    since: datetime.datetime,
    *,
    now: datetime.datetime,
) -> outcome.Standing | None:
    """The standing of the hand-in that counts, if it shows marks now that it did not show then."""
    standing = grades.of_person(connection, person_id, lesson.id, now=now)
    if standing is None:
        return None
    now_shown = shown_now(standing)
    if not now_shown - _shown_then(connection, standing, lesson, since, now=now):
        return None
    return standing


def shown_now(standing: outcome.Standing) -> frozenset[Place]:
    """The exercises, by (notebook, key), whose marks the author may see."""
    return frozenset((each.notebook, each.key) for each in standing.open if each.score is not None)


def _shown_then(
    connection: sa.Connection,
    standing: outcome.Standing,
    lesson: model.Lesson,
    since: datetime.datetime,
    *,
    now: datetime.datetime,
) -> frozenset[Place]:
    """The exercises of the same hand-in whose marks could be seen then."""
    work = standing.submission
    first = gradings.first_marked(connection, work.id)
    holding = dates.effective(connection, work.person_id, lesson.id)
    then = sight.sight(_lesson_then(lesson, since), holding, since)
    if first is None or first > since or then == "none":
        return frozenset()
    given = scores.given_before(connection, work.id, since, until=now)
    if then == "all" or not standing.hiding or gradings.with_first(connection, work.id):
        given |= scores.by_machine(connection, work.id)
    given -= standing.hiding if then == "first" else frozenset()
    held = holds.before(connection, lesson, since, until=now)
    return frozenset(place for place in given if place[1] not in held)


def _lesson_then(lesson: model.Lesson, since: datetime.datetime) -> model.Lesson:
    """The lesson as it was, as far as showing marks goes."""
    if lesson.marks_released is not None and lesson.marks_released > since:
        return dataclasses.replace(lesson, marks_released=None)
    return lesson
