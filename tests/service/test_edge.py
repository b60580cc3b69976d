"""What the web server finds wrong before any route is asked: an unknown address, an odd method, bytes that
are no text. Each is one sentence, and whoever still sends gets to read it.
"""

import http.client
import socket
from collections.abc import Iterator

import pytest

from tests.service import test_api as api
from tests.service import test_hostile as hostile

MANY = 20 << 20  # bytes: more than the system keeps between two programs


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, served_database: str) -> Iterator[hostile.Service]:
    made = hostile.Service(tmp_path_factory.mktemp("edge"), served_database)
    yield made
    made.end()


def pages_host(service: hostile.Service) -> str:
    return f"data-in-python.courseware.localhost:{service.port}"


@pytest.mark.parametrize("path", ["/nope", "/courses", "/api/v1/nope", "/api/v2/me", "/favicon.ico"])
def test_an_address_that_is_none_is_not_found(service: hostile.Service, path: str) -> None:
    answer = service.page("GET", path)
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert "Allow" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", "/", "GET, HEAD"), ("PUT", "/api/v1/join", "POST"), ("DELETE", api.C, "GET, HEAD, PUT")],
)
def test_a_method_that_an_address_does_not_take_is_told_those_that_it_takes(
    service: hostile.Service, method: str, path: str, allowed: str
) -> None:
    answer = service.page(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("FOO /courses/data-in-python", 405),
        ("CONNECT x:1", 404),
        ("PROPFIND /api/v1/me", 405),
        ("POST /courses/%ff", 404),
        ("PUT /api/v1/courses/%ff/lessons/%fe", 404),
        ("FOO /static/pages.css", 405),
        ("POST /static/%ff", 404),
    ],
)
def test_a_refusal_of_odd_methods_and_bytes_is_read_by_whoever_still_sends(
    service: hostile.Service, line: str, status: int
) -> None:
    head = f"{line} HTTP/1.1\r\nHost: {pages_host(service)}\r\nContent-Length: {MANY}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as sent:
        for _ in range(2):
            sent.sendall(head)
            sent.sendall(b"x" * MANY)
            answer = http.client.HTTPResponse(sent)
            answer.begin()
            assert answer.status == status
            assert answer.read()


def test_what_is_said_of_static_files_is_as_safe_as_the_files(service: hostile.Service) -> None:
    answer = service.page("GET", "/static/none.css")
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (404, "nosniff")
    assert "Server" not in answer.headers
