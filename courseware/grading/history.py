"""What happened to somebody's work in a lesson: when it came, when it was graded, who changed which mark.

In: the standings of their hand-ins. Out: lines, newest first. Words are for the pages to find.
"""

import dataclasses
import datetime
from collections.abc import Collection, Sequence
from typing import Literal

import sqlalchemy as sa

from courseware.course import late_rules, people
from courseware.exchange import releases
from courseware.grading import grades, gradings, mark_changes

Kind = Literal["handed-in", "marked", "failed", "superseded", "changed", "late-rule", "late-rule-ended"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that happened to the hand-in of this `number`, the first is 1. `by` is the name of who
    changed a mark, empty for the machine; `release` the number of the release whose tests were run. Of a rule
    for late work that was set or taken back, `key` is the line.
    """

    at: datetime.datetime
    kind: Kind
    number: int
    release: int = 0
    key: str = ""
    before: float | None = None
    after: float | None = None
    reason: str = ""
    by: str = ""


def of(connection: sa.Connection, attempts: Sequence[grades.Standing]) -> list[Line]:
    """All that happened; `attempts` are all of one person in one lesson, newest first."""
    number = {each.submission.id: n for n, each in enumerate(reversed(attempts), 1)}
    found = [
        Line(at=each.submission.received, kind="handed-in", number=number[each.submission.id])
        for each in attempts
    ]
    runs = [each for each in gradings.of_submissions(connection, number) if each.finished]
    tests = releases.by_keys(connection, {each.release_id for each in runs})
    for each in runs:
        if each.finished and each.state in ("marked", "failed", "superseded"):
            release, which = tests[each.release_id].number, number[each.submission_id]
            found.append(Line(at=each.finished, kind=each.state, number=which, release=release))
    changes = mark_changes.of_submissions(connection, number)
    named = people.by_ids(connection, {each.by for each in changes if each.by is not None})
    for change in changes:
        by = named.get(change.by or 0)
        found.append(
            Line(
                at=change.at,
                kind="changed",
                number=number[change.submission_id],
                key=change.key,
                before=change.before,
                after=change.after,
                reason=change.reason,
                by=(by.name or by.username) if by else "",
            )
        )
    found += _rules(connection, {each.submission.lesson_id for each in attempts})
    return sorted(found, key=lambda line: line.at, reverse=True)


def _rules(connection: sa.Connection, lesson_ids: Collection[int]) -> list[Line]:
    """The rules for late work that were set over course.toml, and their ends; they are of no hand-in."""
    found = []
    for rule in (each for key in lesson_ids for each in late_rules.of_lesson(connection, key)):
        said = Line(at=rule.given, kind="late-rule", number=0, key=rule.text, reason=rule.reason, by=rule.by)
        found.append(said)
        if rule.ended is not None:
            found.append(
                dataclasses.replace(said, at=rule.ended, kind="late-rule-ended", reason="", by=rule.ended_by)
            )
    return found
