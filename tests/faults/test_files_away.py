"""The store of files is killed, or full, while a class hands in: what was promised is marked once.

S3 is s3rver, a server process that keeps its files on disk; the full disk is a file system of a few megabytes
that only the service sees.
"""

import contextlib
import json
import os
import time
from pathlib import Path

import httpx
import pytest

from tests.benchmarks import service
from tests.faults import s3
from tests.journeys import test_soak as soak

pytestmark = [pytest.mark.slow, pytest.mark.soak]
AWAY = 10 if soak.FULL else 1


def test_s3_killed_while_a_class_hands_in(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = s3.S3(tmp_path / "s3")
    store.start()
    for name, value in {**store.environment(), "COURSEWARE_STORE_BLOBS": "s3://courseware/files"}.items():
        monkeypatch.setenv(name, value)

    def kill() -> None:
        store.kill()
        time.sleep(AWAY)
        store.start()

    try:
        with (
            service.running(tmp_path, postgres_url, students=soak.STUDENTS, runner="workers") as (
                made,
                told,
            ),
            made.workers(2),
        ):
            kills, ended = soak.hand_in_while(told, kill)
        assert kills > 0
        assert ended["marked"] >= soak.STUDENTS
    finally:
        store.kill()


def test_the_disk_is_full_while_a_class_hands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file takes the rest of the disk; handing in is refused in words, and goes on once there is room."""
    small = tmp_path / "small"
    small.mkdir()
    monkeypatch.setenv("COURSEWARE_STORE_BLOBS", str(small / "files"))
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    mounted = f'mount -t tmpfs -o size=24m small "{small}" && exec "$@"'
    around = ["unshare", "--mount", *own, "sh", "-c", mounted, "sh"]
    if own:
        monkeypatch.setenv("COURSEWARE_GRADING_SANDBOX", "none")  # it takes that root for the machine's
    database = f"sqlite:///{small}/courseware.db"
    with service.running(tmp_path, database, students=soak.STUDENTS, around=around) as (made, running):
        ballast = Path(f"/proc/{made.process}/root{small}/ballast")
        said: list[tuple[int, str]] = []

        def fill() -> None:
            with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as stream:
                while True:
                    stream.write(bytes(4096))
            said.append(_refused(running, len(said)))
            time.sleep(AWAY)
            ballast.unlink()

        fills, ended = soak.hand_in_while(running, fill)
    assert fills > 0
    assert set(said) == {(503, "temporary")}
    assert ended["marked"] >= soak.STUDENTS


def _refused(running: service.Running, number: int) -> tuple[int, str]:
    """What somebody is told who hands in while the disk is full; nothing of it is kept."""
    with running.client(running.students[0]) as client:
        book = json.loads(service.student_notebook(client, running.course))
        large = json.dumps({**book, "metadata": {"padding": str(number) * 200_000}}).encode()
        with pytest.raises(httpx.HTTPStatusError) as refused:
            service.hand_in(client, running.course, large, f"full-{number}")
    told = refused.value.response
    return told.status_code, told.json()["code"]
