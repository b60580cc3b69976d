"""What somebody has had checked of lessons before handing in: each question in their texts is answered, each
exercise that a machine checks was right in a check on the course.

In: the asking person, and lessons with their newest releases. Out: for each how many such things there are
and how many are done. An exercise counts only where the course checks work before it is handed in, and not
while it is on hold. What was right once stays so; a question that was changed is asked again.
"""

import datetime
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from courseware.course import manifest, model, rules
from courseware.exchange import model as exchange_model
from courseware.grading import answers, asking, course_checks, holds
from courseware.progress import completion

Releases = Mapping[int, exchange_model.Release]
"""The newest release by the lesson's row."""


def of_person(
    connection: sa.Connection, viewer: model.Viewer, newest: Releases
) -> dict[int, completion.Checked | None]:
    """How far the asking person is in these lessons; None where nothing tells right from wrong."""
    if not newest:
        return {}
    said = answers.of_person(connection, viewer.person, newest)
    right = course_checks.right(connection, viewer.person.id, newest)
    held = holds.of_lessons(connection, newest)
    checks, rule = manifest.of(viewer.course).checks, manifest.of(viewer.course).quiz
    found: dict[int, completion.Checked | None] = {}
    for lesson, release in newest.items():
        asked = [_closed(put, said.get((lesson, put.key), ()), rule) for put in release.questions]
        exercises = [
            right.get((lesson, each.key))
            for each in (course_checks.checkable(release, held.get(lesson, ())) if checks else ())
        ]
        found[lesson] = _sum(asked, exercises)
    return found


def _closed(
    put: exchange_model.Asked, given: Sequence[asking.Answer], rule: rules.Quiz
) -> datetime.datetime | None:
    """Since when a question is answered; None while it is open."""
    stood = asking.standing(put.question, given, rule)
    counted = [each for each in given if each.version == put.question.version and not each.again]
    return None if stood.state == "open" else counted[-1].at


def _sum(
    asked: Sequence[datetime.datetime | None], exercises: Sequence[datetime.datetime | None]
) -> completion.Checked | None:
    done = [at for at in (*asked, *exercises) if at is not None]
    if not asked and not exercises:
        return None
    return completion.Checked(
        number=len(asked) + len(exercises),
        done=len(done),
        last=max(done, default=None),
        closes=None in exercises,
    )
