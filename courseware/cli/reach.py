"""Which service a command speaks to, and as whom.

In: the folder one stands in, the environment. Out: a client. Inside a course folder it is the owner's
credential of the service that runs for it; anywhere else the course that one has joined.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from courseware import errors, settings, wiring
from courseware.lab import client, connections, hub, launcher


def load_settings(config: Path | None = None) -> settings.Settings:
    """The deployment's settings, from `--config`, `COURSEWARE_CONFIG` or the environment alone."""
    path = config or (Path(os.environ["COURSEWARE_CONFIG"]) if os.environ.get("COURSEWARE_CONFIG") else None)
    try:
        text = path.read_text(encoding="utf-8") if path else ""
    except OSError:
        raise errors.UserError(f"The settings {path} cannot be read.") from None
    except UnicodeDecodeError:
        raise errors.UserError(f"The settings {path} are not UTF-8 text. Save them as UTF-8.") from None
    return settings.load(text, os.environ)


def state_of(folder: Path, told: settings.Settings) -> Path:
    """The state folder of the course in this folder."""
    from courseware.desk import folder as desk_folder

    parsed, _ = desk_folder.course(folder)
    return settings.state_folder(parsed.id, told, os.environ)


@contextlib.contextmanager
def owner(folder: Path) -> Iterator[client.Client]:
    """A client with the owner's credential of the service of this course folder.

    Raises:
        UserError: no service runs for it.
    """
    from courseware.desk import folder as desk_folder

    parsed, _ = desk_folder.course(folder)
    state = settings.state_folder(parsed.id, load_settings(), os.environ)
    try:
        token = (state / "owner.token").read_text().strip()
        url = launcher.address(state)
    except OSError:
        token, url = "", None
    if url is None:
        raise errors.UserError(
            f"No service runs for {parsed.title!r}. Start it in another terminal: courseware serve {folder}"
        )
    found = client.Client(url, token, parsed.slug)
    try:
        yield found
    finally:
        found.close()


@contextlib.contextmanager
def joined(
    course: str | None, *, ceiling: str = "lab"
) -> Iterator[tuple[client.Client, connections.Connection]]:
    """A client for the course that was joined, with a credential of this ceiling if there is one."""
    connection = _connection(course, ceiling)
    found = client.for_connection(connection)
    try:
        yield found, connection
    finally:
        found.close()


def _connection(course: str | None, ceiling: str) -> connections.Connection:
    """How to reach a course. On a server of a Hub that is by the Hub, unless staff have let this command line
    in on the course's pages.
    """
    file = connections.file_of(os.environ)
    if not hub.service(os.environ):
        return connections.choose(file, course, ceiling=ceiling)
    if ceiling == "cli":
        with contextlib.suppress(errors.UserError):
            return connections.choose(file, course, ceiling="cli", only=True)
    return hub.connection(os.environ, course or os.environ.get(hub.COURSE) or None, now=wiring.utc_now())


@contextlib.contextmanager
def staff(folder: Path, course: str | None) -> Iterator[client.Client]:
    """The owner's client in a course folder, else that of the course one has joined. On a server of a Hub no
    service runs for the folder: it is the course of that name at the Hub's.
    """
    here = (folder / "course.toml").is_file() and course is None
    if here and not hub.service(os.environ):
        with owner(folder) as found:
            yield found
        return
    if here:
        from courseware.desk import folder as desk_folder

        course = desk_folder.course(folder)[0].slug
    with joined(course, ceiling="cli") as (found, _):
        yield found
