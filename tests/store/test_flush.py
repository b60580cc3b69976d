"""One sync for all who wait, and none who goes on before theirs."""

import os
import threading
import time
from pathlib import Path

import pytest

from courseware.store import database, flush


def test_nobody_goes_on_before_a_sync_that_began_after_they_asked() -> None:
    begun, late = [], []

    def sync() -> None:
        begun.append(time.monotonic())
        time.sleep(0.01)

    shared = flush.Flush(sync)

    def write() -> None:
        for _ in range(20):
            committed = time.monotonic()
            shared.wait()
            late.append(not any(committed <= at <= time.monotonic() - 0.01 for at in begun))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(late) == 160
    assert not any(late)
    assert len(begun) < 160


def test_a_sync_that_fails_is_told_to_the_one_who_did_it_and_done_again_for_the_others() -> None:
    answers = iter([OSError(5, "Input/output error"), None])
    gate = threading.Event()

    def sync() -> None:
        gate.wait(10)
        answer = next(answers)
        if answer is not None:
            raise answer

    shared, told = flush.Flush(sync), []

    def write() -> None:
        try:
            shared.wait()
            told.append("kept")
        except OSError:
            told.append("failed")

    threads = [threading.Thread(target=write) for _ in range(2)]
    for each in threads:
        each.start()
    gate.set()
    for each in threads:
        each.join()
    assert sorted(told) == ["failed", "kept"]


def test_what_is_written_waits_for_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fdatasync

    def counted(file: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{file}"))
        real(file)

    monkeypatch.setattr(os, "fdatasync", counted)
    db = database.open_at(f"sqlite:///{tmp_path / 'a.db'}")
    with db.write() as connection:
        connection.exec_driver_sql("create table t (n integer)")
    with db.read():
        pass
    db.close()
    assert synced == [str(tmp_path / "a.db-wal")]
    flush.Journal(tmp_path / "a.db")()
