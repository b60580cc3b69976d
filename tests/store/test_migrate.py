"""Migrations and tables say the same on both engines; news is read in order, also of slow writers."""

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import alembic.autogenerate
import alembic.command
import alembic.config
import alembic.migration
import pytest
import sqlalchemy as sa
import sqlalchemy.exc

from courseware import errors
from courseware.store import archive, blobs, columns, database, journal, migrate, schema, tables
from tests import builders

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


def opened(url: str) -> database.Database:
    db = database.open_at(url)
    migrate.upgrade(db)
    return db


def of_ours(name: str | None, *_: object) -> bool:
    """Whether the tables of `store` tell of it; the full-text index is made by a migration alone."""
    return not str(name).startswith(("post_words", "ix_post_words"))


def test_an_upgraded_empty_database_equals_the_tables(empty_url: str) -> None:
    db = opened(empty_url)
    with db.read() as connection:
        context = alembic.migration.MigrationContext.configure(connection, opts={"include_name": of_ours})
        assert alembic.autogenerate.compare_metadata(context, tables.metadata) == []
    assert migrate.upgrade(db) is False
    db.close()


def test_credentials_live_through_the_table_that_is_made_anew(empty_url: str) -> None:
    db = database.open_at(empty_url)
    at(db, "0011")
    person = {"public": "per_1", "username": "sam", "name": "Sam", "created": 0}
    kept = {
        "public": "c1",
        "person_id": 1,
        "secret_hash": b"h",
        "label": "l",
        "created": 0,
        "made_from": "c0",
    }
    with db.write() as connection:
        insert(connection, "person", person)
        insert(connection, "credential", {**kept, "ceiling": "lab"})
        before = dict(connection.execute(sa.text("select * from credential")).mappings().one())
    assert migrate.upgrade(db)
    with db.write() as connection:
        assert dict(connection.execute(sa.text("select * from credential")).mappings().one()) == before
        insert(connection, "credential", {**kept, "public": "c2", "secret_hash": b"i", "ceiling": "calendar"})
    for values in ({"ceiling": "other"}, {"public": "c2", "ceiling": "lab"}):
        with pytest.raises(sa.exc.IntegrityError), db.write() as connection:
            insert(connection, "credential", {**kept, "public": "c3", "secret_hash": b"j", **values})
    db.close()


def test_what_was_watched_before_has_grown_when_it_was_left(empty_url: str) -> None:
    db = database.open_at(empty_url)
    at(db, "0014")
    person = {"public": "per_1", "username": "sam", "name": "Sam", "created": 0}
    course = {"public": "crs_1", "slug": "c", "title": "C", "time_zone": "UTC", "manifest": "", "created": 0}
    lesson = {"public": "les_1", "course_id": 1, "slug": "one", "title": "One", "position": 0}
    row = {"person_id": 1, "lesson_id": 1, "path": "a.webm", "duration": 9, "position": 5, "moved": 7}
    with db.write() as connection:
        for table, values in (("person", person), ("course", course), ("lesson", lesson)):
            insert(connection, table, values)
        insert(connection, "watched", {**row, "spans": "[[0, 5]]"})
    assert migrate.upgrade(db)
    with db.read() as connection:
        kept = dict(connection.execute(sa.text("select * from watched")).mappings().one())
    assert kept == {"id": 1, **row, "spans": "[[0, 5]]", "grown": 7}
    db.close()


def test_what_was_uploaded_before_is_counted_once(empty_url: str) -> None:
    db = database.open_at(empty_url)
    at(db, "0019")
    course = {"public": "crs_1", "slug": "c", "title": "C", "time_zone": "UTC", "manifest": "", "created": 0}
    other = {**course, "public": "crs_2", "slug": "d"}
    lesson = {"public": "les_1", "course_id": 1, "slug": "one", "title": "One", "position": 0}
    person = {"public": "per_1", "username": "sam", "name": "Sam", "created": 0}
    film, work = ({"path": each, "sha256": each * 64, "size": size} for each, size in (("f", 70), ("w", 5)))
    told = json.dumps({"student": [film], "instructor": [film]})
    release = {"public": "rel_1", "lesson_id": 1, "number": 1, "published": 0, "manifest": told}
    draft = {"person_id": 1, "lesson_id": 1, "release_number": 1, "files": json.dumps([work]), "kept": 0}
    with db.write() as connection:
        for table, values in (("course", course), ("course", other), ("lesson", lesson), ("person", person)):
            insert(connection, table, values)
        insert(connection, "release", {**release, "environment": "{}"})
        insert(connection, "draft", draft)
    assert migrate.upgrade(db)
    with db.read() as connection:
        files = connection.execute(sa.text("select course_id, sha256, size from course_file order by size"))
        assert files.all() == [(1, "w" * 64, 5), (1, "f" * 64, 70)]
        used = connection.execute(sa.text("select course_id, used, quota from course_storage"))
        assert used.all() == [(1, 75, None)]
    db.close()


def at(db: database.Database, revision: str) -> None:
    """Bring an empty database to an older schema."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with db.write() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, revision)


def insert(connection: sa.Connection, table: str, values: Mapping[str, Any]) -> None:
    """A row as an older version wrote it."""
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"insert into {table} ({names}) values ({places})"), dict(values))


def test_an_old_schema_is_refused_by_name(empty_url: str) -> None:
    db = database.open_at(empty_url)
    with pytest.raises(errors.UserError, match="courseware migrate"):
        migrate.require(db)
    db.close()


def test_a_schema_of_a_newer_version_is_refused_and_nothing_changed(empty_url: str) -> None:
    db = opened(empty_url)
    with db.write() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    for refusing in (migrate.upgrade, migrate.require):
        with pytest.raises(errors.UserError, match="newer version"):
            refusing(db)
    assert migrate.current(db) == "9999"
    db.close()


def test_whoever_began_with_the_old_schema_hears_of_the_new_one(empty_url: str) -> None:
    db = opened(empty_url)
    since = migrate.Since(db)
    assert since.moved() == ""
    other = database.open_at(empty_url)
    with other.write() as connection:
        connection.execute(sa.text("alter table person add column fresh text"))
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    other.close()
    why = since.moved()
    assert "schema 9999" in why
    assert migrate.newest() in why
    db.refuse(why)
    for using in (db.read, db.write, db.snapshot):
        with pytest.raises(errors.Temporary, match="Start the new version"), using():
            pass
    with pytest.raises(errors.Temporary, match="Start the new version"), db.apart():
        pass
    db.close()


def test_news_is_read_once_and_in_order(database_url: str) -> None:
    db = opened(database_url)
    with db.write() as connection:
        for kind in ("a", "b"):
            journal.append(connection, kind, "x", now=NOW)
    first, _ = builders.news(db, "reader", ["a", "b"])
    with db.write() as connection:
        journal.advance(connection, "reader", first)
    builders.news(db, "reader", ["b"])
    db.close()


def test_a_slow_writers_news_is_not_lost(postgres_url: str) -> None:
    db = opened(postgres_url)
    with db.write() as slow:
        journal.append(slow, "slow", "x", now=NOW)
        with db.write() as quick:
            journal.append(quick, "quick", "x", now=NOW)
        with db.read() as reading:
            assert journal.read(reading, "reader") == []
    builders.news(db, "reader", ["slow", "quick"])
    db.close()


def test_a_time_without_a_zone_is_a_defect() -> None:
    with pytest.raises(ValueError, match="zone"):
        columns.Instant().process_bind_param(datetime.datetime(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("kind", "refused"), [("nfs4", True), ("cifs", True), ("ext4", False), ("tmpfs", False)]
)
def test_a_network_file_system_is_seen(kind: str, refused: bool) -> None:
    mounts = f"/dev/a / ext4 rw 0 0\nserver:/x /srv/shared {kind} rw 0 0\n"
    assert (database.on_network(Path("/srv/shared/course.db"), mounts) is not None) is refused
    assert database.on_network(Path("/srv/other.db"), mounts) is None


def test_bytes_are_kept_once_and_damage_is_seen(tmp_path: Path) -> None:
    kept = blobs.open_at(str(tmp_path))
    digest = kept.put(b"work")
    assert (kept.put(b"work"), kept.get(digest)) == (digest, b"work")
    (tmp_path / digest[:2] / digest).write_bytes(b"else")
    with pytest.raises(errors.Permanent, match="damaged"):
        kept.get(digest)


def test_a_backup_goes_back_in(database_url: str, tmp_path: Path) -> None:
    db, kept = opened(database_url), blobs.open_at(str(tmp_path / "blobs"))
    with db.write() as connection:
        journal.append(connection, "a", "x", now=NOW)
    target = tmp_path / "all.zip"
    archive.backup(db, kept, tmp_path / "keys", target)
    fresh = opened(f"sqlite:///{tmp_path / 'fresh.db'}")
    archive.restore(fresh, kept, tmp_path / "keys2", target)
    builders.news(fresh, "reader", ["a"])
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(errors.UserError, match="exists already"):
        archive.backup(db, kept, tmp_path / "keys", target)
    for each in (db, fresh):
        each.close()


def test_personal_columns_say_what_for_and_how_long() -> None:
    for column in (*schema.person.c, *schema.mark_override.c):
        if column.name in ("username", "name", "email", "score", "comment"):
            assert {"purpose", "retention"} <= column.info.keys(), column
