"""Getting a lesson records the release that the notebooks are of, whatever was deleted or lost."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.lab import client, connections, copies, work

CONNECTION = connections.Connection(url="http://h", course="c", title="C", credential="s", person="sam")


def notebook(release: int, text: str = "") -> bytes:
    told = {"format": 1, "course": "c", "lesson": "l", "release": release}
    return json.dumps({"cells": [text], "metadata": {"courseware": told}}).encode()


class Service(client.Client):
    """A service with two releases."""

    def __init__(self, releases: dict[int, dict[str, bytes]]) -> None:
        super().__init__("http://h")
        self.releases = releases

    def release(self, slug: str, number: int | str = "latest") -> dict[str, Any]:
        wanted = max(self.releases) if number == "latest" else int(number)
        if wanted not in self.releases:
            raise errors.UserError("There is no such release.", code="not-found")
        files = self.releases[wanted].items()
        entries = [{"path": p, "sha256": hashlib.sha256(d).hexdigest(), "size": len(d)} for p, d in files]
        return {"number": wanted, "files": entries}

    def file(self, slug: str, number: int, path: str) -> bytes:
        return self.releases[number][path]


ONE = {"a.ipynb": notebook(1, "a"), "b.ipynb": notebook(1, "b"), "data.csv": b"1"}
TWO = {"a.ipynb": notebook(2, "a"), "b.ipynb": notebook(2, "b"), "data.csv": b"2", "new.csv": b"n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    work.get(Service({1: ONE}), CONNECTION, tmp_path, "l")
    return tmp_path / "c" / "l"


def get(folder: Path, releases: dict[int, dict[str, bytes]]) -> copies.Got:
    return work.get(Service(releases), CONNECTION, folder.parents[1], "l")


def test_a_deleted_notebook_comes_back_as_of_the_release_of_the_others(folder: Path) -> None:
    (folder / "a.ipynb").unlink()
    got = get(folder, {1: ONE, 2: TWO})
    assert got.created == ("a.ipynb",)
    assert (folder / "a.ipynb").read_bytes() == ONE["a.ipynb"]
    assert got.copy.release == 1
    assert got.copy.hashes == {p: hashlib.sha256(d).hexdigest() for p, d in ONE.items()}
    assert any("release 1" in note and "release 2" in note for note in got.notes), got.notes


def test_with_all_notebooks_gone_the_newest_release_comes_and_old_data_is_named(folder: Path) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        (folder / name).unlink()
    got = get(folder, {1: ONE, 2: TWO})
    assert got.copy.release == 2
    assert (folder / "a.ipynb").read_bytes() == TWO["a.ipynb"]
    assert (folder / "data.csv").read_bytes() == b"1", "never written over"
    assert any("data.csv" in note for note in got.notes), got.notes


def test_a_lost_copy_json_does_not_make_old_notebooks_new(folder: Path) -> None:
    shutil.rmtree(folder / copies.FOLDER)
    got = get(folder, {1: ONE, 2: TWO})
    assert (got.copy.release, got.created) == (1, ())


def test_notebooks_of_two_releases_are_told_apart(folder: Path) -> None:
    (folder / "a.ipynb").write_bytes(TWO["a.ipynb"])
    got = get(folder, {1: ONE, 2: TWO})
    assert got.copy.release == 1
    assert any("a.ipynb is of release 2" in note for note in got.notes), got.notes


def test_a_release_that_never_was_is_not_believed(folder: Path) -> None:
    shutil.rmtree(folder / copies.FOLDER)
    for name in ("a.ipynb", "b.ipynb"):
        (folder / name).write_bytes(notebook(99))
    assert get(folder, {1: ONE, 2: TWO}).copy.release == 2


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{", b'{"metadata": 3}', b'{"metadata": {"courseware": {"release": "x"}}}']
)
def test_a_damaged_notebook_leaves_what_was_known(folder: Path, text: bytes) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        (folder / name).write_bytes(text)
    got = get(folder, {1: ONE, 2: TWO})
    assert got.copy.release == 1


def test_the_newest_release_as_it_is_needs_no_words(folder: Path) -> None:
    assert get(folder, {1: ONE}).notes == ()
