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


def ask(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    holds: model.Dates,
    *,
    now: datetime.datetime,
) -> Answer:
    """Whether work is taken now."""
    if viewer.is_staff:
        return Answer(refusal="", left=None)
    policy = manifest.of(viewer.course).rules.lesson(lesson.slug).attempts
    extra, earlier = 0, []
    if policy.limit is not None or policy.cooldown:
        extra = allowances.extra_attempts(connection, viewer.course, viewer.person.id, lesson.slug)
        earlier = [each.received for each in submissions.of_person(connection, viewer.person.id, lesson.id)]
    left = attempts.left(policy, len(earlier), extra=extra)
    state = schedule.state(holds, now)
    if state == "not-open":
        message = f"The lesson {lesson.title!r} is not open yet. {holds.locked}".strip()
        return Answer(refusal=message, left=left)
    if state == "closed":
        message = f"The lesson {lesson.title!r} is closed; nothing can be handed in any more."
        return Answer(refusal=message, left=left)
    return Answer(refusal=attempts.refusal(policy, earlier, extra=extra, now=now), left=left)
