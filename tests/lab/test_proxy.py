"""What the browser may ask for through a Jupyter server, and what it never gets to see."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from courseware import errors
from courseware.lab import connections, proxy
from courseware.service import routes

SECRET = "cw_lab_" + "a" * 26


class Service(http.server.BaseHTTPRequestHandler):
    """What answers at the course's address; it says what it was asked."""

    def do_GET(self) -> None:
        kind, status = "application/json", 200
        if "cursor=html" in self.path:
            kind = "text/html"
        if "cursor=redirect" in self.path:
            status = 302
        told = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(told)))
        self.send_header("Location", "http://127.0.0.1:9/steal")
        self.send_header("Set-Cookie", "a=b")
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def connection() -> Iterator[connections.Connection]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield connections.Connection(
        url=f"http://127.0.0.1:{server.server_port}",
        course="c",
        title="C",
        credential=SECRET,
        person="p",
        key="k",
        public_key="x",
    )
    server.shutdown()
    thread.join()
    server.server_close()


def ask(connection: connections.Connection, route: str = "threads/t", **given: Any) -> proxy.Answer:
    passing = proxy.Proxy()
    asked = proxy.Asked(**{"method": "GET", "route": route, "query": {}, "headers": {}, **given})
    try:
        return passing.forward(connection, asked)
    finally:
        passing.close()


@pytest.mark.parametrize(
    ("method", "route"),
    [
        ("GET", "courses/c/grades"),
        ("GET", "me"),
        ("DELETE", "threads/t"),
        ("POST", "threads/t"),
        ("GET", "threads/../me"),
        ("GET", "threads/.."),
        ("GET", "threads/t/"),
        ("GET", "/threads/t"),
        ("GET", "threads/%2e%2e"),
        ("GET", "threads/t?x=1"),
        ("GET", "threads/t#x"),
        ("GET", "threads/t\r\nHost: evil"),
        ("GET", "//evil.example/threads/t"),
        ("GET", "courses/c/lessons/l/releases"),
        ("POST", "courses/c/lessons/l/submissions"),
        ("DELETE", "courses/c/plan"),
        ("GET", "courses/c/plan/x"),
        ("GET", "courses/c/people/p/allowances"),
        ("POST", "courses/c/calendar"),
    ],
)
def test_what_is_not_in_the_list_is_not_asked(
    connection: connections.Connection, method: str, route: str
) -> None:
    with pytest.raises(errors.UserError, match="cannot ask"):
        ask(connection, route, method=method)


def test_every_route_of_the_list_is_one_of_the_api() -> None:
    known = {(route.method, route.path.removeprefix("/api/v1/")) for route in routes.API}
    for method, pattern in proxy.ROUTES:
        path = pattern.replace(rf"courses/{proxy._NAME}", "courses/{c}")
        path = path.replace(rf"lessons/{proxy._NAME}", "lessons/{l}")
        path = path.replace(rf"threads/{proxy._NAME}", "threads/{t}")
        path = path.replace(rf"submissions/{proxy._NAME}", "submissions/{s}")
        path = path.replace(rf"posts/{proxy._NAME}", "posts/{post}")
        path = path.replace(rf"questions/{proxy._NAME}", "questions/{key}")
        path = path.replace(rf"checks/{proxy._NAME}", "checks/{k}")
        assert (method, path) in known, path


def test_the_credential_is_added_here_and_cookies_stay_behind(connection: connections.Connection) -> None:
    sent = {"Cookie": "jupyter=1", "Authorization": "token t", "If-None-Match": '"1"', "X-XSRFToken": "x"}
    answer = ask(connection, headers=sent, query={"after": "3", "no_track_activity": "1"})
    told = json.loads(answer.body)
    assert told["path"] == "/api/v1/threads/t?after=3"
    assert told["headers"]["Authorization"] == f"Bearer {SECRET}"
    assert told["headers"]["If-None-Match"] == '"1"'
    assert not {"Cookie", "X-XSRFToken"} & told["headers"].keys()
    assert dict(answer.headers) == {"ETag": '"1"', "Content-Type": "application/json"}


@pytest.mark.parametrize("odd", ["html", "redirect"])
def test_what_is_no_course_service_is_not_passed_on(connection: connections.Connection, odd: str) -> None:
    with pytest.raises(errors.Temporary, match="no course service"):
        ask(connection, query={"cursor": odd})


def test_a_service_that_is_away_is_temporary(connection: connections.Connection) -> None:
    gone = connections.Connection(**{**vars(connection), "url": "http://127.0.0.1:9"})
    with pytest.raises(errors.Temporary, match="does not answer"):
        ask(gone)
