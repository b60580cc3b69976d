"""The table of marks that staff set for a whole lesson of somebody, in place of what was handed in.

In: points, a comment for the student and a reason for staff. Out: what is set now, and each change with what
the hand-ins said at that time. Rows are only added, and the last one of a person and lesson holds: so no
regrade touches it, and what was taken back can be read. Refused: points out of range, a mark without a
reason, a text that is too long, and a change over one that the sender has not seen.
"""

import dataclasses
import datetime
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import model
from courseware.exchange import releases
from courseware.grading import scores
from courseware.store import database, journal, schema_desk

_T = schema_desk.lesson_mark
KIND = "lesson.mark-set"
"""What the journal calls a change."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mark:
    """What is set for a lesson, out of the points of its newest release (what was handed in may have been
    marked by another one); `by` is the key of who set it.
    """

    points: float
    out_of: float
    comment: str
    reason: str
    by: int
    at: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """What was set at a time, None where it was taken back, and what the hand-ins said then; `number` counts
    the changes, so that two graders do not overwrite each other.
    """

    number: int
    points: float | None
    computed: float | None
    comment: str
    reason: str
    by: int
    at: datetime.datetime

    @property
    def worth(self) -> float | None:
        """What the lesson was worth after it."""
        return self.computed if self.points is None else self.points


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be set, None to take it back; `version` is the number of the change that the sender saw."""

    points: float | None
    comment: str = ""
    reason: str = ""
    version: int = 0


Marks = dict[tuple[int, int], Mark]


def of_lessons(
    connection: sa.Connection, lesson_ids: Collection[int], *, person_id: int | None = None
) -> Marks:
    """What is set in some lessons, of everybody or one person, by their keys (person, lesson)."""
    query = sa.select(_T).where(_T.c.lesson_id.in_(lesson_ids))
    if person_id is not None:
        query = query.where(_T.c.person_id == person_id)
    last = {
        (row.person_id, row.lesson_id): row for row in connection.execute(query.order_by(_T.c.number)).all()
    }
    standing = {place: row for place, row in last.items() if row.points is not None}
    newest = releases.in_force_of(connection, {lesson for _, lesson in standing}) if standing else {}
    return {
        place: Mark(
            points=row.points,
            out_of=newest[place[1]].points if place[1] in newest else row.points,
            comment=row.comment,
            reason=row.reason,
            by=row.set_by,
            at=row.at,
        )
        for place, row in standing.items()
    }


def changes(connection: sa.Connection, lesson_id: int, person_id: int) -> list[Change]:
    """All that was set for somebody in a lesson, oldest first."""
    mine = (_T.c.lesson_id == lesson_id) & (_T.c.person_id == person_id)
    return [_change(row) for row in connection.execute(sa.select(_T).where(mine).order_by(_T.c.number))]


def put(
    connection: sa.Connection,
    lesson: model.Lesson,
    person: model.Person,
    wish: Wish,
    *,
    computed: float | None,
    most: float,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """Set what a lesson of `most` points is worth for somebody, or take it back; `computed` is what the
    hand-ins say.

    Raises:
        UserError: points out of range, no reason, a text too long, or somebody else changed it meanwhile.
    """
    database.lock(connection, f"lesson mark {lesson.id} {person.id}")
    known = changes(connection, lesson.id, person.id)
    number = known[-1].number if known else 0
    if wish.version != number:
        raise errors.UserError(
            "Somebody else has set this mark meanwhile. Load it again.", code="precondition"
        )
    if wish.points is None and not (known and known[-1].points is not None):
        raise errors.UserError("No mark is set for this lesson, so none can be taken back.", code="conflict")
    _check(wish, most)
    values = {"points": wish.points, "comment": wish.comment.strip(), "reason": wish.reason.strip()}
    where = {"lesson_id": lesson.id, "person_id": person.id, "number": number + 1}
    row = {**values, **where, "computed": computed, "set_by": by.id, "at": now}
    connection.execute(_T.insert().values(row))
    journal.append(
        connection,
        KIND,
        lesson.public,
        now=now,
        course_id=lesson.course_id,
        actor_id=by.id,
        data={"person": person.public, "number": number + 1},
    )


def _check(wish: Wish, most: float) -> None:
    """Refuse points out of range, a mark without a reason, and texts that are too long."""
    if wish.points is not None and not 0 <= wish.points <= most:
        raise errors.UserError(f"The points for the lesson must be from 0 to {most:g}.")
    if wish.points is not None and not wish.reason.strip():
        raise errors.UserError("Say why you set the mark: the reason stands in its history.")
    for what, text, longest in (
        ("comment", wish.comment, scores.MAX_COMMENT),
        ("reason", wish.reason, scores.MAX_REASON),
    ):
        if len(text) > longest:
            raise errors.UserError(
                f"The {what} has {len(text):,} characters; at most {longest:,} are kept.", code="too-large"
            )


def _change(row: sa.Row[Any]) -> Change:
    return Change(
        number=row.number,
        points=row.points,
        computed=row.computed,
        comment=row.comment,
        reason=row.reason,
        by=row.set_by,
        at=row.at,
    )
