"""A kept copy and the copy that is here: the newer one is taken on any machine, and no work is lost."""

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.lab import client, connections, copies, kept, work
from tests import builders
from tests.service import inside

FIRST = {"a.ipynb": b"{}", "data/x.csv": b"1,2\n"}
CONNECTION = connections.Connection(
    url="http://h", course="c", title="C", credential="s", person="sam", public_key="k"
)


def told(files: dict[str, bytes], kept_at: str, release: int = 1) -> dict[str, Any]:
    entries = [{"path": p, "sha256": hashlib.sha256(d).hexdigest(), "size": len(d)} for p, d in files.items()]
    return {"release": release, "kept": kept_at, "files": entries}


def got(folder: Path) -> copies.Copy:
    release = {"number": 1, "files": told(FIRST, "")["files"]}
    return copies.get(
        folder, course="c", lesson="l", public_key="k", release=release, fetch=FIRST.__getitem__
    ).copy


def take(folder: Path, files: dict[str, bytes], kept_at: str = "t2") -> copies.Got:
    return kept.take(
        folder, connection=CONNECTION, lesson="l", told=told(files, kept_at), fetch=files.__getitem__
    )


def test_what_was_not_changed_here_gives_way_to_the_newer_copy(tmp_path: Path) -> None:
    (got(tmp_path).folder / "a.ipynb").write_bytes(b"first")
    copy = kept.note(got(tmp_path), told({**FIRST, "a.ipynb": b"first"}, "t1"))
    assert not kept.elsewhere(copy, "t1")
    assert kept.elsewhere(copy, "t2")
    assert kept.elsewhere(None, "t1")
    assert not kept.elsewhere(None, None)
    taken = take(tmp_path, {"a.ipynb": b"second", "data/x.csv": b"1,2\n", "new.txt": b"n"})
    assert (taken.replaced, taken.created, taken.kept) == (("a.ipynb",), ("new.txt",), ("data/x.csv",))
    assert (tmp_path / "a.ipynb").read_bytes() == b"second"
    assert not kept.elsewhere(copies.find(tmp_path), "t2")
    assert taken.notes == ()


def test_a_file_as_it_was_released_gives_way_too(tmp_path: Path) -> None:
    got(tmp_path)
    assert take(tmp_path, {"a.ipynb": b"second"}).replaced == ("a.ipynb",)


def test_what_was_changed_here_stays_and_the_other_is_beside_it(tmp_path: Path) -> None:
    kept.note(got(tmp_path), told(FIRST, "t1"))
    (tmp_path / "a.ipynb").write_bytes(b"mine")
    taken = take(tmp_path, {**FIRST, "a.ipynb": b"theirs"})
    assert (tmp_path / "a.ipynb").read_bytes() == b"mine"
    assert (tmp_path / "a.kept.ipynb").read_bytes() == b"theirs"
    assert taken.replaced == ()
    assert "a.ipynb" in taken.kept
    (words,) = taken.notes
    assert "a.kept.ipynb" in words
    take(tmp_path, {**FIRST, "a.ipynb": b"theirs"}, "t3")
    assert not (tmp_path / "a.kept-2.ipynb").exists(), "the same once"
    take(tmp_path, {**FIRST, "a.ipynb": b"later"}, "t4")
    assert (tmp_path / "a.kept-2.ipynb").read_bytes() == b"later"
    assert (tmp_path / "a.kept.ipynb").read_bytes() == b"theirs"


def test_a_notebook_that_was_only_opened_and_run_counts_as_unchanged(tmp_path: Path) -> None:
    book = json.loads(builders.NOTEBOOK)
    files = {"n.ipynb": builders.NOTEBOOK}
    copies.get(
        tmp_path,
        course="c",
        lesson="l",
        public_key="k",
        release={"number": 1, "files": told(files, "")["files"]},
        fetch=files.__getitem__,
    )

    def stands(source: str, outputs: list[dict[str, str]]) -> None:
        book["metadata"]["language_info"] = {"name": "python", "version": "3.11.7"}
        book["cells"][0] |= {"source": [source], "outputs": outputs}
        (tmp_path / "n.ipynb").write_text(json.dumps(book, indent=1))

    stands("1", [{"output_type": "stream", "text": "ran"}])
    assert take(tmp_path, {"n.ipynb": b"second"}).replaced == ("n.ipynb",)
    stands("2", [])
    assert take(tmp_path, {"n.ipynb": b"third"}, "t3").replaced == ()
    assert (tmp_path / "n.kept.ipynb").read_bytes() == b"third"


def test_damaged_bytes_change_nothing(tmp_path: Path) -> None:
    got(tmp_path)
    with pytest.raises(errors.UserError, match="damaged"):
        kept.take(
            tmp_path,
            connection=CONNECTION,
            lesson="l",
            told=told({"a.ipynb": b"second"}, "t2"),
            fetch=lambda _: b"other",
        )
    assert (tmp_path / "a.ipynb").read_bytes() == b"{}"


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_bytes(b"{}")
    folder = tmp_path / "copy"
    got(folder)
    (folder / "a.ipynb").unlink()
    (folder / "a.ipynb").symlink_to(other)
    take(folder, {"a.ipynb": b"second"})
    assert other.read_bytes() == b"{}"


def test_two_machines_take_turns_through_a_service(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=builders.NOW) as served:
        connection = connections.Connection(
            url=f"http://127.0.0.1:{served.port}",
            course="c",
            title="C",
            credential=served.token(world.sam.person, "lab"),
            person="sam",
        )
        service = client.for_connection(connection)
        book = json.loads(builders.NOTEBOOK)
        one, two = tmp_path / "one", tmp_path / "two"

        def write(root: Path, text: str) -> copies.Copy:
            copy = copies.find(root / "c" / "one")
            assert copy is not None
            book["cells"][0]["source"] = text
            (copy.folder / "n.ipynb").write_text(json.dumps(book))
            served.now += datetime.timedelta(seconds=5)
            return copy

        def stands(root: Path) -> str:
            return str(json.loads((root / "c" / "one" / "n.ipynb").read_text())["cells"][0]["source"])

        work.get(service, connection, one, "one")
        work.keep_copy(service, write(one, "begun"))
        work.continue_here(service, connection, two, "one")
        work.keep_copy(service, write(two, "gone on"))
        with pytest.raises(errors.UserError, match="Continue here"):
            work.keep_copy(service, write(one, "begun"))
        assert work.continue_here(service, connection, one, "one").replaced == ("n.ipynb",)
        assert stands(one) == "gone on"
        work.keep_copy(service, write(one, "the end"))
        write(two, "also here")
        taken = work.continue_here(service, connection, two, "one")
        assert (stands(two), len(taken.notes)) == ("also here", 1)
        service.close()
    world.close()
