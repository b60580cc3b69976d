"""The command courses, of those who run a service: which it has, a further one, and how much one may keep."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from courseware import errors, settings, wiring
from courseware.cli import acting, operate, reach, screen

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
    from courseware.course import permissions, sign_in
    from courseware.desk import begin
    from courseware.desk import folder as desk_folder

    told, now = reach.load_settings(config), wiring.utc_now()
    parsed, text = desk_folder.course(folder)
    change = acting.Change(command="courses add", action=permissions.Action.CHANGE_OWNERS, course=parsed.slug)
    with acting.here(told, _state(told), change) as (connection, ring):
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
    """List the courses of a service with their owners, people, files and quotas.

    Example: courseware courses list --config courseware.toml
    """
    from courseware.course import courses as table
    from courseware.course import people
    from courseware.exchange import storage

    told, now = reach.load_settings(config), wiring.utc_now()
    with (
        wiring.opened(told, state=_state(told)) as (db, _, _),
        db.read() as connection,
    ):
        found: list[dict[str, Any]] = []
        for course in table.everything(connection):
            owner = people.owner(connection, course)
            number = len(people.present(connection, course, now=now))
            named = owner.username if owner else ""
            holds = storage.of_course(connection, course.id, usual=wiring.course_quota(told.store))
            row = {"course": course.slug, "title": course.title, "owner": named, "people": number}
            found.append({**row, "used": holds.used, "quota": holds.quota})
    if as_json:
        screen.as_json({"courses": found})
        return
    if not found:
        screen.result("There is no course here yet. Add one: courseware courses add FOLDER --owner NAME")
        return
    headings = ["course", "title", "owner", "people", "files", "quota"]
    screen.table(headings, [_row(each) for each in found])


@courses.command("quota")
def quota(
    course: Annotated[str, typer.Argument(help="The course's short name.")],
    gigabytes: Annotated[
        float | None, typer.Argument(help="What it may keep from now on; 0 is no quota.", min=0, max=1e6)
    ] = None,
    usual: Annotated[bool, typer.Option("--usual", help="Give it the quota of all courses again.")] = False,
    config: operate.Config = None,
    as_json: operate.AsJson = False,
) -> None:
    """Say how much a course keeps and may keep, or give it a quota of its own. It holds at once.

    Example: courseware courses quota py101 50 --config courseware.toml
    """
    from courseware.course import courses as table
    from courseware.course import permissions
    from courseware.exchange import storage

    if usual and gigabytes is not None:
        raise errors.UserError("Give a number of gigabytes or --usual, not both.")
    told = reach.load_settings(config)
    if usual or gigabytes is not None:
        change = acting.Change(
            command="courses quota", action=permissions.Action.CHANGE_COURSE, course=course
        )
        with acting.here(told, _state(told), change) as (connection, _):
            own = None if gigabytes is None else round(gigabytes * storage.GB)
            storage.put_quota(connection, table.find(connection, course), own)
    with wiring.opened(told, state=_state(told)) as (db, _, _), db.read() as connection:
        found = table.find(connection, course)
        holds = storage.of_course(connection, found.id, usual=wiring.course_quota(told.store))
    if as_json:
        screen.as_json({"course": found.slug, "used": holds.used, "quota": holds.quota})
        return
    may = f"may keep {_quota(holds.quota)}" if holds.quota else "has no quota"
    screen.result(f"{found.title} ({found.slug}) keeps {storage.told(holds.used)} of files and {may}.")


@courses.command("end")
def end(
    course: Annotated[str, typer.Argument(help="The course's short name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, say what would go.")] = False,
    folder: operate.Folder = Path(),
    config: operate.Config = None,
    as_json: operate.AsJson = False,
) -> None:
    """End a course whose time is over: its students are erased, its lessons stay. It cannot be undone.

    Example: courseware courses end py101 --config courseware.toml
    """
    from courseware.course import access_records, permissions
    from courseware.course import courses as table
    from courseware.desk import erase

    told, now = reach.load_settings(config), wiring.utc_now()
    state = operate.state_of(folder, told)
    with wiring.opened(told, state=state) as (db, _, _), db.write() as connection:
        found = table.find(connection, course)
        ended = erase.of_course(connection, found)
        if yes:
            erase.course(connection, found, state=state, now=now)
            action = permissions.Action.ERASE
            access_records.by_command(connection, "courses end", action, found, now=now)
    alone, others = len(ended.alone), [each.username for each in ended.elsewhere]
    if as_json:
        screen.as_json({"course": found.slug, "erased": alone if yes else 0, "alone": alone, "left": others})
        return
    also = f" In other courses too, so they only leave this one: {', '.join(others)}." if others else ""
    if yes:
        screen.result(f"{found.title} is over: {screen.counted(alone, 'student')} erased.{also}")
        return
    screen.result(
        f"{found.title}: {screen.counted(alone, 'student')} would be erased, with all their work.{also} "
        "To do it, add --yes."
    )


def _row(told: dict[str, Any]) -> list[str]:
    """A course as it stands in the table."""
    from courseware.exchange import storage

    return [*map(str, list(told.values())[:4]), storage.told(told["used"]), _quota(told["quota"])]


def _quota(size: int) -> str:
    """A quota for people."""
    from courseware.exchange import storage

    return storage.told(size) if size else "none"


def _state(told: settings.Settings) -> Path:
    """The state folder of a service that is of no course alone."""
    return settings.state_folder("service", told, os.environ)


def _address(told: settings.Settings) -> str:
    """Where browsers find the service."""
    return told.service.public.rstrip("/") or f"http://{told.service.host}:{told.service.port}"
