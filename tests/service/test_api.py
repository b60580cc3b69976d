"""The API of a real service: what it refuses and how, what is done once, and who may do what."""

import hashlib
import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from courseware.lab import client, work
from courseware.service import routes
from tests import trust
from tests.journeys import test_class_of_five as five

LESSON = "numbers-and-lists"
C = "/api/v1/courses/data-in-python"
NOTEBOOK = f"{LESSON}.ipynb"


class Service(five.Class):
    """A service with a released lesson, a student and another one."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder, database)
        self.command("release", LESSON)
        self.tokens = {}
        for name in ("sam", "kim"):
            connection = work.join(self.command("people", "add", name).strip(), folder / f"{name}.json")
            self.tokens[name] = connection.credential
        state = folder / "state" / "courseware" / "data-in-python"
        self.tokens["owner"] = (state / "owner.token").read_text().strip()
        self.tokens["lab"] = (state / "lab.token").read_text().strip()
        service = client.for_connection(connection)
        self.notebook = service.file(LESSON, 1, NOTEBOOK)
        service.close()

    def ask(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens.get(who, who)}", **more.pop("headers", {})}
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, url, headers=headers, timeout=60, verify=trust.known(), **more)

    def hand_in(
        self, name: str, data: bytes, *, key: str, release: int = 1, who: str = "sam", **more: Any
    ) -> httpx.Response:
        path, headers = f"{C}/lessons/{LESSON}/submissions", {"Idempotency-Key": key}
        return self.ask(who, "POST", path, **self.form(name, data, release, **more), headers=headers)

    def form(self, name: str, data: bytes, release: int = 1, **more: Any) -> dict[str, Any]:
        """A hand-in of one file as httpx takes it."""
        entry = {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        manifest = json.dumps({"release": release, "files": [entry], **more})
        return {"data": {"manifest": manifest}, "files": [("file", (name, data))]}

    def thread(self) -> str:
        """A private question of Sam's."""
        wish, key = {"kind": "private", "title": "t", "body": "b"}, {"Idempotency-Key": "a thread"}
        answer = self.ask("sam", "POST", f"{C}/lessons/{LESSON}/threads", json=wish, headers=key)
        return str(answer.raise_for_status().json()["id"])

    def count(self, who: str = "sam") -> int:
        return len(self.ask(who, "GET", f"{C}/lessons/{LESSON}/submissions").json()["submissions"])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, served_database: str) -> Iterator[Service]:
    made = Service(tmp_path_factory.mktemp("service"), served_database)
    yield made
    made.end()


def other_lesson(notebook: bytes) -> bytes:
    book = json.loads(notebook)
    book["metadata"]["courseware"]["lesson"] = "tables-with-pandas"
    return json.dumps(book).encode()


@pytest.mark.parametrize(
    ("name", "make", "status", "says"),
    [
        (NOTEBOOK, lambda n: b"hello", 400, "not a notebook"),
        (NOTEBOOK, lambda n: b"", 400, "empty"),
        (NOTEBOOK, lambda n: n[: len(n) // 2], 400, "cut off"),
        (NOTEBOOK, lambda n: b'{"a": 1, "a": 2, "nbformat": 4, "cells": []}', 400, "twice"),
        (NOTEBOOK, lambda n: b'{"x":' + b"[" * 500 + b"]" * 500 + b"}", 400, "levels deep"),
        (NOTEBOOK, lambda n: b"{" + b" " * 11_000_000 + b"}", 413, "10 MB"),
        (NOTEBOOK, other_lesson, 422, "belongs to the lesson"),
        ("../x.ipynb", lambda n: n, 422, "plain relative path"),
        (".hidden.ipynb", lambda n: n, 422, "starts with a dot"),
    ],
    ids=["words", "empty", "cut", "twice", "deep", "large", "other", "outside", "hidden"],
)
def test_bad_files_are_refused_in_one_sentence(
    service: Service, name: str, make: Any, status: int, says: str
) -> None:
    before = service.count("kim")
    answer = service.hand_in(name, make(service.notebook), key=f"bad-{says}", who="kim")
    problem = answer.json()
    assert answer.status_code == status, problem
    assert says in problem["detail"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert service.count("kim") == before


def test_sending_twice_is_one_hand_in(service: Service) -> None:
    first = service.hand_in(NOTEBOOK, service.notebook, key="k1")
    again = service.hand_in(NOTEBOOK, service.notebook, key="k1")
    assert first.status_code == 201, first.text
    assert again.json()["receipt"] == first.json()["receipt"]
    other = service.hand_in(NOTEBOOK, service.notebook + b"\n", key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    fresh = service.hand_in(NOTEBOOK, service.notebook, key="k2")
    assert fresh.json()["receipt"]["sequence"] == first.json()["receipt"]["sequence"] + 1


def test_a_lesson_is_graded_again_without_running_what_is_known(service: Service) -> None:
    service.hand_in(NOTEBOOK, service.notebook, key="again")
    path = f"{C}/lessons/{LESSON}/regradings"
    until = time.monotonic() + 120
    while service.ask("sam", "GET", "/api/v1/pulse?course=data-in-python").json()["submissions"]:
        assert time.monotonic() < until
        time.sleep(0.2)
    told = service.command("regrade", LESSON)
    assert re.fullmatch(r"1 hand-in graded again: 0 cells run, [1-9]\d* taken over\.\n", told), told
    standing = service.ask("owner", "GET", path).json()
    assert (standing["newest"], standing["waiting"], standing["ran"]) == (1, 0, 0)
    fresh = json.loads(service.command("regrade", LESSON, "--fresh", "--json"))
    assert (fresh["ran"], fresh["taken"]) == (standing["taken"], 0)


def test_a_hold_needs_an_exercise_of_a_release(service: Service) -> None:
    path = f"{C}/lessons/{LESSON}/holds/"
    body, key = {"reason": "x"}, {"Idempotency-Key": "hold"}
    answer = service.ask("owner", "PUT", path + "nothing", json=body, headers=key)
    assert answer.status_code == 404, answer.text
    assert "There is no exercise 'nothing'" in answer.json()["detail"]
    known = answer.json()["detail"].split("Known are ")[1].rstrip(".").split(", ")
    for method in ("PUT", "DELETE"):
        more = {"json": {"reason": "x"}} if method == "PUT" else {}
        done = service.ask("owner", method, path + known[0], headers={"Idempotency-Key": method}, **more)
        assert done.status_code in (200, 204), done.text


def test_an_old_client_is_told_to_update(service: Service) -> None:
    answer = service.ask("sam", "GET", "/api/v1/me", headers={"Courseware-Client": "0.0.0-x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert "Update" in answer.json()["detail"]
    assert service.ask("sam", "GET", "/api/v1/me").status_code == 200


def test_a_release_that_is_not_there(service: Service) -> None:
    answer = service.hand_in(NOTEBOOK, service.notebook, key="r9", release=9)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("token", ["", "nonsense", "cw_lab_" + "a" * 26 + "_" + "b" * 43])
def test_without_a_credential_nothing_is_told(service: Service, token: str) -> None:
    answer = service.ask(token or "x", "GET", f"{C}/lessons")
    assert answer.status_code == 401
    assert "join link" in answer.json()["detail"]


def test_nobody_sees_anothers_work(service: Service) -> None:
    mine = service.hand_in(NOTEBOOK, service.notebook, key="own").json()["submission"]["id"]
    for part in ("", "/receipt", "/feedback", f"/files/{NOTEBOOK}"):
        path = f"/api/v1/submissions/{mine}{part}"
        assert service.ask("kim", "GET", path).status_code == 404
        assert service.ask("sam", "GET", path).status_code == 200
        assert service.ask("owner", "GET", path).status_code == 200


TEACHING = [
    route
    for route in routes.API
    if route.action
    and route.action.name
    not in (
        "READ_COURSE",
        "CHANGE_COURSE",
        "FETCH",
        "SUBMIT",
        "KEEP_DRAFT",
        "WATCH",
        "ANSWER",
        "CHECK",
        "READ_OWN_WORK",
        "TALK",
        "PLAN",
        "SIGN_INS",
    )
]


@pytest.mark.parametrize("route", TEACHING, ids=[f"{r.method} {r.path}" for r in TEACHING])
def test_teaching_is_refused_to_students_and_to_a_jupyter_server(service: Service, route: Any) -> None:
    public = service.hand_in(NOTEBOOK, service.notebook, key="matrix").json()["submission"]["id"]
    names = {
        "c": "data-in-python",
        "l": LESSON,
        "s": public,
        "key": "x",
        "p": "kim",
        "g": "tuesday",
        "notebook": "n",
        "reply": "x",
        "credential": "x",
        "path": "x",
        "a": "x",
        "n": "1",
        "r": "x",
        "t": service.thread() if "{t}" in route.path else "",
    }
    # Of all that staff do, a Jupyter server may upload a draft, and have it looked over before.
    for who in ("sam",) if route.action.name in ("DRAFT", "LINT") else ("sam", "lab"):
        path = route.path.replace("*}", "}").format(**names)
        answer = service.ask(who, route.method, path, headers={"Idempotency-Key": "m"})
        assert answer.status_code == 403, (who, answer.text)


def test_the_description_names_every_route(service: Service) -> None:
    told = httpx.get(f"http://127.0.0.1:{service.port}/api/v1/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    listed = {(m.upper(), p) for p, methods in told["paths"].items() for m in methods}
    assert listed == {(r.method, r.path.replace("*}", "}")) for r in routes.API}


def test_a_foreign_host_name_is_refused(service: Service) -> None:
    answer = httpx.get(f"http://127.0.0.1:{service.port}/health", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_killed_between_upload_and_receipt_the_same_again_is_one(service: Service) -> None:
    """The first answer is lost, the service dies, the lesson closes: the receipt is there all the same."""
    before = service.count()
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as line:
        wish = httpx.Request(
            "POST",
            f"http://127.0.0.1:{service.port}{C}/lessons/{LESSON}/submissions",
            **service.form(NOTEBOOK, service.notebook),
            headers={"Authorization": f"Bearer {service.tokens['sam']}", "Idempotency-Key": "killed"},
        )
        head = "".join(f"{name}: {value}\r\n" for name, value in wish.headers.items())
        line.sendall(f"POST {wish.url.path} HTTP/1.1\r\n{head}\r\n".encode() + wish.read())
        until = time.monotonic() + 60
        while service.count() == before:
            assert time.monotonic() < until
            time.sleep(0.05)
        service.service.send_signal(signal.SIGKILL)
        service.service.wait()
    service.service = service.serve()
    toml = (service.course / "course.toml").read_text()
    gone = "opens = 2020-01-01T08:00:00\ndue = 2020-02-01T08:00:00\ncloses = 2020-03-01T08:00:00\n"
    closed = re.sub(
        rf'(slug = "{LESSON}"\n(?:(?!opens|due|closes).+\n)*)(?:(?:opens|due|closes) .+\n)*',
        rf"\g<1>{gone}",
        toml,
    )
    assert service.ask("owner", "PUT", C, json={"manifest": closed}).status_code == 200
    try:
        fresh = service.hand_in(NOTEBOOK, service.notebook, key="too late")
        assert (fresh.status_code, "is closed" in fresh.json()["detail"]) == (409, True)
        again = service.hand_in(NOTEBOOK, service.notebook, key="killed")
        assert again.status_code == 201, again.text
        public = again.json()["submission"]["id"]
        kept = service.ask("sam", "GET", f"/api/v1/submissions/{public}/receipt").json()
        assert again.json()["receipt"] == kept
        assert service.count() == before + 1
    finally:
        service.ask("owner", "PUT", C, json={"manifest": toml})


def test_a_long_class_list_comes_in_pages_and_clients_read_all_of_it(service: Service) -> None:
    roster = "username,name,email,role\n" + "".join(
        f"p{n},P {n:03},p{n}@x.example,student\n" for n in range(205)
    )
    wish, key = {"csv": roster}, {"Idempotency-Key": "roster"}
    told = service.ask("owner", "POST", f"{C}/people/import", json=wish, headers=key)
    assert told.is_success, told.text
    first = service.ask("owner", "GET", f"{C}/people").json()
    second = service.ask("owner", "GET", f"{C}/people?cursor={first['next']}").json()
    assert (len(first["people"]), second["next"]) == (200, None)
    assert service.ask("owner", "GET", f"{C}/people?cursor=per_nobody").status_code == 400
    owner = client.Client(f"http://127.0.0.1:{service.port}", service.tokens["owner"], "data-in-python")
    everybody = owner.people()
    owner.close()
    assert everybody == first["people"] + second["people"]
