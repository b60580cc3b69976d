"""The table of planned releases: which draft becomes a release when, one for each lesson.

In: a draft and a time. Out: records, and news in the journal. A plan is of one draft: another draft that
takes its place is not published by it. A plan that is not carried out keeps why, and who may publish is told.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.exchange import draft_releases, releases
from courseware.store import journal, schema_releases

_T = schema_releases.planned_release


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """That a draft is to be published at a time; `problem` says why it is not."""

    lesson_id: int
    draft: str
    at: datetime.datetime
    by: int
    problem: str


def put(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    public: str,
    at: datetime.datetime,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Have the draft of this id published at a time, in place of what was planned before.

    Raises:
        UserError: the time is over, or there is another draft by now.
    """
    if at <= now:
        raise errors.UserError("This time is over. Publish the draft now, or name a later time.")
    releases.lock(connection, lesson.id)
    draft_releases.find(connection, lesson.id, public)
    connection.execute(_T.delete().where(_T.c.lesson_id == lesson.id))
    values = {"lesson_id": lesson.id, "draft": public, "at": at, "planned_by": by.id}
    connection.execute(_T.insert().values(**values))
    data = {"lesson": lesson.public, "at": at.isoformat()}
    _note(connection, "draft_release.planned", lesson, public, data, by=by.id, now=now)


def cancel(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    public: str,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Plan it no more.

    Raises:
        UserError: nothing is planned of this draft.
    """
    releases.lock(connection, lesson.id)
    mine = (_T.c.lesson_id == lesson.id) & (_T.c.draft == public)
    if connection.execute(_T.delete().where(mine)).rowcount == 0:
        raise errors.UserError("Nothing is planned for this draft any more.", code="conflict")
    data = {"lesson": lesson.public}
    _note(connection, "draft_release.unplanned", lesson, public, data, by=by.id, now=now)


def take(connection: sa.Connection, plan: Plan) -> None:
    """Forget a plan, to carry it out.

    Raises:
        UserError: it is not what holds any more.
    """
    releases.lock(connection, plan.lesson_id)
    if connection.execute(_T.delete().where(_same(plan))).rowcount == 0:
        raise errors.UserError("This plan was changed or taken back meanwhile.", code="conflict")


def fail(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    plan: Plan,
    problem: str,
    *,
    by: int | None,
    now: datetime.datetime,
) -> None:
    """Keep why a draft is not published as planned, and have all who publish told; nothing where the plan is
    not what holds any more. `by` is who did it; None if nobody was there.
    """
    releases.lock(connection, lesson.id)
    if connection.execute(_T.update().where(_same(plan)).values(problem=problem[:2000])).rowcount:
        data = {"lesson": lesson.public}
        _note(connection, "draft_release.failed", lesson, plan.draft, data, by=by, now=now)


def lapse(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    why: str,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """The draft of a lesson goes, and what was planned of it fails. An older failure is known by now."""
    releases.lock(connection, lesson.id)
    found = of_lesson(connection, lesson.id)
    if found is not None and not found.problem:
        fail(connection, lesson, found, why, by=by.id, now=now)
    elif found is not None:
        end(connection, lesson.id)


def end(connection: sa.Connection, lesson_id: int) -> None:
    """Forget what was planned, because the draft is published already."""
    releases.lock(connection, lesson_id)
    connection.execute(_T.delete().where(_T.c.lesson_id == lesson_id))


def of_lesson(connection: sa.Connection, lesson_id: int) -> Plan | None:
    """What is planned for a lesson, or why the last plan failed."""
    row = connection.execute(sa.select(_T).where(_T.c.lesson_id == lesson_id)).one_or_none()
    return _plan(row) if row else None


def _same(plan: Plan) -> sa.ColumnElement[bool]:
    """The row of a plan, if nobody changed it."""
    same = (_T.c.lesson_id == plan.lesson_id) & (_T.c.draft == plan.draft) & (_T.c.at == plan.at)
    return same & (_T.c.planned_by == plan.by) & (_T.c.problem == plan.problem)


def due(connection: sa.Connection, now: datetime.datetime) -> list[Plan]:
    """What is to be published by now and was not tried yet."""
    asked = sa.select(_T).where((_T.c.at <= now) & (_T.c.problem == "")).order_by(_T.c.at, _T.c.id)
    return [_plan(row) for row in connection.execute(asked)]


def _plan(row: sa.Row[tuple[object, ...]]) -> Plan:
    told = row._mapping
    return Plan(
        lesson_id=told["lesson_id"],
        draft=told["draft"],
        at=told["at"],
        by=told["planned_by"],
        problem=told["problem"],
    )


def _note(
    connection: sa.Connection,
    kind: str,
    lesson: course_model.Lesson,
    public: str,
    data: dict[str, str],
    *,
    by: int | None,
    now: datetime.datetime,
) -> None:
    journal.append(connection, kind, public, now=now, course_id=lesson.course_id, actor_id=by, data=data)
