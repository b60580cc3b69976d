"""Whether somebody may hand in now, and if not, why, in one sentence; the one place that decides it.

In: who asks, the lesson and the time. Out: the dates that hold, or the refusal; how many hand-ins are left.
Staff may always.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import allowances, attempts, manifest, model, schedule
from courseware.exchange import fetch, submissions


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """`refusal` is empty if work is taken now; `left` is None if there is no limit."""

    refusal: str
    left: int | None


def check(
    connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson, *, now: datetime.datetime
) -> model.Dates:
    """The dates that hold, if work is taken now.

    Raises:
        UserError: why it is not.
    """
    holds = fetch.check_open(connection, viewer, lesson, now=now)
    answer = ask(connection, viewer, lesson, holds, now=now)
    if answer.refusal:
        raise errors.UserError(answer.refusal, code="conflict")
    return holds


def check_left(
    connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson, *, now: datetime.datetime
) -> None:
    """Refuse one hand-in too many, when no other of the course can come between: two of a person's may have
    been checked at the same time. Dates are those of the moment when the work came, and not asked again.

    Raises:
        UserError: why it is not taken.
    """
    counted = _counted(connection, viewer, lesson, now)
    if counted.refusal:
        raise errors.UserError(counted.refusal, code="conflict")


def ask(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    holds: model.Dates,
    *,
    now: datetime.datetime,
) -> Answer:
    """Whether work is taken now."""
    counted = _counted(connection, viewer, lesson, now)
    state = "open" if viewer.is_staff else schedule.state(holds, now)
    if state == "not-open":
        message = f"The lesson {lesson.title!r} is not open yet. {holds.locked}".strip()
        return Answer(refusal=message, left=counted.left)
    if state == "closed":
        message = f"The lesson {lesson.title!r} is closed; nothing can be handed in any more."
        return Answer(refusal=message, left=counted.left)
    return counted


def _counted(
    connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson, now: datetime.datetime
) -> Answer:
    """Whether another hand-in is taken by how many there were; of most lessons as many as come."""
    policy = manifest.of(viewer.course).rules.lesson(lesson.slug).attempts
    if viewer.is_staff or (policy.limit is None and not policy.cooldown):
        return Answer(refusal="", left=None)
    extra = allowances.extra_attempts(connection, viewer.course, viewer.person.id, lesson.slug)
    earlier = [each.received for each in submissions.of_person(connection, viewer.person.id, lesson.id)]
    return Answer(
        refusal=attempts.refusal(policy, earlier, extra=extra, now=now),
        left=attempts.left(policy, len(earlier), extra=extra),
    )
