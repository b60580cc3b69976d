"""The lessons of a course at a glance: how many people opened each, handed it in, are done, came late; and
how the marks lie.

In: the course, and those of its lessons and of the gradebook's rows that somebody looks after. Out: a row
for each released lesson, without anybody's name. The number of queries does not depend on how many people
and lessons there are. Nobody counts as done by what only their own page works out (lessons that are done
when checked): None.
"""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from courseware.course import attainments, manifest, model, rules
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, submissions
from courseware.grading import gradebook
from courseware.insight import statistics
from courseware.progress import completion, views, watched


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lesson:
    """A lesson, in numbers of people; `missing` are those whose due date has passed without a hand-in.
    `marks` are shares of the points, after what lateness takes off; None while there are too few.
    """

    lesson: model.Lesson
    exercises: bool
    opened: int
    handed_in: int
    done: int | None
    late: int
    missing: int
    marked: int
    marks: statistics.Spread | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Known:
    """What was read: people by lesson, what each has reached, what was watched by lesson and person."""

    opened: Mapping[int, frozenset[int]]
    handed_in: Mapping[int, frozenset[int]]
    reached: Mapping[int, Mapping[str, rules.Reached]]
    watched: Mapping[int, watched.Class]
    rows: Sequence[gradebook.Row]


def of_lessons(
    connection: sa.Connection,
    course: model.Course,
    places: Sequence[model.Lesson],
    rows: Sequence[gradebook.Row],
    *,
    now: datetime.datetime,
) -> list[Lesson]:
    """The released ones of these lessons, of the people of these rows of the gradebook."""
    newest = releases.in_force_of(connection, [place.id for place in places])
    places = [place for place in places if place.id in newest]
    said = manifest.of(course).rules
    needed = {place.id: _rule(said.lesson(place.slug), newest[place.id]) for place in places}
    keys, mine = [place.id for place in places], {row.member.person.id for row in rows}
    handed_in = [
        (row.member.person.id, key) for row in rows for key, cell in row.cells.items() if cell.submission
    ]
    bare = [key for key in keys if not newest[key].exercises]
    known = _Known(
        opened=_people(views.pairs(connection, keys), mine),
        handed_in=_people([*handed_in, *submissions.pairs(connection, bare)], mine),
        reached=_reached(connection, course, needed.values()),
        watched={key: watched.of_class(connection, key) for key in keys if needed[key].kind == "watched"},
        rows=rows,
    )
    return [_lesson(place, newest[place.id], needed[place.id], known, now) for place in places]


def _rule(lesson: rules.Lesson, release: exchange_model.Release) -> rules.Complete:
    """When the lesson is done."""
    return completion.rule(lesson, exercises=bool(release.exercises), films=bool(release.films), checks=True)


def _people(pairs: Iterable[tuple[int, int]], mine: Collection[int]) -> dict[int, frozenset[int]]:
    """The people of some lessons; only those that are looked after."""
    found: dict[int, set[int]] = {}
    for person, lesson in pairs:
        if person in mine:
            found.setdefault(lesson, set()).add(person)
    return {lesson: frozenset(people) for lesson, people in found.items()}


def _reached(
    connection: sa.Connection, course: model.Course, needed: Iterable[rules.Complete]
) -> Mapping[int, Mapping[str, rules.Reached]]:
    """What everybody has reached, where that decides anything."""
    asked = any(each.kind == "passed" for each in needed)
    return attainments.of_course(connection, course) if asked else {}


def _lesson(
    place: model.Lesson,
    release: exchange_model.Release,
    needed: rules.Complete,
    known: _Known,
    now: datetime.datetime,
) -> Lesson:
    """A row."""
    cells = [row.cells[place.id] for row in known.rows if place.id in row.cells]
    scores = [score for each in cells if (score := each.settled) is not None]
    shares = [score / release.points for score in scores] if release.points else []
    handed_in = known.handed_in.get(place.id, frozenset())
    return Lesson(
        lesson=place,
        exercises=bool(release.exercises),
        opened=len(known.opened.get(place.id, frozenset()) | handed_in),
        handed_in=len(handed_in),
        done=_done(place, release, needed, known, now),
        late=sum(1 for each in cells if each.late_seconds),
        missing=sum(1 for row in known.rows if place.id in row.missing),
        marked=len(shares),
        marks=statistics.spread(shares),
    )


def _done(
    place: model.Lesson,
    release: exchange_model.Release,
    needed: rules.Complete,
    known: _Known,
    now: datetime.datetime,
) -> int | None:
    """How many have met the lesson's rule."""
    handed_in = known.handed_in.get(place.id, frozenset())
    if needed.kind == "submitted":
        return len(handed_in)
    if needed.kind == "viewed":
        return len(known.opened.get(place.id, frozenset()) | handed_in)
    if needed.kind == "checked":
        return None
    everybody = [row.member.person.id for row in known.rows]
    if needed.kind == "watched":
        seen = known.watched[place.id]
        return sum(1 for each in everybody if _covered(seen.get(each, {}), release, needed))
    return sum(1 for each in everybody if _passed(known.reached.get(each, {}).get(place.slug), needed, now))


def _covered(
    seen: Mapping[str, watched.Watched], release: exchange_model.Release, needed: rules.Complete
) -> bool:
    """Whether somebody has watched enough of every video."""
    return all(path in seen and 100 * seen[path].coverage + 1e-9 >= needed.percent for path in release.films)


def _passed(reached: rules.Reached | None, needed: rules.Complete, now: datetime.datetime) -> bool:
    """Whether somebody has enough points in marks that they see."""
    if reached is None or reached.percent is None or reached.shown_from is None:
        return False
    return reached.shown_from <= now and reached.percent + 1e-9 >= needed.percent
