"""The tables of marks: what the machine gave, and what a person gave over it. A machine mark never replaces a
person's.
"""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.exchange import model
from courseware.grading import gradings, mark_changes, pipeline
from courseware.store import database, journal, schema

_M, _O = schema.mark, schema.mark_override
MAX_COMMENT, MAX_REASON = 20_000, 2_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Score:
    """What one exercise of a submission is worth; `score` is None while a person has to look.

    `source` is `machine` or `person`; `machine` is what the machine gave, whoever's holds; `version` counts a
    person's changes, so that two graders do not overwrite each other. What its author sees before the due
    date can be `withheld`; `part` is then the verdict on the part of the test that students have.
    """

    notebook: str
    key: str
    points: float
    score: float | None
    needs_person: bool
    verdict: str
    test_mode: str
    hint: str
    source: str
    comment: str
    version: int
    machine: float | None = None
    withheld: bool = False
    part: str = ""


Row = Mapping[str, Any]
"""A machine's mark as it is stored, without whose it is."""
_ROW = ("notebook", "exercise", "points", "score", "needs_person", "verdict", "test_mode", "hint")


def rows(results: Iterable[pipeline.Result], hints: Mapping[tuple[str, str], str]) -> list[Row]:
    """The machine's marks of a submission; `hints` by notebook and key."""
    return [
        {
            "notebook": result.notebook,
            "exercise": key,
            "points": mark.points,
            "score": mark.auto_score,
            "needs_person": mark.needs_person,
            "verdict": mark.verdict,
            "test_mode": result.modes.get(key, "in-process"),
            "hint": hints.get((result.notebook, key), ""),
        }
        for result in results
        for key, mark in result.marks.items()
    ]


def save(
    connection: sa.Connection,
    grading: gradings.Grading,
    given: Iterable[Row],
    *,
    now: datetime.datetime,
    why: mark_changes.Why = mark_changes.BY_ITSELF,
) -> bool:
    """Write the machine's marks of a submission in place of earlier ones, and in their history `why`. True
    if what the submission is worth has changed.
    """
    before = _worth(connection, grading.submission_id)
    connection.execute(_M.delete().where(_M.c.submission_id == grading.submission_id))
    made = [{**row, "submission_id": grading.submission_id, "grading_id": grading.id} for row in given]
    if made:
        connection.execute(_M.insert(), made)
    after = _worth(connection, grading.submission_id)
    mark_changes.note(
        connection,
        [
            mark_changes.Change(
                submission_id=grading.submission_id,
                notebook=place[0],
                key=place[1],
                before=before[place][0],
                after=score,
                reason=why.reason,
                by=why.by,
                at=now,
            )
            for place, (score, _) in after.items()
            if place in before and before[place][0] != score
        ],
    )
    return after != before


def by_grading(connection: sa.Connection, grading: gradings.Grading) -> list[Row]:
    """The machine's marks that a grading gave and that stand."""
    mine = (_M.c.submission_id == grading.submission_id) & (_M.c.grading_id == grading.id)
    wanted = sa.select(*(_M.c[name] for name in _ROW)).where(mine).order_by(_M.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _worth(
    connection: sa.Connection, submission_id: int
) -> dict[tuple[str, str], tuple[float | None, float]]:
    """Points and maximum of each exercise."""
    return {place: (s.score, s.points) for place, s in of_submission(connection, submission_id).items()}


def of_submission(connection: sa.Connection, submission_id: int) -> dict[tuple[str, str], Score]:
    """The marks of a submission by (notebook, key)."""
    persons = {
        (row.notebook, row.exercise): row
        for row in connection.execute(sa.select(_O).where(_O.c.submission_id == submission_id))
    }
    rows = connection.execute(sa.select(_M).where(_M.c.submission_id == submission_id))
    return {
        (row.notebook, row.exercise): _score(row, persons.get((row.notebook, row.exercise))) for row in rows
    }


def of_lessons(
    connection: sa.Connection, lesson_ids: Collection[int], wanted: Collection[int]
) -> dict[int, dict[tuple[str, str], Score]]:
    """The marks of submissions of these lessons, by the submission's key, those that are wanted; each as
    `of_submission` tells it.
    """
    of = sa.select(schema.submission.c.id).where(schema.submission.c.lesson_id.in_(lesson_ids))
    persons = {
        (row.submission_id, row.notebook, row.exercise): row
        for row in connection.execute(sa.select(_O).where(_O.c.submission_id.in_(of)))
    }
    found: dict[int, dict[tuple[str, str], Score]] = {}
    for row in connection.execute(sa.select(_M).where(_M.c.submission_id.in_(of))):
        if row.submission_id in wanted:
            over = persons.get((row.submission_id, row.notebook, row.exercise))
            found.setdefault(row.submission_id, {})[row.notebook, row.exercise] = _score(row, over)
    return found


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """The points that a submission was given, and whether a person still has to mark some of it."""

    points: float
    needs_person: bool


def sums(
    connection: sa.Connection, lesson_ids: Collection[int], people: Collection[int] | None
) -> dict[int, Sum]:
    """The sums of the marks of what was handed in for these lessons, by everybody or some people, by the
    submission's key; what has no marks yet has none. The database adds, so that a class is one statement.
    """
    same = (_O.c.submission_id == _M.c.submission_id) & (_O.c.notebook == _M.c.notebook)
    over = same & (_O.c.exercise == _M.c.exercise)
    waits = sa.case((_M.c.needs_person & _O.c.score.is_(None), 1), else_=0)
    given = sa.func.sum(sa.func.coalesce(_O.c.score, _M.c.score, 0.0))
    work = schema.submission
    query = sa.select(_M.c.submission_id, given, sa.func.max(waits)).select_from(
        _M.join(work, work.c.id == _M.c.submission_id).outerjoin(_O, over)
    )
    query = query.where(work.c.lesson_id.in_(lesson_ids))
    if people is not None:
        query = query.where(work.c.person_id.in_(people))
    rows = connection.execute(query.group_by(_M.c.submission_id)).all()
    return {key: Sum(points=points, needs_person=bool(wait)) for key, points, wait in rows}


def by_persons(
    connection: sa.Connection, lesson_ids: Collection[int]
) -> dict[int, dict[tuple[str, str], float]]:
    """The points that people gave in these lessons, by the submission's key and (notebook, key)."""
    of = sa.select(schema.submission.c.id).where(schema.submission.c.lesson_id.in_(lesson_ids))
    found: dict[int, dict[tuple[str, str], float]] = {}
    for row in connection.execute(sa.select(_O).where(_O.c.submission_id.in_(of) & _O.c.score.is_not(None))):
        found.setdefault(row.submission_id, {})[row.notebook, row.exercise] = row.score
    return found


def _score(row: sa.Row[Any], over: sa.Row[Any] | None) -> Score:
    """A machine's mark with what a person gave over it."""
    given = over is not None and over.score is not None
    return Score(
        notebook=row.notebook,
        key=row.exercise,
        points=row.points,
        score=over.score if over is not None and given else row.score,
        needs_person=row.needs_person and not given,
        verdict=row.verdict,
        test_mode=row.test_mode,
        hint=row.hint,
        source="person" if given else "machine",
        comment=over.comment if over is not None else "",
        version=over.version if over is not None else 0,
        machine=row.score,
    )


def release_of(connection: sa.Connection, submission_id: int) -> int | None:
    """The release whose tests gave the marks of a submission; None before it has any."""
    given = sa.select(schema.grading.c.release_id).join(_M, _M.c.grading_id == schema.grading.c.id)
    found = connection.execute(given.where(_M.c.submission_id == submission_id).limit(1)).scalar()
    return int(found) if found is not None else None


def releases_of(connection: sa.Connection, lesson_ids: Collection[int]) -> dict[int, int]:
    """The releases whose tests marked the submissions of these lessons, by the submission's key."""
    of = sa.select(schema.submission.c.id).where(schema.submission.c.lesson_id.in_(lesson_ids))
    given = sa.select(_M.c.submission_id, schema.grading.c.release_id).distinct()
    rows = connection.execute(
        given.join(schema.grading, _M.c.grading_id == schema.grading.c.id).where(_M.c.submission_id.in_(of))
    )
    return {row.submission_id: row.release_id for row in rows}


def put_by_person(
    connection: sa.Connection,
    submission: model.Submission,
    place: tuple[str, str],
    *,
    score: float | None,
    comment: str,
    by: course_model.Person,
    now: datetime.datetime,
    version: int | None = None,
    reason: str = "",
) -> None:
    """Give a mark and a comment by hand, and say to other staff why; without a score the machine's mark holds
    again. `version` is the one that the person saw.

    Raises:
        UserError: no such exercise, points out of range, or somebody else changed it meanwhile.
    """
    database.lock(connection, f"mark {submission.id}")
    current = of_submission(connection, submission.id).get(place)
    if current is None:
        raise errors.UserError(
            f"The hand-in has no exercise {place[1]!r} that has been looked at yet.", code="not-found"
        )
    _check(place, current, score, comment, reason)
    if version is not None and version != current.version:
        raise errors.UserError("Somebody else has marked this meanwhile. Load it again.", code="precondition")
    mine = (_O.c.submission_id == submission.id) & (_O.c.notebook == place[0]) & (_O.c.exercise == place[1])
    values = {"score": score, "comment": comment, "marked_by": by.id, "marked": now}
    changed = connection.execute(_O.update().where(mine).values(**values, version=_O.c.version + 1))
    if changed.rowcount == 0:
        where = {"submission_id": submission.id, "notebook": place[0], "exercise": place[1]}
        connection.execute(_O.insert().values(**values, **where, version=1))
    change = mark_changes.Change(
        submission_id=submission.id,
        notebook=place[0],
        key=place[1],
        before=current.score,
        after=of_submission(connection, submission.id)[place].score,
        reason=reason,
        by=by.id,
        at=now,
    )
    mark_changes.note(connection, [change])
    data = {"notebook": place[0], "exercise": place[1], "score": score}
    journal.append(connection, "mark.given", submission.public, now=now, actor_id=by.id, data=data)


def bring(
    connection: sa.Connection,
    submission: model.Submission,
    place: tuple[str, str],
    *,
    score: float | None,
    comment: str,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Write what a person gave in another system, extra points too; nobody is told as if it were new."""
    where = {"submission_id": submission.id, "notebook": place[0], "exercise": place[1]}
    given = {"score": score, "comment": comment[:MAX_COMMENT], "marked_by": by.id, "marked": now}
    connection.execute(_O.insert().values(**where, **given, version=1))


def _check(place: tuple[str, str], current: Score, score: float | None, comment: str, reason: str) -> None:
    """Refuse points out of range and texts that are too long."""
    if score is not None and not 0 <= score <= current.points:
        raise errors.UserError(f"The points for {place[1]} must be from 0 to {current.points:g}.")
    if len(comment) > MAX_COMMENT:
        raise errors.UserError(
            f"The comment has {len(comment):,} characters; at most {MAX_COMMENT:,} are kept.",
            code="too-large",
        )
    if len(reason) > MAX_REASON:
        raise errors.UserError(
            f"The reason has {len(reason):,} characters; at most {MAX_REASON:,} are kept.", code="too-large"
        )


def given_before(
    connection: sa.Connection, submission_id: int, moment: datetime.datetime, *, until: datetime.datetime
) -> frozenset[tuple[str, str]]:
    """The exercises, by (notebook, key), that a person had given a mark at an earlier moment. What is
    counted is changes: one that gave only a comment counts as a mark.
    """
    changed = {
        (row.notebook, row.exercise): (row.marked, row.version)
        for row in connection.execute(sa.select(_O).where(_O.c.submission_id == submission_id))
    }
    before = {place for place, (marked, _) in changed.items() if marked <= moment}
    doubtful = {place: n for place, (marked, n) in changed.items() if marked > moment and n > 1}
    if doubtful:
        public = connection.execute(
            sa.select(schema.submission.c.public).where(schema.submission.c.id == submission_id)
        ).scalar_one()
        for entry in journal.after(connection, ("mark.given",), moment, until=until):
            place = (entry.data["notebook"], entry.data["exercise"])
            if entry.subject == public and place in doubtful:
                doubtful[place] -= 1
        before |= {place for place, left in doubtful.items() if left > 0}
    return frozenset(before)


def marked_people(connection: sa.Connection, lesson_id: int, keys: Collection[str]) -> dict[str, int]:
    """How many people have a mark for these exercises of a lesson, the machine's or a person's."""
    work = schema.submission
    same = (_O.c.submission_id == _M.c.submission_id) & (_O.c.notebook == _M.c.notebook)
    query = sa.select(_M.c.exercise, sa.func.count(sa.distinct(work.c.person_id))).select_from(
        _M.join(work, work.c.id == _M.c.submission_id).outerjoin(_O, same & (_O.c.exercise == _M.c.exercise))
    )
    given = sa.func.coalesce(_O.c.score, _M.c.score).is_not(None)
    query = query.where((work.c.lesson_id == lesson_id) & _M.c.exercise.in_(keys) & given)
    return {key: number for key, number in connection.execute(query.group_by(_M.c.exercise))}


def by_machine(connection: sa.Connection, submission_id: int) -> frozenset[tuple[str, str]]:
    """The exercises, by (notebook, key), that the machine could mark alone."""
    mine = (_M.c.submission_id == submission_id) & _M.c.score.is_not(None) & ~_M.c.needs_person
    rows = connection.execute(sa.select(_M.c.notebook, _M.c.exercise).where(mine))
    return frozenset((row.notebook, row.exercise) for row in rows)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Given:
    """A mark of one exercise and the key of the person who gave it; None where the machine did, or nobody."""

    score: Score
    by: int | None


def of_exercises(
    connection: sa.Connection, lesson_ids: Collection[int], keys: Collection[str]
) -> dict[int, dict[tuple[str, str], Given]]:
    """The marks of these exercises alone, of all submissions of these lessons, by the submission's key: what
    a queue of answers needs, however many exercises the lessons have.
    """
    of = sa.select(schema.submission.c.id).where(schema.submission.c.lesson_id.in_(lesson_ids))
    persons = {
        (row.submission_id, row.notebook, row.exercise): row
        for row in connection.execute(
            sa.select(_O).where(_O.c.submission_id.in_(of) & _O.c.exercise.in_(keys))
        )
    }
    found: dict[int, dict[tuple[str, str], Given]] = {}
    rows = connection.execute(sa.select(_M).where(_M.c.submission_id.in_(of) & _M.c.exercise.in_(keys)))
    for row in rows:
        over = persons.get((row.submission_id, row.notebook, row.exercise))
        by = over.marked_by if over is not None and over.score is not None else None
        found.setdefault(row.submission_id, {})[row.notebook, row.exercise] = Given(
            score=_score(row, over), by=by
        )
    return found
