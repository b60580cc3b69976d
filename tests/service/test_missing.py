"""A hand-in without the lesson's notebooks is refused with their names; one that lacks some says which."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from courseware.exchange import publish
from tests import builders
from tests.service import inside

HAND_IN = "/api/v1/courses/c/lessons/one/submissions"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    two = {"n.ipynb": builders.NOTEBOOK, "m.ipynb": builders.NOTEBOOK, "data.csv": b"1"}
    bundle = dataclasses.replace(builders.bundle(), student=two)
    publish.publish(world.database, world.blobs, world.one, bundle, by=None, now=builders.NOW)
    with inside.serving(world, tmp_path, now=builders.NOW, queue=builders.idle_queue()) as made:
        yield made
    world.close()


def by_api(served: inside.Inside, *names: str, release: int = 2, **more: str) -> httpx.Response:
    data = builders.NOTEBOOK
    digest = hashlib.sha256(data).hexdigest()
    entries = [{"path": name, "sha256": digest, "size": len(data)} for name in names]
    served.now += inside.TICK
    token = served.token(served.world.sam.person, "lab")
    return served.client.post(
        HAND_IN,
        data={"manifest": json.dumps({"release": release, "files": entries, **more})},
        files=[("file", (name, data)) for name in names],
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "-".join((*names, *more.values()))},
    )


def by_page(served: inside.Inside, *names: str, worked: str = "") -> httpx.Response:
    token = served.token(served.world.sam.person, "pages")
    more: dict[str, Any] = {"files": [("other", (name, builders.NOTEBOOK)) for name in names]}
    form = {"release": "2", "key": "-".join((*names, worked)), "worked": worked}
    return served.ask(token, "POST", "/courses/c/lessons/one/submissions", form, **more)


@pytest.mark.parametrize("names", [("renamed.ipynb",), ("x.txt",), ("data.csv", "a/n.ipynb")])
def test_none_of_the_notebooks_is_refused_with_their_names(
    served: inside.Inside, names: tuple[str, ...]
) -> None:
    answer = by_api(served, *names)
    assert answer.status_code == 422, answer.text
    assert "m.ipynb, n.ipynb" in answer.json()["detail"]
    page = by_page(served, *names)
    assert page.status_code == 422, page.text
    assert "m.ipynb, n.ipynb" in page.text


def test_some_of_the_notebooks_are_taken_and_the_rest_is_named(served: inside.Inside) -> None:
    answer = by_api(served, "n.ipynb")
    assert answer.status_code == 201, answer.text
    assert answer.json()["submission"]["missing"] == ["m.ipynb"]
    token = served.token(served.world.sam.person, "pages")
    page = served.ask(token, "GET", f"/submissions/{answer.json()['submission']['id']}").text
    assert "Not in this hand-in" in page
    assert "m.ipynb" in page
    whole = by_api(served, "n.ipynb", "m.ipynb")
    assert whole.json()["submission"]["missing"] == []
    own = served.ask(token, "GET", f"/submissions/{whole.json()['submission']['id']}").text
    assert "Not in this hand-in" not in own


def test_a_time_of_work_is_a_claim_that_refuses_nothing(served: inside.Inside) -> None:
    """By the form as by a program; what is no time, or cannot be, is left out, and the future is cut."""
    both = {"2026-11-23T06:00:00+02:00": "2026-11-23T04:00:00Z", "2999-01-01T00:00:00Z": ""}
    absurd = {"0001-01-01T00:00:00+10:00": None, "1970-01-01T00:00:00Z": None}
    token = served.token(served.world.sam.person, "pages")
    claims: dict[str, str | None] = {**both, **absurd, "": None, "x": None, "2026": None, "2026-11-23": None}
    for claim, kept in claims.items():
        answer = by_page(served, "n.ipynb", worked=claim)
        assert answer.status_code == 303, answer.text
        public = answer.headers["Location"].rpartition("/")[2]
        told = served.ask(token, "GET", f"/api/v1/submissions/{public}").json()
        assert told["worked"] == (f"{served.now - inside.TICK:%Y-%m-%dT%H:%M:%SZ}" if kept == "" else kept), (
            claim
        )
    for claim, kept in {**both, **absurd}.items():
        told = by_api(served, "n.ipynb", worked=claim).json()["submission"]
        assert told["worked"] == (told["received"] if kept == "" else kept), claim
