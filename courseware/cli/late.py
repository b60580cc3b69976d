"""The command for a lesson's rule for late work: what holds, and what another would change or changes."""

import urllib.parse
from pathlib import Path
from typing import Annotated, Any

import typer

from courseware import errors
from courseware.cli import reach, screen, staff
from courseware.lab import client


def late(
    *,
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    rule: Annotated[
        str | None, typer.Option(help='Another rule, as course.toml writes it after "late =".')
    ] = None,
    back: Annotated[bool, typer.Option("--take-back", help="Take the newest rule back.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for staff alone.")] = "",
    folder: staff.Folder = Path(),
    course: staff.Course = None,
    as_json: staff.AsJson = False,
) -> None:
    """Show what late work loses in a lesson; try another rule with --dry-run, or have it hold over
    course.toml with a reason. Those whose mark changes are told; --take-back undoes it.

    Example: courseware late first-steps --rule '"accept"' --dry-run
    """
    if rule is not None and back:
        raise errors.UserError("A rule is set with --rule or taken back with --take-back, not both.")
    if (dry_run or reason) and rule is None and not back:
        raise errors.UserError("Say which rule, with --rule, or --take-back.")
    if rule is not None and not dry_run and not reason:
        raise errors.UserError("Say why with --reason, or look at it first with --dry-run.")
    with reach.staff(folder, course) as service:
        told, compared = _done(service, lesson, rule, back=back, reason=None if dry_run else reason)
    if as_json:
        screen.as_json({**told, "comparison": compared})
    else:
        _print(told, compared, is_done=not dry_run)


def _done(
    service: client.Client, lesson: str, rule: str | None, *, back: bool, reason: str | None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The rules of a lesson, and what another changes or has changed; without a reason nothing is written."""
    place = f"/lessons/{urllib.parse.quote(lesson, safe='')}/late-rules"
    told = service.ask("GET", place)
    if rule is None and not back:
        return told, None
    newest = next((each["id"] for each in told["rules"] if each["ended"] is None), "")
    if back and not newest:
        raise errors.UserError("No rule is set over course.toml, so there is none to take back.")
    query = urllib.parse.urlencode({"back": newest} if back else {"rule": rule})
    compared = service.ask("GET", f"{place}/comparison?{query}")
    if reason is None:
        return told, compared
    if back:
        return service.ask("POST", f"{place}/{newest}/end", {"seal": compared["seal"]}), compared
    wish = {"rule": rule, "reason": reason, "seal": compared["seal"]}
    return service.ask("POST", place, wish), compared


def _print(told: dict[str, Any], compared: dict[str, Any] | None, *, is_done: bool) -> None:
    """The rule and the comparison, for people."""
    if compared is not None:
        changes = screen.counted(compared["changes"], "mark")
        verb = "changed" if is_done else "would change"
        screen.result(f"{changes} {verb}: {compared['up']} up, {compared['down']} down.")
        rows = [
            [each["person"]["username"], each["lesson"], f"{each['before']:g}", f"{each['after']:g}"]
            for each in compared["lines"]
            if each["direction"] != "same"
        ]
        if rows:
            screen.table(["username", "lesson", "before", "after"], rows)
    if compared is not None and not is_done:
        return
    screen.result(f"late = {told['rule']}")
    screen.result(told["words"])
    standing = [each for each in told["rules"] if each["ended"] is None]
    if standing:
        screen.result(
            f"Set by {standing[0]['by']}: {standing[0]['reason']}. "
            f"course.toml says: late = {told['from_course']}"
        )
