"""All open Labs connect in the same moment, as they do after a restart: each is answered, none is cut off."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks import service
from tests.journeys import test_soak as soak

pytestmark = [pytest.mark.slow, pytest.mark.soak]
LABS = 4000 if soak.FULL else 1000


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[service.Server, service.Running]]:
    with service.running(tmp_path, "", students=1) as made:
        yield made


def test_who_connects_while_it_takes_nobody_is_answered_afterwards(
    served: tuple[service.Server, service.Running],
) -> None:
    server, running = served
    asked = (
        f"GET /health HTTP/1.1\r\nHost: {running.host}:{running.port}\r\nConnection: close\r\n\r\n".encode()
    )
    labs = []
    os.kill(server.process, signal.SIGSTOP)
    try:
        for _ in range(LABS):
            labs.append(socket.create_connection((running.host, running.port), timeout=30))
            labs[-1].sendall(asked)
    finally:
        os.kill(server.process, signal.SIGCONT)
    answers = [_answer(each) for each in labs]
    # More than wait for a thread are told to come again; whoever is cut off is told nothing.
    assert set(answers) <= {b"HTTP/1.1 200 OK", b"HTTP/1.1 503 Service Unavailable"}
    assert answers.count(b"HTTP/1.1 200 OK") >= 256


def _answer(connection: socket.socket) -> bytes:
    with connection:
        return connection.recv(4096).partition(b"\r\n")[0]
