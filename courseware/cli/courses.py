"""The command courses, of those who run a service: which courses it has, and a further one."""

import os
from pathlib import Path
from typing import Annotated

import typer

from courseware import settings, wiring
from courseware.cli import operate, reach, screen

courses = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="The courses of a service.\n\nExample: courseware courses list --config courseware.toml",
)


@courses.command("add")
def add(
    folder: Annotated[Path, typer.Argument(help="The course's folder.")],
    owner: Annotated[str, typer.Option(help="The user name of whoever owns the course.")],
    config: operate.Config = None,
    as_json: operate.AsJson = False,
) -> None:
    """Have a further course in a service, or bring one up to its course.toml. The service may run meanwhile;
    lessons are released by the owner.

    Example: courseware courses add py101 --owner ines --config courseware.toml
    """
    from courseware.course import sign_in
    from courseware.desk import begin
    from courseware.desk import folder as desk_folder

    told, now = reach.load_settings(config), wiring.utc_now()
    parsed, text = desk_folder.course(folder)
    with (
        wiring.opened(told, state=_state(told)) as (db, _, ring),
        db.write() as connection,
    ):
        made = begin.begin(connection, ring, parsed, text, owner=owner, now=now)
        token = (
            "" if told.hub.public else sign_in.join_link(connection, made.owner, made.course, now=now).token
        )
    link = f"{_address(told)}/join/{token}" if token else ""
    if as_json:
        screen.as_json({"course": made.course.slug, "owner": made.owner.username, "link": link})
        return
    way = f"lets them in: {link}" if link else "comes in by the Hub."
    screen.result(f"{made.course.title} ({made.course.slug}) is owned by {made.owner.username}, who {way}")


@courses.command("list")
def listed(config: operate.Config = None, as_json: operate.AsJson = False) -> None:
    """List the courses of a service with their owners and people.

    Example: courseware courses list --config courseware.toml
    """
    from courseware.course import courses as table
    from courseware.course import people

    told, now = reach.load_settings(config), wiring.utc_now()
    with (
        wiring.opened(told, state=_state(told)) as (db, _, _),
        db.read() as connection,
    ):
        found = []
        for course in table.everything(connection):
            owner = people.owner(connection, course)
            number = len(people.present(connection, course, now=now))
            named = owner.username if owner else ""
            found.append({"course": course.slug, "title": course.title, "owner": named, "people": number})
    if as_json:
        screen.as_json({"courses": found})
        return
    if not found:
        screen.result("There is no course here yet. Add one: courseware courses add FOLDER --owner NAME")
        return
    screen.table(["course", "title", "owner", "people"], [[str(v) for v in row.values()] for row in found])


def _state(told: settings.Settings) -> Path:
    """The state folder of a service that is of no course alone."""
    return settings.state_folder("service", told, os.environ)


def _address(told: settings.Settings) -> str:
    """Where browsers find the service."""
    return told.service.public.rstrip("/") or f"http://{told.service.host}:{told.service.port}"
