"""`course.toml`: what a course says of itself; content only, no hosts, secrets or commands.

In: the text. Out: a frozen record with local wall-clock times turned into UTC in the course's zone.
Refused: a name that is not known, with its line and the nearest known one; a date that cannot be; two
lessons of one name.
"""

import dataclasses
import datetime
import itertools
import tomllib
import zoneinfo
from typing import Any, cast

from courseware import errors, names, settings
from courseware.course import limits as course_limits
from courseware.course import model

_SECTIONS = {"course": None, "policies": None, "environment": None, "limits": None, "lessons": None}
_COURSE = dict.fromkeys(("id", "title", "time_zone", "language", "pacing", "source", "roster", "adopted"))
_POLICIES = dict.fromkeys(("marks", "late", "attempts", "graded_threads"))
_ENVIRONMENT = dict.fromkeys(("python", "requirements"))
_LESSON = dict.fromkeys(("slug", "title", "opens", "due", "closes", "marks", "source", "limits"))
_MARKS = ("at-once", "after-due", "when-released")
_GRADED_THREADS = ("open", "after-due")


@dataclasses.dataclass(frozen=True, kw_only=True)
class LessonEntry:
    """A lesson as the manifest lists it; `source` is its folder, relative to the course's; `limits` are its
    own and the course's.
    """

    slug: str
    title: str
    source: str
    marks: model.MarksPolicy
    dates: model.Dates
    limits: course_limits.Told


@dataclasses.dataclass(frozen=True, kw_only=True)
class Manifest:
    """A whole course.toml; `adopted` says that it lies over an nbgrader course, `graded_threads` when
    students see each other's threads on exercises, `roster` which file of the folder lists the people.
    """

    id: str
    title: str
    time_zone: str
    language: str
    adopted: bool
    python: str
    requirements: str
    roster: str
    graded_threads: str
    limits: course_limits.Told
    lessons: tuple[LessonEntry, ...]

    @property
    def slug(self) -> str:
        """The course's name in addresses."""
        return self.id

    def limits_of(self, slug: str) -> course_limits.Told:
        """The limits that hold for a lesson; those of the course for one that is not listed."""
        return next((entry.limits for entry in self.lessons if entry.slug == slug), self.limits)


def parse(text: str, *, name: str = "course.toml") -> Manifest:
    """The course in this text.

    Raises:
        UserError: with the line, what is wrong and what would be right.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise errors.UserError(f"{name}: {error}.") from None
    _known(name, text, told, _SECTIONS)
    course, policies = (
        _section(name, text, told, "course", _COURSE),
        _section(name, text, told, "policies", _POLICIES),
    )
    environment = _section(name, text, told, "environment", _ENVIRONMENT)
    if not course.get("id") or not course.get("title"):
        raise errors.UserError(f"{name}: [course] needs an id and a title.")
    zone = str(course.get("time_zone", "UTC"))
    adopted = bool(course.get("adopted", False))
    default = _marks(name, text, policies.get("marks", "after-due"))
    usual = course_limits.read(name, text, told.get("limits", {}))
    entries = told.get("lessons", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise errors.UserError(
            f"{name}, line {settings.line_of(text, 'lessons')}: write lessons as [[lessons]]."
        )
    lessons = tuple(
        _lesson((name, text), entry, _zone(name, text, zone), default, usual) for entry in entries
    )
    slugs = [lesson.slug for lesson in lessons]
    twice = next((slug for slug in slugs if slugs.count(slug) > 1), None)
    if twice:
        raise errors.UserError(f"{name}: the lesson {twice!r} is listed twice.")
    return Manifest(
        id=names.slug(str(course["id"])),
        title=str(course["title"]),
        time_zone=zone,
        language=str(course.get("language", "en")),
        adopted=adopted,
        python=str(environment.get("python", "")),
        requirements=str(environment.get("requirements", "")),
        roster=str(course.get("roster", "")),
        graded_threads=_graded_threads(name, text, policies.get("graded_threads", "open")),
        limits=usual,
        lessons=lessons,
    )


def _lesson(
    place: tuple[str, str],
    entry: dict[str, Any],
    zone: zoneinfo.ZoneInfo,
    default: model.MarksPolicy,
    usual: course_limits.Told,
) -> LessonEntry:
    """One [[lessons]] entry; `place` is the file's name and text."""
    name, text = place
    _known(name, text, entry, _LESSON)
    slug = names.slug(str(entry.get("slug", "")))
    times = {word: _time(name, slug, word, entry.get(word), zone) for word in ("opens", "due", "closes")}
    order = [(word, time) for word, time in times.items() if time is not None]
    for (first, earlier), (second, later) in itertools.pairwise(order):
        if earlier >= later:
            raise errors.UserError(f"{name}: the lesson {slug!r} has {second} before {first}.")
    return LessonEntry(
        slug=slug,
        title=str(entry.get("title", slug)),
        source=str(entry.get("source", f"lessons/{slug}")),
        marks=_marks(name, text, entry.get("marks", default)),
        dates=model.Dates(**times, why="The date of the lesson." if order else "The lesson has no dates."),
        limits={**usual, **course_limits.read(name, text, entry.get("limits", {}))},
    )


def _section(
    name: str, text: str, told: dict[str, Any], section: str, known: dict[str, None]
) -> dict[str, Any]:
    """A section whose names are all known."""
    found = told.get(section, {})
    if not isinstance(found, dict):
        raise errors.UserError(
            f"{name}, line {settings.line_of(text, section)}: write {section} as [{section}]."
        )
    _known(name, text, found, known)
    return found


def _known(name: str, text: str, found: dict[str, Any], known: dict[str, None]) -> None:
    for key in found:
        if key not in known:
            raise settings.unknown(name, text, key, known)


def _zone(name: str, text: str, zone: str) -> zoneinfo.ZoneInfo:
    """The zone by its name in the tz database."""
    try:
        return zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        line = settings.line_of(text, "time_zone")
        raise errors.UserError(
            f"{name}, line {line}: there is no time zone {zone!r}; write one as Europe/Berlin."
        ) from None


def _marks(name: str, text: str, told: Any) -> model.MarksPolicy:
    if told not in _MARKS:
        line = settings.line_of(text, "marks")
        raise errors.UserError(
            f"{name}, line {line}: marks must be {', '.join(_MARKS[:-1])} or {_MARKS[-1]}."
        )
    return cast(model.MarksPolicy, told)


def _graded_threads(name: str, text: str, told: Any) -> str:
    if told not in _GRADED_THREADS:
        line = settings.line_of(text, "graded_threads")
        raise errors.UserError(f"{name}, line {line}: graded_threads must be {' or '.join(_GRADED_THREADS)}.")
    return str(told)


def _time(name: str, slug: str, word: str, told: Any, zone: zoneinfo.ZoneInfo) -> datetime.datetime | None:
    """A wall-clock time in the course's zone, or a time with its own zone, as UTC."""
    if told is None:
        return None
    try:
        local = told if isinstance(told, datetime.datetime) else datetime.datetime.fromisoformat(str(told))
    except ValueError:
        raise errors.UserError(
            f"{name}: {word} of the lesson {slug!r} is no date; write 2026-09-01T08:00."
        ) from None
    aware = local if local.tzinfo else local.replace(tzinfo=zone)
    return aware.astimezone(datetime.UTC)
