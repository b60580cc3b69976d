"""Names from outside: whatever is let through is plain, relative and stays itself."""

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseware import errors, names

_PARTS = st.text(alphabet=st.sampled_from("ab./\\:~ éÅ\u0301\u202e\x00\n-_1"), max_size=30)


@given(st.one_of(_PARTS, st.text(max_size=60)))
def test_a_name_that_passes_is_plain(path: str) -> None:
    try:
        passed = names.safe(path)
    except errors.UserError:
        return
    assert names.safe(passed) == passed == unicodedata.normalize("NFC", path)
    assert not PurePosixPath(passed).is_absolute()
    assert not PureWindowsPath(passed).drive
    assert all(part and not part.startswith(".") for part in passed.split("/"))
    assert not any(unicodedata.category(char).startswith("C") for char in passed)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        ".ssh/id",
        "a\\b",
        "C:x",
        "nul",
        "NUL.txt",
        "a/com1.ipynb",
        "a.",
        "a ",
        "a\x00",
        "a\u202eb",
        "x" * 121,
        "/".join(["a"] * 13),
        "é" * 201,
        "\ud800",
    ],
)
def test_a_dangerous_name_is_refused(path: str) -> None:
    with pytest.raises(errors.UserError):
        names.safe(path)


@pytest.mark.parametrize("path", ["ps1.ipynb", "data/Übung 1.csv", "a-b_c (2).txt", "aux2.py"])
def test_an_ordinary_name_passes(path: str) -> None:
    assert names.safe(path) == path


@pytest.mark.parametrize("pair", [("a.py", "A.py"), ("é", "e\u0301"), ("straße", "STRASSE")])
def test_names_that_are_one_on_some_systems_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(errors.UserError):
        names.distinct(pair)


@pytest.mark.parametrize("text", ["", "A", "-a", "_a", "a b", "a/b", "a" * 65, "é", "a\n"])
def test_a_slug_is_plain(text: str) -> None:
    with pytest.raises(errors.UserError):
        names.slug(text)


def test_a_title_becomes_a_slug() -> None:
    assert names.to_slug("Lab 3a: Big Numbers") == "lab-3a-big-numbers"
