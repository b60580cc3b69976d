"""Working copies, the outbox and connections: nothing of a student's is lost or written over."""

import dataclasses
import datetime
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.lab import connections, copies, outbox
from tests.lab import service as fake

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
FILES = {"a.ipynb": b"{}", "data/x.csv": b"1,2\n"}


def release(files: dict[str, bytes] = FILES, number: int = 1) -> dict[str, Any]:
    entries = [{"path": p, "sha256": hashlib.sha256(d).hexdigest(), "size": len(d)} for p, d in files.items()]
    return {"number": number, "files": entries}


def touch(path: Path, moment: datetime.datetime) -> None:
    """Have a file be of this moment."""
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def get(folder: Path, files: dict[str, bytes] = FILES, number: int = 1) -> copies.Got:
    return copies.get(
        folder,
        course="c",
        lesson="l",
        public_key="k",
        release=release(files, number),
        fetch=files.__getitem__,
    )


def test_getting_writes_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    first = get(tmp_path)
    assert (first.created, first.kept) == (("a.ipynb", "data/x.csv"), ())
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    (tmp_path / "data" / "x.csv").unlink()
    second = get(tmp_path)
    assert (second.created, second.kept) == (("data/x.csv",), ("a.ipynb",))
    assert (tmp_path / "a.ipynb").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"course": 1}', "\udcff"], ids=["cut", "list", "lacking", "bytes"]
)
def test_a_lesson_whose_record_is_damaged_is_got_again_as_the_sentence_says(
    tmp_path: Path, text: str
) -> None:
    get(tmp_path)
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    record = tmp_path / ".courseware" / "copy.json"
    record.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(errors.UserError, match="Get the lesson again"):
        copies.find(tmp_path)
    assert get(tmp_path).kept == ("a.ipynb", "data/x.csv")
    assert copies.find(tmp_path) is not None
    assert (tmp_path / "a.ipynb").read_bytes() == b"mine"
    aside = record.with_name("copy.damaged.json")
    assert aside.read_bytes() == text.encode(errors="surrogateescape"), "its receipts may still be legible"


def test_a_newer_release_does_not_claim_files_that_stayed(tmp_path: Path) -> None:
    get(tmp_path)
    got = get(tmp_path, {**FILES, "new.txt": b"n"}, number=2)
    assert got.created == ("new.txt",)
    assert got.copy.release == 1


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", ".ssh/key", "con", "a\\b", "x\u202ey"])
def test_a_hostile_name_in_a_release_writes_nothing(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "copy"
    with pytest.raises(errors.UserError):
        get(folder, {path: b"x"})
    assert not folder.exists()


def test_a_link_in_the_copy_does_not_lead_out(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "copy"
    outside.mkdir()
    folder.mkdir()
    (folder / "data").symlink_to(outside)
    with pytest.raises(errors.UserError, match="outside"):
        get(folder)
    assert list(outside.iterdir()) == []


def test_damaged_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.UserError, match="damaged"):
        copies.get(
            tmp_path, course="c", lesson="l", public_key="", release=release(), fetch=lambda path: b"else"
        )
    assert not (tmp_path / "a.ipynb").exists()


def test_what_goes_is_plain_files_only(tmp_path: Path) -> None:
    get(tmp_path)
    (tmp_path / "mine.py").write_text("x = 1")
    (tmp_path / ".secret").write_text("no")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "a.ipynb").write_text("{}")
    assert sorted(copies.going(tmp_path)) == ["a.ipynb", "data/x.csv", "mine.py"]


def test_an_empty_copy_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(errors.UserError, match="Get the lesson first"):
        copies.going(tmp_path)


def test_a_hand_in_waits_and_goes_once(tmp_path: Path) -> None:
    told = fake.Told()
    copy = dataclasses.replace(get(tmp_path).copy, public_key=fake.public_key(told.private))
    touch(tmp_path / "data" / "x.csv", NOW)
    touch(tmp_path / "a.ipynb", NOW)
    outbox.put(copy, copies.going(tmp_path), now=NOW)
    (tmp_path / "a.ipynb").write_bytes(b"changed later")
    sent: list[tuple[dict[str, bytes], str]] = []

    def away(*_: Any) -> dict[str, Any]:
        raise errors.Temporary("away")

    def here(files: dict[str, bytes], number: int, key: str, worked: str) -> dict[str, Any]:
        sent.append((files, worked))
        return told.answer(json.dumps({"release": number, "files": release(files)["files"]}).encode())

    (item,) = outbox.waiting(tmp_path)
    with pytest.raises(errors.Temporary):
        outbox.send(copy, item, away)
    (item,) = outbox.waiting(tmp_path)
    outbox.send(copy, item, here)
    assert list(outbox.waiting(tmp_path)) == []
    assert sent == [(FILES, "2026-11-23T12:00:00Z")]
    kept = copies.find(tmp_path)
    assert kept is not None
    assert [each["submission"] for each in kept.receipts] == ["sub_1"]


def test_the_time_of_work_is_when_what_goes_was_last_changed(tmp_path: Path) -> None:
    """Not when a file came that nobody has changed, and never after it was handed in."""
    copy = get(tmp_path).copy
    touch(tmp_path / "data" / "x.csv", NOW - HOUR)
    touch(tmp_path / "a.ipynb", NOW - 9 * HOUR)

    def worked() -> str:
        return outbox.put(copy, copies.going(tmp_path), now=NOW).worked

    assert worked() == "2026-11-23T11:00:00Z", "nothing is changed: as new as all of it"
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    touch(tmp_path / "a.ipynb", NOW - 9 * HOUR)
    assert worked() == "2026-11-23T03:00:00Z"
    (tmp_path / "mine.py").write_bytes(b"x = 1")
    touch(tmp_path / "mine.py", NOW - 8 * HOUR)
    assert worked() == "2026-11-23T04:00:00Z", "the newest of them"
    touch(tmp_path / "mine.py", NOW + 8 * HOUR)
    assert worked() == "2026-11-23T12:00:00Z"


def test_what_waits_goes_in_the_order_in_which_it_was_handed_in(tmp_path: Path) -> None:
    """Not in that of the work; of one that waits since before the two were told apart, they are the same."""
    copy = get(tmp_path).copy
    hand_ins = []
    for number, moment in enumerate((NOW, NOW + 2 * HOUR, NOW + 3 * HOUR)):
        (tmp_path / "a.ipynb").write_bytes(b"mine %d" % number)
        touch(tmp_path / "a.ipynb", NOW - number * HOUR)
        hand_ins.append(outbox.put(copy, copies.going(tmp_path), now=moment))
    manifest = hand_ins[2].folder / "manifest.json"
    told = json.loads(manifest.read_text())
    del told["put"]
    manifest.write_text(json.dumps({**told, "worked": "2026-11-23T13:00:00Z"}))
    first, old, second = outbox.waiting(tmp_path)
    assert [first.key, old.key, second.key] == [hand_ins[at].key for at in (0, 2, 1)]
    assert (second.put, second.worked) == ("2026-11-23T14:00:00Z", "2026-11-23T11:00:00Z")
    assert (old.put, old.worked) == ("2026-11-23T13:00:00Z", "2026-11-23T13:00:00Z")

    def refuse(*_: Any) -> dict[str, Any]:
        raise errors.UserError("Closed.", code="conflict")

    for item in (second, first, old):
        with pytest.raises(errors.UserError, match="Closed"):
            outbox.send(copy, item, refuse)
    assert [each.put[11:13] for each in outbox.refused(tmp_path)] == ["12", "13", "14"]


def test_a_refused_hand_in_is_set_aside_with_its_bytes(tmp_path: Path) -> None:
    copy = get(tmp_path).copy
    item = outbox.put(copy, copies.going(tmp_path), now=NOW)

    def refused(*_: Any) -> dict[str, Any]:
        raise errors.UserError("The lesson is closed.", code="conflict")

    with pytest.raises(errors.UserError):
        outbox.send(copy, item, refused)
    assert list(outbox.waiting(tmp_path)) == []
    aside = tmp_path / copies.FOLDER / "refused" / item.key
    assert (aside / "reason.txt").read_text() == "The lesson is closed."
    assert (aside / "files" / "a.ipynb").read_bytes() == b"{}"


def test_connections_are_for_their_owner_and_the_latest_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "config" / "connections.json"
    for course, secret in (("one", "s1"), ("two", "s2"), ("one", "s3")):
        connections.add(
            path,
            connections.Connection(
                url="http://h", course=course, title=course, credential=secret, person="sam"
            ),
        )
    assert [c.credential for c in connections.read(path)] == ["s3", "s2"]
    assert path.stat().st_mode & 0o077 == 0
    assert connections.choose(path, "two").credential == "s2"
    with pytest.raises(errors.UserError, match="not joined the course 'three'"):
        connections.choose(path, "three")
