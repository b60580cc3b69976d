"""What the author of work may see of its marks now: the one place that decides. Pure.

In: a lesson, the dates that hold for the author, the marks, what is on hold, and what the first run found
(`grading.first`). Out: the marks as the author sees them. Before the due date of a lesson whose visible tests
come first nothing is taken from a run in which the hidden tests took part: neither the marks of tests that
students have, nor what the visible part of a test gave. Staff see the marks themselves, never these.
"""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from courseware.course import model
from courseware.exchange import model as exchange_model
from courseware.grading import scores

Sight = Literal["all", "first", "none"]
Place = tuple[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class First:
    """What one test gave in the first run; `verdict` is empty where students have no part of the test."""

    notebook: str
    key: str
    score: float
    verdict: str
    hint: str


def sight(lesson: model.Lesson, holding: model.Dates, now: datetime.datetime) -> Sight:
    """How much of a lesson's marks the student may see whose dates these are."""
    if lesson.marks_released is not None or lesson.marks_policy == "at-once":
        return "all"
    if lesson.marks_policy == "when-released":
        return "none"
    if holding.due is None or now > holding.due:
        return "all"
    return "first" if lesson.marks_policy == "visible-first" else "none"


def of_release(
    lesson: model.Lesson,
    holding: model.Dates,
    exercises: Iterable[exchange_model.Exercise],
    now: datetime.datetime,
) -> Sight:
    """The same where it is known which exercises there are: if none tells of hidden tests, nothing waits."""
    sees = sight(lesson, holding, now)
    return "all" if sees == "first" and not hiding(exercises) else sees


def all_shows(sees: Sight, held: Collection[str]) -> bool:
    """Whether what staff set for a whole lesson shows: once all its marks do, and none of them is on hold."""
    return sees == "all" and not held


def hiding(exercises: Iterable[exchange_model.Exercise]) -> frozenset[Place]:
    """The exercises whose marks tell of hidden tests, by (notebook, key)."""
    return frozenset((each.notebook, each.key) for each in exercises if each.hides)


def everything(given: Sequence[scores.Score], held: frozenset[str]) -> tuple[scores.Score, ...]:
    """All marks but those on hold."""
    return tuple(_blank(each) if each.key in held else each for each in given)


def first(
    exercises: Sequence[exchange_model.Exercise],
    given: Mapping[Place, scores.Score],
    found: Mapping[Place, First],
    held: frozenset[str],
) -> tuple[scores.Score, ...]:
    """The marks before the due date; nothing before anything was marked."""
    if not given and not found:
        return ()
    seen = []
    for each in exercises:
        place = (each.notebook, each.key)
        score = _first(each, given.get(place), found.get(place))
        seen.append(_blank(score) if each.key in held else score)
    return tuple(seen)


def _first(
    exercise: exchange_model.Exercise, given: scores.Score | None, found: First | None
) -> scores.Score:
    """One exercise before the due date."""
    nothing = scores.Score(
        notebook=exercise.notebook,
        key=exercise.key,
        points=exercise.points,
        score=None,
        needs_person=exercise.kind != "tests",
        verdict="",
        test_mode="",
        hint="",
        source="machine",
        comment="",
        version=0,
    )
    if exercise.kind != "tests":
        return given or nothing
    hint = found.hint if found else ""
    if exercise.hides or found is None:
        part = found.verdict if found else ""
        return dataclasses.replace(nothing, hint=hint, withheld=True, part=part)
    if given is not None and given.source == "person":
        return dataclasses.replace(given, hint=hint, verdict=found.verdict)
    comment, version = (given.comment, given.version) if given else ("", 0)
    return dataclasses.replace(
        nothing, score=found.score, verdict=found.verdict, hint=hint, comment=comment, version=version
    )


def _blank(score: scores.Score) -> scores.Score:
    """A mark that is on hold."""
    return dataclasses.replace(score, score=None, verdict="", hint="", comment="", part="")
