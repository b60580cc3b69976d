"""The releases of a lesson as staff see them: who made each and when, who works on it, what its check said.

In: a lesson. Out: records, newest first. It tells what tests are and how they went: for staff alone.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

import sqlalchemy as sa

from courseware.course import model, people
from courseware.exchange import drafts, releases, submissions, withdrawals
from courseware.exchange import model as exchange_model


@dataclasses.dataclass(frozen=True, kw_only=True)
class Test:
    """How a test went when the release was made; `seconds` is None where that was not kept yet."""

    notebook: str
    key: str
    title: str
    points: float
    on_key: float
    on_blank: float
    mode: Literal["isolated", "isolated-objects", "in-process"]
    reason: str
    seconds: float | None

    @property
    def is_good(self) -> bool:
        """Whether the key has full marks and a blank copy none."""
        return self.on_key >= self.points and self.on_blank <= 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Made:
    """A release, who made it, how many people keep a copy of it in the course or have handed it in."""

    release: exchange_model.Release
    by: model.Person | None
    copies: int
    hand_ins: int
    people: int
    withdrawn: withdrawals.Withdrawal | None
    withdrawn_by: model.Person | None
    tests: tuple[Test, ...]


def of_lesson(connection: sa.Connection, lesson: model.Lesson) -> list[Made]:
    """All releases of a lesson, newest first."""
    copies = drafts.by_release(connection, lesson.id)
    handed = submissions.by_release(connection, lesson.id)
    found = releases.of_lesson(connection, lesson.id)
    gone = withdrawals.of_lesson(connection, lesson.id)
    keys = {key for each in found if (key := each.published_by) is not None} | {w.by for w in gone.values()}
    names = {key: people.by_id(connection, key) for key in keys}
    return [
        Made(
            release=each,
            by=names.get(each.published_by) if each.published_by is not None else None,
            copies=copies.get(each.number, 0),
            hand_ins=handed.get(each.id, (0, 0))[0],
            people=handed.get(each.id, (0, 0))[1],
            withdrawn=gone.get(each.id),
            withdrawn_by=names[gone[each.id].by] if each.id in gone else None,
            tests=tests(each.report, titles(each)),
        )
        for each in found
    ]


def titles(release: exchange_model.Release) -> dict[tuple[str, str], str]:
    """What exercises of a release are called."""
    return {(each.notebook, each.key): each.title for each in release.exercises}


def tests(report: Mapping[str, Any], titles: Mapping[tuple[str, str], str]) -> tuple[Test, ...]:
    """The tests of a report; older ones tell less."""
    took = {(each["notebook"], each["key"]): each["seconds"] for each in report.get("took", ())}
    return tuple(
        Test(
            notebook=row["notebook"],
            key=row["key"],
            title=titles.get((row["notebook"], row["key"]), row["key"]),
            points=row["points"],
            on_key=row["on_key"],
            on_blank=row["on_blank"],
            mode=row["test_mode"],
            reason=row["reason"],
            seconds=took.get((row["notebook"], row["key"])),
        )
        for row in report.get("exercises", ())
    )
