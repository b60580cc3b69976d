"""A hand-in asks the database so many times and no more: a whole class sends theirs in one minute."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import builders
from tests.builders import NOW
from tests.service import inside, test_queries, test_queue

MOST = 30
"""Statements, from the first byte to the receipt; three of them set aside what was handed in before."""


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW, queue=test_queue.Announced()) as made:
        yield made
    world.close()


def send(served: inside.Inside, token: str, key: str, note: str) -> httpx.Response:
    book = json.loads(builders.NOTEBOOK)
    book["metadata"]["note"] = note
    data = json.dumps(book).encode()
    entry = {"path": "n.ipynb", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return served.client.post(
        "/api/v1/courses/c/lessons/one/submissions",
        data={"manifest": json.dumps({"release": 1, "files": [entry]})},
        files=[("file", ("n.ipynb", data))],
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )


def test_a_hand_in_asks_the_database_little(served: inside.Inside) -> None:
    tokens = [served.token(served.world.sam.person, "lab") for _ in range(2)]
    send(served, tokens[0], "first", "a").raise_for_status()
    with test_queries.counted(served.world) as said:
        answer = send(served, tokens[1], "second", "b")
    assert answer.status_code == 201
    # The order of what waits is read now and then, for all who ask meanwhile.
    asked = [each for each in said if "row_number()" not in each]
    assert len(asked) <= MOST, "\n".join(asked)
