"""A newer release in a working copy: nothing that somebody wrote is lost, and all of it can be taken back."""

import copy as copying
import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.exchange import publish
from courseware.lab import client, connections, copies, updating, work
from courseware.notebook import anchors, files
from tests import builders
from tests.notebook import build
from tests.service import inside

ORIGIN: dict[str, str | int] = {"course": "c", "lesson": "one"}
TEXT = build.cell("# Lists", "markdown", id="text")
ANSWER = {**build.answer("# your code"), "id": "answer"}
FIRST = anchors.stamp(build.book(TEXT, ANSWER), origin={**ORIGIN, "release": 1})
MENDED = build.book({**TEXT, "source": "# Lists, mended"}, ANSWER)
SECOND = anchors.stamp(MENDED, FIRST.anchors, origin={**ORIGIN, "release": 2})
RELEASES = {
    1: {
        "n.ipynb": files.write(FIRST.notebook),
        "plain.csv": b"1",
        "mine.csv": b"1",
        "same.csv": b"1",
        "gone.py": b"x",
    },
    2: {
        "n.ipynb": files.write(SECOND.notebook),
        "plain.csv": b"2",
        "mine.csv": b"2",
        "same.csv": b"1",
        "new/n.csv": b"3",
    },
}


def told(number: int) -> dict[str, Any]:
    entries = [{"path": p, "sha256": hashlib.sha256(d).hexdigest()} for p, d in RELEASES[number].items()]
    return {"number": number, "files": entries}


def fetch(number: int, path: str) -> bytes:
    return RELEASES[number][path]


@pytest.fixture
def copy(tmp_path: Path) -> copies.Copy:
    """A copy of the first release in which somebody has worked."""
    made = copies.get(
        tmp_path / "one",
        course="c",
        lesson="one",
        public_key="k",
        release=told(1),
        fetch=lambda path: fetch(1, path),
    ).copy
    answer(made, "def f(): return 1")
    (made.folder / "mine.csv").write_bytes(b"my data")
    (made.folder / "same.csv").write_bytes(b"my data too")
    (made.folder / "own.txt").write_bytes(b"own")
    return made


def answer(copy: copies.Copy, source: str) -> None:
    """Write an answer, as JupyterLab saves it."""
    path = copy.folder / "n.ipynb"
    notebook = json.loads(path.read_bytes())
    notebook["cells"][-1]["source"] = source.splitlines(keepends=True)
    path.write_text(json.dumps(notebook, indent=1))


def everything(folder: Path) -> dict[str, bytes]:
    """All files of a copy but those that are about it."""
    found = [path for path in folder.rglob("*") if path.is_file() and copies.FOLDER not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def sources(copy: copies.Copy) -> list[str]:
    notebook = files.read((copy.folder / "n.ipynb").read_bytes(), name="n.ipynb")
    return build.sources(notebook)


def test_looking_changes_nothing_and_tells_all(copy: copies.Copy) -> None:
    before = everything(copy.folder)
    plan = updating.plan(copy, told(2), fetch)
    assert {step.path: step.what for step in plan.steps} == {
        "n.ipynb": "merged",
        "plain.csv": "replaced",
        "mine.csv": "beside",
        "new/n.csv": "added",
    }
    assert [change.diff for change in plan.steps[0].changes] == [("-# Lists", "+# Lists, mended")]
    assert plan.notes == ("gone.py is not part of the lesson any more. Yours stays.",)
    assert everything(copy.folder) == before
    assert updating.undoable(copy.folder) is None


def test_what_the_course_changed_comes_and_what_one_wrote_stays(copy: copies.Copy) -> None:
    done = updating.carry_out(updating.plan(copy, told(2), fetch))
    assert sources(copy) == ["# Lists, mended", "def f(): return 1"]
    found = everything(copy.folder)
    assert (found["plain.csv"], found["mine.csv"], found["mine.release-2.csv"]) == (b"2", b"my data", b"2")
    assert (found["same.csv"], found["new/n.csv"], found["own.txt"]) == (b"my data too", b"3", b"own")
    assert found["gone.py"] == b"x"
    assert "mine.release-2.csv" in " ".join(done.notes)
    now = copies.find(copy.folder)
    assert now is not None
    assert now.release == 2
    assert copies.standing(copy.folder, ["n.ipynb"], now) == 2
    assert updating.plan(now, told(2), fetch).steps == ()


def test_it_is_taken_back(copy: copies.Copy) -> None:
    before = everything(copy.folder)
    updating.carry_out(updating.plan(copy, told(2), fetch))
    now = copies.keep_receipt(copy, {"submission": "sub_1"})
    assert updating.undoable(copy.folder) == 1
    done = updating.undo(now)
    assert done.notes == ()
    after = everything(copy.folder)
    assert after.pop("mine.release-2.csv") == b"2"
    assert after == before
    back = copies.find(copy.folder)
    assert back == dataclasses.replace(copy, receipts=({"submission": "sub_1"},))
    assert updating.undoable(copy.folder) is None
    with pytest.raises(errors.UserError, match="no update to take back"):
        updating.undo(now)


def test_what_was_written_since_is_not_lost_by_taking_back(copy: copies.Copy) -> None:
    done = updating.carry_out(updating.plan(copy, told(2), fetch))
    answer(copy, "written since")
    (copy.folder / "new" / "n.csv").write_bytes(b"changed")
    back = updating.undo(done.copy)
    assert sources(copy) == ["# Lists", "def f(): return 1"]
    assert b"written since" in (copy.folder / "n.release-2.ipynb").read_bytes()
    assert (copy.folder / "new" / "n.csv").read_bytes() == b"changed"
    assert len(back.notes) == 2


def test_one_that_was_broken_off_is_finished_and_still_taken_back(copy: copies.Copy) -> None:
    before = everything(copy.folder)
    plan = updating.plan(copy, told(2), fetch)
    # The power goes after the first file: neither the others nor copy.json are written.
    saved = (copy.folder / copies.FOLDER / "copy.json").read_bytes()
    updating.carry_out(plan)
    for path in ("plain.csv", "mine.csv"):
        (copy.folder / path).write_bytes(before[path])
    (copy.folder / "new" / "n.csv").unlink()
    (copy.folder / copies.FOLDER / "copy.json").write_bytes(saved)
    again = copies.find(copy.folder)
    assert again is not None
    done = updating.carry_out(updating.plan(again, told(2), fetch))
    assert everything(copy.folder)["plain.csv"] == b"2"
    updating.undo(done.copy)
    after = everything(copy.folder)
    after.pop("mine.release-2.csv")
    assert after == before


@pytest.mark.parametrize("bad", [b"{", b"", b"\xff", b"[]", b'{"cells": 3}'])
def test_a_notebook_that_cannot_be_read_stays_and_the_new_one_is_beside_it(
    copy: copies.Copy, bad: bytes
) -> None:
    (copy.folder / "n.ipynb").write_bytes(bad)
    done = updating.carry_out(updating.plan(copy, told(2), fetch))
    assert (copy.folder / "n.ipynb").read_bytes() == bad
    assert (copy.folder / "n.release-2.ipynb").read_bytes() == RELEASES[2]["n.ipynb"]
    assert any("n.ipynb" in note for note in done.notes)


def test_a_release_that_is_not_there_any_more_is_no_base(copy: copies.Copy) -> None:
    def newest(number: int, path: str) -> bytes:
        if number == 1:
            raise errors.UserError("There is no such release.", code="not-found")
        return fetch(number, path)

    plan = updating.plan(copy, told(2), newest)
    assert plan.steps[0].what == "beside"


def test_bytes_that_came_damaged_change_nothing(copy: copies.Copy) -> None:
    before = everything(copy.folder)
    with pytest.raises(errors.UserError, match="damaged"):
        updating.plan(copy, told(2), lambda number, path: fetch(number, path) + b" ")
    assert everything(copy.folder) == before


@pytest.mark.parametrize("path", ["../x.csv", "/etc/x", ".ssh/key", "a\\b"])
def test_a_hostile_name_in_a_release_writes_nothing(copy: copies.Copy, path: str) -> None:
    hostile = {"number": 2, "files": [{"path": path, "sha256": hashlib.sha256(b"x").hexdigest()}]}
    with pytest.raises(errors.UserError):
        updating.plan(copy, hostile, lambda *_: b"x")


def test_against_the_service(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path / "w")
    # The world comes with a release of its own.
    first = dataclasses.replace(builders.bundle(), student=numbered(1, 2))
    publish.publish(world.database, world.blobs, world.one, first, by=None, now=builders.NOW)
    with inside.serving(world, tmp_path, now=builders.NOW) as served:
        connection = connections.Connection(
            url=f"http://127.0.0.1:{served.port}",
            course="c",
            title="C",
            credential=served.token(world.sam.person, "lab"),
            person="sam",
            public_key="k",
        )
        service = client.for_connection(connection)
        got = work.get(service, connection, tmp_path / "home", "one")
        with pytest.raises(errors.UserError, match=r"the newest"):
            work.update(service, got.copy)
        second = dataclasses.replace(builders.bundle(), student=numbered(2, 3))
        publish.publish(world.database, world.blobs, world.one, second, by=None, now=builders.NOW)
        kept = work.get(service, connection, tmp_path / "home", "one")
        assert any("An update brings" in note for note in kept.notes)
        assert work.preview(service, kept.copy).release == 3
        done = work.update(service, kept.copy)
        assert (done.copy.release, "n.ipynb" in done.changed) == (3, True)
        assert work.undo_update(done.copy).copy.release == 2
        service.close()
    world.close()


def numbered(which: int, number: int) -> dict[str, bytes]:
    """One of the releases under another number, as it would be stamped."""
    notebook = copying.deepcopy((FIRST, SECOND)[which - 1].notebook)
    notebook["metadata"]["courseware"]["release"] = number
    return {**RELEASES[which], "n.ipynb": files.write(notebook)}
