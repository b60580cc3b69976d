"""Commands that grade a lesson again: at once, or tried out first."""

import time
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from courseware import errors
from courseware.cli import reach, screen
from courseware.lab import client

Folder = Annotated[Path, typer.Option("--course-folder", help="The course's folder.")]
Course = Annotated[
    str | None, typer.Option(help="A course that you have joined, if you are not in its folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Decision = Literal["apply", "undo", "drop"]


def regrade(
    *,
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    fresh: Annotated[bool, typer.Option(help="Run everything, also what has not changed.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="With --dry-run: by the draft release, not the newest one.")
    ] = False,
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Grade a lesson's hand-ins again, by its newest release; or try it out first, see `courseware dry-run`.

    Example: courseware regrade first-steps
    """
    if draft and not dry_run:
        raise errors.UserError(
            "A draft release marks nobody: it is tried with --dry-run, or published first."
        )
    if fresh and dry_run:
        raise errors.UserError("A dry run takes over what has not changed: leave --fresh or --dry-run out.")
    with reach.staff(folder, course) as service:
        if dry_run:
            told = _awaited(service, lesson, service.try_regrade(lesson, draft=draft))
        else:
            told = _graded_again(service, lesson, fresh=fresh)
    if as_json:
        screen.as_json(told)
    elif dry_run:
        _print(told)
    else:
        _print_done(told)


def _graded_again(service: client.Client, lesson: str, *, fresh: bool) -> dict[str, Any]:
    """How grading again ended, with a bar until then."""
    told: dict[str, Any] = service.regrade(lesson, fresh=fresh)
    total = told["newest"] + told["own"]
    with screen.progress("graded again", total) as step:
        done = 0
        while True:
            for _ in range(total - told["waiting"] - done):
                step()
            done = total - told["waiting"]
            if not told["waiting"]:
                return told
            time.sleep(0.5)
            told = service.regrading(lesson)


def _print_done(told: dict[str, Any]) -> None:
    """What was graded again, for people."""
    screen.result(
        f"{screen.counted(told['newest'] + told['own'], 'hand-in')} graded again: "
        f"{screen.counted(told['ran'], 'cell')} run, {told['taken']} taken over."
    )
    if told["own"]:
        screen.result(
            f"{told['own']} of them by their own release, because release {told['release']} has other tasks."
        )
    if told["failed"]:
        screen.result(f"{told['failed']} could not be graded and keep their marks; their pages say why.")


def dry_run(
    *,
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    then: Annotated[Decision | None, typer.Option(help="What to do with it.")] = None,
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Show the newest dry run of a lesson, as `courseware regrade --dry-run` did; or apply, undo or drop it.

    Example: courseware dry-run first-steps --then apply
    """
    with reach.staff(folder, course) as service:
        told = service.trial(lesson)
        if then is not None:
            told = service.decide_trial(lesson, told["id"], then)
        told = _awaited(service, lesson, told)
    if as_json:
        screen.as_json(told)
    else:
        _print(told)


def _awaited(service: client.Client, lesson: str, told: dict[str, Any]) -> dict[str, Any]:
    """How it ended, with a bar until then."""
    busy = told["state"]
    if busy not in ("running", "applying", "undoing"):
        return told
    with screen.progress("done", told["total"]) as step:
        done = 0
        while told["state"] == busy:
            time.sleep(0.3)
            now = service.trial_progress(lesson)
            for _ in range(now["done"] - done):
                step()
            done, told = max(done, now["done"]), {**told, "state": now["state"]}
    ended: dict[str, Any] = service.trial(lesson)
    return ended


def _print(told: dict[str, Any]) -> None:
    """The comparison for people."""
    states = {"ready": "would change", "applied": "changed"}
    if told["state"] not in states:
        said = {"undone": "Undone: all marks are as they were.", "dropped": "Dropped: nothing was changed."}
        screen.result(said.get(told["state"], told["state"]))
        return
    changes = f"{screen.counted(told['changes'], 'mark')} {states[told['state']]}"
    screen.result(f"{changes}: {told['up']} up, {told['down']} down.")
    rows = [
        [each["person"]["username"], _of(each, "before"), _of(each, "after"), _cells(each)]
        for each in told["hand_ins"]
        if each["cells"] and each["before"] is not None
    ]
    if rows:
        screen.table(["username", "before", "after", "differs"], rows)
    if told["gain"] or told["lose"]:
        screen.result(f"As a share of all points: {told['gain']} gain, {told['lose']} lose.")
    if told["look"]:
        other = screen.counted(told["look"], "mark")
        above = f", {told['over']} of them above it" if told["over"] else ""
        screen.result(f"{other} that a person gave would be of another maximum{above}: look at them.")
    left = told["failed"] + told["left"]
    if left:
        screen.result(f"{screen.counted(left, 'hand-in')} left as they are; the page says why.")
    if told["obstacle"]:
        screen.result(told["obstacle"])


def _cells(hand_in: dict[str, Any]) -> str:
    """What differs in a hand-in, in a line."""
    return "; ".join(
        f"{cell['exercise']} {_points(cell['before'])} -> {_points(cell['after'])}" + _given(cell)
        for cell in hand_in["cells"]
    ) + (
        "" if hand_in["set_points"] is None else f"; the lesson stays {hand_in['set_points']:g}: staff set it"
    )


def _of(hand_in: dict[str, Any], side: str) -> str:
    """The points before or after, of how many."""
    return f"{hand_in[side]:g}/{hand_in[f'most_{side}']:g}"


def _given(cell: dict[str, Any]) -> str:
    """What a person gave, where that stays."""
    if cell["over"]:
        return f" (stays: a person gave {cell['given']:g}, above {cell['points_after']:g})"
    if cell["look"]:
        most = f"{cell['points_before']:g}, now of {cell['points_after']:g}"
        return f" (stays: a person gave {cell['given']:g} of {most})"
    return " (stays: a person gave it)" if cell["stays"] else ""


def _points(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
