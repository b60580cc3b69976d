"""A course served from its own folder: the course, its owner and the files by which the owner's programs get
in.

In: a parsed course.toml. Out: rows, and in the state folder `owner.token` (command line) and `lab.token`
(JupyterLab), readable by this user alone. Made at the first start; later starts bring the course up to its
manifest and keep the tokens.
"""

import contextlib
import getpass
import os
import secrets
from pathlib import Path

from courseware import errors, wiring
from courseware.course import courses, credentials, lessons, manifest, model, people

OWNER_TOKEN, LAB_TOKEN = "owner.token", "lab.token"
_TOKENS: tuple[tuple[str, model.Ceiling], ...] = ((OWNER_TOKEN, "cli"), (LAB_TOKEN, "lab"))


def ensure_course(
    service: wiring.Service, parsed: manifest.Manifest, text: str, *, state: Path, roster: str = ""
) -> None:
    """Make or update the course and its owner, and write the two tokens where they are missing or dead.

    `roster` is CSV text: who stands in it and was never in the course is brought in. Nobody is changed or
    taken out by it, since people are changed where the course runs.
    """
    now = service.clock()
    with service.database.write() as connection:
        course = courses.put(connection, parsed, text, now=now)
        lessons.sync(connection, course, parsed, now=now)
        service.keys.ensure(connection, course, now=now)
        owner = people.owner(connection, course) or people.add(
            connection, course, username=_user(), name=_user(), email=None, role="owner", now=now
        )
        if roster:
            people.import_new(connection, course, roster, now=now)
        made = {
            state / name: credentials.issue(
                connection,
                owner,
                course=course,
                ceiling=ceiling,
                label=f"{ceiling} on this machine",
                now=now,
                expires=None,
            )
            for name, ceiling in _TOKENS
            if not _valid(service, state / name)
        }
        for path, token in made.items():
            write_private(path, token)


def _valid(service: wiring.Service, path: Path) -> bool:
    """Whether a kept token still lets its owner in."""
    try:
        token = path.read_text().strip()
    except OSError:
        return False
    with service.database.read() as connection, contextlib.suppress(errors.UserError):
        credentials.verify(connection, token, now=service.clock())
        return True
    return False


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read, in one step."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _user() -> str:
    """The name of the user who runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"
