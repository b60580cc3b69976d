"""What those see who keep a service running: probes, numbers, and lines that name their request."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import builders
from tests.benchmarks import service
from tests.service import inside

METRICS = "a-token-of-the-deployment"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSEWARE_SERVICE_LOG", "json")
    monkeypatch.setenv("COURSEWARE_SERVICE_METRICS", METRICS)
    return tmp_path / "serve.log"


@pytest.fixture
def served(tmp_path: Path, log: Path) -> Iterator[tuple[service.Server, service.Running]]:
    with service.running(tmp_path, "", students=1) as both:
        yield both


def test_each_line_of_a_request_names_it_and_nothing_secret(
    served: tuple[service.Server, service.Running], log: Path
) -> None:
    server, running = served
    secret = running.students[0]
    with running.client(secret) as client:
        given = client.get("/api/v1/me?who=private-thing", headers={"X-Request-ID": "from-the-proxy.1"})
        assert given.headers["X-Request-ID"] == "from-the-proxy.1"
        own = [client.get("/api/v1/me").headers["X-Request-ID"] for _ in range(2)]
        forged = client.get("/api/v1/me", headers={"X-Request-ID": 'x" , "level": "error'})
        client.get("/join/cw_join_aaaaaaaaaaaaaaaaaaaaaaaaaa_" + "s" * 43)
    assert len({*own, forged.headers["X-Request-ID"], "from-the-proxy.1"}) == 4
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    asked = {line.get("request"): line for line in lines}
    assert {"from-the-proxy.1", *own} <= asked.keys()
    line = asked["from-the-proxy.1"]
    facts = ("level", "method", "route", "status", "logger")
    assert [line[name] for name in facts] == ["info", "GET", "/api/v1/me", 200, "courseware.service"]
    assert line["ms"] > 0
    whole = log.read_text()
    for private in (secret, secret.rsplit("_", 1)[1], "private-thing", "s" * 43, METRICS):
        assert private not in whole
    assert server.process


def test_numbers_are_for_the_deployments_token_alone(
    served: tuple[service.Server, service.Running],
) -> None:
    _, running = served
    with running.client(running.students[0]) as client:
        client.get("/api/v1/me")
        client.get("/api/v1/courses/nothing/lessons")
        refused = client.get("/metrics")
    assert refused.status_code == 401
    assert httpx.get(f"{running.url}/metrics", trust_env=False).status_code == 401
    with running.client(METRICS) as prometheus:
        told = prometheus.get("/metrics")
        assert prometheus.get("/api/v1/me").status_code == 401
    assert told.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = dict(line.rsplit(" ", 1) for line in told.text.splitlines() if not line.startswith("#"))
    assert float(lines['courseware_gradings{state="waiting"}']) == 0
    assert float(lines["courseware_letters_due"]) == 0
    me = 'courseware_request_seconds_count{method="GET",route="/api/v1/me",status="200"}'
    assert float(lines[me]) >= 1
    lessons = (
        'courseware_request_seconds_count{method="GET",route="/api/v1/courses/{c}/lessons",status="404"}'
    )
    assert float(lines[lessons]) == 1
    assert "nothing" not in told.text


def test_a_service_whose_files_are_away_is_not_ready(
    served: tuple[service.Server, service.Running], tmp_path: Path
) -> None:
    server, running = served
    ask = f"{running.url}/ready"
    assert httpx.get(ask, trust_env=False).json() == {"status": "ready"}
    shutil.rmtree(server.state / "blobs")
    away = httpx.get(ask, trust_env=False)
    assert (away.status_code, away.headers["Retry-After"]) == (503, "2")
    assert httpx.get(f"{running.url}/health", trust_env=False).status_code == 200


def test_a_service_without_its_database_stands_and_cannot_work(database_url: str, tmp_path: Path) -> None:
    """Who asks whether it stands would kill it otherwise, which brings no database back."""
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=builders.NOW) as served:
        assert served.client.get("/ready").status_code == 200
        world.database.refuse("It was migrated.")
        assert served.client.get("/ready").status_code == 503
        assert served.client.get("/health").json()["status"] == "ok"
    world.close()
