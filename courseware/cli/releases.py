"""The command releases: how a lesson stands with its releases, a plan, a withdrawal, other notes."""

import urllib.parse
from pathlib import Path
from typing import Annotated, Any

import typer

from courseware import errors
from courseware.cli import dates, reach, screen, staff

Lesson = Annotated[str, typer.Argument(help="The lesson.")]
Number = Annotated[int, typer.Argument(help="The number of the release.")]
releases = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Which release students get, and when.\n\nExample: courseware releases show first-steps",
)


@releases.command("show")
def show(
    *,
    lesson: Lesson,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Show which release students get, the draft, what is planned, withdrawn and held.

    Example: courseware releases show first-steps
    """
    with reach.staff(folder, course) as service:
        told = service.ask("GET", f"{_place(lesson)}/desk")
    _print(told, as_json=as_json)


@releases.command("plan")
def plan(
    *,
    lesson: Lesson,
    at: Annotated[str, typer.Argument(help="When, as 2026-12-01T08:00 on the wall of the course's zone.")],
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Have the lesson's draft published by itself at a time.

    Example: courseware releases plan first-steps 2030-12-01T08:00
    """
    with reach.staff(folder, course) as service:
        moment = dates.moment(at, str(service.course()["time_zone"]))
        wish = {"id": _draft(service.ask("GET", f"{_place(lesson)}/desk")), "at": moment}
        told = service.ask("PUT", f"{_place(lesson)}/draft-release/plan", wish)
    _print(told, as_json=as_json)


@releases.command("cancel")
def cancel(
    *,
    lesson: Lesson,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Have the lesson's draft published at no time; it stays.

    Example: courseware releases cancel first-steps
    """
    with reach.staff(folder, course) as service:
        draft = _draft(service.ask("GET", f"{_place(lesson)}/desk"))
        service.ask("DELETE", f"{_place(lesson)}/draft-release/plan?id={draft}")
        told = service.ask("GET", f"{_place(lesson)}/desk")
    _print(told, as_json=as_json)


@releases.command("withdraw")
def withdraw(
    *,
    lesson: Lesson,
    number: Number,
    reason: Annotated[str, typer.Option(help="Why, for staff alone.")],
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Offer a release no more. Copies and hand-ins of it stay valid and are graded.

    Example: courseware releases withdraw first-steps 2 --reason "It shows the answer"
    """
    with reach.staff(folder, course) as service:
        told = service.ask("PUT", f"{_place(lesson)}/releases/{number}/withdrawal", {"reason": reason})
    _print(told, as_json=as_json)


@releases.command("offer")
def offer(
    *,
    lesson: Lesson,
    number: Number,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Offer a release again that was withdrawn.

    Example: courseware releases offer first-steps 2
    """
    with reach.staff(folder, course) as service:
        service.ask("DELETE", f"{_place(lesson)}/releases/{number}/withdrawal")
        told = service.ask("GET", f"{_place(lesson)}/desk")
    _print(told, as_json=as_json)


@releases.command("notes")
def notes(
    *,
    lesson: Lesson,
    number: Number,
    text: Annotated[str, typer.Argument(help="What is new, for students.")],
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Say something else to students about a release.

    Example: courseware releases notes first-steps 2 "A clearer task"
    """
    with reach.staff(folder, course) as service:
        told = service.ask("PUT", f"{_place(lesson)}/releases/{number}/notes", {"notes": text})
    if as_json:
        screen.as_json(told)
    else:
        screen.result(f"Release {told['number']} says: {told['notes']}")


def _place(lesson: str) -> str:
    return f"/lessons/{urllib.parse.quote(lesson, safe='')}"


def _draft(told: dict[str, Any]) -> str:
    """The id of the lesson's draft.

    Raises:
        UserError: it has none.
    """
    if told["draft"] is None:
        raise errors.UserError(
            f"There is no draft of {told['lesson']}. Upload one: courseware release {told['lesson']} --draft"
        )
    return str(told["draft"]["id"])


def _print(told: dict[str, Any], *, as_json: bool) -> None:
    """How a lesson stands, for people."""
    if as_json:
        screen.as_json(told)
        return
    offered = told["offered"]
    screen.result(f"Students get release {offered}." if offered else "Students get no release.")
    if told["draft"]:
        screen.result(f"A draft was uploaded at {screen.moment(told['draft']['uploaded'])}.")
    planned = told["planned"]
    if planned and planned["problem"]:
        screen.result(f"A draft was to be published by itself and is not: {planned['problem']}")
    elif planned:
        screen.result(f"Release {told['next']} will be published at {screen.moment(planned['at'])}.")
    for each in told["withdrawn"]:
        screen.result(f"Release {each['number']} is withdrawn: {each['reason']}")
    for each in told["held"]:
        screen.result(f"Marks of {each['exercise']} are held: {each['reason']}")
