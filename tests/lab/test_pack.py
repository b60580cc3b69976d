"""A pack is put where nothing is, and only if it is one."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.lab import course, pack, telling
from tests import builders
from tests.lab import labs
from tests.service import inside
from tests.service import test_pack as packs

INSIDE = {"l-offline/index.html": b"<p>Read</p>", "l-offline/files/data/x.csv": b"1,2\n"}


def zipped(files: dict[str, bytes], *, mode: int = 0o100644) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            about = zipfile.ZipInfo(name)
            about.external_attr = mode << 16
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, data)
    return made.getvalue()


def damaged(data: bytes) -> bytes:
    """A zip whose first file cannot be unpacked."""
    begin = 30 + len("l-offline/x")
    return data[:begin] + b"\xff" * 4 + data[begin + 4 :]


def test_a_folder_and_a_zip(tmp_path: Path) -> None:
    put = pack.put(zipped(INSIDE), tmp_path, "l", as_zip=False)
    assert put == tmp_path / "l-offline"
    assert {
        p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in put.rglob("*") if p.is_file()
    } == INSIDE
    assert pack.put(zipped(INSIDE), tmp_path, "l", as_zip=True).read_bytes() == zipped(INSIDE)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["l-offline", "l-offline.zip"]


@pytest.mark.parametrize("as_zip", [True, False])
def test_what_is_there_stays(tmp_path: Path, as_zip: bool) -> None:
    put = pack.put(zipped(INSIDE), tmp_path, "l", as_zip=as_zip)
    mine = put if as_zip else put / "files" / "data" / "x.csv"
    mine.write_bytes(b"mine")
    with pytest.raises(errors.UserError, match="is there already, perhaps with your work in it"):
        pack.put(zipped(INSIDE), tmp_path, "l", as_zip=as_zip)
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "l-offline/../../x",
        "/etc/x",
        "l-offline//x",
        "l-offline/C:/x",
        "l-offline/a\\..\\x",
        "l-offline/.bashrc",
        "other/x",
        "x",
        "l-offline/INDEX.html",
        "l-offline/",
    ],
)
def test_a_zip_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for as_zip in (True, False):
        with pytest.raises(errors.UserError, match="no pack of a lesson"):
            pack.put(zipped({**INSIDE, name: b"x"}), out, "l", as_zip=as_zip)
    assert [path for path in tmp_path.rglob("*") if path != out] == []


def test_a_link_in_a_zip_becomes_a_plain_file(tmp_path: Path) -> None:
    put = pack.put(zipped({"l-offline/x": b"/etc/passwd"}, mode=0o120777), tmp_path, "l", as_zip=False)
    assert not (put / "x").is_symlink()
    assert (put / "x").read_bytes() == b"/etc/passwd"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>Please log in</html>",
        zipped(INSIDE)[:-40],
        zipped(INSIDE).replace(b"l-offline/index.html", b"l-offline/\xff\xfedex.html", 1),
        damaged(zipped({"l-offline/x": b"a" * 5000})),
        zipped({}),
    ],
    ids=["empty", "portal", "cut", "other name", "damaged", "nothing in it"],
)
def test_what_is_no_pack_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(errors.UserError, match="no pack of a lesson"):
        pack.put(data, tmp_path, "l", as_zip=False)
    assert list(tmp_path.iterdir()) == []


def test_a_small_zip_does_not_become_large(tmp_path: Path) -> None:
    large = {f"l-offline/{n}": b"\0" * 60_000_000 for n in range(5)}
    data = zipped(large)
    assert len(data) < 1_000_000
    with pytest.raises(errors.UserError, match="no pack of a lesson"):
        pack.put(data, tmp_path, "l", as_zip=False)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=builders.NOW) as made:
        yield made
    world.close()


@pytest.fixture
def lab(served: inside.Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> course.Course:
    return labs.of(served, served.world.sam, tmp_path, monkeypatch)


def test_jupyterlab_has_the_zip_in_its_root_and_says_what_is_in_it(lab: course.Course) -> None:
    told = lab.pack("one")
    assert told == {"path": "one-offline.zip", "release": 1, "files": ["index.html", "files/n.ipynb"]}
    assert [path.name for path in lab.root.iterdir()] == ["one-offline.zip"]
    archive = zipfile.ZipFile(lab.root / told["path"])
    assert archive.namelist() == [f"one-offline/{path}" for path in told["files"]]
    assert archive.read("one-offline/files/n.ipynb") == builders.NOTEBOOK


def test_what_the_root_has_is_not_written_over_and_not_fetched_either(
    lab: course.Course, served: inside.Inside
) -> None:
    (lab.root / "one-offline.zip").write_bytes(b"mine")
    packs.release(served, "one", {"big.bin": b"\0" * 120_000_000})
    with pytest.raises(errors.UserError) as refused:
        lab.pack("one")
    assert refused.value.message == (
        f"{lab.root}/one-offline.zip is there already, perhaps with your work in it."
        " Rename it or move it away first."
    )
    assert (lab.root / "one-offline.zip").read_bytes() == b"mine"


def test_refusals_of_the_course_are_told_in_the_language_of_the_lab(
    lab: course.Course, served: inside.Inside
) -> None:
    packs.release(served, "one", {"big.bin": b"\0" * 120_000_000})
    with pytest.raises(errors.UserError) as large:
        lab.pack("one")
    assert telling.told({"detail": large.value.message}, "de")["detail"] == (
        "120 MB sind zu viel zum Mitnehmen; höchstens 100 MB werden gepackt. Hol die Dateien einzeln."
    )
    packs.release(served, "two", {"n.ipynb": builders.NOTEBOOK})
    with pytest.raises(errors.UserError, match="not open yet"):
        lab.pack("two")
    for odd in ("none", "../../etc", "."):
        with pytest.raises(errors.UserError):
            lab.pack(odd)
    assert list(lab.root.iterdir()) == []
