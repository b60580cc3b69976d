"""Clients that send half a request, byte by byte or not at all, that vanish in the middle, or that do not
read their answer: the others hand in meanwhile, each such connection ends, and nothing of it stays.

The service waits seconds here where it waits minutes otherwise (`patient`); its limits are the same ones.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.benchmarks import service
from tests.faults import patient
from tests.journeys import test_soak as soak

pytestmark = [pytest.mark.slow, pytest.mark.soak]
EACH, ROUNDS = (100, 10) if soak.FULL else (10, 1)
QUICK = 5.0  # seconds that a hand-in may take meanwhile; it takes a tenth of one alone
SLACK = 2.5  # seconds after its limit in which a connection ends


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kind:
    """Connections of one kind: what they send first, what each sends again and again, and whether they vanish
    instead of waiting for their end.
    """

    first: bytes
    drip: bytes = b""
    vanishes: bool = False
    reads: bool = True


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[service.Server, service.Running]]:
    """A service for the module, with a folder of its own for uploads that come."""
    scratch = tmp_path_factory.mktemp("slow")
    (scratch / "uploads").mkdir()
    around = [sys.executable, "-m", "tests.faults.patient"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(scratch / "uploads"))
        with service.running(scratch, "", students=4, around=around) as made:
            yield made


def test_who_sends_half_a_request_holds_up_nobody(served: tuple[service.Server, service.Running]) -> None:
    """Head alone, head drop by drop, body not at all and drop by drop, gone in the middle in two ways, and
    an answer that is not read.
    """
    server, running = served
    first, other, *_ = running.students
    large = _large_hand_in(running, other)
    kinds = _kinds(running, first, large)
    _round(running, other, kinds, "warm")
    files, threads = _held(server)
    for number in range(ROUNDS):
        _round(running, other, kinds, f"round-{number}")
        assert _held(server)[0] <= files, "descriptors stayed"
    assert _held(server)[1] <= threads + 2, "threads stayed"
    with running.client(first) as client:
        path = f"/api/v1/courses/{running.course}/lessons/{service.LESSON}/submissions"
        assert client.get(path).raise_for_status().json()["submissions"] == []
    assert not [each for each in server.state.parent.joinpath("uploads").iterdir() if each.is_file()]


def test_a_slow_upload_is_taken(served: tuple[service.Server, service.Running]) -> None:
    """Each window brings enough, and the whole takes longer than a window."""
    _, running = served
    student = running.students[2]
    with running.client(student) as client:
        book = service.student_notebook(client, running.course)
    whole = _upload(running, student, book, "slow")
    seconds, pieces = 2 * patient.LIMITS.window, 20
    assert len(whole) > 2 * patient.LIMITS.least
    with socket.create_connection((running.host, running.port)) as line:
        size = -(-len(whole) // pieces)
        for start in range(0, len(whole), size):
            line.sendall(whole[start : start + size])
            time.sleep(seconds / pieces)
        assert line.recv(65536).startswith(b"HTTP/1.1 201"), "the slow upload was refused"


def test_an_upload_without_end_is_ended(served: tuple[service.Server, service.Running]) -> None:
    """Each window brings enough, and the whole would take for ever."""
    _, running = served
    head = _upload(running, running.students[3], bytes(9_000_000), "endless").partition(b"\r\n\r\n")[0]
    begun = time.monotonic()
    with socket.create_connection((running.host, running.port)) as line:
        line.sendall(head + b"\r\n\r\n--")
        drips = Kind(first=head, drip=b"-" * patient.LIMITS.least)
        while not _ended(drips, line):
            assert time.monotonic() < begun + patient.LIMITS.body + SLACK
            time.sleep(0.5)
    assert time.monotonic() > begun + patient.LIMITS.body - 1, "it ended before its time"


def _kinds(running: service.Running, student: str, large: str) -> list[Kind]:
    book = b"{" + b" " * 600_000  # more than is kept in memory
    upload = _upload(running, student, book, "half")
    head, half = upload.partition(b"\r\n\r\n")[0], upload[:500_000]
    begun = head + b"\r\n\r\n"
    return [
        Kind(first=head),
        Kind(first=head[:-1], drip=b"x"),
        Kind(first=begun),
        Kind(first=half, drip=b" "),
        Kind(first=half, vanishes=True),
        Kind(first=begun + b"--half", vanishes=True),
        Kind(first=large.encode(), reads=False),
    ]


def _round(running: service.Running, other: str, kinds: list[Kind], name: str) -> None:
    """All connections at once, and hand-ins of somebody else meanwhile."""
    with contextlib.ExitStack() as stack:
        lines = [(kind, stack.enter_context(_line(running))) for kind in kinds for _ in range(EACH)]
        begun = time.monotonic()
        for number, (kind, line) in enumerate(lines):
            line.sendall(kind.first)
            if kind.vanishes:
                if number % 2:  # a reset, where the others end in order
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.close()
        took = [_hand_in(running, other, f"{name}-{number}") for number in range(4)]
        assert max(took) < QUICK, took
        waiting = [(kind, line) for kind, line in lines if not kind.vanishes]
        until = begun + max(patient.LIMITS.head, patient.LIMITS.window, patient.LIMITS.answer) + SLACK
        while waiting := [(kind, line) for kind, line in waiting if not _ended(kind, line)]:
            assert time.monotonic() < until, f"{len(waiting)} of {len(lines)} connections stay open"
            time.sleep(0.2)
        ends = time.monotonic() - begun
    told = [round(each, 2) for each in took]
    print(f"{name}: {len(lines)} connections ended within {ends:.1f} s; hand-ins took {told} s")


def _line(running: service.Running) -> socket.socket:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect((running.host, running.port))
    return line


def _ended(kind: Kind, line: socket.socket) -> bool:
    """Whether the service closed the connection; one that drips sends its next drop."""
    if not kind.reads:
        return not _is_held(line)
    try:
        if kind.drip:
            line.send(kind.drip)
        return not line.recv(65536, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except (ConnectionResetError, BrokenPipeError):
        return True


def _is_held(line: socket.socket) -> bool:
    """Whether the service's end of a connection is there; ours hears nothing of its end, with data before it
    that is not read.
    """
    port = f":{line.getsockname()[1]:04X}"
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[2].endswith(port) and row[3] == "01" for row in rows)


def _hand_in(running: service.Running, student: str, key: str) -> float:
    """Hand in what differs from all other, and get the receipt; how many seconds both took."""
    begun = time.monotonic()
    with running.client(student) as client:
        book = json.loads(service.student_notebook(client, running.course))
        mine = json.dumps({**book, "metadata": {"number": key}}).encode()
        made = service.hand_in(client, running.course, mine, key)
        client.get(f"/api/v1/submissions/{made}/receipt").raise_for_status()
    return time.monotonic() - begun


def _large_hand_in(running: service.Running, student: str) -> str:
    """A request for a handed-in file that no buffer of the system holds as a whole."""
    with running.client(student) as client:
        book = json.loads(service.student_notebook(client, running.course))
        padding = os.urandom(4_500_000).hex()
        mine = json.dumps({**book, "metadata": {"padding": padding}}).encode()
        made = service.hand_in(client, running.course, mine, "large")
    path = f"/api/v1/submissions/{made}/files/{service.LESSON}.ipynb"
    return (
        f"GET {path} HTTP/1.1\r\nHost: {running.host}:{running.port}\r\n"
        f"Authorization: Bearer {student}\r\n\r\n"
    )


def _upload(running: service.Running, student: str, book: bytes, key: str) -> bytes:
    """A whole hand-in, as it goes over the line."""
    name = f"{service.LESSON}.ipynb"
    entry = {"path": name, "sha256": hashlib.sha256(book).hexdigest(), "size": len(book)}
    request = httpx.Request(
        "POST",
        f"{running.url}/api/v1/courses/{running.course}/lessons/{service.LESSON}/submissions",
        data={"manifest": json.dumps({"release": 1, "files": [entry]})},
        files={"file": (name, book)},
        headers={"Authorization": f"Bearer {student}", "Idempotency-Key": key},
    )
    head = [
        f"POST {request.url.path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in request.headers.items()),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + request.read()


def _held(server: service.Server) -> tuple[int, int]:
    """How many descriptors and threads the service has, once what ended is let go."""
    place = Path(f"/proc/{server.process}")
    counted = []
    for _ in range(10):
        counted.append((len(os.listdir(place / "fd")), len(os.listdir(place / "task"))))
        time.sleep(0.1)
    return min(files for files, _ in counted), min(threads for _, threads in counted)
