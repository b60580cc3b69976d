"""The command queue: what of a course waits to be graded, what failed, once more, and a pause."""

from pathlib import Path
from typing import Annotated

import typer

from courseware.cli import reach, screen, staff

queue = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="What waits to be graded.\n\nExample: courseware queue show",
)


@queue.command("show")
def show(folder: staff.Folder = Path(), course: staff.Course = None, as_json: staff.AsJson = False) -> None:
    """Show what waits, how fast it goes, and what failed.

    Example: courseware queue show
    """
    with reach.staff(folder, course) as service:
        told = service.ask("GET", "/queue")
    if as_json:
        screen.as_json(told)
        return
    if told["paused"]:
        screen.result(f"Paused since {screen.moment(told['paused'])}. `courseware queue resume` goes on.")
    oldest = f", the oldest since {screen.moment(told['oldest'])}" if told["oldest"] else ""
    screen.result(f"{told['waiting']} waiting{oldest}; {told['running']} running.")
    usual = f"; one takes {told['usual_seconds']:.1f} s" if told["usual_seconds"] is not None else ""
    screen.result(f"{told['marked_in_an_hour']} marked in the last hour{usual}.")
    if not told["failed"]:
        screen.result("None failed.")
        return
    screen.result(f"{len(told['failed'])} failed; `courseware queue retry` runs them once more:")
    rows = [[each["submission"], each["lesson"], each["username"], each["reason"]] for each in told["failed"]]
    screen.table(["hand-in", "lesson", "of", "why"], rows)


@queue.command("retry")
def retry(
    *,
    submission: Annotated[str | None, typer.Argument(help="A hand-in; all that failed without it.")] = None,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Run what failed once more, by the newest release with its tasks.

    Example: courseware queue retry
    """
    with reach.staff(folder, course) as service:
        told = service.ask("POST", "/queue/retry", {"submission": submission})
    if as_json:
        screen.as_json(told)
        return
    screen.result(f"{screen.counted(told['retried'], 'grading')} run once more.")


@queue.command("pause")
def pause(folder: staff.Folder = Path(), course: staff.Course = None, as_json: staff.AsJson = False) -> None:
    """Grade nothing more of the course; handing in goes on, and what runs is finished.

    Example: courseware queue pause
    """
    _set(folder, course, paused=True, as_json=as_json)


@queue.command("resume")
def resume(folder: staff.Folder = Path(), course: staff.Course = None, as_json: staff.AsJson = False) -> None:
    """Grade what waits.

    Example: courseware queue resume
    """
    _set(folder, course, paused=False, as_json=as_json)


def _set(folder: Path, course: str | None, *, paused: bool, as_json: bool) -> None:
    with reach.staff(folder, course) as service:
        service.ask("PUT" if paused else "DELETE", "/queue/pause")
    if as_json:
        screen.as_json({"paused": paused})
        return
    screen.result("Nothing more is graded; hand-ins wait." if paused else "What waits is graded.")
