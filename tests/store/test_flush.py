"""One sync for all who wait, and none who goes on before theirs."""

import threading
import time
from pathlib import Path

import pytest

from courseware import errors
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


def test_who_writes_waits_for_the_journal_and_is_told_when_it_cannot_be_synced(tmp_path: Path) -> None:
    db = database.open_at(f"sqlite:///{tmp_path / 'a.db'}")
    with db.write() as connection:
        connection.exec_driver_sql("create table t (n integer)")
    journal, aside = tmp_path / "a.db-wal", tmp_path / "aside"
    journal.rename(aside)
    journal.symlink_to("/dev/null")  # which no system can sync; SQLite goes on with the file that it holds
    with pytest.raises(errors.Temporary, match="Invalid argument"), db.write() as connection:
        connection.exec_driver_sql("insert into t values (1)")
    with db.read() as connection:
        assert connection.exec_driver_sql("select count(*) from t").scalar_one() == 1
    journal.unlink()
    aside.rename(journal)
    with db.write() as connection:
        connection.exec_driver_sql("insert into t values (2)")
    db.close()
    flush.Journal(tmp_path / "a.db")()
