"""Release a lesson: lint, prepare, qualify, publish, in this order; nothing is published that would give
wrong marks.

In: the source files of a lesson and who wants it. Out: the release and a report: findings, how each test
went on key and blank, which cells live on. Findings of level `error` stop it, unless their code was
accepted; what was accepted is recorded.
"""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import limits as course_limits
from courseware.course import manifest, model
from courseware.exchange import model as exchange_model
from courseware.exchange import publish, releases
from courseware.grading import assignment, lacking, options, pipeline, qualify
from courseware.notebook import (
    anchors,
    cells,
    files,
    films,
    leaks,
    lint,
    questions,
    settings_nbgrader,
    source,
)
from courseware.notebook import release as notebook_release
from courseware.sandbox import port, pythons
from courseware.store import blobs as blobs_store
from courseware.store import database

_MOST_LEFT_OUT = 100


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be released: source files by path, accepted findings, a note for students, the lesson, and
    the paths of what its folder has besides and no release takes.
    """

    files: Mapping[str, bytes]
    lesson: str = ""
    accept: frozenset[str] = frozenset()
    notes: str = ""
    left_out: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tools:
    """What a release is made with; `usual` is the quota of courses that have none of their own."""

    database: database.Database
    blobs: blobs_store.Blobs
    sandbox: port.Sandbox
    limits: port.Limits
    usual: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checked:
    """A lesson that was looked over: what students would get, and the report. `blocking` are sentences that
    stop a release.
    """

    made: assignment.Assignment | None
    report: dict[str, Any]
    blocking: tuple[str, ...]
    python: pythons.Python
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    lacks: frozenset[lacking.Lacked] = frozenset()
    rules: pipeline.Rules = dataclasses.field(default_factory=pipeline.Rules)
    limits: port.Limits = dataclasses.field(default_factory=port.Limits)


def check(wish: Wish, parsed: manifest.Manifest, *, sandbox: port.Sandbox, limits: port.Limits) -> Checked:
    """Lint, prepare and qualify; nothing is kept.

    Raises:
        UserError: an accepted code that does not exist, or a Python that does not start.
    """
    unknown = wish.accept - lint.CODES.keys()
    if unknown:
        raise errors.UserError(
            f"There is no finding {sorted(unknown)[0]!r} to accept. Known: {', '.join(lint.CODES)}."
        )
    # The service runs this program to ask it: only the owner can have named it (`Action.CHANGE_ENVIRONMENT`).
    python = pythons.inspect(Path(parsed.python) if parsed.python else pythons.current())
    course = _settings(wish, parsed)
    most, rules = options.limits(course, limits), options.rules(course)
    given, words = own(wish.files), settings_nbgrader.delimiters(course)
    findings = [*lint.lesson(given, words=words), *beside(wish), *unmet(parsed, wish.lesson, given)]
    made: assignment.Assignment | None = None
    told = qualify.Report(exercises=(), findings=(), lacks=frozenset())
    if not _blocking(findings, wish.accept):
        made = assignment.prepare(
            given,
            options=course,
            autotests=_text(wish.files, "autotests.yml"),
            sandbox=sandbox,
            python=python.executable,
            limits=most,
        )
        findings += leaks.find(given, made.notebooks, made.companions, words=words, adopted=parsed.adopted)
        if made.exercises:
            told = qualify.qualify(
                made,
                sandbox,
                python=python.executable,
                limits=most,
                rules=rules,
                adopted=parsed.adopted,
            )
            findings += told.findings
    return Checked(
        made=made,
        report=_report(findings, told, wish.accept),
        blocking=_blocking(findings, wish.accept),
        python=python,
        settings=options.kept(course),
        lacks=told.lacks,
        rules=rules,
        limits=most,
    )


def _report(findings: Sequence[lint.Finding], told: qualify.Report, accept: frozenset[str]) -> dict[str, Any]:
    """What the check says, as it is kept and shown."""
    return {
        "findings": [dataclasses.asdict(finding) for finding in findings],
        "exercises": [dataclasses.asdict(exercise) for exercise in told.exercises],
        "took": [dataclasses.asdict(each) for each in told.took],
        "accepted": sorted({f.code for f in findings if f.level == "error"} & accept),
    }


def look_over(given: Mapping[str, bytes]) -> list[lint.Finding]:
    """What lint finds in a lesson's files, with the delimiters of its course."""
    course_limits.of_lesson(given)
    words = settings_nbgrader.delimiters(settings_nbgrader.of_files(given))
    return lint.lesson(own(given), words=words)


def beside(wish: Wish) -> list[lint.Finding]:
    """What is said of the links in a lesson's folder, of so many as anybody reads."""
    return [lint.left_out(path) for path in sorted(wish.left_out)[:_MOST_LEFT_OUT]]


def unmet(parsed: manifest.Manifest, slug: str, given: Mapping[str, bytes]) -> list[lint.Finding]:
    """What is said where a lesson's own entry makes watching or checking the rule and there is nothing to
    watch or check; a rule for the whole course is meant for the lessons that have it.
    """
    own = next((entry.rules.complete for entry in parsed.lessons if entry.slug == slug), None)
    if own is None or own == parsed.complete:
        return []
    if own.kind == "watched" and not films.shown(given):
        return [lint.no_video(slug)]
    return [lint.no_check(slug)] if own.kind == "checked" and not _tells(parsed, given) else []


def _tells(parsed: manifest.Manifest, given: Mapping[str, bytes]) -> bool:
    """Whether anything in a lesson is told right or wrong before it is handed in; what cannot be read, other
    findings tell of.
    """
    for path, data in given.items():
        if path.endswith(".ipynb"):
            try:
                book = files.read(data, name=path)
                asks = any(questions.split(cell["source"]) for cell in book["cells"])
            except errors.UserError:
                return True
            kinds = {each.kind for each in cells.exercises(book, name=path)}
            if asks or (parsed.checks is not None and "tests" in kinds):
                return True
    return False


def _settings(wish: Wish, parsed: manifest.Manifest) -> settings_nbgrader.Options:
    """The course's nbgrader settings with the limits that the course and then the lesson name."""
    told = {**parsed.limits_of(wish.lesson), **course_limits.of_lesson(wish.files)}
    return options.with_limits(settings_nbgrader.of_files(wish.files), told)


def own(given: Mapping[str, bytes]) -> dict[str, bytes]:
    """The lesson's own files, without those of the course."""
    of_course = (*source.SHARED, course_limits.FILE)
    return {path: data for path, data in given.items() if path not in of_course}


def release(
    tools: Tools,
    viewer: model.Viewer,
    lesson: model.Lesson,
    wish: Wish,
    *,
    now: datetime.datetime,
    claim: publish.Claim = publish.unclaimed,
) -> exchange_model.Release:
    """Check and publish, if `claim` still holds then.

    Raises:
        UserError: there is nothing to release, or findings stop it; they are its details. Or the claim's.
        Temporary: another release came while this one was checked; both would have one number.
    """
    with tools.database.read() as connection:
        before = releases.keys_of_lesson(connection, lesson.id)
    bundle = prepared(tools, viewer.course, lesson, wish)

    def claimed(connection: sa.Connection) -> None:
        claim(connection)
        if releases.keys_of_lesson(connection, lesson.id) != before:
            raise errors.Temporary("Another release was published while this one was checked. Try again.")

    db, by = tools.database, viewer.person
    return publish.publish(db, tools.blobs, lesson, bundle, by=by, now=now, usual=tools.usual, claim=claimed)


def prepared(tools: Tools, course: model.Course, lesson: model.Lesson, wish: Wish) -> exchange_model.Bundle:
    """What would be published, checked.

    Raises:
        UserError: there is nothing to release, or findings stop it; they are its details.
    """
    if not own(wish.files):
        raise errors.UserError(f"There are no files to release for {lesson.title!r}.", code="bad-request")
    parsed = manifest.parse(course.manifest)
    wish = dataclasses.replace(wish, lesson=lesson.slug)
    checked = check(wish, parsed, sandbox=tools.sandbox, limits=tools.limits)
    if checked.blocking or checked.made is None:
        raise errors.UserError(
            f"The lesson {lesson.title!r} was not released: {len(checked.blocking)} findings stop it.",
            details=checked.blocking,
        )
    with tools.database.read() as connection:
        earlier = releases.of_lesson(connection, lesson.id)
    origin = {"course": course.slug, "lesson": lesson.slug}
    return _bundle(checked.made, checked, earlier, origin, notes=wish.notes)


def _bundle(
    made: assignment.Assignment,
    checked: Checked,
    earlier: list[exchange_model.Release],
    place: Mapping[str, str],
    *,
    notes: str,
) -> exchange_model.Bundle:
    """All that makes the release, its cells stamped with their keys."""
    before = earlier[0] if earlier else None
    number = before.number + 1 if before else 1
    spent = {told["key"] for each in earlier for cells in each.anchors.values() for told in cells}
    origin: dict[str, str | int] = {**place, "release": number}
    student = {path: file.student for path, file in made.companions.items()}
    instructor = {path: file.instructor for path, file in made.companions.items()}
    kept: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    asked: list[exchange_model.Asked] = []
    for name, built in made.notebooks.items():
        old = [anchors.Anchor(**told) for told in before.anchors.get(name, ())] if before else []
        stamped = anchors.stamp(built.student, old, origin=origin, spent=spent)
        spent.update(anchor.key for anchor in stamped.anchors)
        student[f"{name}.ipynb"] = files.write(stamped.notebook)
        instructor[f"{name}.ipynb"] = files.write(built.marking)
        kept[name] = [dataclasses.asdict(anchor) for anchor in stamped.anchors]
        asked += _asked(name, built, stamped)
        changes[name] = {"kept": len(stamped.kept), "new": len(stamped.new), "ended": list(stamped.ended)}
    return exchange_model.Bundle(
        student=student,
        instructor=instructor,
        answers=made.answers,
        exercises=tuple(
            exchange_model.Exercise(
                notebook=e.notebook,
                key=e.key,
                title=e.title,
                points=e.points,
                kind="tests" if e.kind == "tests" else "person",
                hidden=(e.notebook, e.key) in made.hidden,
            )
            for e in made.exercises
        ),
        anchors=kept,
        report={**checked.report, "cells": changes},
        environment=_environment(checked),
        notes=notes,
        settings=checked.settings,
        films=films.shown(student),
        questions=tuple(asked),
    )


def _asked(name: str, built: notebook_release.Built, stamped: anchors.Stamped) -> list[exchange_model.Asked]:
    """The questions of a notebook by the keys of their cells."""
    return [
        exchange_model.Asked(notebook=name, key=anchor.key, question=built.asked[anchor.id])
        for anchor in stamped.anchors
        if anchor.id in built.asked
    ]


def _environment(checked: Checked) -> dict[str, Any]:
    """Which Python gradings of this release run in, and what its key looked for there in vain."""
    return {
        "python": str(checked.python.executable),
        "version": checked.python.version,
        "fingerprint": checked.python.fingerprint,
        "lacks": [dataclasses.asdict(each) for each in sorted(checked.lacks)],
    }


def _blocking(findings: list[lint.Finding], accept: frozenset[str]) -> tuple[str, ...]:
    """The findings that stop a release, as sentences."""
    return tuple(
        f"{f.where}: {f.message} [{f.code}]" for f in findings if f.level == "error" and f.code not in accept
    )


def _text(given: Mapping[str, bytes], name: str) -> str | None:
    data = given.get(name)
    return data.decode(errors="replace") if data is not None else None
