"""What happened to somebody's work in a lesson: when it came, when it was graded, who changed which mark (of
the whole lesson too), which hand-in was chosen to count, and what was held or shown of the class.

In: the standings of their hand-ins. Out: lines, newest first. Words are for the pages to find.
"""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import sqlalchemy as sa

from courseware.course import late_rules, model, people
from courseware.exchange import releases
from courseware.grading import (
    gradings,
    lesson_marks,
    mark_changes,
    outcome,
    rubrics,
    trial_steps,
)
from courseware.store import journal

Kind = Literal[
    "handed-in",
    "marked",
    "failed",
    "superseded",
    "changed",
    "regraded",
    "regrade-undone",
    "rubric-changed",
    "set",
    "taken-back",
    "chosen",
    "held",
    "unheld",
    "released",
    "late-rule",
    "late-rule-ended",
]
_TOLD: Mapping[str, Kind] = {
    "exercise.held": "held",
    "exercise.unheld": "unheld",
    "marks.released": "released",
    "submission.chosen": "chosen",
}
"""What the journal alone knows, by its kinds."""
_OCCASIONS: Mapping[str, Kind] = {
    trial_steps.APPLIED: "regraded",
    trial_steps.TAKEN_BACK: "regrade-undone",
    rubrics.EDITED: "rubric-changed",
}
"""Where what changed a mark was no mark given to one hand-in."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that happened to the hand-in of this `number`, the first is 1, or 0: to the lesson. `by` is
    the name of who did it, empty for the machine; `release` the number of the release whose tests were run.
    Of a rule for late work that was set or taken back, `key` is the line.
    """

    at: datetime.datetime
    kind: Kind
    number: int = 0
    release: int = 0
    key: str = ""
    before: float | None = None
    after: float | None = None
    reason: str = ""
    by: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Known:
    """What was read; `number` counts hand-ins, by their keys and by their ids."""

    changes: Sequence[mark_changes.Change]
    whole: Sequence[lesson_marks.Change]
    entries: Sequence[journal.Entry]
    number: Mapping[int, int]
    named: Mapping[str, int]
    people: Mapping[int, model.Person]

    def who(self, key: int | None) -> str:
        """The name of somebody; empty for the machine."""
        found = self.people.get(key or 0)
        return (found.name or found.username) if found else ""


def of(
    connection: sa.Connection,
    lesson: model.Lesson,
    person: model.Person,
    attempts: Sequence[outcome.Standing],
) -> list[Line]:
    """All that happened; `attempts` are all of this person in the lesson, newest first."""
    work = [each.submission for each in reversed(attempts)]
    number = {each.id: n for n, each in enumerate(work, 1)}
    changes = mark_changes.of_submissions(connection, number)
    whole = lesson_marks.changes(connection, lesson.id, person.id)
    subjects = [lesson.public, *(each.public for each in work)]
    # Holding an exercise again changes no more than the reason.
    entries = [each for each in journal.about(connection, subjects, _TOLD) if not each.data.get("again")]
    keys = {
        *(each.by for each in changes),
        *(each.by for each in whole),
        *(each.actor_id for each in entries),
    }
    known = _Known(
        changes=changes,
        whole=whole,
        entries=entries,
        number=number,
        named={each.public: number[each.id] for each in work},
        people=people.by_ids(connection, {key for key in keys if key is not None}),
    )
    came = (Line(at=each.received, kind="handed-in", number=number[each.id]) for each in work)
    found = [
        *came,
        *_runs(connection, number),
        *_changed(known),
        *_whole(known),
        *_told(known),
        *_rules(connection, lesson.id),
    ]
    return sorted(found, key=lambda line: line.at, reverse=True)


def _runs(connection: sa.Connection, number: Mapping[int, int]) -> Iterator[Line]:
    """What graded the hand-ins."""
    runs = [each for each in gradings.of_submissions(connection, number) if each.finished]
    tests = releases.by_keys(connection, {each.release_id for each in runs})
    for each in runs:
        if each.finished and each.state in ("marked", "failed", "superseded"):
            release, which = tests[each.release_id].number, number[each.submission_id]
            yield Line(at=each.finished, kind=each.state, number=which, release=release)


def _changed(known: _Known) -> Iterator[Line]:
    """Marks of exercises."""
    for each in known.changes:
        occasion = _OCCASIONS.get(each.reason)
        yield Line(
            at=each.at,
            kind=occasion or "changed",
            number=known.number[each.submission_id],
            key=each.key,
            before=each.before,
            after=each.after,
            reason="" if occasion else each.reason,
            by=known.who(each.by),
        )


def _whole(known: _Known) -> Iterator[Line]:
    """The mark of the whole lesson: before the first change it was what the hand-ins said."""
    before: lesson_marks.Change | None = None
    for each in known.whole:
        held = before.points if before else None
        yield Line(
            at=each.at,
            kind="set" if each.points is not None else "taken-back",
            before=each.computed if held is None else held,
            after=each.worth,
            reason=each.reason,
            by=known.who(each.by),
        )
        before = each


def _told(known: _Known) -> Iterator[Line]:
    """What was held or shown of the class, and which hand-in was chosen."""
    for each in known.entries:
        yield Line(
            at=each.at,
            kind=_TOLD[each.kind],
            number=known.named.get(each.subject, 0),
            key=str(each.data.get("exercise", "")),
            by=known.who(each.actor_id),
        )


def _rules(connection: sa.Connection, lesson_id: int) -> Iterator[Line]:
    """The rules for late work that were set over course.toml, and their ends; they are of no hand-in."""
    for rule in late_rules.of_lesson(connection, lesson_id):
        said = Line(at=rule.given, kind="late-rule", key=rule.text, reason=rule.reason, by=rule.by)
        yield said
        if rule.ended is not None:
            yield dataclasses.replace(
                said, at=rule.ended, kind="late-rule-ended", reason="", by=rule.ended_by
            )
