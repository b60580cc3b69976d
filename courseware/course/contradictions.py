"""Dates of a course that contradict each other, or that no clock shows; pure.

In: the text of `course.toml`, which can be read. Out: findings, each with its line, that say which dates they
are. An `error` is a lesson that nobody can do in time, or nobody who is there from the first day; a `warning`
is what will surprise somebody.
"""

import dataclasses
import datetime
import functools
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from courseware.course import manifest, model, pace, reading, rules, schedule, wall, written
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
        return written.Source(name=NAME, text=self.text, entry=entry).at(word)

    def at_group(self, position: int, slug: str, word: str) -> str:
        """Where a name stands in the dates of a lesson for the group of this position."""
        return written.Source(name=NAME, text=self.text, group=position, slug=slug).at(word)

    def told(self, at: datetime.datetime) -> str:
        """A moment in words."""
        return wall.told(at, self.said.zone)

    def held(self, *groups: str) -> dict[str, model.Dates]:
        """What holds for somebody in these groups who starts with the course and has what comes first. Where
        the course says no start, what is paced has no due date but that of the group.
        """
        said = self.said
        if said.starts is None:
            said = dataclasses.replace(said, lessons=tuple(_undated(each) for each in said.lessons))
        first = said.starts or datetime.datetime.min.replace(tzinfo=datetime.UTC)
        waived = (rules.Granted(kind="waiver"),)
        return schedule.resolve(said, rules.Person(joined=first, groups=groups, granted=waived))


def _undated(lesson: rules.Lesson) -> rules.Lesson:
    """A lesson without the due date of its pace."""
    if lesson.pacing != "paced":
        return lesson
    return dataclasses.replace(lesson, pacing="open", dates=dataclasses.replace(lesson.dates, due=None))


def find(text: str) -> list[lint.Finding]:
    """What contradicts itself.

    Raises:
        UserError: the text cannot be read at all.
    """
    course = _Course(text=text, parsed=manifest.parse(text))
    return [*_clocks(course), *_bounds(course), *_needs(course), *_paced(course), *_groups(course)]


def _finding(where: str, message: str, *, level: lint.Level = "warning") -> lint.Finding:
    return lint.Finding(code="dates", level=level, where=where, message=message)


def _clocks(course: _Course) -> Iterator[lint.Finding]:
    """Times that the course's zone never shows, or shows twice."""
    told = tomllib.loads(course.text)
    places: list[tuple[str, tuple[str, ...], dict[str, Any], Callable[[str], str]]] = [
        ("The course", ("starts", "ends"), told["course"], course.at)
    ]
    for lesson, entry in zip(course.said.lessons, told.get("lessons", []), strict=True):
        where = functools.partial(course.at, lesson=lesson)
        places.append((f"The lesson {lesson.slug!r}", reading.WORDS, entry, where))
    for n, group in enumerate(told.get("groups", [])):
        for slug, entry in group.get("lessons", {}).items():
            of = f"The lesson {slug!r} for the group {group['name']!r}"
            places.append((of, reading.WORDS, entry, functools.partial(course.at_group, n, slug)))
    for of, words, entry, at in places:
        for word in words:
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
                    at(word),
                    f"{of} has {word} at {local:%H:%M}, an hour that {what} on that day in "
                    f"{course.said.zone.key}: it is taken as {meant:%H:%M %Z}.",
                )


def _bounds(course: _Course) -> Iterator[lint.Finding]:
    """Dates of lessons outside the course's."""
    for lesson in course.said.lessons:
        where = functools.partial(course.at, lesson=lesson)
        yield from _outside(course, f"The lesson {lesson.slug!r}", lesson.dates, where)
        if lesson.pacing == "open" and lesson.dates.due is not None:
            yield _finding(
                where("due"),
                f"The lesson {lesson.slug!r} is open and yet has a due date; the date holds.",
            )


def _outside(
    course: _Course, of: str, dates: model.Dates, where: Callable[[str], str]
) -> Iterator[lint.Finding]:
    """Which of three dates lie before the course starts or after it ends."""
    starts, ends = course.said.starts, course.said.ends
    for word, at in (("opens", dates.opens), ("due", dates.due), ("closes", dates.closes)):
        if at is not None and starts is not None and at < starts:
            yield _finding(
                where(word),
                f"{of} has {word} on {course.told(at)}, before the course starts on {course.told(starts)}.",
            )
        if at is not None and ends is not None and at > ends:
            yield _finding(
                where(word),
                f"{of} has {word} on {course.told(at)}, after the course ends on {course.told(ends)}.",
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
    if course.said.starts is None:
        return
    held = course.held()
    for lesson in found:
        yield from _unpaced(course, lesson, held[lesson.slug])
    planned = pace.plan(course.said, rules.Person(joined=course.said.starts))
    cut = [slug for slug, each in planned.items() if each.clamped]
    if cut:
        yield _finding(
            course.at("ends"),
            f"At {course.said.pace.hours:g} hours a week the course ends before there was time for "
            f"{', '.join(cut)}: from the first day on they are due when it ends.",
        )


def _unpaced(course: _Course, lesson: rules.Lesson, held: model.Dates) -> Iterator[lint.Finding]:
    """Dates of a paced lesson that stand against its pace."""
    opens, closes = lesson.dates.opens, lesson.dates.closes
    if held.due is None:
        return
    hours, due = course.said.pace.hours, course.told(held.due)
    late = f"at {hours:g} hours a week it is due on {due} for whoever starts with the course"
    if opens is not None and held.due <= opens:
        yield _finding(
            course.at("opens", lesson),
            f"The lesson {lesson.slug!r} opens on {course.told(opens)}, and {late}: it is late from "
            "its first moment.",
            level="error",
        )
    elif closes is not None and closes < held.due:
        yield _finding(
            course.at("closes", lesson),
            f"The lesson {lesson.slug!r} closes on {course.told(closes)}, and {late}: it stays open "
            "until then.",
        )


def _groups(course: _Course) -> Iterator[lint.Finding]:
    """Dates of groups that stand against the lesson's or the course's."""
    for n, group in enumerate(course.said.groups):
        held = course.held(group.name)
        for slug, told in group.lessons.items():
            where = functools.partial(course.at_group, n, slug)
            of = f"The lesson {slug!r} for the group {group.name!r}"
            yield from _outside(course, of, told, where)
            own = course.said.lesson(slug).dates
            merged = model.Dates(
                opens=told.opens or own.opens, due=held[slug].due, closes=told.closes or own.closes
            )
            yield from _disordered(course, of, told, merged, where)


def _disordered(
    course: _Course, of: str, told: model.Dates, merged: model.Dates, where: Callable[[str], str]
) -> Iterator[lint.Finding]:
    """What comes in the wrong order once the dates that a group says, `told`, stand among the lesson's."""
    opens, due, closes = merged.opens, merged.due, merged.closes
    word, last = ("due", due) if due is not None else ("closes", closes)
    if opens is not None and last is not None and last <= opens:
        yield _finding(
            where("opens" if told.opens is not None else word),
            f"{of} has {word} on {course.told(last)}, and it opens only on {course.told(opens)}.",
            level="error",
        )
    elif told.closes is not None and due is not None and told.closes < due:
        yield _finding(
            where("closes"),
            f"{of} closes on {course.told(told.closes)} and is due on {course.told(due)}: it stays open "
            "until then.",
        )
