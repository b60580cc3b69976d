"""The command audit, of those who run a service: who did what, and who was refused."""

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courseware import errors, wiring
from courseware.cli import operate, reach, screen

if TYPE_CHECKING:
    from courseware.desk import audit as desk_audit

_SPAN = re.compile(r"(\d{1,5})([hd])")


def audit(
    *,
    course: Annotated[str | None, typer.Option(help="Of this course only, by its short name.")] = None,
    person: Annotated[str | None, typer.Option(help="By this person only, by user name.")] = None,
    action: Annotated[
        str | None, typer.Option(help="This right or change only, such as read_all_work or mark.given.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="A date (UTC), or how long back: 12h, 30d.")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="Only what was refused.")] = False,
    marks: Annotated[bool, typer.Option("--marks", help="Only changes of marks.")] = False,
    limit: Annotated[int, typer.Option(help="So many of the newest.", min=1, max=1_000_000)] = 100,
    after: Annotated[str, typer.Option(help="Go on from where the list before ended.")] = "",
    csv: Annotated[Path | None, typer.Option(help="Write a table that spreadsheets open.")] = None,
    folder: operate.Folder = Path(),
    config: operate.Config = None,
    as_json: operate.AsJson = False,
) -> None:
    """Show who used a right over others or over the course, who was refused, and every change of a mark;
    newest first.

    Example: courseware audit --since 7d --refused
    """
    from courseware.course import courses, people
    from courseware.desk import audit as desk_audit

    told, now = reach.load_settings(config), wiring.utc_now()
    state = operate.state_of(folder, told)
    with wiring.opened(told, state=state) as (db, _, _), db.read() as connection:
        who = people.known(connection, person) if person else None
        if person and who is None:
            raise errors.UserError(f"There is nobody {person[:80]!r} in this service.")
        wanted = desk_audit.Wanted(
            course=courses.find(connection, course) if course else None,
            person=who,
            action=desk_audit.known(action) if action else "",
            since=_since(since, now) if since else None,
            refused=refused,
            marks=marks,
        )
        found = desk_audit.page(connection, wanted, now=now, limit=limit, cursor=after)
    if csv is not None:
        csv.write_text(desk_audit.to_csv(found.lines), encoding="utf-8")
    _say(found, csv, as_json=as_json)


def _since(text: str, now: datetime.datetime) -> datetime.datetime:
    """The moment that was named.

    Raises:
        UserError: it is neither a date nor a span.
    """
    span = _SPAN.fullmatch(text)
    if span is not None:
        return now - datetime.timedelta(hours=int(span[1]) * (24 if span[2] == "d" else 1))
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        message = f"{text[:40]!r} is no time. Write a date such as 2026-11-23, or how long back: 12h, 30d."
        raise errors.UserError(message) from None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def _say(found: "desk_audit.Page", csv: Path | None, *, as_json: bool) -> None:
    """Print a page, or where it was written."""
    from courseware.desk import audit as desk_audit

    if as_json:
        lines = [desk_audit.as_json(line) for line in found.lines]
        screen.as_json({"lines": lines, "next": found.next, "file": str(csv) if csv else None})
        return
    if csv is not None:
        screen.result(f"Wrote {screen.counted(len(found.lines), 'line')} into {csv}.")
    elif not found.lines:
        screen.result("Nothing of this kind is recorded.")
    else:
        screen.table(
            ["when (UTC)", "who", "course", "what", "outcome", "where"], [_row(e) for e in found.lines]
        )
    if found.next:
        screen.say(f"There is more: add --after {found.next}")


def _row(line: "desk_audit.Line") -> list[str]:
    """A line as it stands in the table."""
    times = f" ({line.times} times)" if line.times > 1 else ""
    status = f" {line.status}" if line.outcome == "refused" else ""
    who = f"{line.who} ({line.role})" if line.role else line.who or "the machine"
    where = " ".join(filter(None, (line.where, line.how)))
    return [
        f"{line.at:%Y-%m-%d %H:%M:%S}",
        who,
        line.course,
        line.what,
        f"{line.outcome}{status}{times}",
        where,
    ]
