"""Which courses this person is connected to: one file in the configuration folder, for this person's eyes.

In: what joining gave. Out: the connection for a course. The file holds credentials, so nobody else may
read it.
"""

import dataclasses
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from courseware import errors


@dataclasses.dataclass(frozen=True, kw_only=True)
class Connection:
    """How to reach a course as one person; `public_key` (base64) is what its receipts must be signed with.
    `ceiling` is `lab`, or `cli` for the command line of staff, with what `role` can do, until `expires`.
    `pages` is the address of the course's pages for a browser.
    """

    url: str
    course: str
    title: str
    credential: str
    person: str
    key: str = ""
    public_key: str = ""
    ceiling: str = "lab"
    role: str = ""
    expires: str = ""
    pages: str = ""


def of_joining(url: str, told: Mapping[str, Any]) -> Connection:
    """The connection that a service answers joining with.

    Raises:
        UserError: it is no course service.
    """
    try:
        return Connection(
            url=url,
            course=str(told["course"]["slug"]),
            title=str(told["course"]["title"]),
            credential=str(told["credential"]),
            person=str(told["person"]["username"]),
            key=str(told["key"]["id"]),
            public_key=str(told["key"]["public_key"]),
            ceiling=str(told.get("ceiling", "lab")),
            role=str(told.get("role", "")),
            expires=str(told.get("expires") or ""),
            pages=str(told.get("pages") or ""),
        )
    except (KeyError, TypeError):
        raise errors.UserError(f"What answers at {url} is no course service. Check the link.") from None


def file_of(environment: Mapping[str, str]) -> Path:
    """Where connections are kept."""
    base = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "courseware" / "connections.json"


def read(path: Path) -> list[Connection]:
    """All connections: the course that was joined or chosen last is first.

    Raises:
        UserError: the file was damaged.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError):
        raise _damaged(path) from None
    rows = told.get("connections", []) if isinstance(told, dict) else None
    if not isinstance(rows, list):
        raise _damaged(path)
    return [_connection(row, path) for row in rows]


def _connection(row: Any, path: Path) -> Connection:
    """One connection of the file; names that a newer version wrote are left out."""
    fields = dataclasses.fields(Connection)
    found = {f.name: row[f.name] for f in fields if f.name in row} if isinstance(row, dict) else {}
    lacking = any(f.default is dataclasses.MISSING and not found.get(f.name) for f in fields)
    if lacking or not all(isinstance(value, str) for value in found.values()):
        raise _damaged(path)
    return Connection(**found)


def _damaged(path: Path) -> errors.UserError:
    return errors.UserError(f"{path} cannot be read. Remove it and join again with your join link.")


def add(path: Path, connection: Connection) -> None:
    """Keep a connection before all others, in place of an earlier one to its course of the same ceiling."""
    _write(path, [connection, *(each for each in read(path) if _place(each) != _place(connection))])


def renew(path: Path, connection: Connection) -> None:
    """Keep a fresh connection where the one before it stood, else behind the others: what is shown first
    stays so.
    """
    known = read(path)
    places = [_place(each) for each in known]
    if _place(connection) in places:
        known[places.index(_place(connection))] = connection
    else:
        known.append(connection)
    _write(path, known)


def _place(connection: Connection) -> tuple[str, str, str]:
    """What a connection takes the place of an earlier one by."""
    return connection.url, connection.course, connection.ceiling


def _write(path: Path, found: Sequence[Connection]) -> None:
    rows: list[dict[str, Any]] = [dataclasses.asdict(each) for each in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump({"connections": rows}, stream, indent=1)
    os.replace(fresh, path)


def joined(path: Path, *, url: str = "") -> list[Connection]:
    """The courses that JupyterLab can show, each once; with `url` only those at that service."""
    found: dict[str, Connection] = {}
    for each in read(path):
        if each.ceiling == "lab" and (not url or _same(each.url, url)):
            found.setdefault(each.course, each)
    return list(found.values())


def choose(
    path: Path, course: str | None, *, ceiling: str = "lab", only: bool = False, url: str = ""
) -> Connection:
    """The connection to a course, or to the latest one: of this ceiling if there is one, else of another
    unless `only` this one will do; with `url` only at that service.

    Raises:
        UserError: not connected.
    """
    every = [
        each
        for each in read(path)
        if (not only or each.ceiling == ceiling) and (not url or _same(each.url, url))
    ]
    known = [each for each in every if course is None or each.course == course]
    if known:
        latest = known[0].course
        same = [each for each in known if (each.course, each.url) == (latest, known[0].url)]
        return next((each for each in same if each.ceiling == ceiling), same[0])
    if every:
        raise errors.UserError(
            f"You have not joined the course {course!r}. Known: {', '.join(c.course for c in every)}."
        )
    if url:
        raise errors.UserError(
            f"You have not joined a course at {url} yet. Use the link that you were given."
        )
    raise errors.UserError(
        "You have not joined a course yet. Use the link that you were given: courseware join LINK."
    )


def _same(one: str, other: str) -> bool:
    """Whether two addresses are of one service."""
    return one.rstrip("/").lower() == other.rstrip("/").lower()
