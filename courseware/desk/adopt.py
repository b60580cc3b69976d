"""Take over an nbgrader course: write `course.toml` beside what is there, and say what will differ.

In: a folder with `source/<assignment>/`. Out: the text of course.toml and sentences about the differences.
Nothing else is written, and `nbgrader_config.py` is read, not run. Refused: a folder without source/, or
one that has a course.toml.
"""

import dataclasses
import json
from pathlib import Path

from courseware import errors, names
from courseware.desk import roster
from courseware.notebook import settings_nbgrader


@dataclasses.dataclass(frozen=True, kw_only=True)
class Adopted:
    """The manifest to be written, the lessons in it, and what will differ from nbgrader."""

    text: str
    lessons: tuple[str, ...]
    differences: tuple[str, ...]


_ALWAYS = (
    "Hand-ins run in a sandbox without a network; tests that download something will fail.",
    "Something on stderr alone is no zero. `courseware autograde --compat nbgrader` gives nbgrader's scores.",
    "A deleted or copied test cell is put back or ignored; nbgrader gives up or leaves it to a person.",
    "A result above the maximum is cut to the maximum.",
    "Feedback shows no source, value or traceback of a hidden test.",
)


def adopt(folder: Path, *, title: str | None = None) -> Adopted:
    """Look at an nbgrader course.

    Raises:
        UserError: there is no source folder, or the course is adopted already.
    """
    source = folder / "source"
    if (folder / "course.toml").exists():
        raise errors.UserError(f"{folder} has a course.toml already; it is left as it is.")
    if not source.is_dir():
        raise errors.UserError(f"{folder} has no folder source/, so it is no nbgrader course.")
    assignments = sorted(p.name for p in source.iterdir() if p.is_dir() and any(p.rglob("*.ipynb")))
    if not assignments:
        raise errors.UserError(f"{source} has no folder with a notebook.")
    options, differences = _settings(folder)
    slugs = [names.to_slug(name) for name in assignments]
    names.distinct(slugs)
    differences += [
        f"The assignment {n!r} is the lesson {s!r} here."
        for n, s in zip(assignments, slugs, strict=True)
        if n != s
    ]
    name = title or str(options.get("CourseDirectory", "course_id", "") or folder.resolve().name)
    lines = [
        "[course]",
        f"id = {json.dumps(names.to_slug(name))}",
        f"title = {json.dumps(name, ensure_ascii=False)}",
    ]
    listed = roster.find(folder)
    if listed:
        lines += [f"roster = {json.dumps(listed)}"]
        differences += [f"The people in {listed} join the course when it is first served."]
    lines += ['time_zone = "UTC"', "adopted = true", "", "[policies]", 'marks = "at-once"']
    due, odd = _due(folder, options)
    for assignment, slug in zip(assignments, slugs, strict=True):
        lines += [
            "",
            "[[lessons]]",
            f'slug = "{slug}"',
            f"title = {json.dumps(assignment, ensure_ascii=False)}",
        ]
        lines += [f"source = {json.dumps(f'source/{assignment}', ensure_ascii=False)}"]
        if assignment in due:
            lines += [f'due = "{due[assignment]}"']
    differences += odd
    return Adopted(text="\n".join(lines) + "\n", lessons=tuple(slugs), differences=(*differences, *_ALWAYS))


def _due(folder: Path, options: settings_nbgrader.Options) -> tuple[dict[str, str], list[str]]:
    """The due date of each assignment, from `db_assignments` or assignments.json, and what was no date."""
    told = {
        str(each.get("name")): each.get("duedate")
        for each in options.get("CourseDirectory", "db_assignments", [])
        if isinstance(each, dict)
    }
    listed = folder / "assignments.json"
    if listed.is_file():
        given = json.loads(listed.read_text(encoding="utf-8"))
        told |= {name: each.get("duedate") for name, each in given.items() if isinstance(each, dict)}
    found, odd = {}, []
    for name, text in told.items():
        if not text:
            continue
        try:
            found[name] = settings_nbgrader.instant(str(text)).isoformat().replace("+00:00", "Z")
        except errors.UserError as error:
            odd.append(f"The due date of {name!r} is not taken over: {error.message}")
    return found, odd


def _settings(folder: Path) -> tuple[settings_nbgrader.Options, list[str]]:
    """The literal settings, and what was not taken over."""
    as_json, as_python = folder / "nbgrader_config.json", folder / "nbgrader_config.py"
    if as_json.is_file():
        return settings_nbgrader.from_json(as_json.read_text()), []
    if not as_python.is_file():
        return settings_nbgrader.Options(), []
    options = settings_nbgrader.from_python(as_python.read_text())
    return options, [
        f"nbgrader_config.py, {line}: not a plain value, so it is not taken over." for line in options.skipped
    ]
