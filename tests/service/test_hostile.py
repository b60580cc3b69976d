"""Requests that no page or program of ours sends: another course's name, odd bodies, odd values, old
cookies.
"""

import concurrent.futures
import datetime
import http.client
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from courseware.course import courses, credentials, manifest, people
from courseware.service import identity
from courseware.store import database
from tests import trust
from tests.service import test_api as api

L = f"{api.C}/lessons/{api.LESSON}"
OTHER = '[course]\nid = "other"\ntitle = "Another course"\n'


class Service(api.Service):
    """The same service, with a second course whose owner is nobody in the first."""

    def second_course(self) -> str:
        """Make the second course and give its owner's token."""
        now = datetime.datetime.now(datetime.UTC)
        state = self.folder / "state" / "courseware" / "data-in-python"
        kept = self.environment["COURSEWARE_STORE_DATABASE"]
        db = database.open_at(kept or f"sqlite:///{state / 'courseware.db'}")
        try:
            with db.write() as connection:
                course = courses.put(connection, manifest.parse(OTHER), OTHER, now=now)
                person = people.add(
                    connection, course, username="eve", name="Eve", email=None, role="owner", now=now
                )
                return credentials.issue(
                    connection, person, course=course, ceiling="cli", label="", now=now, expires=None
                )
        finally:
            db.close()

    def page(self, method: str, path: str, **more: object) -> httpx.Response:
        """A request under the pages' host name."""
        host = f"data-in-python.courseware.localhost:{self.port}"
        headers = {"Host": host, **more.pop("headers", {})}  # type: ignore[dict-item]
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, url, headers=headers, timeout=60, verify=trust.known(), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, served_database: str) -> Iterator[Service]:
    made = Service(tmp_path_factory.mktemp("hostile"), served_database)
    yield made
    made.end()


def test_naming_a_course_of_ones_own_opens_nothing_of_another(service: Service) -> None:
    token = service.second_course()
    public = service.hand_in(api.NOTEBOOK, service.notebook, key="idor").json()["submission"]["id"]
    assert service.ask(token, "GET", "/api/v1/courses/other").status_code == 200
    for part in ("", "/receipt", "/feedback", f"/files/{api.NOTEBOOK}"):
        answer = service.ask(token, "GET", f"/api/v1/submissions/{public}{part}?course=other")
        assert answer.status_code == 404, (part, answer.text)
    mark = f"/api/v1/submissions/{public}/marks/{api.LESSON}/x?course=other"
    assert service.ask(token, "PUT", mark, json={"score": 1, "comment": ""}).status_code == 404
    thread = service.ask(
        "sam",
        "POST",
        f"{api.C}/threads",
        json={"kind": "discussion", "title": "Hello", "body": "Only for us."},
        headers={"Idempotency-Key": "t"},
    )
    assert thread.status_code == 201, thread.text
    assert service.ask(token, "GET", f"/api/v1/threads/{thread.json()['id']}?course=other").status_code == 404


def join_page(service: Service, who: str) -> str:
    """The path of a fresh join link."""
    return "/join/" + service.command("people", "link", who).strip().rsplit("/", 1)[-1]


def cookie(answer: httpx.Response) -> dict[str, str]:
    return {"Cookie": f"{identity.COOKIE}={answer.cookies[identity.COOKIE]}"}


def test_a_join_link_works_in_a_browser_that_was_signed_in_before(service: Service) -> None:
    signed_in = service.page("POST", join_page(service, "kim"), data={"": ""})
    assert signed_in.status_code == 303
    for old in (cookie(signed_in), {"Cookie": f"{identity.COOKIE}=cw_pages_gone"}):
        path = join_page(service, "kim")
        shown = service.page("GET", path, headers=old)
        assert shown.status_code == 200
        word = shown.text.partition('name="_xsrf" value="')[2].partition('"')[0]
        again = service.page("POST", path, headers=old, data={"_xsrf": word})
        assert again.status_code == 303, again.text
    foreign = service.page("POST", path, headers={**cookie(signed_in), "Origin": "https://evil.example"})
    assert foreign.status_code == 403


@pytest.mark.parametrize("path", [f"{L}/submissions", f"{L}/draft"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", ""])
def test_an_upload_that_is_no_multipart_form_is_refused_in_words(
    service: Service, path: str, kind: str
) -> None:
    method = "PUT" if path.endswith("draft") else "POST"
    headers = {"Content-Type": kind, "Idempotency-Key": "odd"}
    answer = service.ask("sam", method, path, content=b"a=b", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type")


def test_files_are_taken_only_where_files_are_due(service: Service) -> None:
    big = [("list", ("x.csv", b"x" * 3_000_000))]
    signed_in = cookie(service.page("POST", join_page(service, "kim"), data={"": ""}))
    for path in ("/join/x", "/sign-out"):
        answer = service.page("POST", path, files=big, headers=signed_in)
        assert answer.status_code in (413, 415), answer.text


@pytest.mark.parametrize("number", [10**12, 10**30, -1])
def test_a_release_of_an_impossible_number_is_no_failure_of_ours(service: Service, number: int) -> None:
    answer = service.hand_in(api.NOTEBOOK, service.notebook, key=f"n{number}", release=number)
    assert answer.status_code in (400, 404), answer.text


@pytest.mark.parametrize("name", ["%00", "a%00b", "%F0%9F%98%80", "x" * 3000])
def test_odd_names_in_addresses_are_not_found(service: Service, name: str) -> None:
    for path in (
        f"/api/v1/courses/{name}",
        f"{api.C}/lessons/{name}",
        f"/api/v1/submissions/{name}",
        f"{L}/releases/1/files/{name}",
        f"{api.C}/threads?q={name}",
    ):
        answer = service.ask("sam", "GET", path)
        assert answer.status_code in (200, 400, 404), (path[:60], answer.text)


@pytest.mark.parametrize("cursor", ["x", "9" * 40, "2026", "~"])
def test_a_cursor_of_ones_own_making_is_refused(service: Service, cursor: str) -> None:
    assert service.ask("sam", "GET", f"{api.C}/threads?cursor={cursor}").status_code == 400


def test_the_same_write_twice_at_once_is_done_once(service: Service) -> None:
    def begin(_: int) -> httpx.Response:
        wish = {"kind": "discussion", "title": "At once", "body": "Twice."}
        headers = {"Idempotency-Key": "at-once"}
        return service.ask("sam", "POST", f"{api.C}/threads", json=wish, headers=headers)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(begin, range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_one_person_added_twice_at_once_is_one_person(service: Service) -> None:
    def add(number: int) -> httpx.Response:
        wish = {"username": "twin", "name": "Twin", "email": None, "role": "student"}
        headers = {"Idempotency-Key": f"twin-{number}"}
        return service.ask("owner", "POST", f"{api.C}/people", json=wish, headers=headers)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(add, range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["person"]["id"] for answer in answers}) == 1


@pytest.mark.parametrize("field", ["name", "comment"])
def test_a_nul_character_is_no_failure_of_ours(service: Service, field: str) -> None:
    if field == "name":
        wish = {"username": "nul", "name": "a\0b", "email": None, "role": "student"}
        answer = service.ask("owner", "POST", f"{api.C}/people", json=wish, headers={"Idempotency-Key": "0"})
    else:
        wish = {"kind": "discussion", "title": "a\0b", "body": "a\0b"}
        answer = service.ask("sam", "POST", f"{api.C}/threads", json=wish, headers={"Idempotency-Key": "0"})
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("username;name\nmüller;Jürgen Müller\n".encode("cp1252"), "CSV UTF-8"),
        (b"username,name,role\nx1,X,boss\nx2,Y,student\n", "no role"),
        (b"username,name\nx1,X\nx1,Y\n", "twice"),
        (b"", "first line must name"),
    ],
    ids=["excel", "role", "twice", "empty"],
)
def test_a_class_list_that_cannot_be_taken_says_why_and_changes_nothing(
    service: Service, data: bytes, says: str
) -> None:
    before = people_of(service)
    shown = import_list(service, data)
    assert says in shown.text
    assert "nothing was changed" in shown.text
    assert people_of(service) == before


def test_a_class_list_from_a_spreadsheet_with_semicolons_and_umlauts(service: Service) -> None:
    text = 'Username;Name;E-mail;Role\nmüller;"Müller, Jürgen";;Student\n'
    looked = import_list(service, b"\xef\xbb\xbf" + text.encode()).text
    assert "1 person" in looked
    assert "müller" not in people_of(service)
    (seen,) = re.findall(r'name="seen" value="(\w+)"', looked)
    path = "/courses/data-in-python/people/import/take"
    headers = {"Authorization": f"Bearer {owner_token(service)}"}
    service.page("POST", path, data={"csv": text, "seen": seen}, headers=headers)
    assert people_of(service)["müller"] == "Müller, Jürgen"


def owner_token(service: Service) -> str:
    return (service.folder / "state" / "courseware" / "data-in-python" / "owner.token").read_text().strip()


def import_list(service: Service, data: bytes) -> httpx.Response:
    headers = {"Authorization": f"Bearer {owner_token(service)}"}
    path = "/courses/data-in-python/people/import"
    return service.page("POST", path, files=[("list", ("list.csv", data))], headers=headers)


def people_of(service: Service) -> dict[str, str]:
    listed = service.ask("owner", "GET", f"{api.C}/people").json()["people"]
    return {each["person"]["username"]: each["person"]["name"] for each in listed}


@pytest.mark.parametrize(
    "target", ["@evil.example/", "http://evil.example/", ".evil.example/", ":1@evil.example"]
)
def test_a_redirect_leads_to_the_pages_and_nowhere_else(service: Service, target: str) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as sent:
        ask = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nConnection: close\r\n\r\n"
        sent.sendall(ask.encode())
        head = sent.makefile("rb").read().decode(errors="replace").lower()
    host = f"data-in-python.courseware.localhost:{service.port}"
    assert re.findall(r"location: http://(\S*?)/", head) in ([host], [])
    assert " 500 " not in head.splitlines()[0]


@pytest.mark.parametrize("host", ["evil.example", "{}"], ids=["host", "origin"])
def test_a_refusal_is_read_by_whoever_still_sends(service: Service, host: str) -> None:
    """The body comes after the head, longer than what a system keeps for a reader; twice a connection."""
    named = host.format(f"data-in-python.courseware.localhost:{service.port}")
    body = b"x=" + b"y" * 400_000
    head = (
        f"POST /courses/data-in-python/preferences HTTP/1.1\r\nHost: {named}\r\nOrigin: https://evil.example\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", service.port), timeout=60) as line:
            for _ in range(2):
                line.sendall(head)
                line.sendall(body)
                answer = http.client.HTTPResponse(line)
                answer.begin()
                assert answer.status in (400, 403)
                assert answer.read()


def test_what_waits_to_be_asked_for_is_refused_without_its_body(service: Service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as line:
        head = "POST /courses HTTP/1.1\r\nHost: evil\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
        line.sendall(head.encode())
        assert line.makefile("rb").readline().split()[1] == b"400"


def test_a_static_file_of_an_impossible_name_is_not_there(service: Service) -> None:
    assert service.page("GET", "/static/%00").status_code == 404


def test_the_body_of_a_question_for_a_static_file_is_not_kept(service: Service) -> None:
    before = most_memory(service)
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as line:
        size = 80 << 20
        head = f"GET /static/pages.css HTTP/1.1\r\nHost: evil\r\nContent-Length: {size}\r\n\r\n"
        line.sendall(head.encode())
        for _ in range(size >> 20):
            line.sendall(b"x" * (1 << 20))
        assert line.makefile("rb").readline().split()[1] == b"200"
    assert most_memory(service) < before + (40 << 10)


def most_memory(service: Service) -> int:
    """The most that the service's process ever held, in kB."""
    told = Path(f"/proc/{service.service.pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", told)[0])
