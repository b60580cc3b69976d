"""What the browser may ask the course service for, through this Jupyter server.

In: a method, a route below `/api/v1/`, a few headers and a body from the student's own Lab. Out: the
service's answer, if it is JSON. The list below is all there is: one base address, no redirects, no cookies;
the credential is added here and never reaches the browser. Refused: any other route, any other kind of
answer.
"""

from __future__ import annotations

import dataclasses
import re
import urllib.parse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from courseware import errors
from courseware.lab import client, connections

if TYPE_CHECKING:
    import httpx

_NAME = r"[\w.~-]{1,200}"
_COURSE = rf"courses/{_NAME}"
_LESSON = rf"{_COURSE}/lessons/{_NAME}"
ROUTES: tuple[tuple[str, str], ...] = (
    ("GET", rf"submissions/{_NAME}/receipt"),
    ("GET", rf"{_COURSE}/since"),
    ("GET", rf"{_COURSE}/plan"),
    ("POST", rf"{_COURSE}/plan"),
    ("GET", rf"{_LESSON}/watched"),
    ("PUT", rf"{_LESSON}/watched"),
    ("GET", rf"{_LESSON}/questions"),
    ("POST", rf"{_LESSON}/questions/{_NAME}/answers"),
    ("POST", rf"{_LESSON}/checks"),
    ("GET", rf"{_LESSON}/checks/{_NAME}"),
    ("GET", rf"{_LESSON}/discussion"),
    ("GET", rf"{_LESSON}/threads"),
    ("POST", rf"{_LESSON}/threads"),
    ("GET", rf"{_COURSE}/threads"),
    ("POST", rf"{_COURSE}/threads"),
    ("GET", rf"{_COURSE}/people/names"),
    ("GET", rf"threads/{_NAME}"),
    ("PATCH", rf"threads/{_NAME}"),
    ("POST", rf"threads/{_NAME}/posts"),
    ("PUT", rf"threads/{_NAME}/read"),
    ("PUT", rf"threads/{_NAME}/follow"),
    ("PATCH", rf"posts/{_NAME}"),
    ("GET", rf"posts/{_NAME}/edits"),
    ("PUT", rf"posts/{_NAME}/reactions"),
    ("POST", rf"posts/{_NAME}/reports"),
)
_SPEAKS = rf"{_LESSON}/checks(/{_NAME})?"
_TAKEN = ("If-None-Match", "Idempotency-Key", "Accept-Language")
_GIVEN = ("ETag", "Retry-After")
_JSON = frozenset({"application/json", "application/problem+json"})
_QUERY = frozenset({"key", "filter", "q", "cursor", "after", "before"})
SECONDS = 30.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """A request of the browser; `headers` are all that it sent."""

    method: str
    route: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """What the service said, with the headers that go on to the browser."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Proxy:
    """Passes requests on to one service after another, with connections that stay open."""

    def __init__(self) -> None:
        self._http: httpx.Client | None = None

    def close(self) -> None:
        """Close what is open."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def forward(self, connection: connections.Connection, asked: Asked) -> Answer:
        """Ask the service.

        Raises:
            UserError: the route is not one of those that the Lab needs.
            Temporary: the service is away, or what answers is no course service.
        """
        import httpx

        if not permitted(asked.method, asked.route):
            raise errors.UserError(
                "JupyterLab cannot ask the course for that; use the course's own pages.", code="forbidden"
            )
        headers = {name: asked.headers[name] for name in _TAKEN if name in asked.headers}
        headers |= {
            "Authorization": f"Bearer {connection.credential}",
            "Courseware-Client": client.VERSION,
            "Accept": "application/json",
        }
        if asked.method != "GET":
            headers["Content-Type"] = "application/json"
        query = {name: value for name, value in asked.query.items() if name in _QUERY}
        address = f"{connection.url.rstrip('/')}/api/v1/{asked.route}"
        if self._http is None:
            self._http = httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False)
        self._http.cookies.clear()
        try:
            told = self._http.request(
                asked.method, address, params=query, headers=headers, content=asked.body or None
            )
        except httpx.HTTPError:
            raise errors.Temporary("The course service does not answer. Try again later.") from None
        return _answer(told)


def permitted(method: str, route: str) -> bool:
    """Whether this is one of the routes above, as it stands: nothing to be decoded, no steps upwards."""
    plain = urllib.parse.unquote(route) == route and ".." not in route.split("/")
    return plain and any(method == m and re.fullmatch(pattern, route) for m, pattern in ROUTES)


def course_of(route: str) -> str:
    """The course that a route is about; empty for one that does not say."""
    parts = route.split("/")
    return parts[1] if parts[0] == "courses" and len(parts) > 1 else ""


def speaks(route: str) -> bool:
    """Whether what this route answers holds sentences of the service; others only refuse in some."""
    return re.fullmatch(_SPEAKS, route) is not None


def _answer(told: httpx.Response) -> Answer:
    """The answer, if it is one of a course service."""
    kind = told.headers.get("Content-Type", "").split(";")[0].strip().lower()
    empty = told.status_code in (204, 304)
    if told.is_redirect or not (empty or kind in _JSON):
        raise errors.Temporary("What answers at the course's address is no course service.")
    headers = {name: told.headers[name] for name in _GIVEN if name in told.headers}
    if not empty:
        headers["Content-Type"] = kind
    return Answer(status=told.status_code, headers=headers, body=b"" if empty else told.content)
