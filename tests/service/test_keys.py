"""A write with transactions of its own is done once under its key, and not at all without one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from courseware.exchange import releases
from courseware.grading import run
from courseware.sandbox import kernels, port, pythons
from courseware.service import idempotency
from tests import builders
from tests.service import inside

RELEASES = "/api/v1/courses/c/lessons/one/releases"
TEXT = [("file", ("syllabus.md", b"# Hello"))]


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    worker = run.Worker(
        database=world.database,
        blobs=world.blobs,
        sandbox=kernels.Jailed(),
        limits=port.Limits(),
        clock=lambda: builders.NOW,
        python=lambda _: pythons.current(),
    )
    queue = builders.idle_queue()
    with inside.serving(world, tmp_path, now=builders.NOW, queue=queue, worker=worker) as made:
        yield made
    world.close()


def publish(served: inside.Inside, key: str | None, files: Any = TEXT) -> httpx.Response:
    headers = {"Authorization": f"Bearer {served.token(served.world.teacher.person, 'cli')}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    return served.client.post(RELEASES, data={"manifest": "{}"}, files=files, headers=headers)


def count(served: inside.Inside) -> int:
    with served.world.database.read() as connection:
        return len(releases.of_lesson(connection, served.world.one.id))


def test_the_same_key_twice_is_one_release(served: inside.Inside) -> None:
    first, again = publish(served, "k"), publish(served, "k")
    assert first.status_code == 201, first.text
    assert (again.status_code, again.json()) == (201, first.json())
    assert count(served) == 2
    other = publish(served, "k", [("file", ("syllabus.md", b"# Else"))])
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert publish(served, "k2").json()["number"] == 3


def test_without_a_key_or_a_file_nothing_is_released(served: inside.Inside) -> None:
    for answer in (
        publish(served, None),
        publish(served, "k", [("file", ("", b""))]),
        publish(served, "k", [("file", ("course.toml.txt/../x", b"1"))]),
    ):
        assert answer.status_code in (400, 422), answer.text
    assert count(served) == 1
    assert publish(served, "k").status_code == 201


def test_what_was_broken_off_is_not_done_twice(served: inside.Inside) -> None:
    assert publish(served, "k").status_code == 201
    left = idempotency.Kept(status=idempotency.CLAIMED, body=b"")
    with served.world.database.write() as connection:
        idempotency.answered(connection, served.world.teacher.person, "k", left)
    answer = publish(served, "k")
    assert (answer.status_code, "broken off" in answer.json()["detail"]) == (409, True)
    assert count(served) == 2


def test_grading_again_needs_a_key_too(served: inside.Inside) -> None:
    token = served.token(served.world.teacher.person, "cli")
    path = "/api/v1/courses/c/lessons/one/regradings"
    assert served.ask(token, "POST", path, {}, headers={"Idempotency-Key": ""}).status_code == 400
    assert served.ask(token, "POST", path, {}, headers={"Idempotency-Key": "k"}).status_code == 200
    assert served.ask(token, "POST", path, {}, headers={"Idempotency-Key": "k"}).status_code == 200


def test_every_write_of_the_api_that_makes_something_wants_a_key() -> None:
    from courseware.service import routes

    free = {r.path for r in routes.API if r.method == "POST" and (r.public or r.secret)}
    course = "/api/v1/courses/{c}"
    links = (
        "people/{p}/join-link",
        "people/{p}/sign-in-link",
        "sign-ins/browser-link",
        "sign-ins/machine-link",
        "calendar",
    )
    assert free == {"/api/v1/join", "/api/v1/hub-sign-in", *(f"{course}/{each}" for each in links)}
    lesson = "/api/v1/courses/{c}/lessons/{l}"
    assert [r.path for r in routes.API if r.keyed] == [
        f"{lesson}/submissions",
        f"{lesson}/brought",
        "/api/v1/courses/{c}/lint",
    ]
