"""`course.toml`: what a course says of itself; content only, no hosts, secrets or commands.

In: the text. Out: a frozen record with local wall-clock times turned into UTC in the course's zone.
Refused: a name that is not known, with its line and the nearest known one; a date that cannot be; two
lessons of one name.
"""

import dataclasses
import datetime
import functools
import re
import tomllib
import zoneinfo
from typing import Any, cast

from courseware import errors, names, settings
from courseware.course import limits as course_limits
from courseware.course import model, reading, rules, written

_SECTIONS = dict.fromkeys(
    ("course", "pace", "policies", "environment", "limits", "lessons", "groups", "attention")
)
_COURSE = dict.fromkeys(
    ("id", "title", "time_zone", "language", "pacing", "starts", "ends", "source", "roster", "adopted")
)
_POLICIES = dict.fromkeys(("marks", "late", "attempts", "complete", "graded_threads", "quiz", "checks"))
_ENVIRONMENT = dict.fromkeys(("python", "requirements"))
_LESSON = dict.fromkeys(
    (*reading.WORDS, "slug", "title", "marks", "source", "limits", "pacing", "hours", "requires", "late")
)
_LESSON |= dict.fromkeys(("attempts", "complete"))
_MARKS = ("visible-first", "at-once", "after-due", "when-released")
_GRADED_THREADS = ("open", "after-due")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Far above any course: what is read takes longer than in proportion to its length.
_MOST, _MOST_LINES, _WIDEST, _MOST_LESSONS = 300_000, 10_000, 4_000, 1_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class LessonEntry:
    """A lesson as the manifest lists it; `source` is its folder, relative to the course's; `limits` and
    `rules` are its own and the course's.
    """

    slug: str
    title: str
    source: str
    marks: model.MarksPolicy
    dates: model.Dates
    limits: course_limits.Told
    rules: rules.Lesson


@dataclasses.dataclass(frozen=True, kw_only=True)
class Manifest:
    """A whole course.toml; `adopted` says that it lies over an nbgrader course, `graded_threads` when
    students see each other's threads on exercises, `checks` how often a day an exercise is checked before it
    is handed in, `roster` which file of the folder lists the people. `attention` is for how many weeks staff
    are told who may need a word, None for never.
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
    complete: rules.Complete | None
    lessons: tuple[LessonEntry, ...]
    quiz: rules.Quiz
    checks: int | None
    attention: int | None
    rules: rules.Course

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
    _without_source(name, text, course)
    spoken = _language(name, text, course.get("language", "en"))
    zone = str(course.get("time_zone", "UTC"))
    place = _zone(name, text, zone)
    usual = course_limits.read(name, text, told.get("limits", {}))
    source = written.Source(name=name, text=text)
    whole = _whole(source, (course, policies), place, usual)
    lessons = _lessons(source, told.get("lessons", []), whole)
    _required(source, lessons)
    return Manifest(
        id=_slug((name, settings.line_of(text, "id")), course["id"]),
        title=str(course["title"]),
        time_zone=zone,
        language=spoken,
        adopted=bool(course.get("adopted", False)),
        python=_path((name, settings.line_of(text, "python")), environment, "python", ""),
        requirements=_path((name, settings.line_of(text, "requirements")), environment, "requirements", ""),
        roster=_path((name, settings.line_of(text, "roster")), course, "roster", ""),
        graded_threads=_graded_threads(name, text, policies.get("graded_threads", "open")),
        limits=usual,
        complete=whole.complete,
        lessons=lessons,
        rules=rules.Course(
            zone=place,
            starts=whole.starts,
            ends=whole.ends,
            pace=reading.pace(source, told.get("pace", {})),
            lessons=tuple(lesson.rules for lesson in lessons),
            groups=reading.groups(source, told.get("groups", []), place, [each.slug for each in lessons]),
            bank=whole.late.bank,
        ),
        quiz=reading.quiz(source, policies.get("quiz", {})),
        checks=reading.checks(source, policies),
        attention=reading.attention(source, told.get("attention", {})),
    )


def _loaded(text: str, name: str) -> dict[str, Any]:
    """The text as TOML, if it is no larger than a course's can be."""
    if len(text) > _MOST or text.count("\n") > _MOST_LINES or any(len(e) > _WIDEST for e in text.split("\n")):
        raise errors.UserError(f"{name} is larger than any course's. Leave out what is no setting.")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise errors.UserError(f"{name}: {error}.") from None


def _lessons(source: written.Source, entries: Any, whole: "_Whole") -> tuple[LessonEntry, ...]:
    """The entries [[lessons]], each of another name."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise source.refuse("lessons", "write lessons as [[lessons]].")
    if len(entries) > _MOST_LESSONS:
        raise errors.UserError(f"{source.name}: a course has at most {_MOST_LESSONS} lessons.")
    found = tuple(
        _lesson((source.name, source.text, position), entry, whole) for position, entry in enumerate(entries)
    )
    slugs = [lesson.slug for lesson in found]
    twice = next((slug for slug in slugs if slugs.count(slug) > 1), None)
    if twice:
        raise errors.UserError(f"{source.name}: the lesson {twice!r} is listed twice.")
    return found


@functools.lru_cache(maxsize=64)
def _kept(text: str) -> Manifest:
    """What `parse` makes of a text that it took before."""
    return parse(text)


def of(course: model.Course) -> Manifest:
    """The manifest of a course as it was taken last; asked often, read once."""
    return _kept(course.manifest)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Whole:
    """What a course says for all its lessons."""

    zone: zoneinfo.ZoneInfo
    marks: model.MarksPolicy
    limits: course_limits.Told
    pacing: rules.Pacing
    starts: datetime.datetime | None
    ends: datetime.datetime | None
    late: rules.Late
    attempts: rules.Attempts
    complete: rules.Complete | None


def _whole(
    source: written.Source,
    told: tuple[dict[str, Any], dict[str, Any]],
    zone: zoneinfo.ZoneInfo,
    limits: course_limits.Told,
) -> _Whole:
    """The rules of a course that its lessons take over; `told` is [course] and [policies]."""
    course, policies = told
    starts, ends = (
        reading.moment(source, "the course", word, course.get(word), zone) for word in ("starts", "ends")
    )
    if starts is not None and ends is not None and starts >= ends:
        raise source.refuse("ends", "the course ends before it starts.")
    return _Whole(
        zone=zone,
        marks=_marks(source.name, source.text, policies.get("marks", "visible-first")),
        limits=limits,
        pacing=reading.pacing(source, course.get("pacing", "fixed")),
        starts=starts,
        ends=ends,
        late=reading.late(source, policies.get("late"), rules.Late(), bank=True),
        attempts=reading.attempts(source, policies.get("attempts"), rules.Attempts()),
        complete=reading.complete(source, policies.get("complete"), None),
    )


def _required(source: written.Source, lessons: tuple[LessonEntry, ...]) -> None:
    """Refuse what can never be met: a lesson that is not listed, or lessons that wait for each other."""
    needs = {entry.slug: [each.lesson for each in entry.rules.requires] for entry in lessons}
    for position, slug in enumerate(needs):
        here = dataclasses.replace(source, entry=position)
        for other in needs[slug]:
            if other not in needs:
                near = settings.unknown(source.name, source.text, other, dict.fromkeys(needs))
                advice = near.message.split("known here. ", 1)[1]
                message = f"{slug!r} requires a lesson {other!r} that is not listed. {advice}"
                raise here.refuse("requires", message)
        seen, waiting = {slug}, list(needs[slug])
        while waiting:
            other = waiting.pop()
            if other == slug:
                raise here.refuse("requires", f"{slug!r} requires lessons that in the end require {slug!r}.")
            if other not in seen:
                seen.add(other)
                waiting += needs.get(other, [])


def _lesson(place: tuple[str, str, int], entry: dict[str, Any], whole: _Whole) -> LessonEntry:
    """One [[lessons]] entry; `place` is the file's name, its text and which entry it is."""
    name, text, position = place
    written.known(written.Source(name=name, text=text, entry=position), entry, _LESSON)

    def line(word: str) -> tuple[str, int]:
        """Where a name of this entry stands."""
        return name, written.line_in(text, position, word)

    slug = _slug(line("slug"), entry.get("slug", ""))
    source = written.Source(name=name, text=text, entry=position)
    dates = reading.dates(source, f"the lesson {slug!r}", entry, whole.zone)
    title = str(entry.get("title", slug))
    return LessonEntry(
        slug=slug,
        title=title,
        source=_path(line("source"), entry, "source", f"lessons/{slug}"),
        marks=_marks(name, text, entry.get("marks", whole.marks)),
        dates=dates,
        limits={**whole.limits, **course_limits.read(name, text, entry.get("limits", {}))},
        rules=rules.Lesson(
            slug=slug,
            title=title,
            pacing=reading.pacing(source, entry.get("pacing", whole.pacing)),
            dates=dates,
            hours=reading.hours(source, entry),
            requires=reading.requires(source, slug, entry.get("requires")),
            late=reading.late(source, entry.get("late"), whole.late, bank=False),
            attempts=reading.attempts(source, entry.get("attempts"), whole.attempts),
            complete=reading.complete(source, entry.get("complete"), whole.complete),
            estimated="hours" in entry,
        ),
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


def _language(name: str, text: str, told: Any) -> str:
    """The code of a language, perhaps with a country."""
    if not isinstance(told, str) or not _LANGUAGE.fullmatch(told):
        line = settings.line_of(text, "language")
        raise errors.UserError(f"{name}, line {line}: language must be a code as de or pt-BR, not {told!r}.")
    return told


def _without_source(name: str, text: str, told: dict[str, Any]) -> None:
    """Refuse what would have no effect."""
    if "source" in told:
        raise errors.UserError(
            f"{name}, line {settings.line_of(text, 'source')}: source in [course] is not available in this "
            "version. Name the folder of each lesson in its [[lessons]] entry."
        )


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
