"""What another rule for late work would change in a lesson; nothing is run for it, and nothing is written.

In: what `late` would say in course.toml, and the hand-ins with their marks. Out: of each person what the
hand-in that counts is worth now and by the other rule. Another hand-in may count then. Refused: a line that
course.toml would not take either.
"""

import dataclasses
import datetime
import tomllib

import sqlalchemy as sa

from courseware import errors
from courseware.course import allowances, manifest, model, people, reading, rules, written
from courseware.exchange import model as exchange_model
from courseware.grading import comparison, scores, worth

MOST = 500


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One person: the hand-in that counts now and would then, what each is worth, and why, in words; where
    staff set the mark of the lesson (`is_set`), it stays.
    """

    person: model.Person
    submission: str
    then: str
    late_seconds: int
    before: float
    after: float
    why_before: str
    why_after: str
    is_set: bool

    @property
    def change(self) -> float:
        """By how many points the lesson changes for them."""
        return self.after - self.before

    @property
    def direction(self) -> comparison.Direction:
        """Which way that is."""
        return comparison.direction(self.change)


def rule(course: model.Course, lesson: model.Lesson, text: str) -> rules.Late:
    """The rule that this line of course.toml would give the lesson; `late =` may stand before it.

    Raises:
        UserError: it is none.
    """
    said = text.strip()
    said = said if said.startswith("late") else f"late = {said}"
    try:
        told = tomllib.loads(said[:MOST])
    except tomllib.TOMLDecodeError as error:
        raise errors.UserError(f"This is no line of course.toml: {error}.", code="bad-request") from None
    usual = manifest.of(course).rules.lesson(lesson.slug).late
    return reading.late(written.Source(name="late", text=said), told.get("late"), usual, bank=False)


def compare(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    other: rules.Late,
    *,
    now: datetime.datetime,
) -> list[Line]:
    """Everybody who handed in; those whose points change most first."""
    ledger = worth.ledger(connection, course, [lesson], now=now)
    policy = dataclasses.replace(ledger.policies[lesson.id], late=other)
    changed = dataclasses.replace(
        ledger,
        policies={**ledger.policies, lesson.id: policy},
        granted=allowances.holding(
            connection, course
        ),  # a ledger under which nothing is lost has not read them
    )
    keys = [person for person, key in ledger.work if key == lesson.id]
    known = people.by_ids(connection, keys)
    counts = {key: (ledger.counting(key, lesson), changed.counting(key, lesson)) for key in keys}
    wanted = {work.id for pair in counts.values() for work in pair if work}
    sums = {
        key: sum(each.score or 0.0 for each in given.values())
        for key, given in scores.of_lessons(connection, [lesson.id], wanted).items()
    }
    found = [
        _line(known[key], (ledger, now_counts), (changed, then_counts), sums)
        for key, (now_counts, then_counts) in counts.items()
        if now_counts and then_counts
    ]
    return sorted(found, key=lambda each: (-abs(each.change), each.person.name or each.person.username))


def _line(
    person: model.Person,
    one: tuple[worth.Ledger[exchange_model.Submission], exchange_model.Submission],
    other: tuple[worth.Ledger[exchange_model.Submission], exchange_model.Submission],
    sums: dict[int, float],
) -> Line:
    (before, counts), (after, then) = one, other
    lost, loses = before.penalty(counts), after.penalty(then)
    stays = before.set_marks.get((person.id, counts.lesson_id))
    return Line(
        person=person,
        submission=counts.public,
        then=then.public,
        late_seconds=before.late_seconds(counts),
        before=stays.points if stays else lost.after(sums.get(counts.id, 0.0)),
        after=stays.points if stays else loses.after(sums.get(then.id, 0.0)),
        why_before=lost.why,
        why_after=loses.why,
        is_set=stays is not None,
    )
