"""Blobs on S3: s3rver, a server process that keeps what it gets on disk, killed and started again.

It shows that our calls are right, that what was answered is there after a kill, and that a store that is away
is said to be away soon. It does not show what a vendor's S3 adds: durability, consistency between places,
its limits, versions, its own errors; and s3rver checks signatures less strictly.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.store import blobs
from tests.faults import s3 as server


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[server.S3]:
    made = server.S3(tmp_path / "s3")
    made.start()
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    yield made
    made.kill()


def test_what_was_kept_is_there_after_a_kill(s3: server.S3) -> None:
    store = blobs.open_at("s3://courseware/files")
    store.check()
    kept = {store.put(data): data for data in (b"", b"a notebook", os.urandom(3_000_000))}
    assert kept == {hashlib.sha256(data).hexdigest(): data for data in kept.values()}
    assert store.put(b"a notebook") in kept
    s3.kill()
    s3.start()
    for digest, data in kept.items():
        assert store.get(digest) == data
    assert set(store.digests()) == set(kept)
    large = max(kept, key=lambda digest: len(kept[digest]))
    assert store.part(large, 1000, 2000) == kept[large][1000:2000]
    with pytest.raises(errors.Permanent, match="missing"):
        store.get("0" * 64)


def test_a_store_that_is_away_is_said_to_be_so_soon_and_comes_back(s3: server.S3) -> None:
    store = blobs.open_at("s3://courseware/files")
    digest = store.put(b"kept")
    s3.kill()
    begun = time.monotonic()
    for act in (
        store.check,
        lambda: store.put(b"new"),
        lambda: store.get(digest),
        lambda: store.part(digest, 0, 2),
    ):
        with pytest.raises(errors.Temporary):
            act()
    assert time.monotonic() - begun < 60
    s3.start()
    assert store.get(digest) == b"kept"
    assert store.get(store.put(b"new")) == b"new"


def test_what_is_there_is_not_written_again_and_what_was_cut_off_is(s3: server.S3, tmp_path: Path) -> None:
    store = blobs.open_at("s3://courseware/files")
    digest = store.put(b"handed in by two")
    [held] = [path for path in (tmp_path / "s3").rglob(f"{digest}*") if b"handed" in path.read_bytes()]
    before = held.stat().st_mtime_ns
    assert store.put(b"handed in by two") == digest
    assert held.stat().st_mtime_ns == before
    held.write_bytes(b"handed")
    assert store.put(b"handed in by two") == digest
    assert store.get(digest) == b"handed in by two"


def test_what_a_killed_store_cannot_read_any_more_is_written_again(s3: server.S3, tmp_path: Path) -> None:
    """It was killed while it wrote what it knows of a file: it answers 500 to every question about it."""
    store = blobs.open_at("s3://courseware/files")
    digest = store.put(b"feedback that many hand-ins share")
    [known] = (tmp_path / "s3").rglob(f"{digest}*metadata.json")
    known.write_bytes(b"")
    with pytest.raises(errors.Temporary):
        store.get(digest)
    assert store.put(b"feedback that many hand-ins share") == digest
    assert store.get(digest) == b"feedback that many hand-ins share"


def test_bytes_that_were_changed_there_are_not_given_out(s3: server.S3, tmp_path: Path) -> None:
    store = blobs.open_at("s3://courseware/files")
    digest = store.put(b"what was handed in")
    [held] = [path for path in (tmp_path / "s3").rglob(f"{digest}*") if b"handed" in path.read_bytes()]
    held.write_bytes(b"what was forged in")
    with pytest.raises(errors.Permanent, match="damaged"):
        store.get(digest)


def test_an_address_that_names_no_store_is_refused() -> None:
    for wrong in ("nothing://bucket", "s3://"):
        with pytest.raises(errors.UserError, match="names no store"):
            blobs.open_at(wrong)
