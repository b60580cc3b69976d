"""How the exercises of a lesson do: how hard each is, how well it tells people apart, how often people hand
in until they have full marks, and how many have them.

In: a lesson, its newest release, and the rows of the gradebook that somebody looks after. Out: a record for
each exercise of that release. The hand-in of each person that counts is looked at; attempts are looked at in
all. Marks that somebody still has to give are no marks.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from courseware.course import model
from courseware.exchange import model as exchange_model
from courseware.exchange import submissions
from courseware.grading import gradebook, scores
from courseware.insight import statistics

Place = tuple[str, str]
Marks = Mapping[Place, scores.Score]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Item:
    """An exercise: of `marked` people `full` have all its points. `attempts` is the median of those who ever
    had them; `never` are people who handed it in and never did. None where too few people would decide it.
    """

    exercise: exchange_model.Exercise
    marked: int
    full: int
    never: int
    difficulty: float | None
    discrimination: float | None
    attempts: float | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Class:
    """What a class handed in for a lesson: the hand-in that counts by person, all of each oldest first, and
    the marks of each by (notebook, key).
    """

    counting: Mapping[int, submissions.Brief]
    work: Mapping[int, Sequence[submissions.Brief]]
    marks: Mapping[int, Marks]

    def of_person(self, person: int) -> Marks:
        """The marks of what counts of somebody."""
        return self.marks.get(self.counting[person].id, {}) if person in self.counting else {}

    def below(self, place: Place) -> list[int]:
        """Who (a key) has marks in what counts, and not all the points of this exercise."""
        told = {person: self.of_person(person).get(place) for person in self.counting}
        return [person for person, mark in told.items() if mark is not None and _is_full(mark) is False]


def read(connection: sa.Connection, lesson: model.Lesson, rows: Sequence[gradebook.Row]) -> Class:
    """What the people of these rows of the gradebook handed in; all of a class is read at once."""
    counts = {row.cells[lesson.id].submission for row in rows if lesson.id in row.cells}
    people = {row.member.person.id for row in rows}
    work: dict[int, list[submissions.Brief]] = {}
    for each in submissions.briefs(connection, [lesson.id], None):
        if each.person_id in people:
            work.setdefault(each.person_id, []).append(each)
    every = [each for listed in work.values() for each in listed]
    return Class(
        counting={each.person_id: each for each in every if each.public in counts},
        work=work,
        marks=scores.of_lessons(connection, [lesson.id], {each.id for each in every}),
    )


def of_release(found: Class, release: exchange_model.Release) -> list[Item]:
    """The exercises of a release, in its order."""
    return [_item(found, exercise) for exercise in release.exercises]


def _item(found: Class, exercise: exchange_model.Exercise) -> Item:
    """One exercise."""
    place = (exercise.notebook, exercise.key)
    own, rest, shares, full = [], [], [], 0
    for person in found.counting:
        told = found.of_person(person)
        mark = told.get(place)
        if mark is None or mark.score is None or not mark.points:
            continue
        shares.append(min(1.0, mark.score / mark.points))
        full += bool(_is_full(mark))
        others = [each.score for key, each in told.items() if key != place]
        if others and None not in others:
            own.append(mark.score)
            rest.append(sum(each for each in others if each is not None))
    tried = [_full(found, listed, place) for listed in found.work.values()]
    first = [statistics.attempts(each) for each in tried]
    passed = [each for each in first if each is not None]
    some = sum(1 for each in tried if any(full is not None for full in each))
    return Item(
        exercise=exercise,
        marked=len(shares),
        full=full,
        never=some - len(passed),
        difficulty=statistics.difficulty(shares),
        discrimination=statistics.discrimination(own, rest),
        attempts=statistics.middle(passed) if len(passed) >= statistics.FEWEST else None,
    )


def _full(found: Class, listed: Sequence[submissions.Brief], place: Place) -> list[bool | None]:
    """Whether somebody had all points of an exercise in each of their hand-ins, as it was marked then, which
    need not be what it gives now; None where nothing is marked.
    """
    marks = [found.marks.get(each.id, {}).get(place) for each in listed]
    return [_is_full(each) if each is not None else None for each in marks]


def _is_full(mark: scores.Score) -> bool | None:
    return None if mark.score is None else mark.score >= mark.points - 1e-9
