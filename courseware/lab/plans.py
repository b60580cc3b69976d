"""People's own dates, as the command line asks for them: one's own plan, and for staff what is granted.

In: a client. Out: the JSON that the service answers. A person is named by user name.
"""

import urllib.parse
from collections.abc import Mapping
from typing import Any

from courseware.lab import client

Json = dict[str, Any]


def plan(service: client.Client) -> Json:
    """Own dates, and why they are so."""
    return service.ask("GET", "/plan")


def change(service: client.Client, wish: Mapping[str, Any]) -> Json:
    """Shift own dates, choose weekly hours, pause, or move; the plan that comes of it."""
    return service.ask("POST", "/plan", dict(wish))


def calendar(service: client.Client) -> str:
    """A fresh address that a calendar reads own dates from."""
    return str(service.ask("POST", "/calendar")["url"])


def granted(service: client.Client, person: str) -> Json:
    """Somebody's dates and what was granted to them."""
    return service.ask("GET", _of(person))


def grant(service: client.Client, person: str, wish: Mapping[str, Any]) -> Json:
    """Grant somebody an extension, an accommodation or a waiver; their dates and all that was granted."""
    return service.ask("POST", _of(person), dict(wish))


def take_back(service: client.Client, person: str, allowance: str) -> None:
    """Take back what was granted."""
    service.ask("DELETE", f"{_of(person)}/{urllib.parse.quote(allowance, safe='')}")


def _of(person: str) -> str:
    return f"/people/{urllib.parse.quote(person, safe='')}/allowances"
