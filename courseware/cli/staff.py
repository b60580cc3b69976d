"""Commands of staff: people, mail, hold."""

import urllib.parse
from pathlib import Path
from typing import Annotated, Literal

import typer

from courseware import errors
from courseware.cli import reach, screen
from courseware.course import sheet

Folder = Annotated[Path, typer.Option("--course-folder", help="The course's folder.")]
Course = Annotated[
    str | None, typer.Option(help="A course that you have joined, if you are not in its folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Role = Literal["student", "grader", "instructor", "owner"]

people = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Who is in the course.\n\nExample: courseware people add sam --name 'Sam Doe'",
)


mail = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Letters of the course.\n\nExample: courseware mail test me@example.org",
)


@mail.callback()
def letters() -> None:
    """Letters of the course."""


@mail.command("test")
def try_mail(
    address: Annotated[str, typer.Argument(help="Where the letter is sent to.")],
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Have the service send a letter now, and say what the mail server answered.

    Example: courseware mail test me@example.org
    """
    with reach.staff(folder, course) as service:
        told = service.ask("POST", "/mail/test", {"address": address})
    if as_json:
        screen.as_json(told)
        return
    fate = told["letters"]
    screen.result(
        f"The mail server took a letter for {told['address']}. Letters of this course: "
        f"{fate['waiting']} wait, {fate['sent']} sent, {fate['failed']} given up."
    )
    if fate["reason"]:
        screen.result(f"The last failure: {fate['reason']}")


@people.command("list")
def list_people(folder: Folder = Path(), course: Course = None, as_json: AsJson = False) -> None:
    """List everybody.

    Example: courseware people list
    """
    with reach.staff(folder, course) as service:
        found = service.people()
    if as_json:
        screen.as_json({"people": found})
        return
    rows = [
        [p["person"]["username"], p["person"]["name"], p["person"]["email"] or "", p["role"]] for p in found
    ]
    screen.table(["username", "name", "email", "role"], rows)


@people.command("add")
def add_person(
    *,
    username: Annotated[str, typer.Argument(help="A short name without blanks.")],
    name: Annotated[str, typer.Option(help="The full name.")] = "",
    email: Annotated[str | None, typer.Option(help="The e-mail address.")] = None,
    role: Annotated[Role, typer.Option(help="What the person does here.")] = "student",
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Bring somebody in and print the join link.

    Example: courseware people add sam --name "Sam Doe" --email sam@example.org
    """
    with reach.staff(folder, course) as service:
        wish = {"username": username, "name": name or username, "email": email, "role": role}
        member = service.add_person(wish)
        made = service.join_link(username)
    if as_json:
        told = {name: member[name] for name in ("person", "role", "ended")}
        screen.as_json({**told, "link": made["url"], "expires": made["expires"]})
    else:
        screen.result(str(made["url"]))


@people.command("set")
def set_person(
    *,
    username: Annotated[str, typer.Argument(help="Whom to change.")],
    name: Annotated[str | None, typer.Option(help="The full name.")] = None,
    email: Annotated[str | None, typer.Option(help="The e-mail address; '' is none.")] = None,
    role: Annotated[Role | None, typer.Option(help="What the person does here.")] = None,
    back: Annotated[bool, typer.Option("--back", help="Bring back who has left.")] = False,
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Change somebody of the course; what is not given stays as it is.

    Example: courseware people set sam --name "Sam Dow"
    """
    path = f"/people/{urllib.parse.quote(username, safe='')}"
    wish = {"name": name, "email": email, "role": role, "back": back}
    with reach.staff(folder, course) as service:
        told = service.ask("PATCH", path, wish)
    if as_json:
        screen.as_json({name: told[name] for name in ("person", "role", "ended")})
        return
    person = told["person"]
    screen.result(f"{username}: {person['name']}, {person['email'] or 'no e-mail'}, {told['role']}.")


@people.command("import")
def import_people(
    *,
    roster: Annotated[Path, typer.Argument(help="A CSV with username, name, email, role, group.")],
    look: Annotated[bool, typer.Option("--look", help="Say what it would do, and do nothing.")] = False,
    end_missing: Annotated[
        bool, typer.Option("--end-missing", help="End the membership of students who are not in it.")
    ] = False,
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Take a roster; all of it or, if a line is wrong, none of it.

    Example: courseware people import roster.csv --look
    """
    try:
        text = sheet.text(roster.read_bytes())
    except (OSError, UnicodeDecodeError):
        raise errors.UserError(f"{roster} cannot be read as UTF-8 text.") from None
    with reach.staff(folder, course) as service:
        wish = {"csv": text, "look": look, "end_missing": end_missing}
        told = service.ask("POST", "/people/import", wish)
    if as_json:
        names = ("added", "changed", "unchanged", "missing", "with_work", "ended", "changes", "ignored")
        screen.as_json({name: told[name] for name in names})
        return
    screen.result(
        f"{len(told['added'])} added, {len(told['changed'])} changed, {len(told['unchanged'])} unchanged."
        f"{' Nothing was done yet.' if look else ''}"
    )
    for each in told["changes"]:
        fields = [f"{it['field']} {it['before'] or '-'} → {it['after'] or '-'}" for it in each["fields"]]
        what = f"{each['role']}, {each['name']}" if each["what"] == "added" else "; ".join(fields)
        screen.result(f"  {each['what']} {each['username']}{': ' if what else ''}{what}")
    for each in told["ignored"]:
        meant = f" Perhaps you meant {each['perhaps']}." if each["perhaps"] else ""
        screen.result(f"The column {each['column']!r} says nothing here and is left out.{meant}")
    if told["missing"]:
        become = "their membership ends" if told["ended"] else "they stay"
        screen.result(f"Students who are not in it: {', '.join(told['missing'])}; {become}.")
    if told["with_work"]:
        screen.result(f"Of these have work here, which stays: {', '.join(told['with_work'])}.")


@people.command("link")
def link(
    username: Annotated[str, typer.Argument(help="Whom the link is for.")],
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Print a fresh join link; earlier ones end.

    Example: courseware people link sam
    """
    with reach.staff(folder, course) as service:
        made = service.join_link(username)
    if as_json:
        screen.as_json({"username": username, "link": made["url"], "expires": made["expires"]})
    else:
        screen.result(str(made["url"]))


@people.command("remove")
def remove(
    username: Annotated[str, typer.Argument(help="Who leaves.")],
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """End somebody's membership; what was handed in stays.

    Example: courseware people remove sam
    """
    with reach.staff(folder, course) as service:
        service.remove_person(username)
    if as_json:
        screen.as_json({"username": username, "removed": True})
        return
    screen.result(f"{username} is no longer in the course.")


@people.command("group")
def group(
    name: Annotated[str, typer.Argument(help="The group's name.")],
    usernames: Annotated[
        list[str] | None, typer.Argument(help="Who is in it from now on; nobody: the group goes.")
    ] = None,
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Say who is in a group, such as that of one tutor.

    Example: courseware people group tuesday sam kim
    """
    with reach.staff(folder, course) as service:
        told = service.put_group(name, usernames or [])
    if as_json:
        screen.as_json(told)
        return
    screen.result(f"{name}: {', '.join(p['username'] for p in told['people']) or 'nobody'}.")


@people.command("limit")
def limit(
    *,
    username: Annotated[str, typer.Argument(help="The grader.")],
    lesson: Annotated[list[str] | None, typer.Option(help="A lesson; may be given again.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="A group; may be given again.")] = None,
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Limit what a grader looks after, in discussions and marks; without options it is everything.

    Example: courseware people limit gus --lesson first-steps --group tuesday
    """
    with reach.staff(folder, course) as service:
        told = service.limit(username, lesson or [], group or [])
    if as_json:
        screen.as_json(told)
        return
    named = [*(f"lesson {each}" for each in told["lessons"]), *(f"group {each}" for each in told["groups"])]
    screen.result(f"{username} looks after {', '.join(named) or 'everything'}.")


def hold(
    *,
    lesson: Annotated[str, typer.Argument(help="The lesson.")],
    exercise: Annotated[str, typer.Argument(help="The exercise's id.")],
    reason: Annotated[str, typer.Option(help="Why, for staff.")] = "",
    end: Annotated[bool, typer.Option("--end", help="Show the marks again.")] = False,
    folder: Folder = Path(),
    course: Course = None,
    as_json: AsJson = False,
) -> None:
    """Let the marks of an exercise wait; handing in goes on.

    Example: courseware hold essay reflection --reason "Marked anew"
    """
    with reach.staff(folder, course) as service:
        if end:
            service.unhold(lesson, exercise)
        else:
            service.hold(lesson, exercise, reason)
    if as_json:
        screen.as_json({"lesson": lesson, "exercise": exercise, "held": not end})
        return
    screen.result(f"{exercise}: {'the marks show again' if end else 'the marks wait'}.")
