"""The command erase, of those who run a service: a person goes, and everything that is kept of them."""

from pathlib import Path
from typing import Annotated

import typer

from courseware import errors, wiring
from courseware.cli import operate, reach, screen


def erase(
    username: Annotated[str, typer.Argument(help="Whose data goes, by user name.")],
    folder: operate.Folder = Path(),
    config: operate.Config = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, say what would go.")] = False,
    as_json: operate.AsJson = False,
) -> None:
    """Erase a person from all courses of a service. It cannot be undone.

    Example: courseware erase sam --yes
    """
    from courseware.course import access_records, courses, people, permissions
    from courseware.desk import erase as desk_erase

    told, now = reach.load_settings(config), wiring.utc_now()
    state = operate.state_of(folder, told)
    with wiring.opened(told, state=state) as (db, _, _), db.write() as connection:
        person = people.known(connection, username)
        if person is None:
            raise errors.UserError(f"There is nobody {username[:80]!r} here.", code="not-found")
        places = [courses.by_id(connection, key) for key, _ in people.courses_of(connection, person)]
        if yes:
            desk_erase.person(connection, person, state=state, by=None, now=now)
            for course in places:
                action = permissions.Action.ERASE
                access_records.by_command(connection, "erase", action, course, now=now)
    titles = [course.title for course in places]
    if as_json:
        screen.as_json({"username": username, "courses": titles, "erased": yes})
        return
    where = f" in {', '.join(titles)}" if titles else ""
    if not yes:
        screen.result(
            f"{person.name} ({username}){where}: hand-ins, marks, what they wrote and how they are reached "
            "would go, for good. To do it, add --yes."
        )
        return
    screen.result(f"{username} is erased{where}. Their files go within two days.")
