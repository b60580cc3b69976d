"""Dates of a course that contradict each other, or that no clock shows; pure.

In: the text of `course.toml`, which can be read. Out: findings, each with its line, that say which dates they
are. An `error` is a lesson that nobody can do in time; a `warning` is what will surprise somebody.
"""

import dataclasses
import datetime
import tomllib
from collections.abc import Iterator
from typing import Any

from courseware.course import manifest, model, pace, reading, rules, wall
from courseware.notebook import lint

NAME = "course.toml"


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Course:
    """A course as it is written and as it is meant."""

    text: str
    parsed: manifest.Manifest

    @property
    def said(self) -> rules.Course:
        """What is meant."""
        return self.parsed.rules

    def at(self, word: str, lesson: rules.Lesson | None = None) -> str:
        """Where a name stands."""
        entry = self.said.lessons.index(lesson) if lesson else None
        return reading.Source(name=NAME, text=self.text, entry=entry).at(word)

    def told(self, at: datetime.datetime) -> str:
        """A moment in words."""
        return wall.told(at, self.said.zone)


def find(text: str) -> list[lint.Finding]:
    """What contradicts itself.

    Raises:
        UserError: the text cannot be read at all.
    """
    course = _Course(text=text, parsed=manifest.parse(text))
    found = [*_clocks(course), *_bounds(course), *_needs(course), *_paced(course)]
    return found


def _finding(where: str, message: str, *, level: lint.Level = "warning") -> lint.Finding:
    return lint.Finding(code="dates", level=level, where=where, message=message)


def _clocks(course: _Course) -> Iterator[lint.Finding]:
    """Times that the course's zone never shows, or shows twice."""
    told = tomllib.loads(course.text)
    places: list[tuple[rules.Lesson | None, str, dict[str, Any]]] = [(None, "The course", told["course"])]
    entries = zip(course.said.lessons, told.get("lessons", []), strict=True)
    places += [(lesson, f"The lesson {lesson.slug!r}", entry) for lesson, entry in entries]
    for lesson, of, entry in places:
        for word in ("starts", "ends") if lesson is None else reading.WORDS:
            value = entry.get(word)
            if value is None:
                continue
            local = value if isinstance(value, datetime.datetime) else datetime.datetime.fromisoformat(value)
            odd = "" if local.tzinfo else wall.odd(local, course.said.zone)
            if odd:
                ends = word not in ("opens", "starts")
                meant = wall.instant(local, course.said.zone, ends=ends).astimezone(course.said.zone)
                what = "never comes" if odd == "skipped" else "comes twice"
                yield _finding(
                    course.at(word, lesson),
                    f"{of} has {word} at {local:%H:%M}, an hour that {what} on that day in "
                    f"{course.said.zone.key}: it is taken as {meant:%H:%M %Z}.",
                )


def _bounds(course: _Course) -> Iterator[lint.Finding]:
    """Dates of lessons outside the course's."""
    starts, ends = course.said.starts, course.said.ends
    for lesson in course.said.lessons:
        dates = lesson.dates
        for word, at in (("opens", dates.opens), ("due", dates.due), ("closes", dates.closes)):
            if at is None:
                continue
            if starts is not None and at < starts:
                yield _finding(
                    course.at(word, lesson),
                    f"The lesson {lesson.slug!r} has {word} on {course.told(at)}, before the course starts "
                    f"on {course.told(starts)}.",
                )
            if ends is not None and at > ends:
                yield _finding(
                    course.at(word, lesson),
                    f"The lesson {lesson.slug!r} has {word} on {course.told(at)}, after the course ends on "
                    f"{course.told(ends)}.",
                )
        if lesson.pacing == "open" and dates.due is not None:
            yield _finding(
                course.at("due", lesson),
                f"The lesson {lesson.slug!r} is open and yet has a due date; the date holds.",
            )


def _needs(course: _Course) -> Iterator[lint.Finding]:
    """Requirements that cannot be met in time."""
    policies = {entry.slug: entry.marks for entry in course.parsed.lessons}
    for lesson in course.said.lessons:
        last = lesson.dates.closes or lesson.dates.due
        for need in lesson.requires:
            other = course.said.lesson(need.lesson)
            where = course.at("requires", lesson)
            begins, shows = other.dates.opens, other.dates.due
            if last is not None and begins is not None and begins >= last:
                yield _finding(
                    where,
                    f"{lesson.slug!r} must be done by {course.told(last)} and requires {other.slug!r}, which "
                    f"opens only on {course.told(begins)}.",
                    level="error",
                )
            elif need.percent is not None and policies[other.slug] == "when-released":
                yield _finding(
                    where,
                    f"{lesson.slug!r} requires marks of {other.slug!r}, which show only when you release "
                    "them; it stays locked until then.",
                )
            elif need.percent is not None and shows is not None:
                found = _too_late(course, lesson, other, policies[other.slug])
                if found:
                    yield _finding(where, found[0], level=found[1])


def _too_late(
    course: _Course, lesson: rules.Lesson, other: rules.Lesson, policy: model.MarksPolicy
) -> tuple[str, lint.Level] | None:
    """Why marks that a lesson requires show too late for it, and how bad that is: where only tests with
    hidden parts wait, nobody can tell from the dates alone.
    """
    last, shows, begins = lesson.dates.closes or lesson.dates.due, other.dates.due, lesson.dates.opens
    if shows is None or policy not in ("after-due", "visible-first"):
        return None
    some = "of whose marks those of hidden tests show" if policy == "visible-first" else "whose marks show"
    words = f"requires marks of {other.slug!r}, {some} only after {course.told(shows)}."
    if last is not None and shows >= last:
        level: lint.Level = "error" if policy == "after-due" else "warning"
        return f"{lesson.slug!r} must be done by {course.told(last)} and {words}", level
    if begins is not None and shows > begins:
        return f"{lesson.slug!r} opens on {course.told(begins)} and {words}", "warning"
    return None


def _paced(course: _Course) -> Iterator[lint.Finding]:
    """A pace that does not fit into the course, or that nothing follows."""
    found = [lesson for lesson in course.said.lessons if lesson.pacing == "paced"]
    if not found:
        if "pace" in tomllib.loads(course.text):
            yield _finding(course.at("pace"), "There is a [pace], and no lesson is paced.")
        return
    for lesson in found:
        if lesson.dates.due is not None:
            yield _finding(
                course.at("due", lesson),
                f"The lesson {lesson.slug!r} is paced: each person has a due date of their own, and this one "
                'never holds. Leave it out, or write pacing = "fixed".',
            )
    if course.said.starts is None or course.said.ends is None:
        return
    planned = pace.plan(course.said, rules.Person(joined=course.said.starts))
    cut = [slug for slug, each in planned.items() if each.clamped]
    if cut:
        yield _finding(
            course.at("ends"),
            f"At {course.said.pace.hours:g} hours a week the course ends before there was time for "
            f"{', '.join(cut)}: from the first day on they are due when it ends.",
        )
