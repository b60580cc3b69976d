"""The command sign-ins: what lets oneself in or, for staff, somebody else."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from courseware import errors
from courseware.cli import reach, screen, staff
from courseware.lab import sign_ins as asked

Person = Annotated[str | None, typer.Option(help="For staff: whose, by user name.")]

sign_ins = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="What lets you in: browsers, machines, links.\n\nExample: courseware sign-ins list",
)


@sign_ins.command("list")
def list_sign_ins(
    person: Person = None,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """List what lets you in, or for staff what lets somebody in.

    Example: courseware sign-ins list --person sam
    """
    with reach.staff(folder, course) as service:
        found = asked.listed(service, person)
    if as_json:
        screen.as_json({"sign_ins": found})
        return
    rows = [
        [
            each["id"],
            each["kind"] + (f" as {each['at_most']}" if each["at_most"] else ""),
            each["label"] + (f" (by {each['by']})" if each["by"] else ""),
            _day(each["made"]),
            _day(each["used"]) or "never",
            _day(each["expires"]) or "no end",
            "this one" if each["current"] else "",
        ]
        for each in found
    ]
    screen.table(["id", "kind", "label", "made", "last used", "until", ""], rows)


@sign_ins.command("link")
def link(
    *,
    person: Person = None,
    page: Annotated[str, typer.Option(help="A page to go to, such as /courses/stats/class.")] = "",
    send: Annotated[bool, typer.Option("--send", help="Send it by mail instead; with --person.")] = False,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Print a link that signs one browser in, once, within 15 minutes.

    Example: courseware sign-ins link
    """
    if person is None and send:
        raise errors.UserError("--send needs --person: your own link is printed here.")
    if person is not None and page:
        raise errors.UserError("--page is for your own link.")
    with reach.staff(folder, course) as service:
        if person is None:
            told = asked.browser_link(service, page)
        else:
            told = asked.person_link(service, person, send=send)
    if as_json:
        screen.as_json(told)
        return
    screen.result(f"Sent to {told['sent_to']}." if told["sent_to"] else str(told["url"]))


@sign_ins.command("machine")
def machine(
    *,
    kind: Annotated[
        Literal["cli", "lab"], typer.Option("--for", help="For a command line, or for JupyterLab.")
    ] = "cli",
    role: Annotated[
        staff.Role | None,
        typer.Option("--as", help="What it may do there; without it, what you can here."),
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="How long it holds; without it 180 for a command line.")
    ] = None,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Print a link that one machine joins with, once, within 15 minutes: courseware join LINK.

    Example: courseware sign-ins machine --as grader --days 30
    """
    with reach.staff(folder, course) as service:
        told = asked.machine_link(service, kind, role, days)
    if as_json:
        screen.as_json(told)
        return
    screen.result(str(told["url"]))


@sign_ins.command("end")
def end(
    *,
    sign_in: Annotated[str | None, typer.Argument(help="Its id, from the list.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="All of the person's; of your own all but the one you use.")
    ] = False,
    person: Person = None,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """End a sign-in: that browser, machine or link lets nobody in any more, nor does what was made with it.

    Example: courseware sign-ins end --all --person sam
    """
    if (sign_in is None) == (not every):
        raise errors.UserError("Name one sign-in from `courseware sign-ins list`, or say --all.")
    with reach.staff(folder, course) as service:
        ended = asked.end_all(service, person) if every else asked.end(service, str(sign_in), person)
    if as_json:
        screen.as_json({"ended": ended})
        return
    also = f" Nor does what was made with it ({ended - 1})." if ended > 1 else ""
    screen.result(f"{sign_in} lets nobody in any more.{also}" if sign_in else f"{ended} sign-ins ended.")


def _day(moment: str | None) -> str:
    """The day of a time."""
    return moment[:10] if moment else ""
