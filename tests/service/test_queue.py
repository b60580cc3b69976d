"""The queue of a course: what waits and failed, once more, and a pause; on both databases."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from courseware.exchange import submissions, submit
from courseware.grading import gradings, holding, queued, run, turns
from courseware.jobs import embedded
from courseware.store import schema
from tests import builders
from tests.service import inside

NOW = builders.NOW
QUEUE = "/api/v1/courses/c/queue"
FAULT = "n.ipynb: the course lacks the package 'nowhere'."


class Announced(embedded.Embedded):
    """A queue in which nothing runs, and what was announced to it."""

    def __init__(self) -> None:
        super().__init__(lambda running: None, slots=1)
        self.announced: list[tuple[str, int]] = []

    def announce(self, connection: sa.Connection, kind: str, *, number: int = 1) -> None:
        self.announced.append((kind, number))


class Site:
    """A served course with nothing that grades."""

    def __init__(self, made: inside.Inside, queue: Announced) -> None:
        self.made, self.world, self.queue = made, made.world, queue
        self.staff = {"Authorization": f"Bearer {made.token(made.world.teacher.person, 'cli')}"}
        self.sam = {"Authorization": f"Bearer {made.token(made.world.sam.person, 'lab')}"}

    def hand_in(self, key: str = "k") -> str:
        desk = self.world.desk
        return submit.receive_upload(
            desk, self.world.sam, "one", builders.upload(key), now=NOW
        ).submission.public

    def fail(self, public: str) -> None:
        """The grading of a hand-in ends for want of something in the course."""
        with self.world.database.write() as connection:
            found = gradings.current(connection, submissions.find(connection, public).id)
            assert found
            taken = gradings.claim(connection, found.id, now=NOW)
            assert taken
            told = {"for_staff": FAULT}
            gradings.finish(connection, taken, state="failed", now=NOW, reason=run.LOOKED_AT, result=told)

    def ask(self, method: str, path: str = "", **more: object) -> httpx.Response:
        headers = {**self.staff, "Idempotency-Key": uuid.uuid4().hex}
        return self.made.client.request(method, QUEUE + path, headers=headers, **more)  # type: ignore[arg-type]

    def order(self) -> list[int]:
        with self.world.database.read() as connection:
            return turns.order(connection)

    def kinds(self) -> list[str]:
        with self.world.database.read() as connection:
            return [entry.kind for entry in builders.events(connection)]


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    world = builders.world(database_url, tmp_path)
    queue = Announced()
    with inside.serving(world, tmp_path, now=NOW, queue=queue) as made:
        yield Site(made, queue)
    world.close()


def test_it_says_what_waits_and_what_failed_and_why(site: Site) -> None:
    first = site.hand_in("k1")
    site.fail(first)
    site.hand_in("k2")
    told = site.ask("GET").raise_for_status().json()
    assert (told["waiting"], told["running"], told["marked_in_an_hour"]) == (1, 0, 0)
    assert told["oldest"] == "2026-11-23T12:00:00Z"
    assert told["paused"] is None
    (failed,) = told["failed"]
    assert (failed["submission"], failed["username"], failed["lesson"]) == (first, "sam", "one")
    assert failed["reason"] == FAULT


def test_what_failed_is_run_once_more(site: Site) -> None:
    public = site.hand_in()
    site.fail(public)
    assert site.order() == []
    refused = site.ask("POST", "/retry", json={"submission": "sub_nowhere"})
    assert refused.status_code == 404
    assert site.ask("POST", "/retry", json={"submission": public}).json() == {"retried": 1}
    assert len(site.order()) == 1
    assert site.queue.announced == [(gradings.KIND, 1)]
    assert site.ask("GET").json()["failed"] == []
    assert site.ask("POST", "/retry", json={}).json() == {"retried": 0}
    assert site.kinds().count("grading.retried") == 1


def test_a_paused_course_takes_work_and_grades_none(site: Site) -> None:
    assert site.ask("PUT", "/pause").status_code == 204
    assert site.ask("PUT", "/pause").status_code == 204
    public = site.hand_in()
    assert site.order() == []
    with site.world.database.read() as connection:
        assert holding.waiting(connection, schema.grading, gradings.goes_on()) == 0
    told = site.made.client.get(f"/api/v1/submissions/{public}", headers=site.sam).json()
    assert (told["state"], told["position"], told["reason"]) == ("waiting", None, queued.PAUSED)
    assert site.ask("GET").json()["paused"] == "2026-11-23T12:00:00Z"
    assert site.ask("DELETE", "/pause").status_code == 204
    assert len(site.order()) == 1
    assert site.queue.announced == [(gradings.KIND, 1)]
    again = site.made.client.get(f"/api/v1/submissions/{public}", headers=site.sam).json()
    assert (again["position"], again["reason"]) == (1, "")
    assert [kind for kind in site.kinds() if kind.startswith("course.p")] == ["course.paused"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", "/retry"), ("PUT", "/pause"), ("DELETE", "/pause")]
)
def test_a_student_and_a_jupyter_server_of_staff_may_not(site: Site, method: str, path: str) -> None:
    made = site.made
    lab = {"Authorization": f"Bearer {made.token(made.world.teacher.person, 'lab')}"}
    for headers in (site.sam, lab):
        assert made.client.request(method, QUEUE + path, headers=headers, json={}).status_code == 403
