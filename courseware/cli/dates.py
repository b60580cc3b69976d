"""Commands about dates: a student's own, and what staff grant."""

import datetime
import zoneinfo
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from courseware import errors
from courseware.cli import reach, screen, staff
from courseware.lab import plans

Course = Annotated[str | None, typer.Option(help="The course, if you have joined more than one.")]
Who = Annotated[str, typer.Argument(help="The user name.")]
Reason = Annotated[str, typer.Option(help="Why; only staff read it.")]
Lesson = Annotated[str, typer.Option(help="One lesson; without it, all.")]
Kind = Literal["extra-time", "extra-attempts", "waiver", "no-penalty", "format"]


def dates(
    *,
    shift: Annotated[bool, typer.Option("--shift", help="Begin the missed lesson anew today.")] = False,
    hours: Annotated[float | None, typer.Option(help="Work so many hours a week from now on.")] = None,
    pause: Annotated[
        tuple[str, str] | None, typer.Option(help="Do nothing from one day to another.", metavar="FIRST LAST")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Live in this time zone from now on.")] = None,
    calendar: Annotated[
        bool, typer.Option("--calendar", help="Make an address for your calendar; it is shown once.")
    ] = False,
    course: Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Show your own dates and why they are so; shift them, pause, choose weekly hours, or put them into your
    calendar.

    Example: courseware dates --shift
    """
    wishes: list[dict[str, Any]] = []
    if shift:
        wishes.append({"act": "shift"})
    if hours is not None:
        wishes.append({"act": "hours", "hours": hours})
    if pause is not None:
        wishes.append({"act": "pause", "first": pause[0], "last": pause[1]})
    if zone is not None:
        wishes.append({"act": "zone", "zone": zone})
    with reach.joined(course) as (service, _):
        for wish in wishes:
            plans.change(service, wish)
        address = plans.calendar(service) if calendar else ""
        told: dict[str, Any] = {"calendar": address} if calendar else plans.plan(service)
    if as_json:
        screen.as_json(told)
        return
    if calendar:
        screen.say("Subscribe to this address in your calendar. Whoever has it can read your dates.")
        screen.result(address)
        return
    for each in told["dates"]:
        screen.result(f"{each['title']}: {each['why']}")
    for each in told["allowances"]:
        screen.result(f"Granted to you: {_words(each)}.")
    if told["missed"]:
        screen.result("You missed a date. Begin that lesson anew today: courseware dates --shift")


def extend(
    *,
    username: Who,
    lesson: Annotated[str, typer.Option(help="The lesson; without it, all lessons.")] = "",
    days: Annotated[int | None, typer.Option(help="How many days later.")] = None,
    until: Annotated[
        str | None, typer.Option(help="A due date of their own, on the course's clock: 2026-12-24T23:59.")
    ] = None,
    reason: Reason,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Give somebody an extension; other students do not see it.

    Example: courseware people extend sam --lesson first-steps --days 3 --reason "ill"
    """
    if (days is None) == (until is None):
        raise errors.UserError("Say either --days or --until.")
    with reach.staff(folder, course) as service:
        wish: dict[str, Any] = {"kind": "extension", "lesson": lesson, "reason": reason}
        if days is not None:
            wish["amount"] = days
        else:
            wish["until"] = moment(str(until), str(service.course()["time_zone"]))
        told = plans.grant(service, username, wish)
    if as_json:
        screen.as_json(told)
        return
    for each in told["dates"]:
        if lesson in ("", each["lesson"]):
            screen.result(f"{each['title']}: {each['why']}")


def grant(
    *,
    username: Who,
    kind: Annotated[Kind, typer.Argument(help="What is granted.")],
    amount: Annotated[float, typer.Option(help="Times as long, or how many attempts.")] = 0.0,
    text: Annotated[str, typer.Option(help="Which format, such as a transcript.")] = "",
    lesson: Lesson = "",
    reason: Reason,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Grant an accommodation, a waiver or forgiveness; other students do not see it.

    Example: courseware people grant sam extra-time --amount 1.5 --reason "as agreed with the office"
    """
    wish = {"kind": kind, "lesson": lesson, "amount": amount, "text": text, "reason": reason}
    with reach.staff(folder, course) as service:
        told = plans.grant(service, username, wish)
    if as_json:
        screen.as_json(told)
        return
    screen.result(f"{username}: {_words(told['allowances'][0])}.")


def granted(
    *,
    username: Who,
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """List what was ever granted to somebody: what, who, when and why.

    Example: courseware people granted sam
    """
    with reach.staff(folder, course) as service:
        told = plans.granted(service, username)
    if as_json:
        screen.as_json(told)
        return
    rows = [
        [
            each["id"],
            _words(each),
            each["reason"],
            f"{each['given_by']} {each['given'][:10]}",
            f"{each['ended_by']} {each['ended'][:10]}" if each["ended"] else "",
        ]
        for each in told["allowances"]
    ]
    screen.table(["id", "granted", "reason", "by", "taken back"], rows)


def take_back(
    *,
    username: Who,
    allowance: Annotated[str, typer.Argument(help="Its id, as `people granted` names it.")],
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Take back what was granted to somebody.

    Example: courseware people take-back sam alw_…
    """
    with reach.staff(folder, course) as service:
        plans.take_back(service, username, allowance)
    if as_json:
        screen.as_json({"username": username, "taken_back": allowance})
        return
    screen.result(f"It no longer holds for {username}.")


def _words(told: dict[str, Any]) -> str:
    """Something granted in a few words."""
    much = {
        "extension": (told["until"] and f"until {screen.moment(told['until'])}")
        or f"{told['amount']:g} days",
        "extra-time": f"{told['amount']:g} times as long",
        "extra-attempts": f"{told['amount']:g}",
    }.get(told["kind"], told["text"])
    return f"{told['kind']} {much}".strip() + (
        f" for {told['lesson']}" if told["lesson"] else " for all lessons"
    )


def moment(text: str, zone: str) -> str:
    """A time on the course's clock as the API takes it."""
    try:
        local = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise errors.UserError(f"{text[:40]!r} is no date; write 2026-12-24T23:59.") from None
    aware = local if local.tzinfo else local.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=1)
    return aware.isoformat()


staff.people.command("extend")(extend)
staff.people.command("grant")(grant)
staff.people.command("granted")(granted)
staff.people.command("take-back")(take_back)
people = staff.people
