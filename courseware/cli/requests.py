"""The command requests: another look at a mark, asked for by students and decided by staff."""

import urllib.parse
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from courseware import errors
from courseware.cli import marks, reach, screen, staff, student
from courseware.lab import client

requests = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Another look at a mark: ask for it, or decide.\n\nExample: courseware requests list",
)


@requests.command("list")
def listed(
    *,
    lesson: Annotated[str | None, typer.Argument(help="A lesson; without it, all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Those that are decided, too.")] = False,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """List who asked for another look at a mark and waits, the oldest first.

    Example: courseware requests list
    """
    asked = {"show": "all"} if every else {}
    query = urllib.parse.urlencode({**asked, **({"lesson": lesson} if lesson else {})})
    with reach.staff(folder, course) as service:
        told = service.ask("GET", f"/requests?{query}")
    if as_json:
        screen.as_json(told)
        return
    if not told["requests"]:
        screen.result("Nobody waits for another look.")
        return
    rows = [
        [
            each["thread"],
            each["person"]["username"],
            each["lesson"],
            each["exercise"],
            screen.moment(each["asked"]),
            each["decision"] or "open",
        ]
        for each in told["requests"]
    ]
    screen.table(["discussion", "username", "lesson", "exercise", "asked", "decision"], rows)


@requests.command("decide")
def decide(
    *,
    discussion: Annotated[str, typer.Argument(help="The discussion, as `requests list` names it.")],
    decision: Annotated[
        Literal["changed", "stays"], typer.Argument(help="Whether the mark was changed or stays.")
    ],
    reason: Annotated[str, typer.Option(help="Why; the student reads it.")],
    points: Annotated[float | None, typer.Option(help="The points that the exercise gets with it.")] = None,
    over: Annotated[
        Literal["changed", "stays"] | None, typer.Option(help="The recorded decision that this one corrects.")
    ] = None,
    instead_of: marks.InsteadOf = None,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Record what was decided; it stands in the discussion, and closes it. The mark is changed
    with --points, or before with `mark`.

    Example: courseware requests decide thr_... stays --reason "The test asks for three decimals"
    """
    if instead_of is not None and points is None:
        raise errors.UserError("--instead-of goes with --points: say which points the exercise gets.")
    place = f"/api/v1/threads/{urllib.parse.quote(discussion, safe='')}/decision"
    wish = {"decision": decision, "reason": reason, "points": points, "over": over}
    with reach.staff(folder, course) as service:
        if points is not None:
            wish["version"] = _seen(service, discussion, instead_of)
        told = service.ask("PUT", place, wish)
    if as_json:
        screen.as_json(told)
        return
    said = "was changed" if told["decision"] == "changed" else "stays as it is"
    screen.result(f"Recorded: the mark of {told['exercise']} {said}.")


def _seen(service: client.Client, discussion: str, instead_of: float | None) -> int:
    """The version of the mark that a discussion is about.

    Raises:
        UserError: nobody asked for another look there, or a person gave the mark and it is not named.
    """
    every = service.ask("GET", "/requests?show=all")["requests"]
    about = next((each for each in every if each["thread"] == discussion), None)
    if about is None:
        raise errors.UserError("Nobody asked for another look here.", code="not-found")
    work = service.submission(about["submission"])
    known = marks.standing(work, about["notebook"], about["exercise"])
    return marks.seen(known, about["exercise"], instead_of)


@requests.command("ask")
def ask(
    *,
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    exercise: Annotated[str, typer.Argument(help="The exercise, as `feedback` names it.")],
    reason: Annotated[str, typer.Option(help="What should be looked at again, and why.")],
    notebook: Annotated[
        str | None, typer.Option(help="The notebook, where two have such an exercise.")
    ] = None,
    course: student.Course = None,
    as_json: student.AsJson = False,
) -> None:
    """Ask for another look at a mark of your hand-in that counts; only staff read it.

    Example: courseware requests ask first-steps mean --reason "My result is the same as in the text"
    """
    with reach.joined(course) as (service, _):
        work = service.lesson(lesson)["submission"]
        if work is None:
            raise errors.UserError(f"You have handed in nothing of {lesson!r}.", code="not-found")
        wish = {"notebook": _notebook(work, exercise, notebook), "exercise": exercise, "reason": reason}
        told = service.ask("POST", f"/api/v1/submissions/{work['id']}/requests", wish)
    if as_json:
        screen.as_json(told)
    else:
        screen.result(f"Asked. Staff answer in the discussion {told['thread']}.")


def _notebook(work: dict[str, Any], exercise: str, wanted: str | None) -> str:
    """The notebook of an exercise.

    Raises:
        UserError: the hand-in shows no mark of it, or there are several.
    """
    found = [
        each["notebook"]
        for each in work["exercises"]
        if each["key"] == exercise and wanted in (None, each["notebook"])
    ]
    if not found:
        known = ", ".join(each["key"] for each in work["exercises"]) or "none"
        raise errors.UserError(f"No mark of {exercise!r} shows. Those that do: {known}.", code="not-found")
    if len(found) > 1:
        raise errors.UserError(f"Say which notebook with --notebook: {', '.join(found)}.")
    return str(found[0])
