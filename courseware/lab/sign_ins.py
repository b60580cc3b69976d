"""What lets people in, as the command line asks for it: one's own, or for staff somebody's.

In: a client. Out: the JSON that the service answers. A person is named by user name; without one it is
oneself.
"""

import urllib.parse
from typing import Any

from courseware.lab import client

Json = dict[str, Any]


def listed(service: client.Client, person: str | None) -> list[Json]:
    """What lets somebody in, newest first."""
    return list(service.ask("GET", f"{_of(person)}/sign-ins")["sign_ins"])


def end(service: client.Client, sign_in: str, person: str | None) -> int:
    """End one, and what was made with it; how many."""
    told = service.ask("DELETE", f"{_of(person)}/sign-ins/{urllib.parse.quote(sign_in, safe='')}")
    return int(told.get("ended", 1))


def end_all(service: client.Client, person: str | None) -> int:
    """End all of somebody's, or all of one's own but the one that asks; how many."""
    path = f"{_of(person)}/sign-ins/end-all" if person else "/sign-ins/end-others"
    return int(service.ask("POST", path)["ended"])


def browser_link(service: client.Client, page: str) -> Json:
    """A link that signs one browser in as oneself."""
    return service.ask("POST", "/sign-ins/browser-link", {"page": page})


def person_link(service: client.Client, person: str, *, send: bool) -> Json:
    """A link that signs one browser in as somebody; sent by mail, or to be shown."""
    return service.ask("POST", f"{_of(person)}/sign-in-link", {"send": send})


def machine_link(service: client.Client, ceiling: str, role: str | None, days: int | None) -> Json:
    """A link that lets one machine in as oneself."""
    return service.ask("POST", "/sign-ins/machine-link", {"ceiling": ceiling, "role": role, "days": days})


def _of(person: str | None) -> str:
    return f"/people/{urllib.parse.quote(person, safe='')}" if person else ""
