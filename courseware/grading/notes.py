"""The table of notes that who marks puts at a cell of a hand-in, at all of it or at a line.

In: the text, in Markdown, the cell as `notebook.places` calls it, which for an exercise is its key, and the
line. Out: the notes of a cell, in the order of its lines. One that was taken away stays in the table and can
be brought back. The same note of the same person is put once. Refused: an empty text, one that is too long,
a line that the cell does not have, more notes than anybody reads.
"""

import dataclasses
import datetime
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.exchange import model
from courseware.store import database, ids, journal, schema_review

_T = schema_review.review_note
MOST, MAX_BODY = 100, 20_000
Place = tuple[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Note:
    """What stands at a cell; `line` None is all of it, `by` the key of its author."""

    id: str
    notebook: str
    cell: str
    line: int | None
    body: str
    by: int
    ended: datetime.datetime | None


def of_submission(connection: sa.Connection, submission: model.Submission) -> dict[Place, tuple[Note, ...]]:
    """The notes that stand, by (notebook, cell)."""
    query = sa.select(_T).where((_T.c.submission_id == submission.id) & _T.c.ended.is_(None))
    found: dict[Place, tuple[Note, ...]] = {}
    for row in connection.execute(query.order_by(sa.func.coalesce(_T.c.line, 0), _T.c.id)):
        place = (row.notebook, row.exercise)
        found[place] = (*found.get(place, ()), _note(row))
    return found


def last_ended(connection: sa.Connection, submission: model.Submission, notebook: str) -> Note | None:
    """The note of a notebook that was taken away last, which can be brought back."""
    mine = (_T.c.submission_id == submission.id) & (_T.c.notebook == notebook)
    query = sa.select(_T).where(mine & _T.c.ended.is_not(None))
    row = connection.execute(query.order_by(_T.c.ended.desc()).limit(1)).one_or_none()
    return _note(row) if row else None


def put(
    connection: sa.Connection,
    submission: model.Submission,
    place: Place,
    *,
    line: int | None,
    lines: int,
    body: str,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Put a note at a cell that has so many `lines`, 0 where the hand-in lacks it.

    Raises:
        UserError: it is empty or too long, the line is none, or there are too many.
    """
    database.lock(connection, f"notes {submission.id}")
    known = of_submission(connection, submission).get(place, ())
    if not body.strip():
        raise errors.UserError("The note is empty. Write what it says.")
    if len(body) > MAX_BODY:
        raise errors.UserError(f"A note has at most {MAX_BODY:,} characters. Shorten it.", code="too-large")
    if line is not None and not 1 <= line <= lines:
        raise errors.UserError(
            f"The cell has no line {line}: its last is {lines}. Name another one, or none."
            if lines
            else "The cell is not in the hand-in, so it has no lines. Leave the line empty."
        )
    if len(known) >= MOST:
        raise errors.UserError(f"A cell has at most {MOST} notes. Take one away first.", code="conflict")
    if any((each.line, each.body, each.by) == (line, body, by.id) for each in known):
        return
    public = ids.new("note")
    connection.execute(
        _T.insert().values(
            public=public,
            submission_id=submission.id,
            notebook=place[0],
            exercise=place[1],
            line=line,
            body=body,
            made_by=by.id,
            created=now,
        )
    )
    _told(connection, submission, place, public, "put", by=by, now=now)


def end(
    connection: sa.Connection,
    submission: model.Submission,
    public: str,
    *,
    ended: bool,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Take a note away, or bring it back.

    Raises:
        UserError: it is not in this hand-in.
    """
    mine = (_T.c.submission_id == submission.id) & (_T.c.public == public)
    row = connection.execute(sa.select(_T.c.notebook, _T.c.exercise).where(mine)).one_or_none()
    if row is None:
        raise errors.UserError(
            "There is no such note in this hand-in. Load the page again.", code="not-found"
        )
    connection.execute(_T.update().where(mine).values(ended=now if ended else None))
    place, what = (row.notebook, row.exercise), "ended" if ended else "back"
    _told(connection, submission, place, public, what, by=by, now=now)


def _told(
    connection: sa.Connection,
    submission: model.Submission,
    place: Place,
    public: str,
    what: str,
    *,
    by: course_model.Person,
    now: datetime.datetime,
) -> None:
    """Write down that it was done."""
    data = {"notebook": place[0], "exercise": place[1], "note": public, "what": what}
    journal.append(connection, "mark.noted", submission.public, now=now, actor_id=by.id, data=data)


def _note(row: sa.Row[Any]) -> Note:
    return Note(
        id=row.public,
        notebook=row.notebook,
        cell=row.exercise,
        line=row.line,
        body=row.body,
        by=row.made_by,
        ended=row.ended,
    )
