"""What another rule for late work would change in a lesson; nothing is run for it, and nothing is written.

In: a rule, and the hand-ins with their marks. Out: of each person what the hand-in that counts is worth now
and by the other rule, in this lesson and, where late days are spent, in all others whose late days it
changes. Another hand-in may count then.
"""

import dataclasses
import datetime
import hashlib
from collections.abc import Iterable

import sqlalchemy as sa

from courseware.course import allowances, late, model, people, rules
from courseware.exchange import submissions
from courseware.grading import comparison, scores, worth

Ledger = worth.Ledger[submissions.Brief]
Counted = tuple[submissions.Brief, late.Penalty]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One person in one lesson: the hand-in that counts now and would then, what each is worth, and why, in
    words. `told` is the hand-in whose author sees another mark by it, if they would see one. Where staff set
    the mark of the lesson (`is_set`), it stays.
    """

    person: model.Person
    lesson: model.Lesson
    submission: str
    then: str
    late_seconds: int
    before: float
    after: float
    why_before: str
    why_after: str
    percents: tuple[float, float]
    told: str
    is_set: bool

    @property
    def change(self) -> float:
        """By how many points the lesson changes for them."""
        return self.after - self.before

    @property
    def direction(self) -> comparison.Direction:
        """Which way that is."""
        return comparison.direction(self.change)

    @property
    def differs(self) -> bool:
        """Whether anything is other for them, be it only what marks lose that are still to come."""
        return self.submission != self.then or self.percents[0] != self.percents[1] or bool(self.change)


def seal(rule: rules.Late, holds: rules.Late, lines: Iterable[Line]) -> str:
    """What stands for a comparison that somebody looked at: another one has another seal."""
    told = [
        (each.submission, each.then, *each.percents, each.before, each.after)
        for each in lines
        if each.differs
    ]
    return hashlib.sha256(repr((rule, holds, sorted(told))).encode()).hexdigest()[:32]


def compare(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    other: rules.Late,
    *,
    now: datetime.datetime,
) -> list[Line]:
    """Everybody who handed in, and in other lessons who gains or loses there; those whose points change most
    first.
    """
    ledger = _ledger(connection, course, lesson, now)
    policy = dataclasses.replace(ledger.policies[lesson.id], late=other)
    # A ledger under which nothing is lost has not read what was granted.
    granted = allowances.holding(connection, course)
    changed = dataclasses.replace(ledger, policies={**ledger.policies, lesson.id: policy}, granted=granted)
    keys = {person for person, _ in ledger.work}
    known = people.by_ids(connection, keys)
    counts = [(key, ledger.of_person(key), changed.of_person(key)) for key in keys]
    sums = _sums(connection, ledger, lesson)
    places = {place.id: place for place in ledger.lessons}
    found = [
        _line((known[key], places[place]), (now_counts[place], then_counts[place]), (ledger, changed), sums)
        for key, now_counts, then_counts in counts
        for place in now_counts
    ]
    shown = [each for each in found if each.lesson.id == lesson.id or each.differs]
    return sorted(shown, key=lambda each: (-abs(each.change), each.person.name or each.person.username))


def _ledger(
    connection: sa.Connection, course: model.Course, lesson: model.Lesson, now: datetime.datetime
) -> Ledger:
    """The ledger of a lesson, with other lessons for those alone who came late with this one: nobody else
    spends other late days by another rule.
    """
    wanted = worth.spending(connection, course, [lesson])
    people = _late(connection, lesson)
    others = [place.id for place in wanted if place.id != lesson.id]
    listed = submissions.briefs(connection, [lesson.id], None)
    listed += submissions.briefs(connection, others, people) if others and people else []
    holding = worth.holding(connection, course, wanted, people)
    made = worth.over(connection, course, wanted, listed, holding, now=now)
    return worth.with_set_marks(connection, made)


def _late(connection: sa.Connection, lesson: model.Lesson) -> set[int]:
    """The keys of those who came late with a lesson."""
    return {row.person_id for row in connection.execute(submissions.late([lesson.id], None))}


def _sums(connection: sa.Connection, ledger: Ledger, lesson: model.Lesson) -> dict[int, float]:
    """The points of the hand-ins of the ledger, by their keys."""
    others = [place.id for place in ledger.lessons if place.id != lesson.id]
    people = {person for person, place in ledger.work if place != lesson.id}
    given = scores.sums(connection, [lesson.id], None)
    given |= scores.sums(connection, others, people) if people else {}
    return {key: each.points for key, each in given.items()}


def _line(
    of: tuple[model.Person, model.Lesson],
    counts: tuple[Counted, Counted],
    ledgers: tuple[Ledger, Ledger],
    sums: dict[int, float],
) -> Line:
    (person, lesson), ((work, lost), (then, loses)) = of, counts
    stays = ledgers[0].set_marks.get((person.id, lesson.id))
    return Line(
        person=person,
        lesson=lesson,
        submission=work.public,
        then=then.public,
        late_seconds=ledgers[0].late_seconds(work),
        before=stays.points if stays else lost.after(sums.get(work.id, 0.0)),
        after=stays.points if stays else loses.after(sums.get(then.id, 0.0)),
        why_before=lost.why,
        why_after=loses.why,
        percents=(lost.percent, loses.percent),
        told="" if stays else _told(person, lesson, ledgers),
        is_set=stays is not None,
    )


def _told(person: model.Person, lesson: model.Lesson, ledgers: tuple[Ledger, Ledger]) -> str:
    """The hand-in whose author sees another mark by it, of what they may know; empty for none."""
    before, after = (each.counting(person.id, lesson, seen=True) for each in ledgers)
    if before is None or after is None:
        return ""
    same = before.id == after.id and ledgers[0].penalty(before).percent == ledgers[1].penalty(after).percent
    return "" if same else after.public
