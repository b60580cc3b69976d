"""A second service on one database starts only with the keys that sign the receipts of its courses."""

import shutil
from pathlib import Path

import pytest

from courseware import errors, settings, wiring
from courseware.exchange import keys
from tests import builders


def started(database_url: str, state: Path) -> str:
    """Start a service and end it; what it says if it does not start."""
    told = settings.Settings(
        store=settings.Store(database=database_url), grading=settings.Grading(sandbox="none")
    )
    try:
        with wiring.running(told, state=state):
            return ""
    except errors.UserError as error:
        return error.message


def test_a_service_without_the_keys_of_its_database_does_not_start(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path / "one")
    try:
        assert started(database_url, tmp_path / "one") == ""
        second = tmp_path / "two"
        said = started(database_url, second)
        assert f"{second / 'keys'}" in said
        assert "'c'" in said
        assert not any((second / "keys").iterdir()), "a secret of its own would sign other links"
        shutil.copytree(tmp_path / "one" / "keys", second / "keys", dirs_exist_ok=True)
        assert started(database_url, second) == ""
        with world.database.write() as connection:
            world.keys.rotate(connection, world.course, now=builders.NOW)
        assert "'c'" in started(database_url, second), "it has the key of before"
        with world.database.write() as connection:
            keys.Ring(second / "keys").rotate(connection, world.course, now=builders.NOW)
        assert started(database_url, second) == "", "`courseware keys rotate`, where the folder is lost"
    finally:
        world.close()


@pytest.mark.parametrize("text", [b"", b"no key"])
def test_a_key_that_cannot_be_read_counts_as_lacking(database_url: str, tmp_path: Path, text: bytes) -> None:
    world = builders.world(database_url, tmp_path)
    try:
        with world.database.read() as connection:
            signs = keys.current(connection, world.course)
        assert signs
        (tmp_path / "keys" / f"{signs[0]}.pem").write_bytes(text)
        assert "'c'" in started(database_url, tmp_path)
    finally:
        world.close()
