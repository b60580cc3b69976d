"""Commands that give marks: mark for an exercise, set-mark for a whole lesson."""

import math
import urllib.parse
from pathlib import Path
from typing import Annotated, Any

import typer

from courseware import errors
from courseware.cli import reach, screen, staff

InsteadOf = Annotated[
    float | None,
    typer.Option(help="The points that it has now; needed to change what a person gave."),
]


def mark(
    *,
    submission: Annotated[str, typer.Argument(help="The hand-in, as its receipt names it.")],
    notebook: Annotated[str, typer.Argument(help="The notebook, without .ipynb.")],
    exercise: Annotated[str, typer.Argument(help="The exercise's id.")],
    score: Annotated[float, typer.Argument(help="The points.")],
    comment: Annotated[
        str | None, typer.Option(help="A comment for the student; the one that is there stays without.")
    ] = None,
    instead_of: InsteadOf = None,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Mark an exercise by hand. What a person gave is changed only with --instead-of.

    Example: courseware mark sub_… essay reflection 3 --comment "Clear and short."
    """
    if not math.isfinite(score):
        raise errors.UserError(f"The points must be a number, not {score}.")
    with reach.staff(folder, course) as service:
        known = standing(service.submission(submission), notebook, exercise)
        wish = {
            "score": score,
            "comment": known.get("comment", "") if comment is None else comment,
            "version": seen(known, exercise, instead_of),
        }
        place = [urllib.parse.quote(each, safe="") for each in (submission, notebook, exercise)]
        told = service.ask("PUT", "/api/v1/submissions/{}/marks/{}/{}".format(*place), wish)
    if as_json:
        screen.as_json(told)
        return
    screen.result(
        f"{exercise}: {score:g} points. The hand-in has {told['score'] or 0:g} of {told['max_score']:g} now."
    )


def standing(work: dict[str, Any], notebook: str, exercise: str) -> dict[str, Any]:
    """The mark of an exercise as a hand-in tells it.

    Raises:
        UserError: the hand-in has no such exercise that has been looked at.
    """
    for each in work["exercises"]:
        if (each["notebook"], each["key"]) == (notebook, exercise):
            return dict(each)
    raise errors.UserError(
        f"The hand-in has no exercise {exercise!r} in {notebook!r} that has been looked at yet.",
        code="not-found",
    )


def seen(known: dict[str, Any], exercise: str, instead_of: float | None) -> int:
    """The version of a mark that whoever names these points has seen: what a person gave is not overwritten
    by somebody who does not know of it.

    Raises:
        UserError: it has other points, or a person gave them and they are not named.
    """
    points = known["score"]
    has = "no points" if points is None else f"{points:g} points"
    if instead_of is None and known["source"] == "person":
        raise errors.UserError(
            f"{exercise} has {has}, which a person gave. To change that, add --instead-of {points or 0:g}.",
            code="conflict",
        )
    # Points are named as they are shown, with two decimals.
    if instead_of is not None and not math.isclose(instead_of, points or 0, abs_tol=0.005):
        raise errors.UserError(
            f"{exercise} has {has} by now, not {instead_of:g}. Nothing was changed.", code="precondition"
        )
    return int(known["version"])


def set_mark(
    *,
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    username: Annotated[str, typer.Argument(help="The student.")],
    points: Annotated[
        float | None,
        typer.Argument(help="What the lesson is worth for them; without it, what is set is shown."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, for staff.")] = "",
    comment: Annotated[
        str | None, typer.Option(help="A comment for the student; the one that is there stays without.")
    ] = None,
    take_back: Annotated[bool, typer.Option("--take-back", help="What was handed in says it again.")] = False,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Set what a whole lesson is worth for a student, in place of what was handed in; or say what is set.

    Example: courseware set-mark essay sam 3 --reason "Oral exam"
    """
    if points is not None and (take_back or not math.isfinite(points)):
        raise errors.UserError("The points must be a number, and with --take-back none are given.")
    if points is None and not take_back and (reason or comment is not None):
        raise errors.UserError("Nothing was changed: give the points too, also where they stay as they are.")
    place = f"/lessons/{urllib.parse.quote(lesson)}/marks/{urllib.parse.quote(username)}"
    with reach.staff(folder, course) as service:
        told = service.ask("GET", place)
        if points is not None or take_back:
            # Who changed it between the two requests is told apart by the version.
            kept = told["comment"] if points is not None else ""
            said = kept if comment is None else comment
            wish = {"points": points, "reason": reason, "comment": said, "version": told["version"]}
            told = service.ask("PUT", place, wish)
    if as_json:
        screen.as_json(told)
        return
    computed = "nothing yet" if told["computed"] is None else f"{told['computed']:g}"
    if told["points"] is None:
        screen.result(f"{username} in {lesson}: what was handed in says it, {computed}.")
        return
    screen.result(
        f"{username} in {lesson}: {told['points']:g} of {told['max_score']:g} points, set by "
        f"{told['by']['username']}. What was handed in says {computed}."
    )
