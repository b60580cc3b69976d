"""Take over an nbgrader course: write `course.toml` beside what is there, and say what will differ.

In: a folder with `source/<assignment>/`. Out: the text of course.toml and sentences about the differences.
Nothing else is written, and `nbgrader_config.py` is read, not run. Refused: a folder without source/, or
one that has a course.toml.
"""

import dataclasses
import datetime
import json
import zoneinfo
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from courseware import errors, names
from courseware.course import manifest
from courseware.desk import roster
from courseware.notebook import settings_nbgrader, source


@dataclasses.dataclass(frozen=True, kw_only=True)
class Adopted:
    """The manifest to be written, the lessons in it, what was taken over, and what will differ."""

    text: str
    lessons: tuple[str, ...]
    taken: tuple[str, ...]
    differences: tuple[str, ...]


_ALWAYS = (
    "Hand-ins run in a sandbox without a network; tests that download something will fail.",
    "Something on stderr alone is no zero. `courseware autograde --compat nbgrader` gives nbgrader's scores.",
    "A deleted or copied test cell is put back or ignored; nbgrader gives up or leaves it to a person.",
    "A result above the maximum is cut to the maximum.",
    "Feedback shows no source, value or traceback of a hidden test.",
)

_HONOURED: Mapping[str, frozenset[str] | None] = {
    "ClearHiddenTests": None,
    "ClearMarkScheme": None,
    "ClearSolutions": None,
    "CourseDirectory": frozenset({"course_id", "source_directory", "db_students", "db_assignments"}),
    "Exchange": frozenset({"course_id", "timezone"}),
    "Execute": frozenset({"timeout"}),
    "ExecutePreprocessor": frozenset({"timeout"}),
    "IgnorePattern": None,
    "InstantiateTests": frozenset({"autotest_delimiter", "hashed_delimiter", "use_salt", "enforce_metadata"}),
    "LateSubmissionPlugin": frozenset({"penalty_method"}),
    "LimitOutput": None,
    "LockCells": None,
    "NbGrader": frozenset({"course_id", "db_students", "db_assignments"}),
    "OverwriteCells": frozenset({"add_missing_cells"}),
}
"""The options that are taken over; None: all of the class."""

_INSTEAD = {
    ("IncludeHeaderFooter", "header"): "put the cells into the source notebooks",
    ("IncludeHeaderFooter", "footer"): "put the cells into the source notebooks",
    ("CourseDirectory", "db_url"): "people and marks are in the service's own database",
    ("CourseDirectory", "groupshared"): "students and graders share no folder here",
}


def adopt(folder: Path, *, title: str | None = None) -> Adopted:
    """Look at an nbgrader course.

    Raises:
        UserError: there is no source folder, or the course is adopted already.
    """
    if (folder / "course.toml").exists():
        raise errors.UserError(f"{folder} has a course.toml already; it is left as it is.")
    options = _settings(folder)
    base = options.text("CourseDirectory", "source_directory", "source")
    if not (folder / base).is_dir() or not (folder / base).resolve().is_relative_to(folder.resolve()):
        raise errors.UserError(f"{folder} has no folder {base}/, so it is no nbgrader course.")
    found = sorted(p.name for p in (folder / base).iterdir() if p.is_dir() and any(p.rglob("*.ipynb")))
    if not found:
        raise errors.UserError(f"{folder / base} has no folder with a notebook.")
    slugs = {name: names.to_slug(name) for name in found}
    names.distinct(slugs.values())
    dates, undated = _dates(folder, options)
    listed = roster.find(folder)
    course_id = options.text("CourseDirectory", "course_id", options.text("NbGrader", "course_id", ""))
    name = title or course_id or options.text("Exchange", "course_id", "") or folder.resolve().name
    head = {
        "id": names.to_slug(name),
        "title": name,
        "time_zone": _zone(options),
        "adopted": True,
        **({"roster": listed} if listed else {}),
    }
    lessons = [
        {"slug": slugs[each], "title": each, "source": f"{base}/{each}", "due": dates.get(each)}
        for each in found
    ]
    late = options.text("LateSubmissionPlugin", "penalty_method", "none")
    text = _toml(head, {"marks": "visible-first", **({"late": "zero"} if late == "zero" else {})}, lessons)
    manifest.parse(text)
    differences = [f"The assignment {n!r} is the lesson {s!r} here." for n, s in slugs.items() if n != s]
    differences += [
        f"nbgrader_config.py, {line}: not a plain value, so not taken over." for line in options.skipped
    ]
    if late not in ("none", "zero"):
        differences.append("LateSubmissionPlugin.penalty_method is not taken over: late work loses nothing.")
    differences += [*undated, *_unknown_dates(dates, slugs), *_others(options), *_beside(folder)]
    return Adopted(
        text=text,
        lessons=tuple(slugs.values()),
        taken=tuple(_taken(options, listed, {each: dates[each] for each in found if each in dates})),
        differences=(*differences, *_ALWAYS),
    )


def _settings(folder: Path) -> settings_nbgrader.Options:
    """The literal settings of the course."""
    files = {name: (folder / name).read_bytes() for name in source.SHARED if (folder / name).is_file()}
    return settings_nbgrader.of_files(files)


def _toml(head: Mapping[str, Any], policies: Mapping[str, Any], lessons: list[dict[str, Any]]) -> str:
    """The text of course.toml."""
    lines = ["[course]", *_pairs(head), "", "[policies]", *_pairs(policies)]
    for lesson in lessons:
        lines += ["", "[[lessons]]", *_pairs(lesson)]
    return "\n".join(lines) + "\n"


def _pairs(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, datetime.datetime):
            yield f"{name} = {value.strftime('%Y-%m-%dT%H:%M:%SZ')}"
        elif value is not None:
            # What JSON escapes in a text, TOML reads the same, but for a DEL.
            yield f"{name} = " + json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _zone(options: settings_nbgrader.Options) -> str:
    """The time zone that the exchange was set to."""
    told = options.text("Exchange", "timezone", "UTC")
    try:
        return zoneinfo.ZoneInfo(told).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return "UTC"


def _dates(
    folder: Path, options: settings_nbgrader.Options
) -> tuple[dict[str, datetime.datetime], list[str]]:
    """Due dates by assignment, and sentences about those that cannot be read."""
    told = settings_nbgrader.due_dates(options)
    listed = folder / "assignments.json"
    if listed.is_file():
        told |= settings_nbgrader.due_in_list(listed.read_text(encoding="utf-8-sig", errors="replace"))
    dates, problems = {}, []
    for name, text in told.items():
        try:
            dates[name] = settings_nbgrader.instant(text)
        except errors.UserError as error:
            problems.append(f"The due date of {name!r} is not taken over: {error.message}")
    return dates, problems


def _unknown_dates(dates: Mapping[str, Any], slugs: Mapping[str, str]) -> list[str]:
    return [
        f"The assignment {name!r} has a due date and no folder; it is no lesson."
        for name in sorted(dates)
        if name not in slugs
    ]


def _taken(
    options: settings_nbgrader.Options, listed: str, dates: Mapping[str, datetime.datetime]
) -> Iterator[str]:
    """Sentences about what goes on as it was."""
    for name, due in dates.items():
        yield f"{name} is due {due:%Y-%m-%d %H:%M} UTC."
    if listed:
        yield f"The people in {listed} join the course when it is first served."
    for section, values in sorted(options.values.items()):
        for name, value in sorted(values.items()):
            if _honoured(section, name) and not name.startswith("db_"):
                yield f"{section}.{name} = {json.dumps(value, ensure_ascii=False)[:80]}"


def _honoured(section: str, name: str) -> bool:
    known = _HONOURED.get(section, frozenset())
    return known is None or name in known


def _others(options: settings_nbgrader.Options) -> Iterator[str]:
    """Sentences about options that have no meaning here."""
    for section, values in sorted(options.values.items()):
        for name in sorted(values):
            if not _honoured(section, name):
                instead = _INSTEAD.get((section, name), "it has no meaning here")
                yield f"{section}.{name} is not taken over: {instead}."


def _beside(folder: Path) -> Iterator[str]:
    """Sentences about what lies in the folder and stays where it is."""
    if (folder / "gradebook.db").is_file():
        yield "gradebook.db is left alone: marks that were given before stay in nbgrader."
    if (folder / "submitted").is_dir():
        yield "submitted/ is left alone: `courseware autograde --submitted submitted` grades what is there."
