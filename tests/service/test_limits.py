"""What a course and a person may take up of a service: refused in words, and only over the limit."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware import errors, settings
from courseware.course.permissions import Action
from courseware.exchange import storage
from courseware.service import call, limits, receive, routes
from courseware.store import tables
from tests import builders
from tests.builders import NOW
from tests.service import inside

TIGHT = settings.Limits(reads=5, writes=3, uploads=2, sign_ins=2, lints=3, address=4)
PULSE = "/api/v1/pulse?course=c"
EVERY = [*routes.API, *routes.PAGES]


@pytest.fixture
def tight(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    """A service in which a person may ask five times a minute, and an address four times."""
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW, limits=TIGHT) as made:
        yield made
    world.close()


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def test_staff_see_how_much_the_course_keeps(served: inside.Inside) -> None:
    token = served.token(served.world.teacher.person, "pages")
    assert "The course keeps 0.0 MB of files." in served.ask(token, "GET", "/courses/c/class").text
    with served.world.database.write() as connection:
        storage.put_quota(connection, served.world.course, 2 * storage.GB)
    told = served.ask(token, "GET", "/courses/c/class").text
    assert "0.0 MB of files of the 2.0 GB that it may" in told


@pytest.mark.parametrize("route", EVERY, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_has_both_limits(route: call.Route) -> None:
    assert 0 < route.most_bytes <= receive.MAX_BODY
    assert (route.counts_as in ("upload", "lint")) == route.upload
    assert (route.counts_as == "lint") == (route.action is Action.LINT)
    if route.upload or route.most_bytes > limits.READ_BODY:
        assert route.counts_as in ("write", "upload", "lint")
    if route.counts_as in ("read", "probe"):
        assert route.method == "GET"
    lets_in = any(word in route.path for word in ("join", "sign-in", "callback", "/sign-ins/machine"))
    if route.public and lets_in:
        assert route.counts_as == "sign-in"
    if route.secret and "calendar" not in route.path:
        assert route.counts_as == "sign-in"


def test_a_person_who_asks_too_much_waits_and_nobody_else(tight: inside.Inside) -> None:
    sam, kim = tight.world.sam.person, tight.world.kim.person
    tokens = [tight.token(sam, "lab"), tight.token(sam, "pages")]
    assert [tight.ask(tokens[n % 2], "GET", PULSE).status_code for n in range(5)] == [200] * 5
    for token in tokens:
        answer = tight.ask(token, "GET", PULSE)
        assert (answer.status_code, answer.json()["code"]) == (429, "too-many")
        assert 1 <= int(answer.headers["Retry-After"]) <= 12
        assert answer.json()["detail"].startswith("That is more than the service takes at once.")
    assert tight.ask(tight.token(kim, "lab"), "GET", PULSE).status_code == 200
    # What writes is counted apart, and a page says the same as the API.
    assert tight.ask(tokens[1], "POST", "/courses/c/threads", {"body": "So?"}).status_code != 429
    page = tight.ask(tokens[1], "GET", "/courses/c")
    assert (page.status_code, "Try again in " in page.text) == (429, True)


def test_a_look_over_a_lesson_leaves_nothing_and_counts_by_itself(tight: inside.Inside) -> None:
    """An author's panel asks again and again; what is handed in and uploaded is not kept back by that."""
    token, world = tight.token(tight.world.teacher.person, "lab"), tight.world
    upload: dict[str, Any] = {
        "data": {"manifest": json.dumps({"lesson": "one"})},
        "files": {"file": ("n.ipynb", builders.NOTEBOOK)},
    }

    def lint(key: str) -> int:
        head = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return tight.client.post("/api/v1/courses/c/lint", headers=head, **upload).status_code

    assert lint("k") == 200  # the first use of a credential is noted
    before = rows(world)
    assert [lint(key) for key in ("k", "l", "m")] == [200, 200, 429]
    assert tight.recording is not None
    tight.recording.write()
    assert rows(world) == before
    draft = tight.client.post(
        "/api/v1/courses/c/lessons/one/draft-release",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "d"},
        data={"manifest": "{}"},
    )
    assert draft.status_code != 429


def rows(world: builders.World) -> dict[str, int]:
    """How many rows each table has."""
    with world.database.read() as connection:
        counted = sa.select(sa.func.count())
        return {
            table.name: connection.execute(counted.select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }


def test_an_upload_is_refused_before_its_files_are_kept(tight: inside.Inside) -> None:
    token = tight.token(tight.world.sam.person, "lab")
    path = "/api/v1/courses/c/lessons/one/draft"
    files = {"file": ("n.ipynb", builders.NOTEBOOK)}
    found = [tight.client.put(path, files=files, headers=_bearer(token)).status_code for _ in range(3)]
    assert found[:2] == [400, 400], "no manifest"
    assert found[2] == 429


def test_who_shows_nothing_counts_by_address_and_keeps_nobody_out(tight: inside.Inside) -> None:
    known = tight.token(tight.world.sam.person, "lab")
    assert [tight.ask("cw_no", "GET", PULSE).status_code for _ in range(5)] == [401] * 4 + [429]
    links = [tight.ask("", "GET", "/join/no").status_code for _ in range(5)]
    assert 429 not in links[:4], "those with a bad credential are counted apart"
    assert links[4] == 429
    assert tight.ask("", "GET", "/health").status_code == 200
    assert tight.ask(known, "GET", PULSE).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "size", "told"),
    [
        ("POST", "/api/v1/join", limits.READ_BODY, "64 kB"),
        ("PUT", "/api/v1/me/preferences", limits.WRITE_BODY, "2 MB"),
        ("GET", "/api/v1/me", limits.READ_BODY, "64 kB"),
    ],
)
def test_a_body_is_as_large_as_its_route_says(
    served: inside.Inside, method: str, path: str, size: int, told: str
) -> None:
    headers = _bearer(served.token(served.world.sam.person, "lab"))
    fits = served.client.request(method, path, content=b" " * size, headers=headers)
    assert fits.status_code != 413
    over = served.client.request(method, path, content=b" " * (size + 1), headers=headers)
    assert (over.status_code, over.json()["detail"]) == (413, f"The request is larger than {told}.")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class Clock:
    """A time that is set."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_a_minutes_number_may_come_at_once_and_then_as_it_grows_again() -> None:
    clock = Clock()
    made = limits.Limits(settings.Limits(reads=60), clock)
    for _ in range(60):
        made.take("person", "read", 1)
    with pytest.raises(errors.UserError, match=r"again in 1 s\.") as refused:
        made.take("person", "read", 1)
    assert refused.value.after == 1
    clock.at += 1
    made.take("person", "read", 1)
    with pytest.raises(errors.UserError):
        made.take("person", "read", 1)
    clock.at += 3600
    for _ in range(60):
        made.take("person", "read", 1)


def test_no_limit_is_none_and_a_class_behind_one_address_comes_in() -> None:
    clock = Clock()
    free = limits.Limits(settings.Limits(reads=0), clock)
    for _ in range(100_000):
        free.take("person", "read", 1)
    assert not free._until  # what has no limit is not even remembered
    usual = limits.Limits(settings.Limits(), clock)
    for _ in range(5_000 * 4):
        usual.take("address", "sign-in", "192.0.2.1")


def test_what_is_remembered_is_bounded_and_those_who_owe_most_stay() -> None:
    clock = Clock()
    made = limits.Limits(settings.Limits(address=2), clock)
    for _ in range(2):
        made.take("address", "read", "greedy")
    for number in range(2 * limits.MOST_KEPT):
        clock.at += 1e-5
        made.take("address", "read", str(number))
    assert len(made._until) <= limits.MOST_KEPT
    with pytest.raises(errors.UserError):
        made.take("address", "read", "greedy")


def test_a_network_of_ipv6_is_one_address() -> None:
    assert limits.network("2001:db8::1") == limits.network("2001:db8::ffff:2") == "2001:db8::"
    assert limits.network("192.0.2.7") == "192.0.2.7"
