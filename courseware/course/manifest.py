"""`course.toml`: what a course says of itself; content only, no hosts, secrets or commands.

In: the text. Out: a frozen record with local wall-clock times turned into UTC in the course's zone.
Refused: a name that is not known, with its line and the nearest known one; a date that cannot be; two
lessons of one name.
"""

import dataclasses
import datetime
import functools
import itertools
import re
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
_MARKS = ("visible-first", "at-once", "after-due", "when-released")
_GRADED_THREADS = ("open", "after-due")
# Names that say what happens in any case; another value would promise what this version does not do.
_ONLY = {"language": "en", "pacing": "fixed", "late": "accept", "attempts": "unlimited"}
_YEARS = range(1970, 3000)
# Far above any course: what is read takes longer than in proportion to its length.
_MOST, _MOST_LINES, _WIDEST, _MOST_LESSONS = 300_000, 10_000, 4_000, 1_000


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
    told = _loaded(text, name)
    _known(name, text, told, _SECTIONS)
    course, policies = (
        _section(name, text, told, "course", _COURSE),
        _section(name, text, told, "policies", _POLICIES),
    )
    environment = _section(name, text, told, "environment", _ENVIRONMENT)
    if not course.get("id") or not course.get("title"):
        raise errors.UserError(f"{name}: [course] needs an id and a title.")
    _only(name, text, {**course, **policies})
    zone = str(course.get("time_zone", "UTC"))
    place = _zone(name, text, zone)
    adopted = bool(course.get("adopted", False))
    default = _marks(name, text, policies.get("marks", "visible-first"))
    usual = course_limits.read(name, text, told.get("limits", {}))
    entries = told.get("lessons", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise errors.UserError(
            f"{name}, line {settings.line_of(text, 'lessons')}: write lessons as [[lessons]]."
        )
    if len(entries) > _MOST_LESSONS:
        raise errors.UserError(f"{name}: a course has at most {_MOST_LESSONS} lessons.")
    lessons = tuple(
        _lesson((name, text, position), entry, place, default, usual)
        for position, entry in enumerate(entries)
    )
    slugs = [lesson.slug for lesson in lessons]
    twice = next((slug for slug in slugs if slugs.count(slug) > 1), None)
    if twice:
        raise errors.UserError(f"{name}: the lesson {twice!r} is listed twice.")
    return Manifest(
        id=_slug((name, settings.line_of(text, "id")), course["id"]),
        title=str(course["title"]),
        time_zone=zone,
        language=str(course.get("language", "en")),
        adopted=adopted,
        python=_path((name, settings.line_of(text, "python")), environment, "python", ""),
        requirements=_path((name, settings.line_of(text, "requirements")), environment, "requirements", ""),
        roster=_path((name, settings.line_of(text, "roster")), course, "roster", ""),
        graded_threads=_graded_threads(name, text, policies.get("graded_threads", "open")),
        limits=usual,
        lessons=lessons,
    )


def _loaded(text: str, name: str) -> dict[str, Any]:
    """The text as TOML, if it is no larger than a course's can be."""
    if len(text) > _MOST or text.count("\n") > _MOST_LINES or any(len(e) > _WIDEST for e in text.split("\n")):
        raise errors.UserError(f"{name} is larger than any course's. Leave out what is no setting.")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise errors.UserError(f"{name}: {error}.") from None


def _lesson(
    place: tuple[str, str, int],
    entry: dict[str, Any],
    zone: zoneinfo.ZoneInfo,
    default: model.MarksPolicy,
    usual: course_limits.Told,
) -> LessonEntry:
    """One [[lessons]] entry; `place` is the file's name, its text and which entry it is."""
    name, text, position = place
    _known(name, text, entry, _LESSON)

    def line(word: str) -> tuple[str, int]:
        """Where a name of this entry stands."""
        return name, _line_in(text, position, word)

    slug = _slug(line("slug"), entry.get("slug", ""))
    times = {
        word: _time(line(word), slug, word, entry.get(word), zone) for word in ("opens", "due", "closes")
    }
    order = [(word, time) for word, time in times.items() if time is not None]
    for (first, earlier), (second, later) in itertools.pairwise(order):
        if earlier >= later:
            where, number = line(second)
            raise errors.UserError(
                f"{where}, line {number}: the lesson {slug!r} has {second} before {first}."
            )
    return LessonEntry(
        slug=slug,
        title=str(entry.get("title", slug)),
        source=_path(line("source"), entry, "source", f"lessons/{slug}"),
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


def _only(name: str, text: str, told: dict[str, Any]) -> None:
    """Refuse what would have no effect."""
    for key, value in _ONLY.items():
        if told.get(key, value) != value:
            line = settings.line_of(text, key)
            raise errors.UserError(
                f"{name}, line {line}: {key} = {told[key]!r} is not available in this version. "
                f'Write {key} = "{value}", or leave it out.'
            )
    if "source" in told:
        raise errors.UserError(
            f"{name}, line {settings.line_of(text, 'source')}: source in [course] is not available in this "
            "version. Name the folder of each lesson in its [[lessons]] entry."
        )


@functools.lru_cache(1)
def _entries(text: str) -> tuple[list[str], list[int]]:
    """The lines of a manifest, and those on which an entry begins."""
    lines = text.splitlines()
    return lines, [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*lessons\s*\]\]", line)]


def _line_in(text: str, position: int, word: str) -> int:
    """The line of a name in the entry of this position; that of the entry where the name is not written."""
    lines, heads = _entries(text)
    if position >= len(heads):
        return settings.line_of(text, word)
    end = heads[position + 1] if position + 1 < len(heads) else len(lines)
    wanted = re.compile(rf"\s*[\"']?{word}[\"']?\s*=")
    return next((n for n in range(heads[position], end) if wanted.match(lines[n])), heads[position]) + 1


def _slug(place: tuple[str, int], told: Any) -> str:
    """A name for addresses, or the refusal with its line."""
    try:
        return names.slug(str(told))
    except errors.UserError as error:
        raise errors.UserError(f"{place[0]}, line {place[1]}: {error.message}") from None


def _path(place: tuple[str, int], told: dict[str, Any], word: str, default: str) -> str:
    """A path that a disk can be asked for."""
    found = str(told.get(word, default))
    if any(ord(sign) < 32 for sign in found):
        raise errors.UserError(f"{place[0]}, line {place[1]}: {word} has a character that no path has.")
    return found


def _zone(name: str, text: str, zone: str) -> zoneinfo.ZoneInfo:
    """The zone by its name in the tz database."""
    try:
        return zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        # A folder of the database, such as `America`, is an OSError.
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


def _time(
    place: tuple[str, int], slug: str, word: str, told: Any, zone: zoneinfo.ZoneInfo
) -> datetime.datetime | None:
    """A wall-clock time in the course's zone, or a time with its own zone, as UTC."""
    if told is None:
        return None
    try:
        local = told if isinstance(told, datetime.datetime) else datetime.datetime.fromisoformat(str(told))
    except ValueError:
        raise errors.UserError(
            f"{place[0]}, line {place[1]}: {word} of the lesson {slug!r} is no date; write 2026-09-01T08:00."
        ) from None
    if local.year not in _YEARS:
        raise errors.UserError(
            f"{place[0]}, line {place[1]}: {word} of the lesson {slug!r} must lie between the years "
            f"{_YEARS.start} and {_YEARS.stop - 1}."
        )
    aware = local if local.tzinfo else local.replace(tzinfo=zone)
    return aware.astimezone(datetime.UTC)
