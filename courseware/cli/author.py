"""Commands of authors: new, adopt, lint, release."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from courseware import errors
from courseware.cli import reach, screen
from courseware.lab import client

Folder = Annotated[Path, typer.Option("--course-folder", help="The course's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_ADOPTED = ("lessons", "taken", "differences")
_NOTEBOOK_CELLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("markdown", "# Double a number\n\nWrite a function `double` that gives back twice its argument.", {}),
    (
        "code",
        "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
        {"grade_id": "double", "grade": False, "solution": True, "locked": False},
    ),
    (
        "code",
        "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(-1.5) == -3\n### END HIDDEN TESTS",
        {"grade_id": "double-test", "grade": True, "solution": False, "locked": True, "points": 2},
    ),
    (
        "markdown",
        "## Say it in words\n\nWhat does `double` do with a text, and why?",
        {},
    ),
    (
        "markdown",
        "Write your answer here.",
        {"grade_id": "reflection", "grade": True, "solution": True, "locked": False, "points": 3},
    ),
)


def new(folder: Annotated[Path, typer.Argument(help="The folder to make.")], as_json: AsJson = False) -> None:
    """Make a small course to start from.

    Example: courseware new my-course
    """
    from courseware import names

    if folder.exists() and not folder.is_dir():
        raise errors.UserError(f"{folder} is a file. Give a new folder.")
    if folder.exists() and any(folder.iterdir()):
        raise errors.UserError(f"{folder} is not empty. Give a new folder.")
    slug = names.to_slug(folder.resolve().name)
    lesson = folder / "lessons" / "first-steps"
    lesson.mkdir(parents=True)
    title = slug.replace("-", " ").capitalize()
    (folder / "course.toml").write_text(
        f'[course]\nid = "{slug}"\ntitle = "{title}"\ntime_zone = "UTC"\n\n'
        '[policies]\nmarks = "visible-first"\n\n'
        '[[lessons]]\nslug = "first-steps"\ntitle = "First steps"\n'
    )
    cells = [_cell(number, *parts) for number, parts in enumerate(_NOTEBOOK_CELLS)]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 5}
    (lesson / "first-steps.ipynb").write_text(json.dumps(book, indent=1) + "\n")
    if as_json:
        screen.as_json({"folder": str(folder), "course": slug})
        return
    screen.result(f"Made {folder}. Next: courseware lint --course-folder {folder}")


def _cell(number: int, kind: str, source: str, marks: dict[str, Any]) -> dict[str, Any]:
    """A cell of the first notebook."""
    metadata = {"nbgrader": {"schema_version": 3, "task": False, **marks}} if marks else {}
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": metadata, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


def adopt(
    folder: Annotated[Path, typer.Argument(help="The folder of an nbgrader course.")],
    title: Annotated[str | None, typer.Option(help="The course's title.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take over an nbgrader course; only course.toml is written.

    Example: courseware adopt my-nbgrader-course
    """
    from courseware.desk import adopt as desk_adopt

    adopted = desk_adopt.adopt(folder, title=title)
    (folder / "course.toml").write_text(adopted.text, encoding="utf-8")
    if as_json:
        told = dataclasses.asdict(adopted)
        screen.as_json({"file": str(folder / "course.toml"), **{k: told[k] for k in _ADOPTED}})
        return
    screen.result(
        f"Wrote {folder / 'course.toml'} with {len(adopted.lessons)} lessons: {', '.join(adopted.lessons)}."
    )
    if adopted.taken:
        screen.result("Taken over:")
    for sentence in adopted.taken:
        screen.result(f"  - {sentence}")
    screen.result("What will differ from nbgrader:")
    for difference in adopted.differences:
        screen.result(f"  - {difference}")
    screen.result(f"Next: courseware serve {folder}")


def lint(
    lessons: Annotated[list[str] | None, typer.Argument(help="Lessons; without any, all.")] = None,
    folder: Folder = Path(),
    as_json: AsJson = False,
) -> None:
    """Look over the dates of the course and lessons before they are released; nothing is executed.

    Example: courseware lint numbers-and-lists
    """
    from courseware.course import contradictions
    from courseware.desk import folder as desk_folder
    from courseware.desk import release as desk_release

    parsed, text = desk_folder.course(folder)
    wanted = lessons or [entry.slug for entry in parsed.lessons]
    entries = {entry.slug: entry for entry in parsed.lessons}
    dates = contradictions.find(text)
    looked = [(parsed.slug, found) for found in dates]
    for slug in wanted:
        if slug not in entries:
            raise errors.UserError(f"course.toml lists no lesson {slug!r}. Known: {', '.join(entries)}.")
        source = desk_folder.lesson(folder, entries[slug])
        seen = [*desk_release.look_over(source), *desk_release.unmet(parsed, slug, source)]
        looked += [(slug, found) for found in [*seen, *desk_folder.left_out(folder, entries[slug])]]
    findings = [
        {
            "lesson": slug,
            "level": str(found.level),
            "code": found.code,
            "where": found.where,
            "message": found.message,
        }
        for slug, found in looked
    ]
    if as_json:
        screen.as_json({"findings": findings})
    else:
        for one in findings:
            screen.result(
                f"{one['level']}: {one['lesson']}: {one['where']}: {one['message']} [{one['code']}]"
            )
        # A release is of lessons, and does not look at the dates of the course.
        stopping = sum(one["level"] == "error" for one in findings[len(dates) :])
        looked_at, found_out = (
            screen.counted(len(wanted), "lesson"),
            screen.counted(len(findings), "finding"),
        )
        screen.say(f"{looked_at}, {found_out}, {stopping} of which stop a release.")
    if any(one["level"] == "error" for one in findings):
        raise SystemExit(screen.NOT_SO)


def release(
    *,
    lessons: Annotated[list[str] | None, typer.Argument(help="Lessons; without any, all.")] = None,
    folder: Folder = Path(),
    course: Annotated[
        str | None, typer.Option(help="Release to a course that you have joined, not to the one served here.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(help="A finding to accept, by its code; it is recorded.")
    ] = None,
    notes: Annotated[str, typer.Option(help="What is new, for students.")] = "",
    draft: Annotated[bool, typer.Option("--draft", help="For staff to look at; not published.")] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish the draft that the course has; nothing is sent.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Release lessons: lint, run key and blank in the sandbox, publish.

    Example: courseware release numbers-and-lists --notes "A clearer task 2"
    """
    if draft and publish:
        raise errors.UserError("Say --draft or --publish.")
    done: list[dict[str, Any]] = []
    with reach.staff(folder, course) as service:
        if publish:
            steps = _accepted(service, lessons)
        else:
            steps = _sent(service, folder, lessons, accept=accept or [], notes=notes, draft=draft)
        for slug, told in steps:
            done.append({"lesson": slug, **told})
            if not as_json:
                _told(slug, told)
    if as_json:
        screen.as_json({"drafts" if draft else "released": done})


def _accepted(service: client.Client, lessons: list[str] | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Publish the drafts that the course has of these lessons."""
    if not lessons:
        raise errors.UserError("Say which lesson: courseware release LESSON --publish")
    for slug in lessons:
        yield slug, service.publish_draft(slug)


def _sent(
    service: client.Client,
    folder: Path,
    lessons: list[str] | None,
    *,
    accept: list[str],
    notes: str,
    draft: bool,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Send lessons of this folder to be released, or to be drafts; a draft changes nothing else."""
    from courseware.desk import folder as desk_folder

    parsed, text = desk_folder.course(folder)
    entries = {entry.slug: entry for entry in parsed.lessons}
    for slug in lessons or ():
        if slug not in entries:
            raise errors.UserError(f"course.toml lists no lesson {slug!r}. Known: {', '.join(entries)}.")
    if not draft:
        service.change_course(text)
    send = service.draft if draft else service.publish
    for slug in lessons or entries:
        files = desk_folder.lesson(folder, entries[slug])
        beside = [each.where for each in desk_folder.left_out(folder, entries[slug])]
        yield slug, send(slug, files, accept=accept, notes=notes, left_out=beside)


def _told(slug: str, told: dict[str, Any]) -> None:
    """One release in words."""
    report = told["report"]
    tests = report["exercises"]
    made = f"release {told['number']}" if "number" in told else "draft uploaded"
    if not tests:
        screen.result(f"{slug}: {made}; it has no tests.")
    else:
        passed = screen.counted(len(tests), "test")
        screen.result(f"{slug}: {made}, {passed} passed on the key and failed on a blank copy.")
    shared = [test for test in tests if test["test_mode"] == "in-process"]
    if tests:
        screen.result(f"  {len(tests) - len(shared)} of them run apart from the student's code.")
    for test in shared:
        screen.result(
            f"  in the student's process: {test['notebook']}.ipynb ({test['key']}): {test['reason']}"
        )
    for finding in report["findings"]:
        screen.result(f"  {finding['level']}: {finding['where']}: {finding['message']} [{finding['code']}]")
