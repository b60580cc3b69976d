"""Two Labs, a command line and a panel that asks all the time: nothing goes half, and no receipt is lost."""

import datetime
import json
import multiprocessing
import os
import platform
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.lab import connections, copies, course, lock, outbox, work
from tests.lab import service as fake

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture
def served() -> Iterator[tuple[str, fake.Told]]:
    with fake.served() as made:
        yield made


def test_a_panel_that_asks_while_work_is_handed_in_loses_nothing(
    tmp_path: Path, served: tuple[str, fake.Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, told = served
    told.slow = 0.005
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    connections.add(connections.file_of(os.environ), fake.connect(url, told))
    root = tmp_path / "root"
    copy = fake.a_copy(root, told)
    known = course.Course(root=root)
    wrong: list[Exception] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                known.pulse()
            except Exception as error:
                wrong.append(error)
                return

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    answers = [known.submit("l") for _ in range(20)]
    stop.set()
    for thread in asking:
        thread.join()
    assert wrong == []
    assert [answer["queued"] for answer in answers] == [False] * 20
    kept = copies.find(copy.folder)
    assert kept is not None
    assert {r["submission"] for r in kept.receipts} == {f"sub_{n}" for n in range(1, 21)}
    assert len(told.taken) == 20
    assert list(outbox.waiting(copy.folder)) == []


def hand_in(url: str, folder: str, times: int) -> None:
    """What a second program does."""
    service = fake.a_client(url)
    for _ in range(times):
        copy = copies.find(Path(folder))
        assert copy is not None
        work.submit(service, copy, now=NOW)
        work.flush(service, copy)
    service.close()


def test_two_programs_keep_all_receipts(tmp_path: Path, served: tuple[str, fake.Told]) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    spawn = multiprocessing.get_context("spawn")
    programs = [spawn.Process(target=hand_in, args=(url, str(copy.folder), 8)) for _ in range(2)]
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)
    assert [program.exitcode for program in programs] == [0, 0]
    kept = copies.find(copy.folder)
    assert kept is not None
    assert len({r["submission"] for r in kept.receipts}) == len(told.taken) == 16


def test_a_receipt_is_added_to_those_that_another_kept_meanwhile(tmp_path: Path) -> None:
    copy = fake.a_copy(tmp_path, fake.Told())
    copies.keep_receipt(copy, {"submission": "one"})
    copies.keep_receipt(copy, {"submission": "two"})
    kept = copies.find(copy.folder)
    assert kept is not None
    assert [r["submission"] for r in kept.receipts] == ["one", "two"]


def test_an_item_that_another_sent_already_is_one_hand_in(
    tmp_path: Path, served: tuple[str, fake.Told]
) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    item = outbox.put(copy, copies.going(copy.folder), now=NOW)
    assert work.flush(service, copy) == 1
    with pytest.raises(outbox.Gone):
        outbox.send(copy, item, lambda *_: {})
    assert work.flush(service, copy) == 0
    service.close()
    assert len(told.taken) == 1


def test_who_finds_the_copy_busy_has_the_work_wait(tmp_path: Path, served: tuple[str, fake.Told]) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    place = copy.folder / copies.FOLDER / "lock"
    place.write_text(json.dumps({"pid": os.getppid(), "host": platform.node(), "mark": "x"}))
    with pytest.raises(lock.Busy), lock.held(copy.folder, seconds=0.1):
        pass
    assert work.flush(service, copy) == 0, "somebody else sends"
    place.unlink()
    service.close()


@pytest.mark.parametrize("left", ["gone", "own", "old", "damaged"])
def test_a_lock_that_nobody_holds_any_more_is_taken_away(tmp_path: Path, left: str) -> None:
    copy = fake.a_copy(tmp_path, fake.Told())
    place = copy.folder / copies.FOLDER / "lock"
    ended = multiprocessing.get_context("spawn").Process(target=str)
    ended.start()
    ended.join()
    pid = {"gone": ended.pid, "own": os.getpid()}.get(left, os.getppid())
    told = {"pid": pid, "host": "elsewhere" if left == "old" else platform.node(), "mark": "x"}
    place.write_text("" if left == "damaged" else json.dumps(told))
    if left in ("old", "damaged"):
        before = time.time() - lock.STALE_SECONDS - 1
        os.utime(place, (before, before))
    with lock.held(copy.folder, seconds=1), lock.held(copy.folder, seconds=1):
        assert place.exists()
    assert not place.exists()
    assert [p.name for p in place.parent.iterdir()] == ["copy.json"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / copies.FOLDER).write_text("a file where the folder should be")
    with pytest.raises(errors.UserError, match="cannot be written"), lock.held(tmp_path):
        pass


def test_a_copy_whose_record_is_damaged_keeps_no_other_work_waiting(
    tmp_path: Path, served: tuple[str, fake.Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, told = served
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    connections.add(connections.file_of(os.environ), fake.connect(url, told))
    copy = fake.a_copy(tmp_path, told)
    damaged = copy.folder.with_name("before") / copies.FOLDER / "copy.json"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("{")
    outbox.put(copy, copies.going(copy.folder), now=NOW)
    assert course.Course(root=tmp_path).pulse()["sent"] == 1
    assert len(told.taken) == 1
