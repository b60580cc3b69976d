"""The queue of a course, for those who run it: how it stands, what failed, once more, and a pause.

In: a course. Out: counts, rates and the failed; a failed grading that waits again, in front of regrades; a
course of which nothing is graded until it is resumed, while handing in goes on. Each change is in the journal
with who made it.
"""

import dataclasses
import datetime
from collections.abc import Mapping

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, model
from courseware.exchange import submissions
from courseware.grading import gradings, regrade
from courseware.jobs import port
from courseware.store import blobs as blobs_store
from courseware.store import database, journal, schema

HOUR = datetime.timedelta(hours=1)
PAUSED = "Marking is paused in this course. Your work is safe and is marked when it goes on."
"""What is told of work that waits meanwhile."""
OPEN = ("waiting", "running", "failed")
MOST = 100
"""So many failed ones are listed, the newest first."""
_T, _S, _L, _P = schema.grading, schema.submission, schema.lesson, schema.person


@dataclasses.dataclass(frozen=True, kw_only=True)
class Failed:
    """A hand-in that could not be graded, and why, for staff."""

    submission: str
    lesson: str
    username: str
    reason: str
    finished: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """How many wait and run, the `oldest` that waits, how many had marks in the last hour, how long the
    latest of all courses took, all that failed, and since when the course is `paused`.
    """

    waiting: int
    running: int
    oldest: datetime.datetime | None
    marked_in_an_hour: int
    usual_seconds: float | None
    failed: tuple[Failed, ...]
    paused: datetime.datetime | None


def standing(connection: sa.Connection, course: model.Course, *, now: datetime.datetime) -> Standing:
    """How the queue of a course stands."""
    mine = _of(course)
    counts = sa.select(_T.c.state, sa.func.count(), sa.func.min(_T.c.queued)).join(
        _S, _S.c.id == _T.c.submission_id
    )
    open_ = connection.execute(
        counts.where(mine & _T.c.state.in_(("waiting", "running"))).group_by(_T.c.state)
    ).all()
    by_state = {state: (int(number), oldest) for state, number, oldest in open_}
    lately = mine & (_T.c.state == "marked") & (_T.c.finished > now - HOUR)
    marked = sa.select(sa.func.count()).select_from(_T.join(_S, _S.c.id == _T.c.submission_id)).where(lately)
    return Standing(
        waiting=by_state.get("waiting", (0, None))[0],
        running=by_state.get("running", (0, None))[0],
        oldest=by_state.get("waiting", (0, None))[1],
        marked_in_an_hour=int(connection.execute(marked).scalar_one()),
        usual_seconds=gradings.usual_seconds(connection),
        failed=_failed(connection, course),
        paused=courses.paused(connection, course),
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Totals:
    """How many gradings of all courses wait, run and have failed, and since when the oldest waits."""

    numbers: Mapping[str, int]
    oldest: datetime.datetime | None


def totals(connection: sa.Connection) -> Totals:
    """The queue of all courses together."""
    mine = _T.c.current.is_(True) & _T.c.state.in_(OPEN)
    counts = sa.select(_T.c.state, sa.func.count(), sa.func.min(_T.c.queued)).where(mine)
    rows = {row[0]: row for row in connection.execute(counts.group_by(_T.c.state))}
    numbers = {state: int(rows[state][1]) if state in rows else 0 for state in OPEN}
    return Totals(numbers=numbers, oldest=rows["waiting"][2] if "waiting" in rows else None)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Retried:
    """A grading that failed, of which hand-in, and from which release that was made."""

    id: int
    public: str
    release_id: int
    submission_id: int


def retry(
    db: database.Database,
    blobs: blobs_store.Blobs,
    course: model.Course,
    submission: str | None,
    queue: port.Queue,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> int:
    """Have failed gradings run once more, each by the newest release with its tasks: that of one hand-in, or
    all; how many.

    Raises:
        UserError: no grading of this hand-in failed.
    """
    with db.read() as connection:
        found = _to_retry(connection, course, submission)
        if submission is not None and not found:
            message = f"No grading of {submission[:40]!r} failed, so there is none to run once more."
            raise errors.UserError(message, code="not-found")
        # What a release asks is read from its files: once for all of its work, before anybody has to wait.
        of_release = {row.release_id: row.submission_id for row in found}
        fitting = {
            own: regrade.fitting(connection, blobs, submissions.by_id(connection, one))
            for own, one in of_release.items()
        }
    with db.write() as connection:
        # What was graded meanwhile is left alone.
        failed = [row for row in _to_retry(connection, course, submission) if row.release_id in fitting]
        for row in failed:
            gradings.once_more(connection, row.id, fitting[row.release_id], now=now)
            journal.append(
                connection, "grading.retried", row.public, now=now, actor_id=by.id, course_id=course.id
            )
        queue.announce(connection, gradings.KIND, number=len(failed))
    return len(failed)


def _to_retry(connection: sa.Connection, course: model.Course, submission: str | None) -> list[_Retried]:
    """The gradings of a course that failed, or that of one hand-in, with the release it was made from."""
    wanted = _T.c.current.is_(True) & (_T.c.state == "failed") & _of(course)
    if submission is not None:
        wanted &= _S.c.public == submission
    query = sa.select(_T.c.id, _S.c.public, _S.c.release_id, _T.c.submission_id)
    rows = connection.execute(query.join(_S, _S.c.id == _T.c.submission_id).where(wanted))
    return [_Retried(**row._mapping) for row in rows]


def pause(
    connection: sa.Connection, course: model.Course, *, by: model.Person, now: datetime.datetime
) -> None:
    """Grade nothing more of a course; what runs is finished."""
    if courses.paused(connection, course) is None:
        courses.pause(connection, course, since=now)
        _note(connection, "course.paused", course, by, now)


def resume(
    connection: sa.Connection,
    course: model.Course,
    queue: port.Queue,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """Grade what waits."""
    if courses.paused(connection, course) is not None:
        courses.pause(connection, course, since=None)
        _note(connection, "course.resumed", course, by, now)
        queue.announce(connection, gradings.KIND, number=standing(connection, course, now=now).waiting)


def _note(
    connection: sa.Connection, kind: str, course: model.Course, by: model.Person, now: datetime.datetime
) -> None:
    journal.append(connection, kind, course.public, now=now, actor_id=by.id, course_id=course.id)


def _of(course: model.Course) -> sa.ColumnElement[bool]:
    """Hand-ins of the course."""
    return _S.c.lesson_id.in_(sa.select(_L.c.id).where(_L.c.course_id == course.id))


def _failed(connection: sa.Connection, course: model.Course) -> tuple[Failed, ...]:
    rows = connection.execute(
        sa.select(_T.c.id, _S.c.public, _L.c.slug, _P.c.username)
        .join(_S, _S.c.id == _T.c.submission_id)
        .join(_L, _L.c.id == _S.c.lesson_id)
        .join(_P, _P.c.id == _S.c.person_id)
        .where((_L.c.course_id == course.id) & _T.c.current.is_(True) & (_T.c.state == "failed"))
        .order_by(_T.c.finished.desc(), _T.c.id.desc())
        .limit(MOST)
    ).all()
    return tuple(_one(gradings.by_id(connection, row.id), row.public, row.slug, row.username) for row in rows)


def _one(grading: gradings.Grading, submission: str, lesson: str, username: str) -> Failed:
    return Failed(
        submission=submission,
        lesson=lesson,
        username=username,
        reason=gradings.for_staff(grading),
        finished=grading.finished or grading.queued,
    )
