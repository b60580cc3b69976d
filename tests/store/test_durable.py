"""Bytes, copies and restores that people rely on when something went wrong."""

import contextlib
import dataclasses
import os
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlalchemy.exc

from courseware import errors
from courseware.exchange import receipts, submissions, submit
from courseware.store import archive, blobs, database, journal, schema, tables
from tests import builders


def hand_in(world: builders.World, key: str = "k1", data: bytes = builders.NOTEBOOK) -> submit.Received:
    """Sam hands in lesson one."""
    return submit.receive_upload(world.desk, world.sam, "one", builders.upload(key, data), now=builders.NOW)


def test_a_naive_time_reaches_no_row(database_url: str) -> None:
    db = builders.migrated(database_url)
    with pytest.raises(sqlalchemy.exc.StatementError, match="without a zone"), db.write() as connection:
        journal.append(connection, "a", "x", now=builders.NOW.replace(tzinfo=None))
    db.close()


def test_a_write_that_raises_leaves_nothing(database_url: str) -> None:
    db = builders.migrated(database_url)

    def write() -> None:
        with db.write() as connection:
            journal.append(connection, "a", "x", now=builders.NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    with db.read() as connection:
        assert journal.read(connection, "reader") == []
    db.close()


def test_a_mount_with_letters_beyond_ascii_is_seen() -> None:
    mounts = "/dev/a / ext4 rw 0 0\nserver:/x /srv/Übung\\040eins nfs4 rw 0 0\n"
    assert database.on_network(Path("/srv/Übung eins/course.db"), mounts) == "nfs4"
    assert database.on_network(Path("/srv/Übung einsam/course.db"), mounts) is None


def test_damaged_bytes_are_mended_by_keeping_them_again(tmp_path: Path) -> None:
    kept = blobs.open_at(str(tmp_path))
    digest = kept.put(b"work")
    (tmp_path / digest[:2] / digest).write_bytes(b"")
    assert kept.put(b"work") == digest
    assert kept.get(digest) == b"work"


def test_missing_bytes_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(errors.Permanent, match="missing"):
        blobs.open_at(str(tmp_path)).get("0" * 64)


def test_a_folder_that_takes_no_files_is_temporary(tmp_path: Path) -> None:
    kept = blobs.open_at(str(tmp_path / "blobs"))
    os.rmdir(tmp_path / "blobs")
    (tmp_path / "blobs").write_bytes(b"no folder")
    with pytest.raises(errors.Temporary, match="Try again"):
        kept.put(b"work")


@pytest.fixture
def other_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """An empty database on the other engine."""
    if database_url.startswith("sqlite"):
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'other.sqlite'}"


def test_a_backup_goes_into_the_other_engine(database_url: str, other_url: str, tmp_path: Path) -> None:
    with contextlib.closing(builders.world(database_url, tmp_path)) as here:
        sent = hand_in(here)
        archive.backup(here.database, here.blobs, tmp_path / "keys", tmp_path / "all.zip")
        db, kept = database.open_at(other_url), blobs.open_at(str(tmp_path / "blobs2"))
        archive.restore(db, kept, tmp_path / "keys2", tmp_path / "all.zip")
        with db.read() as connection:
            found = submissions.find(connection, sent.submission.public)
            assert found == sent.submission
            assert receipts.of_submission(connection, found.id) == sent.receipt
            assert receipts.broken_link(connection, here.course) is None
        assert [kept.get(entry.sha256) for entry in found.files]
        there = dataclasses.replace(here, database=db, blobs=kept)
        assert hand_in(there, "k2").receipt["sequence"] == 2
        with pytest.raises(errors.UserError, match="not empty"):
            archive.restore(db, kept, tmp_path / "keys2", tmp_path / "all.zip")
        db.close()


def test_a_backup_with_writes_going_on_is_of_one_moment(database_url: str, tmp_path: Path) -> None:
    with contextlib.closing(builders.world(database_url, tmp_path)) as here:
        going, broken = threading.Event(), []

        def write() -> None:
            for number in range(500):
                if going.is_set():
                    return
                try:
                    hand_in(here, f"k{number}", builders.NOTEBOOK + b" " * number)
                except Exception as error:
                    broken.append(error)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            for number in range(3):
                archive.backup(here.database, here.blobs, tmp_path / "keys", tmp_path / f"{number}.zip")
        finally:
            going.set()
            thread.join()
        assert broken == []
        db, kept = (
            database.open_at(f"sqlite:///{tmp_path / 'again.sqlite'}"),
            blobs.open_at(str(tmp_path / "b2")),
        )
        archive.restore(db, kept, tmp_path / "keys2", tmp_path / "2.zip")
        with db.read() as connection:
            assert receipts.broken_link(connection, here.course) is None
            counts = [
                connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in (schema.submission, schema.receipt, schema.grading)
            ]
            assert len(set(counts)) == 1
            for submission in submissions.of_lesson(connection, here.one.id):
                assert kept.get(submission.files[0].sha256)
        db.close()


def test_a_client_key_that_looks_like_a_hash_stops_no_backup(database_url: str, tmp_path: Path) -> None:
    with contextlib.closing(builders.world(database_url, tmp_path)) as here:
        hand_in(here, f'"sha256": "{"a" * 64}"')
        archive.backup(here.database, here.blobs, tmp_path / "keys", tmp_path / "all.zip")
        assert (tmp_path / "all.zip").exists()


def test_a_restored_reader_gets_what_it_had_not_read(postgres_url: str, tmp_path: Path) -> None:
    db, kept = builders.migrated(postgres_url), blobs.open_at(str(tmp_path / "blobs"))
    with db.write() as early:
        early.execute(sa.text("select pg_current_xact_id()"))
        with db.write() as late:
            journal.append(late, "late", "x", now=builders.NOW)
        journal.append(early, "early", "x", now=builders.NOW)
    first, _ = builders.news(db, "reader", ["early", "late"])
    with db.write() as connection:
        journal.advance(connection, "reader", first)
    archive.backup(db, kept, tmp_path / "keys", tmp_path / "all.zip")
    again = database.open_at(f"sqlite:///{tmp_path / 'again.sqlite'}")
    archive.restore(again, kept, tmp_path / "keys", tmp_path / "all.zip")
    builders.news(again, "reader", ["late"])
    builders.news(again, "new", ["early", "late"])
    for each in (db, again):
        each.close()


@pytest.mark.parametrize("text", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_backup_is_refused(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(text)
    db, kept = (
        database.open_at(f"sqlite:///{tmp_path / 'a.sqlite'}"),
        blobs.open_at(str(tmp_path / "blobs")),
    )
    with pytest.raises(errors.UserError, match="no backup"):
        archive.restore(db, kept, tmp_path / "keys", tmp_path / "x.zip")
    db.close()


PERSONAL = {
    "person": {"username", "name", "email"},
    "membership": {"role", "until"},
    "credential": {"label", "used", "at_most"},
    "effective_dates": {"why", "locked"},
    "plan_step": {"at", "on_day", "hours", "until_day", "zone"},
    "allowance": {"kind", "amount", "until", "text", "reason"},
    "attainment": {"handed_in", "percent", "shown_from"},
    "choice": {"chosen"},
    "submission": {"worked", "received", "late_seconds", "files"},
    "draft": {"files"},
    "mark": {"score"},
    "mark_override": {"score", "comment"},
    "mark_change": {"before", "after", "reason"},
    "lesson_mark": {"points", "computed", "comment", "reason"},
    "receipt": {"body"},
    "idempotency": {"answer"},
    "grading": {"result"},
    "hold": {"reason"},
}


@pytest.mark.parametrize("table", sorted(PERSONAL))
def test_every_personal_column_is_tagged(table: str) -> None:
    untagged = [
        name
        for name in sorted(PERSONAL[table])
        if not {"purpose", "retention"} <= tables.metadata.tables[table].c[name].info.keys()
    ]
    assert untagged == []
