"""Who did what, as one list for an auditor: uses of rights over others, refusals, and every change of a mark.

In: which course, person, right, time. Out: lines, newest first, a page at a time, and the same as CSV that
a spreadsheet takes for no formula. Uses and refusals are rows of `course.access_records`; marks that changed
are in the journal, and are not written twice for that. Refused: a name of a right or a kind that there is
not, and a place to go on from that this list did not give.
"""

import csv
import dataclasses
import datetime
import difflib
import io
import re
from collections.abc import Sequence
from typing import Any, Literal

import sqlalchemy as sa

from courseware import errors
from courseware.course import access_records, courses, model, people
from courseware.course.permissions import Action, over_others
from courseware.exchange import submissions
from courseware.interchange import spreadsheet
from courseware.store import columns, journal

MARKS: dict[str, str] = {
    "mark.given": "a mark by hand",
    "lesson.mark-set": "a mark of a whole lesson, set or taken back",
    "marks.given-alike": "marks of answers that are alike",
    "marks.taken-back": "marks of answers that are alike, taken back",
    "mark.noted": "a note at an answer",
    "rubric.changed": "a rubric, and marks given with it",
    "submission.marked": "marks by the machine",
    "submission.failed": "marking that failed",
    "submission.chosen": "another hand-in that counts",
    "lesson.regraded": "a lesson graded again",
    "trial.applied": "a dry run applied",
    "trial.undone": "a dry run undone",
    "late-rule.set": "another rule for late work",
    "late-rule.ended": "a rule for late work taken back",
    "exercise.held": "marks of an exercise held",
    "exercise.unheld": "marks of an exercise shown again",
    "marks.released": "marks of a lesson released",
}
"""The kinds of the journal that change a mark or who sees it, in words."""
Outcome = Literal["allowed", "repeated", "refused", "begun", "done"]
"""`repeated` was answered as before, and nothing was done again; of what is `begun` no end is known."""
ON_MACHINE = "on the machine"
COLUMNS = (
    "at",
    "who",
    "role",
    "course",
    "what",
    "action",
    "outcome",
    "status",
    "times",
    "where",
    "how",
    "request",
)
_PLACE = re.compile(r"([0-9]{1,16})-([0-9]{1,4})")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for; `action` is the name of a right or a kind of the journal, empty all of both."""

    course: model.Course | None = None
    person: model.Person | None = None
    action: str = ""
    since: datetime.datetime | None = None
    refused: bool = False
    marks: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that happened. `who` is a user name, empty if the machine did it; with the role `on the
    machine` it is that of the system. `where` are public ids and names of addresses; `how` is the address or
    command.
    """

    at: datetime.datetime
    who: str
    person: str
    role: str
    course: str
    action: str
    what: str
    outcome: Outcome
    status: int | None
    times: int
    where: str
    how: str
    request: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    """Lines, and from where the next page goes on; None on the last one."""

    lines: tuple[Line, ...]
    next: str | None


def known(name: str) -> str:
    """The name of a right or kind as it is written.

    Raises:
        UserError: there is none; names the nearest.
    """
    names = {each.lower(): each for each in (*(a.name for a in Action), *MARKS)}
    found = names.get(name.strip().lower().replace("-", "_")) or names.get(name.strip().lower())
    if found is None:
        near = difflib.get_close_matches(name.lower(), list(names), n=1, cutoff=0.4)
        advice = f"Did you mean {names[near[0]]}?" if near else f"Known are {', '.join(names.values())}."
        raise errors.UserError(f"There is no right or change {name[:60]!r}. {advice}")
    return found


def page(
    connection: sa.Connection, wanted: Wanted, *, now: datetime.datetime, limit: int, cursor: str = ""
) -> Page:
    """A page of what is wanted.

    Raises:
        UserError: a cursor that is none of this list.
    """
    until, seen = _from(cursor) if cursor else (now, 0)
    more = seen + limit + 1
    found = [*_rights(connection, wanted, until, more), *_marks(connection, wanted, until, more)]
    found.sort(key=lambda line: line.at, reverse=True)
    lines = found[seen : seen + limit]
    if len(found) <= seen + limit:
        return Page(lines=tuple(lines), next=None)
    last = lines[-1].at
    there = sum(1 for line in found[: seen + limit] if line.at == last)
    return Page(lines=tuple(lines), next=f"{columns.micros(last)}-{there}")


def to_csv(lines: Sequence[Line]) -> str:
    """Lines as CSV, which opens in a spreadsheet and runs nothing there."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        told = as_json(line)
        writer.writerow(
            [spreadsheet.harmless("" if told[name] is None else str(told[name])) for name in COLUMNS]
        )
    return out.getvalue()


def as_json(line: Line) -> dict[str, Any]:
    """A line for programs."""
    return {**dataclasses.asdict(line), "at": f"{line.at:%Y-%m-%dT%H:%M:%S.%f}Z"}


def _from(cursor: str) -> tuple[datetime.datetime, int]:
    """The moment at which a page ended, and how many lines of that moment were on it or before it."""
    found = _PLACE.fullmatch(cursor)
    if found is None:
        raise errors.UserError("This list cannot be continued from there. Load it again.", code="bad-request")
    return columns.EPOCH + datetime.timedelta(microseconds=int(found[1])), int(found[2])


def _rights(connection: sa.Connection, wanted: Wanted, until: datetime.datetime, limit: int) -> list[Line]:
    """Uses of rights and refusals."""
    if wanted.marks or wanted.action in MARKS:
        return []
    asked = access_records.Wanted(
        course=wanted.course,
        person=wanted.person,
        action=Action[wanted.action] if wanted.action else None,
        since=wanted.since,
        refused=wanted.refused,
    )
    return [_right(row) for row in access_records.newest(connection, asked, until, limit=limit)]


def _right(row: sa.Row[Any]) -> Line:
    """One of them."""
    return Line(
        at=row.at,
        who=row.username or row.system_user or "",
        person=row.person_public or "",
        role=ON_MACHINE if row.system_user else row.role or "",
        course=row.slug or "",
        action=row.action,
        what=Action[row.action].value if row.action in Action.__members__ else row.action,
        outcome=_outcome(row),
        status=row.status,
        times=row.times,
        where=row.place,
        how=row.route if row.system_user else f"{row.method} {row.route}",
        request=row.request,
    )


def _outcome(row: sa.Row[Any]) -> Outcome:
    if not row.allowed:
        return "refused"
    return "begun" if row.status is None else "repeated" if row.repeated else "allowed"


def _marks(connection: sa.Connection, wanted: Wanted, until: datetime.datetime, limit: int) -> list[Line]:
    """Changes of marks, as the journal has them."""
    if wanted.refused or (wanted.action and wanted.action not in MARKS):
        return []
    sought = journal.Sought(
        kinds=(wanted.action,) if wanted.action else tuple(MARKS),
        actor_id=wanted.person.id if wanted.person else None,
        since=wanted.since,
        course_id=wanted.course.id if wanted.course else None,
        subjects=submissions.subjects_of(wanted.course) if wanted.course else None,
    )
    entries = journal.newest(connection, sought, until, limit=limit)
    named = people.by_ids(connection, {each.actor_id for each in entries if each.actor_id is not None})
    of = submissions.courses_of(connection, {each.subject for each in entries if each.course_id is None})
    slugs = {each.id: each.slug for each in courses.everything(connection)}
    return [
        _mark(each, named.get(each.actor_id or 0), slugs.get(each.course_id or of.get(each.subject, 0), ""))
        for each in entries
    ]


def _mark(entry: journal.Entry, who: model.Person | None, course: str) -> Line:
    """One of them."""
    told = [f"{name}={value}" for name, value in entry.data.items() if name != "lesson"]
    return Line(
        at=entry.at,
        who=who.username if who else "",
        person=who.public if who else "",
        role="",
        course=course,
        action=entry.kind,
        what=MARKS[entry.kind],
        outcome="done",
        status=None,
        times=1,
        where=" ".join([entry.subject, *told]),
        how="",
        request="",
    )


def texts() -> list[str]:
    """What is translated."""
    return [*(each.value for each in rights()), *MARKS.values(), ON_MACHINE]


def rights() -> list[Action]:
    """The rights whose uses are recorded."""
    return [each for each in Action if over_others(each)]
