"""The tables of marks that were given to many answers at once, so that one can undo that.

In: answers that are alike, and a mark; or a comment, where a machine has marked them. Out: each has a mark
record of its own. An answer that somebody has marked since it was looked at is left out, and so is, when all
is undone, one that was marked anew meanwhile. What had been written at an answer before is kept, and stands
there again after an undo.
"""

import dataclasses
import datetime
from collections.abc import Iterable

import sqlalchemy as sa

from courseware import errors
from courseware.course import duties
from courseware.course import model as course_model
from courseware.exchange import model, submissions
from courseware.grading import rubrics, scores
from courseware.store import ids, journal, schema, schema_review

_T, _M, _S = schema_review.review_batch, schema_review.review_batch_member, schema.submission
Place = tuple[str, str]
Members = tuple[tuple[model.Submission, int], ...]
SHOWN = 10
BEYOND = (
    "Among these are marks of students whom you do not look after. Ask who gave them, or somebody who looks "
    "after the whole class."
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Batch:
    """Marks that were given at once."""

    id: str
    by: int
    made: datetime.datetime
    ended: datetime.datetime | None
    marks: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """The mark that all of them get, and the hand-ins, each with the version of its mark that was seen."""

    items: frozenset[str]
    score: float
    comment: str
    members: Members


def give(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    place: Place,
    wish: Wish,
    *,
    seen: rubrics.Rubric,
    by: course_model.Person,
    now: datetime.datetime,
) -> tuple[model.Submission, ...]:
    """Mark the answers that still wait as they were seen, by the rubric that was seen; which these are.

    Raises:
        UserError: the points are out of range, or none of them waits any more.
    """
    rubrics.lock(connection, lesson.id)
    given = scores.of_exercises(connection, [lesson.id], [place[1]])
    marked = []
    for work, version in wish.members:
        known = given.get(work.id, {}).get(place)
        if known is None or not known.score.needs_person or known.score.version != version:
            continue
        one = rubrics.Wish(items=wish.items, score=wish.score, comment=wish.comment, version=version)
        rubrics.give(connection, work, place, one, seen=seen, by=by, now=now)
        marked.append((work, version + 1, known.score.comment))
    if not marked:
        raise errors.UserError(
            "None of these answers still waits to be marked. Load the page again.", code="conflict"
        )
    _keep(connection, lesson, place, marked, by=by, now=now)
    return tuple(work for work, _, _ in marked)


def answer(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    place: Place,
    comment: str,
    members: Members,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> tuple[model.Submission, ...]:
    """Write a comment at the machine's marks that are still as they were seen, and have none; the points
    stay. Which these are.

    Raises:
        UserError: there is no comment, it is too long, or all of them have one by now.
    """
    if not comment.strip():
        raise errors.UserError("Write what each of them reads.")
    rubrics.lock(connection, lesson.id)
    given = scores.of_exercises(connection, [lesson.id], [place[1]])
    answered = []
    for work, version in members:
        known = given.get(work.id, {}).get(place)
        if known is None or not answerable(known.score) or known.score.version != version:
            continue
        scores.put_by_person(
            connection, work, place, score=None, comment=comment, by=by, now=now, version=version
        )
        answered.append((work, version + 1, ""))
    if not answered:
        raise errors.UserError(
            "Each of these has a comment or another mark by now. Load the page again.", code="conflict"
        )
    _keep(connection, lesson, place, answered, by=by, now=now)
    return tuple(work for work, _, _ in answered)


def answerable(score: scores.Score) -> bool:
    """Whether a mark is the machine's and not all that there is, and nobody has said anything to it."""
    by_machine = score.source == "machine" and not score.needs_person
    return by_machine and (score.score or 0.0) < score.points and not score.comment


def _keep(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    place: Place,
    marked: Iterable[tuple[model.Submission, int, str]],
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Write down what was marked at once: hand-ins, new versions, and the comments from before."""
    public = ids.new("batch")
    told = {"public": public, "lesson_id": lesson.id, "notebook": place[0], "exercise": place[1]}
    made = connection.execute(_T.insert().values(**told, made_by=by.id, created=now))
    (key,) = made.inserted_primary_key or (0,)
    rows = [
        {"review_batch_id": key, "submission_id": work.id, "version": new, "comment": before}
        for work, new, before in marked
    ]
    connection.execute(_M.insert(), rows)
    data = {"notebook": place[0], "exercise": place[1], "batch": public, "marks": len(rows)}
    journal.append(connection, "marks.given-alike", lesson.public, now=now, actor_id=by.id, data=data)


def latest(
    connection: sa.Connection, lesson: course_model.Lesson, place: Place, *, reach: duties.Reach
) -> tuple[Batch, ...]:
    """What was marked at once for an exercise, newest first; not what went beyond `reach`."""
    count = sa.func.count(_M.c.id).label("marks")
    query = (
        sa.select(_T.c.public, _T.c.made_by, _T.c.created, _T.c.ended, count)
        .join(_M, _M.c.review_batch_id == _T.c.id)
        .where(_at(lesson, place) & ~_beyond(reach))
        .group_by(_T.c.id, _T.c.public, _T.c.made_by, _T.c.created, _T.c.ended)
        .order_by(_T.c.id.desc())
        .limit(SHOWN)
    )
    return tuple(
        Batch(id=row.public, by=row.made_by, made=row.created, ended=row.ended, marks=row.marks)
        for row in connection.execute(query)
    )


def undo(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    place: Place,
    public: str,
    *,
    by: course_model.Person,
    reach: duties.Reach,
    now: datetime.datetime,
) -> tuple[model.Submission, ...]:
    """Take the marks back that were given at once and that nobody has changed since; which these are.

    Raises:
        UserError: there is none of this id, it was undone, or somebody outside of `reach` is in it.
    """
    rubrics.lock(connection, lesson.id)
    named = _at(lesson, place) & (_T.c.public == public)
    if connection.execute(sa.select(_T.c.id).where(named & _beyond(reach))).first():
        raise errors.UserError(BEYOND, code="forbidden")
    changed = connection.execute(_T.update().where(named & _T.c.ended.is_(None)).values(ended=now))
    if changed.rowcount == 0:
        raise errors.UserError("This is undone already. Load the page again.", code="not-found")
    query = sa.select(_M.c.submission_id, _M.c.version, _M.c.comment).join(
        _T, _T.c.id == _M.c.review_batch_id
    )
    given = scores.of_exercises(connection, [lesson.id], [place[1]])
    back = []
    for row in connection.execute(query.where(_T.c.public == public)).all():
        known = given.get(row.submission_id, {}).get(place)
        if known is None or known.score.version != row.version:
            continue
        work = submissions.by_id(connection, row.submission_id)
        scores.put_by_person(
            connection, work, place, score=None, comment=row.comment, by=by, now=now, version=row.version
        )
        back.append(work)
    data = {"notebook": place[0], "exercise": place[1], "batch": public, "marks": len(back)}
    journal.append(connection, "marks.taken-back", lesson.public, now=now, actor_id=by.id, data=data)
    return tuple(back)


def _beyond(reach: duties.Reach) -> sa.ColumnElement[bool]:
    """That somebody whom the asking person does not look after is among those who were marked."""
    if reach.people is None:
        return sa.false()
    members = sa.select(_M.c.id).join(_S, _S.c.id == _M.c.submission_id)
    outside = (_M.c.review_batch_id == _T.c.id) & _S.c.person_id.not_in(reach.people)
    return sa.exists(members.where(outside).correlate(_T))


def _at(lesson: course_model.Lesson, place: Place) -> sa.ColumnElement[bool]:
    return (_T.c.lesson_id == lesson.id) & (_T.c.notebook == place[0]) & (_T.c.exercise == place[1])
