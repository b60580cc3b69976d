"""The gradebook: people by lessons, a page of people at a time.

In: the students of a course in the order in which they are to stand, and which of them and by what order they
are wanted. Out: rows with a cell for each lesson. Ordered as they came, only the page's own people are read;
by points, or narrowed to what is missing, late or needs a look, the whole class is read without a word of its
files, and added up by the database. A cell tells what `grades.of_class` tells of the same work.
"""

import dataclasses
import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

import sqlalchemy as sa

from courseware.course import dates, late, lessons, model, people
from courseware.exchange import releases, submissions
from courseware.grading import gradings, lesson_marks, scores, worth

AT_ONCE = 50
Only = Literal["", "missing", "late", "look"]
NAME, TOTAL = "Name", "Total"
"""Orders that are no lesson's: slugs have no capital letters."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """`only` people of whom something is so in one of the lessons; `order` is `NAME` (as they came), `TOTAL`
    or the slug of a lesson; `page` counts from 1.
    """

    only: Only = ""
    order: str = NAME
    down: bool = False
    page: int = 1


class Cell(NamedTuple):
    """The hand-in that counts: its points after `percent` were taken off for being late, None before it was
    marked, and how it stands with it. Where staff set what the lesson is worth (`is_set`), the points are
    those, also of nothing: there the hand-in has no name.
    """

    submission: str
    score: float | None
    percent: float
    late_seconds: int
    state: gradings.State
    needs_person: bool
    is_set: bool = False

    @property
    def settled(self) -> float | None:
        """The points; None while a person still has to mark some of them."""
        return None if self.needs_person and not self.is_set else self.score

    @property
    def look(self) -> bool:
        """Whether somebody of staff has to look."""
        return self.needs_person or self.state == "failed"


_NOTHING = Cell(submission="", score=None, percent=0.0, late_seconds=0, state="marked", needs_person=False)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One person: cells by key of the lesson, and the lessons that are due, were not handed in, and for which
    staff set no mark either.
    """

    member: model.Member
    cells: Mapping[int, Cell]
    missing: frozenset[int]

    @property
    def total(self) -> float | None:
        """The sum of all points; None where there are none."""
        given = [each.score for each in self.cells.values() if each.score is not None]
        return sum(given) if given else None

    def has(self, only: Only) -> bool:
        """Whether something of this person is so."""
        if only == "missing":
            return bool(self.missing)
        if only == "late":
            return any(each.late_seconds for each in self.cells.values())
        return not only or any(each.look for each in self.cells.values())


@dataclasses.dataclass(frozen=True, kw_only=True)
class Book:
    """A page of rows; `found` are all that were wanted, on `pages` pages of which this is `page`."""

    lessons: tuple[tuple[model.Lesson, float], ...]
    rows: tuple[Row, ...]
    found: int
    page: int
    pages: int


def columns(connection: sa.Connection, course: model.Course) -> list[tuple[model.Lesson, float]]:
    """The lessons that have marks, with their points."""
    places = lessons.of_course(connection, course)
    newest = releases.in_force_of(connection, [place.id for place in places])
    return [(place, found.points) for place in places if (found := newest.get(place.id)) and found.exercises]


def students(
    connection: sa.Connection, course: model.Course, places: Sequence[tuple[model.Lesson, float]]
) -> list[model.Member]:
    """Who is a student of the course, or was one and has handed something in or has a mark of staff's."""
    found = [each for each in people.members(connection, course) if each.role == "student"]
    gone = [each.person.id for each in found if each.ended is not None]
    keys = [place.id for place, _ in places]
    stay = {each.person_id for each in submissions.briefs(connection, keys, gone)} if gone else set()
    stay |= {person for person, _ in lesson_marks.of_lessons(connection, keys)} if gone else set()
    return [each for each in found if each.ended is None or each.person.id in stay]


def read(
    connection: sa.Connection,
    course: model.Course,
    places: Sequence[tuple[model.Lesson, float]],
    members: Sequence[model.Member],
    wanted: Wanted,
    *,
    now: datetime.datetime,
) -> Book:
    """The page that is wanted; one past the last is the last."""
    if not wanted.only and wanted.order == NAME:
        ordered = members[::-1] if wanted.down else members
        page, pages = _place(wanted.page, len(members))
        some = ordered[(page - 1) * AT_ONCE : page * AT_ONCE]
        rows = _rows(connection, course, places, some, {each.person.id for each in some}, now=now)
        return Book(lessons=tuple(places), rows=tuple(rows), found=len(members), page=page, pages=pages)
    rows = _rows(connection, course, places, members, None, now=now)
    rows = _ordered([row for row in rows if row.has(wanted.only)], places, wanted)
    page, pages = _place(wanted.page, len(rows))
    return Book(
        lessons=tuple(places),
        rows=tuple(rows[(page - 1) * AT_ONCE : page * AT_ONCE]),
        found=len(rows),
        page=page,
        pages=pages,
    )


def everybody(
    connection: sa.Connection,
    course: model.Course,
    places: Sequence[tuple[model.Lesson, float]],
    members: Sequence[model.Member],
    *,
    now: datetime.datetime,
) -> list[Row]:
    """The rows of all these members, as they came."""
    return _rows(connection, course, places, members, None, now=now)


def _place(page: int, number: int) -> tuple[int, int]:
    """The page that there is, of how many."""
    pages = max(1, -(-number // AT_ONCE))
    return min(max(1, page), pages), pages


def _ordered(rows: list[Row], places: Sequence[tuple[model.Lesson, float]], wanted: Wanted) -> list[Row]:
    """The rows in the order that is wanted; who has no points stands last either way."""
    if wanted.order == NAME:
        return rows[::-1] if wanted.down else rows
    keys = {place.slug: place.id for place, _ in places}

    def points(row: Row) -> float | None:
        if wanted.order == TOTAL:
            return row.total
        cell = row.cells.get(keys.get(wanted.order, 0))
        return cell.score if cell else None

    told = [(points(row), row) for row in rows]
    some = sorted(
        ((score, row) for score, row in told if score is not None),
        key=lambda pair: pair[0],
        reverse=wanted.down,
    )
    return [row for _, row in some] + [row for score, row in told if score is None]


def _rows(
    connection: sa.Connection,
    course: model.Course,
    places: Sequence[tuple[model.Lesson, float]],
    members: Sequence[model.Member],
    some: Collection[int] | None,
    *,
    now: datetime.datetime,
) -> list[Row]:
    """The rows of members; `some` are their keys, None reads everybody's work."""
    listed = [place for place, _ in places]
    ledger = _ledger(connection, course, listed, some, now=now)
    keys = [place.id for place in listed]
    given = scores.sums(connection, keys, some)
    unmarked = gradings.unmarked(connection, keys)
    past = dates.past_due(connection, keys, some, now=now)
    rows = []
    for member in members:
        key = member.person.id
        counting = ledger.of_person(key)
        cells = {}
        for place in keys:
            if place in counting:
                counts, penalty = counting[place]
                state = unmarked.get(counts.id, "marked")
                seconds = ledger.late_seconds(counts)
                cells[place] = _cell(counts, penalty, seconds, given.get(counts.id), state)
            if ledger.set_marks and (found := ledger.set_marks.get((key, place))):
                cells[place] = cells.get(place, _NOTHING)._replace(
                    score=found.points, percent=0.0, is_set=True
                )
        missing = frozenset(each for each in keys if (key, each) in past and each not in cells)
        rows.append(Row(member=member, cells=cells, missing=missing))
    return rows


def _ledger(
    connection: sa.Connection,
    course: model.Course,
    places: Sequence[model.Lesson],
    some: Collection[int] | None,
    *,
    now: datetime.datetime,
) -> worth.Ledger[submissions.Brief]:
    """What decides which work counts and what it loses. Dates decide over late work alone, but where the best
    counts over all: so of most courses few are read.
    """
    wanted = worth.spending(connection, course, places)
    keys = [place.id for place in wanted]
    work = submissions.briefs(connection, keys, some)
    holding = worth.holding(connection, course, wanted, some)
    made = worth.over(connection, course, wanted, work, holding, now=now)
    return worth.with_set_marks(connection, made)


def _cell(
    counts: submissions.Brief,
    penalty: late.Penalty,
    late_seconds: int,
    given: scores.Sum | None,
    state: gradings.State,
) -> Cell:
    """A cell of the hand-in that counts."""
    return Cell(
        submission=counts.public,
        score=penalty.after(given.points) if given else None,
        percent=penalty.percent,
        late_seconds=late_seconds,
        state=state,
        needs_person=given is not None and given.needs_person,
    )
