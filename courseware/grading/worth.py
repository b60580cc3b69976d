"""What hand-ins are worth after what they lose for being late, and which of a person's counts.

In: submissions, marks, dates and the rules of the course, read once into a ledger. Out: a penalty, the
hand-in that counts, the late days that are left. How late work is, is judged by the dates that hold now or
those of its receipt, whichever is kinder: an extension given afterwards helps, and a date moved nearer harms
nobody. Late days are spent by the hand-ins that count, in the order of the lessons.

Where the best hand-in counts, its author is told so once all its marks show; until then the last counts for
them, and for the late days. So neither what counts nor a penalty tells of marks that are still hidden.

What staff set for a whole lesson stands in the ledger too, and holds in place of all that, also for somebody
who handed nothing in.
"""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import sqlalchemy as sa

from courseware.course import (
    allowances,
    attempts,
    dates,
    late,
    late_rules,
    lessons,
    manifest,
    model,
    rules,
    schedule,
)
from courseware.exchange import choices, releases, submissions
from courseware.exchange import model as exchange_model
from courseware.grading import holds, lesson_marks, scores, sight


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Sum:
    """The points of a hand-in: all that was given, and what of it its author may know; None for nothing."""

    given: float | None = None
    seen: float | None = None


class Handed(Protocol):
    """What counting has to know of a hand-in: a whole submission, or the brief of one of very many."""

    @property
    def id(self) -> int:
        """Its key."""

    @property
    def person_id(self) -> int:
        """Whose it is."""

    @property
    def lesson_id(self) -> int:
        """Of which lesson."""

    @property
    def release_id(self) -> int:
        """Made from which release."""

    @property
    def received(self) -> datetime.datetime:
        """When it came."""

    @property
    def late_seconds(self) -> int:
        """How late, by the dates of then."""


Work = TypeVar("Work", bound=Handed)
Holding = Mapping[tuple[int | None, int], model.Dates]
"""What holds by the keys of person and lesson; under None for everybody who is not named."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ledger(Generic[Work]):
    """What was handed in for some lessons of a course, in their order, with all that decides what it is
    worth; work by (person, lesson), and so what staff set in place of it. `policies` have the rule for late
    work that holds only where some of the work came late: a whole class that hands in on time asks the
    database nothing for it.
    """

    said: rules.Course
    lessons: tuple[model.Lesson, ...]
    work: Mapping[tuple[int, int], Sequence[Work]]
    holding: Holding
    granted: Mapping[int, tuple[rules.Granted, ...]]
    policies: Mapping[int, rules.Lesson]
    chosen: frozenset[int]
    sums: Mapping[int, _Sum]
    set_marks: Mapping[tuple[int, int], lesson_marks.Mark]

    def dates(self, person_id: int, lesson_id: int) -> model.Dates:
        """What holds for a person in a lesson."""
        found = self.holding.get((person_id, lesson_id)) or self.holding.get((None, lesson_id))
        return found or schedule.same_for_all(model.Dates())

    def late_seconds(self, work: Work) -> int:
        """How late a hand-in is, as it counts."""
        if not work.late_seconds:
            return 0
        holds = self.dates(work.person_id, work.lesson_id)
        return min(work.late_seconds, schedule.late_seconds(holds, work.received))

    def penalty(self, work: Work) -> late.Penalty:
        """What a hand-in loses for being late, if it counts."""
        if not self.late_seconds(work):
            return late.NONE
        return self._penalty(work, self.days_left(work.person_id, before=work.lesson_id))

    def days_left(self, person_id: int, *, before: int | None = None) -> int:
        """The late days that somebody still has, after all lessons or those before this one (its key)."""
        left = self.said.bank
        for lesson in self.lessons if left else ():
            if lesson.id == before:
                break
            counts = self._counting(person_id, lesson, left, seen=True)
            left -= self._penalty(counts, left).days if counts else 0
        return left

    def of_person(self, person_id: int) -> dict[int, tuple[Work, late.Penalty]]:
        """What counts of a person in each lesson (by its key) and what it loses: what `counting` and
        `penalty` say one by one, in a single way through the lessons.
        """
        left = self.said.bank
        found = {}
        for lesson in self.lessons:
            counts = self._counting(person_id, lesson, left, seen=False)
            if counts is None:
                continue
            found[lesson.id] = (counts, self._penalty(counts, left))
            if left:
                spends = self._counting(person_id, lesson, left, seen=True)
                left -= self._penalty(spends, left).days if spends else 0
        return found

    def counting(self, person_id: int, lesson: model.Lesson, *, seen: bool = False) -> Work | None:
        """The hand-in of a person that counts; with `seen`, as far as they may know."""
        best = self.policies[lesson.id].attempts.counts == "best"
        left = self.days_left(person_id, before=lesson.id) if best else 0
        return self._counting(person_id, lesson, left, seen=seen)

    def _penalty(self, work: Work, left: int) -> late.Penalty:
        """What it loses with so many late days left."""
        seconds = self.late_seconds(work)
        if not seconds:
            return late.NONE
        said = self.policies[work.lesson_id]
        granted = self.granted.get(work.person_id, ())
        forgiven = any(each.kind == "no-penalty" and each.lesson in ("", said.slug) for each in granted)
        forgiven = forgiven and said.late.kind != "accept"
        return late.penalty(said.late, seconds, left=left, forgiven=forgiven)

    def _counting(self, person_id: int, lesson: model.Lesson, left: int, *, seen: bool) -> Work | None:
        """The hand-in that counts, with so many late days left."""
        listed = self.work.get((person_id, lesson.id), ())
        if len(listed) < 2:
            return listed[0] if listed else None
        found = {each.id: each for each in listed}
        counts = self.policies[lesson.id].attempts.counts
        candidates = [
            attempts.Candidate(
                key=key,
                received=each.received,
                late=self.late_seconds(each) > 0,
                score=self._score(each, left, seen=seen) if counts == "best" else None,
                chosen=key in self.chosen,
            )
            for key, each in found.items()
        ]
        best = attempts.counting(counts, candidates)
        return found[best.key] if best else None

    def _score(self, work: Work, left: int, *, seen: bool) -> float | None:
        """The points of a hand-in after what it loses; None before anything is known."""
        told = self.sums.get(work.id, _Sum())
        score = told.seen if seen else told.given
        return None if score is None else self._penalty(work, left).after(score)


def ledger(
    connection: sa.Connection,
    course: model.Course,
    places: Collection[model.Lesson],
    *,
    now: datetime.datetime,
    person_id: int | None = None,
) -> Ledger[exchange_model.Submission]:
    """What was handed in for some lessons, by everybody or one person, and what staff set; with the whole
    course where late days are spent in it. The number of queries does not depend on how many people and
    lessons there are.
    """
    return with_set_marks(
        connection, handed_in(connection, course, places, now=now, person_id=person_id), person_id=person_id
    )


def handed_in(
    connection: sa.Connection,
    course: model.Course,
    places: Collection[model.Lesson],
    *,
    now: datetime.datetime,
    person_id: int | None = None,
) -> Ledger[exchange_model.Submission]:
    """The same without what staff set: enough for a hand-in that waits to be marked."""
    wanted = spending(connection, course, places)
    keys = [lesson.id for lesson in wanted]
    work = submissions.of_lessons(connection, keys, person_id=person_id)
    holding = dates.of_lessons(connection, keys, person_id=person_id)
    return over(connection, course, wanted, work, holding, now=now, person_id=person_id)


def with_set_marks(
    connection: sa.Connection, made: Ledger[Work], *, person_id: int | None = None
) -> Ledger[Work]:
    """A ledger in which also stands what staff set for its lessons."""
    keys = [lesson.id for lesson in made.lessons]
    given = lesson_marks.of_lessons(connection, keys, person_id=person_id) if keys else {}
    return dataclasses.replace(made, set_marks=given)


def spending(
    connection: sa.Connection, course: model.Course, places: Collection[model.Lesson]
) -> list[model.Lesson]:
    """The lessons whose work decides what that of some is worth: all, where late days are spent."""
    return lessons.of_course(connection, course) if manifest.of(course).rules.bank else list(places)


def holding(
    connection: sa.Connection,
    course: model.Course,
    wanted: Sequence[model.Lesson],
    some: Collection[int] | None = None,
) -> Holding:
    """The dates that decide over work of the lessons of `spending`, of everybody or some people: those of
    late work alone, but all where the best counts.
    """
    said, keys = manifest.of(course).rules, [place.id for place in wanted]
    if any(said.lesson(place.slug).attempts.counts == "best" for place in wanted):
        return dates.of_lessons(connection, keys)
    return dates.of_pairs(connection, submissions.late(keys, some))


def over(
    connection: sa.Connection,
    course: model.Course,
    wanted: Sequence[model.Lesson],
    listed: Iterable[Work],
    holding: Holding,
    *,
    now: datetime.datetime,
    person_id: int | None = None,
) -> Ledger[Work]:
    """The ledger over work that was read already, of everybody or one person, oldest first, of the lessons of
    `spending`; `holding` are the dates of all of it, or of what came late where the best counts nowhere.
    """
    said = manifest.of(course).rules
    keys = [lesson.id for lesson in wanted]
    work: dict[tuple[int, int], list[Work]] = {}
    for each in listed:
        work.setdefault((each.person_id, each.lesson_id), []).append(each)
    policies = {lesson.id: said.lesson(lesson.slug) for lesson in wanted}
    if any(each.late_seconds for several in work.values() for each in several):
        policies = late_rules.policies(connection, course, wanted)
    chooses = any(policy.attempts.counts == "chosen" for policy in policies.values())
    loses = any(policy.late.kind != "accept" for policy in policies.values())
    made = Ledger(
        said=said,
        lessons=tuple(wanted),
        work=work,
        holding=holding,
        granted=allowances.holding(connection, course, person_id=person_id) if loses else {},
        policies=policies,
        chosen=choices.of_lessons(connection, keys) if chooses else frozenset(),
        sums={},
        set_marks={},
    )
    places = [lesson for lesson in wanted if policies[lesson.id].attempts.counts == "best"]
    return dataclasses.replace(made, sums=_sums(connection, made, places, now)) if places else made


def _sums(
    connection: sa.Connection, made: Ledger[Work], places: Sequence[model.Lesson], now: datetime.datetime
) -> dict[int, _Sum]:
    """The points of all work in lessons where the best counts, by key."""
    by_key = {lesson.id: lesson for lesson in places}
    work = {each.id: each for listed in made.work.values() for each in listed if each.lesson_id in by_key}
    graded_by = scores.releases_of(connection, by_key)
    known = releases.by_keys(connection, {each.release_id for each in work.values()} | {*graded_by.values()})
    held = holds.of_lessons(connection, by_key)
    found = {}
    for key, given in scores.of_lessons(connection, by_key, work).items():
        lesson = by_key[work[key].lesson_id]
        told = [each for each in given.values() if each.score is not None]
        sees = sight.sight(lesson, made.dates(work[key].person_id, lesson.id), now)
        release = known[graded_by.get(key, work[key].release_id)]
        all_shows = sees == "all" or (sees == "first" and not sight.hiding(release.exercises))
        out = held.get(lesson.id, frozenset())
        found[key] = _Sum(
            given=sum(each.score or 0.0 for each in told) if told else None,
            seen=sum(each.score or 0.0 for each in told if each.key not in out)
            if told and all_shows
            else None,
        )
    return found


def policy(course: model.Course, lesson: model.Lesson) -> rules.Attempts:
    """How often work of a lesson is taken and which counts."""
    return manifest.of(course).rules.lesson(lesson.slug).attempts


def replaceable(course: model.Course, lesson: model.Lesson) -> bool:
    """Whether a newer hand-in of a lesson can make an older one worthless for good."""
    return attempts.replaceable(policy(course, lesson).counts)
