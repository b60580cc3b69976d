"""The tables of rubrics: what points are given for, and what was given so.

In: items with points, and which of them hold for an answer. Out: the points of answers: those of its items
together, within what the exercise has, and an adjustment beside them. Every change of a rubric is a version
of its own and changes, in the same transaction, each mark that was given with it. Refused: a change of a
version that is no more the newest, because somebody else has changed the rubric meanwhile. A mark that was
given otherwise since is left alone.
"""

import dataclasses
import datetime
import json
import re
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import duties
from courseware.course import model as course_model
from courseware.exchange import model, submissions
from courseware.grading import scores
from courseware.store import database, ids, journal, schema, schema_review

_T, _U, _S = schema_review.rubric, schema_review.rubric_use, schema.submission
Place = tuple[str, str]
MOST, MAX_TEXT, MAX_POINTS = 40, 500, 10_000
NO_MARK = "This answer is not to be marked any more: a new grading left it out, or its author is gone."
CHANGED = "Somebody else has changed this rubric meanwhile. Compare it with yours below and save again."
BEYOND = (
    "This would change marks of students whom you do not look after. Ask somebody who looks after the whole "
    "class to change the rubric."
)

EDITED = "The rubric was changed."
"""What the history of a mark says of one that changed with its rubric."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Item:
    """What points are given or taken for."""

    id: str
    text: str
    points: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rubric:
    """The items of an exercise; version 0 is that there is none yet."""

    version: int
    items: tuple[Item, ...]
    by: int | None = None
    made: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Use:
    """What a mark was given for; `version` is the mark's."""

    items: frozenset[str]
    adjustment: float
    version: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """What another rubric makes of a mark."""

    submission_id: int
    before: float
    after: float
    comment: str
    use: Use


def worth(items: Sequence[Item], used: Collection[str], *, adjustment: float, most: float) -> float:
    """The points of an answer."""
    total = sum(each.points for each in items if each.id in used)
    return _within(_within(total, most) + adjustment, most)


def _within(points: float, most: float) -> float:
    return round(min(max(points, 0.0), most), 6)


def _alike(one: float, other: float) -> bool:
    """Whether nobody who reads them sees a difference: pages show hundredths."""
    return abs(one - other) < 1e-5 or round(one, 2) == round(other, 2)


def current(connection: sa.Connection, lesson: course_model.Lesson, place: Place) -> Rubric:
    """The rubric that holds."""
    return _current(connection, lesson.id, place)


def _current(connection: sa.Connection, lesson_id: int, place: Place) -> Rubric:
    row = connection.execute(_versions(lesson_id, place).limit(1)).one_or_none()
    return _rubric(row) if row else Rubric(version=0, items=())


def history(connection: sa.Connection, lesson: course_model.Lesson, place: Place) -> tuple[Rubric, ...]:
    """What the rubric was, newest first."""
    return tuple(map(_rubric, connection.execute(_versions(lesson.id, place).limit(50))))


def seen(connection: sa.Connection, lesson: course_model.Lesson, place: Place, version: str) -> Rubric:
    """The rubric that somebody had before them, as their form names it; else the one that holds."""
    number = int(version) if re.fullmatch(r"[1-9][0-9]{0,8}", version) else 0
    asked = _versions(lesson.id, place).where(_T.c.version == number)
    row = connection.execute(asked).one_or_none()
    return _rubric(row) if row else current(connection, lesson, place)


def _versions(lesson_id: int, place: Place) -> sa.Select[Any]:
    here = (_T.c.lesson_id == lesson_id) & (_T.c.notebook == place[0]) & (_T.c.exercise == place[1])
    return sa.select(_T).where(here).order_by(_T.c.version.desc())


def _rubric(row: sa.Row[Any]) -> Rubric:
    return Rubric(
        version=row.version,
        items=tuple(Item(**each) for each in json.loads(row.listed)),
        by=row.made_by,
        made=row.created,
    )


def uses(connection: sa.Connection, lesson: course_model.Lesson, place: Place) -> dict[int, Use]:
    """What the marks of an exercise were given for, by the key of the submission."""
    query = (
        sa.select(_U)
        .join(_S, _S.c.id == _U.c.submission_id)
        .where((_S.c.lesson_id == lesson.id) & (_U.c.notebook == place[0]) & (_U.c.exercise == place[1]))
    )
    return {row.submission_id: _use(row) for row in connection.execute(query)}


def use_of(connection: sa.Connection, submission: model.Submission, place: Place) -> Use | None:
    """What the mark of one answer was given for."""
    row = connection.execute(sa.select(_U).where(_mine(submission.id, place))).one_or_none()
    return _use(row) if row else None


def _use(row: sa.Row[Any]) -> Use:
    return Use(items=frozenset(json.loads(row.used)), adjustment=row.adjustment, version=row.version)


def _mine(submission_id: int, place: Place) -> sa.ColumnElement[bool]:
    return (_U.c.submission_id == submission_id) & (_U.c.notebook == place[0]) & (_U.c.exercise == place[1])


def effects(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    place: Place,
    items: Sequence[Item],
    *,
    reach: duties.Reach,
) -> tuple[Change, ...]:
    """Which marks these items would change, and to what.

    Raises:
        UserError: a mark of somebody whom the asking person does not look after is among them.
    """
    given = scores.of_exercises(connection, [lesson.id], [place[1]])
    found = []
    for key, use in uses(connection, lesson, place).items():
        mark = given.get(key, {}).get(place)
        if mark is None or mark.score.version != use.version or mark.score.score is None:
            continue
        after = worth(items, use.items, adjustment=use.adjustment, most=mark.score.points)
        if not _alike(after, mark.score.score):
            found.append(
                Change(
                    submission_id=key,
                    before=mark.score.score,
                    after=after,
                    comment=mark.score.comment,
                    use=use,
                )
            )
    changed = _S.c.id.in_([each.submission_id for each in found])
    whose = connection.execute(sa.select(_S.c.person_id).where(changed).distinct()).scalars()
    if not all(reach.covers(lesson.id, person_id) for person_id in whose):
        raise errors.UserError(BEYOND, code="forbidden")
    return tuple(found)


def lock(connection: sa.Connection, lesson_id: int) -> None:
    """Hold the rubrics of a lesson, and what marks are given by them, until the transaction ends."""
    database.lock(connection, f"rubric {lesson_id}")


def change(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    place: Place,
    wanted: Sequence[Item],
    *,
    version: int,
    by: course_model.Person,
    reach: duties.Reach,
    now: datetime.datetime,
) -> tuple[model.Submission, ...]:
    """Make these the items, and change the marks that were given with the ones before; the hand-ins whose
    marks changed. An item without an id is a new one.

    Raises:
        UserError: an item is empty or too long, somebody else changed the rubric since `version`, or a mark
            outside of `reach` would change.
    """
    lock(connection, lesson.id)
    if current(connection, lesson, place).version != version:
        raise errors.UserError(CHANGED, code="precondition")
    items = checked(wanted)
    connection.execute(
        _T.insert().values(
            lesson_id=lesson.id,
            notebook=place[0],
            exercise=place[1],
            version=version + 1,
            listed=json.dumps([dataclasses.asdict(each) for each in items]),
            made_by=by.id,
            created=now,
        )
    )
    changed = []
    for each in effects(connection, lesson, place, items, reach=reach):
        work = submissions.by_id(connection, each.submission_id)
        wish = Wish(items=each.use.items, score=each.after, comment=each.comment, version=each.use.version)
        kept = each.use.adjustment
        _give(connection, work, place, wish, adjustment=kept, by=by, now=now, reason=EDITED)
        changed.append(work)
    data = {"notebook": place[0], "exercise": place[1], "version": version + 1, "marks": len(changed)}
    journal.append(connection, "rubric.changed", lesson.public, now=now, actor_id=by.id, data=data)
    return tuple(changed)


def checked(wanted: Sequence[Item]) -> tuple[Item, ...]:
    """The items as they are kept, each with an id.

    Raises:
        UserError: one is empty or too long, has too many points, or there are too many.
    """
    if len(wanted) > MOST:
        raise errors.UserError(f"A rubric has at most {MOST} items. Remove some first.")
    found = []
    for each in wanted:
        text = " ".join(each.text.split())
        if not text:
            raise errors.UserError("An item of the rubric has points and no text. Say what they are for.")
        if len(text) > MAX_TEXT:
            raise errors.UserError(f"An item of a rubric has at most {MAX_TEXT} characters. Shorten it.")
        if not -MAX_POINTS <= each.points <= MAX_POINTS:
            raise errors.UserError("The points of an item must be a number of usual size.")
        found.append(Item(id=each.id or ids.new("rub"), text=text, points=each.points))
    return tuple(found)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """A mark as a grader wants it: the items that hold, the points in all, and the version of the mark that
    they saw.
    """

    items: frozenset[str]
    score: float
    comment: str
    version: int


def give(
    connection: sa.Connection,
    submission: model.Submission,
    place: Place,
    wish: Wish,
    *,
    seen: Rubric,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Give a mark for these items of the rubric that was seen; what its points are more or less than theirs
    is kept beside. A rubric that was changed meanwhile makes of it what it makes of marks given before.

    Raises:
        UserError: as `scores.put_by_person`.
    """
    lock(connection, submission.lesson_id)
    mark = scores.of_submission(connection, submission.id).get(place)
    if mark is None:
        raise errors.UserError(NO_MARK, code="conflict")
    known = frozenset(each.id for each in seen.items) & wish.items
    adjustment = round(wish.score - worth(seen.items, known, adjustment=0.0, most=mark.points), 6)
    score, holds = wish.score, _current(connection, submission.lesson_id, place)
    if holds.version != seen.version:
        score = worth(holds.items, known, adjustment=adjustment, most=mark.points)
    wish = dataclasses.replace(wish, items=known, score=score)
    _give(connection, submission, place, wish, adjustment=adjustment, by=by, now=now)


def _give(
    connection: sa.Connection,
    submission: model.Submission,
    place: Place,
    wish: Wish,
    *,
    adjustment: float,
    by: course_model.Person,
    now: datetime.datetime,
    reason: str = "",
) -> None:
    """Write the mark, and what it was given for."""
    scores.put_by_person(
        connection,
        submission,
        place,
        score=wish.score,
        comment=wish.comment,
        by=by,
        now=now,
        version=wish.version,
        reason=reason,
    )
    told = {"used": json.dumps(sorted(wish.items)), "adjustment": adjustment, "version": wish.version + 1}
    changed = connection.execute(_U.update().where(_mine(submission.id, place)).values(**told))
    if changed.rowcount == 0:
        where = {"submission_id": submission.id, "notebook": place[0], "exercise": place[1]}
        connection.execute(_U.insert().values(**told, **where))
