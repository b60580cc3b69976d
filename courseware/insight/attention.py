"""Who may need a word from staff in their first weeks, and why.

In: what somebody did in this course, and nothing else of them: whether they opened anything, what they
handed in and when, which of their own due dates have passed, which exercise does not come right, which
question nobody answered. Out: reasons, none of which is more than another; people are not ranked. A reason
is an occasion to ask, and says nothing of why it is so. Refused: a course that has not enabled it
(`[attention]`) has none, and after the weeks that it names nobody is looked at any more.
"""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Literal

import sqlalchemy as sa

from courseware.course import dates, lessons, manifest, model
from courseware.discussion import inbox
from courseware.exchange import releases, submissions
from courseware.grading import gradebook, scores
from courseware.progress import views

Kind = Literal["nothing-opened", "quiet", "missed", "again", "unanswered"]
BEGINS, QUIET, WAITS = (datetime.timedelta(days=days) for days in (7, 10, 3))
MISSED, AGAIN = 2, 3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Known:
    """What somebody did: when they began, that is since when a lesson was open to them (None before that),
    whether they ever opened or handed in a lesson of the course, when they handed in last, the titles of
    lessons that are past their due date, the (lesson, exercise) that never came right in `AGAIN` hand-ins,
    and since when a question of theirs waits.
    """

    began: datetime.datetime | None
    opened: bool
    last: datetime.datetime | None = None
    missing: tuple[str, ...] = ()
    again: tuple[tuple[str, str], ...] = ()
    asked: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reason:
    """A reason to write: of which kind, since when, and which lessons or exercises it is about."""

    kind: Kind
    since: datetime.datetime | None = None
    about: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with at least one reason."""

    member: model.Member
    reasons: tuple[Reason, ...]


def reasons(known: Known, *, now: datetime.datetime) -> tuple[Reason, ...]:
    """What gives reason to write to somebody; pure."""
    found = []
    if not known.opened and known.began is not None and now - known.began >= BEGINS:
        found.append(Reason(kind="nothing-opened", since=known.began))
    if len(known.missing) >= MISSED:
        found.append(Reason(kind="missed", about=known.missing))
    last = known.last or known.began
    if known.opened and known.missing and last is not None and now - last >= QUIET:
        found.append(Reason(kind="quiet", since=last))
    found += [Reason(kind="again", about=each) for each in known.again]
    if known.asked is not None and now - known.asked >= WAITS:
        found.append(Reason(kind="unanswered", since=known.asked))
    return tuple(found)


def of_course(
    connection: sa.Connection,
    viewer: model.Viewer,
    places: Sequence[model.Lesson],
    rows: Sequence[gradebook.Row],
    *,
    now: datetime.datetime,
) -> list[Person]:
    """Who of these rows of the gradebook may need a word, in the order of the rows. What is due and what does
    not come right is looked at in these lessons; whether somebody began at all, in all of the course.
    """
    most = manifest.of(viewer.course).attention
    if most is None:
        return []
    everywhere = [place.id for place in lessons.of_course(connection, viewer.course)]
    began = _began(connection, everywhere, rows, now=now)
    weeks = datetime.timedelta(weeks=most)
    young = [row for row in rows if now - began.get(row.member.person.id, now) < weeks]
    keys = [row.member.person.id for row in young]
    titles = {place.id: place.title for place in places}
    work = submissions.briefs(connection, everywhere, keys)
    opened = {person for person, _ in views.pairs(connection, everywhere)}
    asked, last = inbox.asking(connection, viewer, now=now), {each.person_id: each.received for each in work}
    again = _again(connection, titles, [each for each in work if each.lesson_id in titles])
    found = []
    for row in young:
        key = row.member.person.id
        known = Known(
            began=began.get(key),
            opened=key in opened or key in last,
            last=last.get(key),
            missing=tuple(title for place, title in titles.items() if place in row.missing),
            again=again.get(key, ()),
            asked=asked.get(key),
        )
        told = reasons(known, now=now)
        if told:
            found.append(Person(member=row.member, reasons=told))
    return found


def _began(
    connection: sa.Connection,
    lesson_ids: Sequence[int],
    rows: Sequence[gradebook.Row],
    *,
    now: datetime.datetime,
) -> dict[int, datetime.datetime]:
    """Since when a lesson is open to each person, by key; nobody can have opened one before."""
    added = {row.member.person.id: row.member.added for row in rows}
    since = releases.since(connection, lesson_ids)
    found: dict[int, datetime.datetime] = {}
    for person, lesson, opens in dates.opening(connection, list(since), added):
        first = max(since[lesson], added[person], opens or since[lesson])
        if first <= now:
            found[person] = min(first, found.get(person, first))
    return found


def _again(
    connection: sa.Connection, titles: Mapping[int, str], work: Sequence[submissions.Brief]
) -> dict[int, tuple[tuple[str, str], ...]]:
    """The (lesson, exercise) of each person that did not come right in any of their last hand-ins."""
    by_place: dict[tuple[int, int], list[int]] = {}
    for each in work:
        by_place.setdefault((each.person_id, each.lesson_id), []).append(each.id)
    tried = {place: ids[-AGAIN:] for place, ids in by_place.items() if len(ids) >= AGAIN}
    lessons = {lesson for _, lesson in tried}
    marks = scores.of_lessons(connection, lessons, {each for ids in tried.values() for each in ids})
    newest = releases.in_force_of(connection, lessons)
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for (person, lesson), ids in tried.items():
        for exercise in newest[lesson].exercises if lesson in newest else ():
            told = [marks.get(each, {}).get((exercise.notebook, exercise.key)) for each in ids]
            if exercise.kind == "tests" and all(_below(each) for each in told):
                found[person] = (*found.get(person, ()), (titles[lesson], exercise.title))
    return found


def _below(mark: scores.Score | None) -> bool:
    """Whether an exercise was marked and has not all its points."""
    return mark is not None and mark.score is not None and mark.score < mark.points - 1e-9
