"""What work is worth: a submission's standing, and the table of a class.

In: submissions, marks, holds, dates. Out: standings as staff see them, and what of them the student may
see, as `grading.sight` says.
"""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from courseware.course import courses, dates, duties, late, lessons, model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import releases
from courseware.grading import gradings, holds, lesson_marks, outcome, scores, sight, worth


@dataclasses.dataclass(frozen=True, kw_only=True)
class Class:
    """The table of a class: lessons, members in order of names, and the standing that counts by (person,
    lesson) keys, as is what staff set. It is for staff: nothing is `seen` in it of work whose visible tests
    show first.
    """

    lessons: tuple[tuple[model.Lesson, float], ...]
    members: tuple[model.Member, ...]
    cells: dict[tuple[int, int], outcome.Standing]
    set_marks: Mapping[tuple[int, int], lesson_marks.Mark]

    def final(self, person_id: int, lesson_id: int) -> float | None:
        """What somebody has in a lesson, also where nothing was handed in and staff set it."""
        place = (person_id, lesson_id)
        if place in self.set_marks:
            return self.set_marks[place].points
        return self.cells[place].final if place in self.cells else None

    def settled(self, person_id: int, lesson_id: int) -> float | None:
        """The same, but None while a person still has to mark a part of it."""
        place = (person_id, lesson_id)
        waits = place in self.cells and self.cells[place].needs_person and place not in self.set_marks
        return None if waits else self.final(person_id, lesson_id)


def standing(
    connection: sa.Connection, submission: exchange_model.Submission, *, now: datetime.datetime
) -> outcome.Standing:
    """What a submission is worth now."""
    lesson = lessons.by_id(connection, submission.lesson_id)
    course = courses.by_id(connection, lesson.course_id)
    ledger = worth.ledger(connection, course, [lesson], now=now, person_id=submission.person_id)
    return _counted(_alone(connection, submission, lesson, ledger, now=now), lesson, ledger)


def fresh(
    connection: sa.Connection,
    submission: exchange_model.Submission,
    *,
    course: model.Course,
    lesson: model.Lesson,
    release: exchange_model.Release,
    now: datetime.datetime,
) -> outcome.Standing | None:
    """The same of a hand-in that was just written, while it waits: there are no marks to read yet. None if it
    waits no more, or another release than its own grades it.
    """
    grading = gradings.current(connection, submission.id)
    if grading is None or grading.state != "waiting" or grading.release_id != release.id:
        return None
    ledger = worth.handed_in(connection, course, [lesson], now=now, person_id=submission.person_id)
    known = _Known(
        grading=grading,
        scores={},
        graded_by=None,
        dates=ledger.dates(submission.person_id, lesson.id),
        held=frozenset(holds.of_lesson(connection, lesson.id)),
        penalty=ledger.penalty(submission),
        late_seconds=ledger.late_seconds(submission),
        set_mark=ledger.set_marks.get((submission.person_id, lesson.id)),
    )
    made = _standing(submission, lesson, release, known, now=now)
    if made.sees == "first":
        made = _seen_first(made, release, {}, [])  # nothing was run yet
    return _counted(made, lesson, ledger)


def _counted(
    made: outcome.Standing, lesson: model.Lesson, ledger: worth.Ledger[exchange_model.Submission]
) -> outcome.Standing:
    """A standing that knows whether it counts."""
    person_id = made.submission.person_id
    return dataclasses.replace(
        made,
        counts=ledger.counting(person_id, lesson) == made.submission,
        seen_counts=ledger.counting(person_id, lesson, seen=True) == made.submission,
    )


def _alone(
    connection: sa.Connection,
    submission: exchange_model.Submission,
    lesson: model.Lesson,
    ledger: worth.Ledger[exchange_model.Submission],
    *,
    now: datetime.datetime,
) -> outcome.Standing:
    """The same of one submission, whichever counts."""
    graded_by = scores.release_of(connection, submission.id)
    grading = gradings.current(connection, submission.id)
    release = releases.by_id(connection, _graded_by(submission, graded_by, grading))
    known = _Known(
        grading=grading,
        scores=scores.of_submission(connection, submission.id),
        graded_by=graded_by,
        dates=ledger.dates(submission.person_id, lesson.id),
        held=frozenset(holds.of_lesson(connection, lesson.id)),
        penalty=ledger.penalty(submission),
        late_seconds=ledger.late_seconds(submission),
        set_mark=ledger.set_marks.get((submission.person_id, lesson.id)),
    )
    made = _standing(submission, lesson, release, known, now=now)
    if made.sees != "first":
        return made
    return _before_due(connection, made, release, known.scores)


def _graded_by(
    submission: exchange_model.Submission, given: int | None, grading: gradings.Grading | None
) -> int:
    """The release whose exercises a submission is shown with: the one that gave its marks, or will."""
    return given or (grading.release_id if grading else submission.release_id)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Known:
    """What the tables say of a submission; `graded_by` is a release's key."""

    grading: gradings.Grading | None
    scores: Mapping[sight.Place, scores.Score]
    graded_by: int | None
    dates: model.Dates
    held: frozenset[str]
    penalty: late.Penalty
    late_seconds: int
    set_mark: lesson_marks.Mark | None


def _standing(
    submission: exchange_model.Submission,
    lesson: model.Lesson,
    release: exchange_model.Release,
    known: _Known,
    *,
    now: datetime.datetime,
) -> outcome.Standing:
    """What that comes to; the exercises in the order of the release. Of work whose visible tests show first
    nothing is `seen` yet.
    """
    order = {(e.notebook, e.key): n for n, e in enumerate(release.exercises)}
    ordered = sorted(known.scores.values(), key=lambda s: order.get((s.notebook, s.key), len(order)))
    sees = sight.of_release(lesson, known.dates, release.exercises, now)
    return outcome.Standing(
        submission=submission,
        grading=known.grading,
        exercises=tuple(ordered),
        points=release.points,
        graded_by=release.number if known.graded_by else None,
        sees=sees,
        seen=sight.everything(ordered, known.held) if sees == "all" else (),
        held=known.held,
        hiding=sight.hiding(release.exercises),
        shows=known.dates.due if sees == "first" else None,
        penalty=known.penalty,
        late_seconds=known.late_seconds,
        set_mark=known.set_mark,
    )


def _before_due(
    connection: sa.Connection,
    standing: outcome.Standing,
    release: exchange_model.Release,
    given: Mapping[sight.Place, scores.Score],
) -> outcome.Standing:
    """What the author sees before the due date of work that hidden tests mark."""
    by = gradings.with_first(connection, standing.submission.id)
    if by is not None:
        release = releases.by_id(connection, by.release_id)
    told = [sight.First(**each) for each in by.result[gradings.FIRST_RUN]] if by else []
    made = _seen_first(standing, release, given, told)
    return dataclasses.replace(made, graded_by=release.number, first_by=by) if by else made


def _seen_first(
    standing: outcome.Standing,
    release: exchange_model.Release,
    given: Mapping[sight.Place, scores.Score],
    told: Sequence[sight.First],
) -> outcome.Standing:
    """The same, by what a first run told."""
    found = {(each.notebook, each.key): each for each in told}
    return dataclasses.replace(
        standing,
        seen=sight.first(release.exercises, given, found, standing.held),
        hiding=sight.hiding(release.exercises),
    )


def of_person(
    connection: sa.Connection, person_id: int, lesson_id: int, *, now: datetime.datetime
) -> outcome.Standing | None:
    """The standing that counts for a person in a lesson, as far as they may know."""
    lesson = lessons.by_id(connection, lesson_id)
    course = courses.by_id(connection, lesson.course_id)
    ledger = worth.ledger(connection, course, [lesson], now=now, person_id=person_id)
    counts = ledger.counting(person_id, lesson, seen=True)
    return _alone(connection, counts, lesson, ledger, now=now) if counts else None


def shown_set_mark(
    connection: sa.Connection, lesson: model.Lesson, person_id: int, *, now: datetime.datetime
) -> lesson_marks.Mark | None:
    """What staff set for somebody in a lesson, once they may see it; whether they handed in or not."""
    given = lesson_marks.of_lessons(connection, [lesson.id], person_id=person_id).get((person_id, lesson.id))
    release = releases.in_force(connection, lesson.id) if given else None
    if release is None:
        return None
    holding = dates.effective(connection, person_id, lesson.id)
    sees = sight.of_release(lesson, holding, release.exercises, now)
    return given if sight.all_shows(sees, holds.of_lesson(connection, lesson.id)) else None


def attempts(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    person_id: int,
    *,
    now: datetime.datetime,
) -> list[outcome.Standing]:
    """What each hand-in of a person in a lesson is worth, newest first."""
    ledger = worth.ledger(connection, course, [lesson], now=now, person_id=person_id)
    work = ledger.work.get((person_id, lesson.id), ())
    made = [_alone(connection, each, lesson, ledger, now=now) for each in reversed(work)]
    return [_counted(each, lesson, ledger) for each in made]


def of_class(
    connection: sa.Connection,
    course: model.Course,
    *,
    now: datetime.datetime,
    lesson: model.Lesson | None = None,
) -> Class:
    """The whole class: everybody who is a student or has handed in; on request for one lesson only. The
    number of queries does not depend on how many people and lessons there are.
    """
    members = [m for m in people.members(connection, course) if m.role == "student"]
    places = [lesson] if lesson else lessons.of_course(connection, course)
    newest = releases.in_force_of(connection, [place.id for place in places])
    listed = [
        (place, found.points) for place in places if (found := newest.get(place.id)) and found.exercises
    ]
    wanted = {place.id: place for place, _ in listed}
    present = {member.person.id for member in members}
    ledger = worth.ledger(connection, course, list(wanted.values()), now=now)
    counting = [
        counts
        for person_id, key in ledger.work
        if person_id in present and key in wanted and (counts := ledger.counting(person_id, wanted[key]))
    ]
    cells = _at_once(connection, wanted, counting, ledger, now=now)
    given = {place: mark for place, mark in ledger.set_marks.items() if place[1] in wanted}
    marked = {person_id for person_id, _ in (*cells, *given)}
    kept = [m for m in members if m.ended is None or m.person.id in marked]
    return Class(lessons=tuple(listed), members=tuple(kept), cells=cells, set_marks=given)


def within(table: Class, reach: duties.Reach) -> Class:
    """What of a class somebody looks after."""
    return dataclasses.replace(
        table,
        lessons=tuple(each for each in table.lessons if reach.has_lesson(each[0].id)),
        members=tuple(m for m in table.members if reach.people is None or m.person.id in reach.people),
        cells={
            (person, lesson): cell
            for (person, lesson), cell in table.cells.items()
            if reach.covers(lesson, person)
        },
        set_marks={
            place: each for place, each in table.set_marks.items() if reach.covers(place[1], place[0])
        },
    )


def _at_once(
    connection: sa.Connection,
    places: Mapping[int, model.Lesson],
    wanted: Sequence[exchange_model.Submission],
    ledger: worth.Ledger[exchange_model.Submission],
    *,
    now: datetime.datetime,
) -> dict[tuple[int, int], outcome.Standing]:
    """The standings of submissions of some lessons by (person, lesson): what `standing` tells of each, with
    each table asked once.
    """
    keys = {each.id for each in wanted}
    current = gradings.of_lessons(connection, places, keys)
    given = scores.of_lessons(connection, places, keys)
    graded_by = scores.releases_of(connection, places)
    held = holds.of_lessons(connection, places)
    used = {each.id: _graded_by(each, graded_by.get(each.id), current.get(each.id)) for each in wanted}
    known_releases = releases.by_keys(connection, set(used.values()))
    found = {}
    for each in wanted:
        lesson = places[each.lesson_id]
        by = graded_by.get(each.id)
        known = _Known(
            grading=current.get(each.id),
            scores=given.get(each.id, {}),
            graded_by=by,
            dates=ledger.dates(each.person_id, lesson.id),
            held=held.get(lesson.id, frozenset()),
            penalty=ledger.penalty(each),
            late_seconds=ledger.late_seconds(each),
            set_mark=ledger.set_marks.get((each.person_id, lesson.id)),
        )
        release = known_releases[used[each.id]]
        found[each.person_id, lesson.id] = _standing(each, lesson, release, known, now=now)
    return found
