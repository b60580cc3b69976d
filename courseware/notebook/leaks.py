"""Look for the key in what students get: a solution or a hidden test that was taken out in one place and
stands in another.

In: the source files of a lesson, its notebooks as they are built, its other files as students get them. Out:
findings. Looked through are the text of all cells, their outputs, attachments and metadata, the notebooks'
metadata (where widgets keep their state), and every other file but films and what is larger than
`MOST_BYTES`; also what is base64 or hexadecimal there, and files in zips, last. Of what is packed so many
files and bytes in all are read that no archive keeps a release waiting; what was left is told. Spaces,
comments and quotes do not count. A copy of a whole piece is an error, and in a course that was taken over a
warning; a part of one and a likeness are warnings: templates to be filled in are so. Nothing is executed, and
no pickle is loaded: it is read as text.
"""

import base64
import binascii
import builtins
import dataclasses
import functools
import io
import json
import keyword
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from courseware.notebook import companions, lint, release, settings_nbgrader

MOST_BYTES, MOST_IN_ALL, MOST_FILES = 4_000_000, 20_000_000, 2_000
_MOST_FINDINGS = 40
_MOST_DEEP = 3
_ZIP = b"PK\x03\x04"
_NOT_READ = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    OSError,
)
"""What zipfile raises of an archive or a member that is cut off, damaged, locked or packed in another way."""
_SURE, _LIKELY = 40, 20
"""Signs other than spaces from which on a copy is no chance; from which on it is worth a look."""
_WINDOW = 3
_LIKE = 30
"""Words and signs from which on the same code with other names is worth a look."""
_DIGITS = 5
_FILMS = (".webm", ".mp4", ".ogv", ".ogg", ".mp3", ".wav", ".m4a", ".m4v", ".mov")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_WRAPPED = re.compile(r"(?<=[A-Za-z0-9+/]{60})\r?\n(?=[A-Za-z0-9+/])")
_COMMENT = re.compile(r"#(?!include)[^\n]*")
_SPACE = re.compile(r"\\[nrt]|[\s\"'`\\]+")
_TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|\S")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
_KEPT = {*keyword.kwlist, *dir(builtins)}
What = Literal["the solution", "hidden tests", "the mark scheme"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Secret:
    """Lines that students do not get, one piece as it stood, and where."""

    what: What
    where: str
    lines: tuple[str, ...]

    @functools.cached_property
    def bare(self) -> str:
        """All of it, without comments and spaces; comments where there is nothing else."""
        whole = "\n".join(self.lines)
        return _bare(whole) or _bare(whole.replace("#", ""))

    @functools.cached_property
    def parts(self) -> tuple[str, ...]:
        """Some lines in a row that are no chance."""
        bare = [told for line in self.lines if (told := _bare(line))]
        parts = ("".join(bare[start : start + _WINDOW]) for start in range(len(bare) - _WINDOW + 1))
        return tuple(part for part in parts if len(part) >= 1.5 * _SURE)

    @functools.cached_property
    def renamed(self) -> str:
        """With one name for all that the author named; empty where it is too short to tell anything."""
        tokens = _renamed("\n".join(self.lines))
        return " ".join(tokens) if len(tokens) >= _LIKE and len(self.lines) > 1 else ""


class _Left:
    """How much of what is packed in a lesson's files may still be read, and which files were not."""

    def __init__(self) -> None:
        self.bytes, self.files = MOST_IN_ALL, MOST_FILES
        self.unread: dict[str, None] = {}

    def has(self, where: str, size: int) -> bool:
        """Whether a file of this size is still read; else it is remembered."""
        if size > min(MOST_BYTES, self.bytes) or not self.files:
            self.unread[where] = None
            return False
        return True

    def take(self, size: int) -> None:
        """So much is read."""
        self.bytes, self.files = max(0, self.bytes - size), max(0, self.files - 1)

    def told(self) -> Iterator[lint.Finding]:
        """What was not read, in one sentence."""
        if self.unread:
            first, more = next(iter(self.unread)), len(self.unread) - 1
            others = f" and {more} more" if more else ""
            what = f"The key was not looked for in this file{others}: packed files are too many or too large."
            told = f"{what} Look yourself, or leave them out."
            yield lint.Finding(code="unsearched", level="warning", where=first, message=told)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """A text that students get; `apart` says that it is nothing that they read as they work: metadata, a file
    beside, what is encoded.
    """

    where: str
    text: str
    apart: bool = False

    @functools.cached_property
    def bare(self) -> tuple[str, str]:
        """Without spaces: without comments, and with what is said in them, which may be the key."""
        return _bare(self.text), _bare(self.text.replace("#", ""))

    @functools.cached_property
    def renamed(self) -> str:
        """With one name for all that somebody named."""
        return " ".join(_renamed(self.text))

    def has(self, told: str) -> bool:
        """Whether a text without spaces stands here."""
        return any(told in bare for bare in self.bare)


def find(
    source: Mapping[str, bytes],
    notebooks: Mapping[str, release.Built],
    beside: Mapping[str, companions.Companion],
    *,
    words: settings_nbgrader.Delimiters,
    adopted: bool = False,
) -> list[lint.Finding]:
    """The findings in a lesson, errors first; in an `adopted` course all are warnings."""
    marks = (*words.solution, *words.hidden, *words.scheme)
    secrets = [*_of_notebooks(notebooks, marks), *_of_files(source, beside, marks)]
    if not secrets:
        return []
    found: dict[tuple[str, str], lint.Finding] = {}
    left = _Left()
    for place in _places(notebooks, beside, left):
        for secret in secrets:
            seen = _told(place, secret)
            known = found.get((place.where, secret.where))
            if seen is not None and (known is None or known.level != "error"):
                found[place.where, secret.where] = seen
    for compiled in _compiled(source, {each.where.split(",")[0] for each in secrets}):
        found[compiled.where, ""] = compiled
    told = sorted(found.values(), key=lambda each: each.level)[:_MOST_FINDINGS]
    told += left.told()
    return [dataclasses.replace(each, level="warning") for each in told] if adopted else told


def _told(place: Place, secret: Secret) -> lint.Finding | None:
    """What is said of a place that has a secret, or a part of it, or something like it."""
    if len(secret.bare) >= _SURE and place.has(secret.bare):
        return _finding("key-copy", place, secret, "has")
    if any(place.has(part) for part in secret.parts):
        return _finding("key-like", place, secret, "has a part of")
    if len(secret.bare) >= _LIKELY and place.has(secret.bare):
        return _finding("key-like", place, secret, "has what looks like")
    if secret.what == "the solution" and secret.renamed and secret.renamed in place.renamed:
        return _finding("key-like", place, secret, "has, under other names,")
    if secret.what == "hidden tests" and place.apart and _values(secret, place):
        return _finding("key-like", place, secret, "has values of")
    return None


def _finding(code: Literal["key-copy", "key-like"], place: Place, secret: Secret, has: str) -> lint.Finding:
    told = f"This {has} {secret.what} of {secret.where}, and students get it."
    advice = "Take it out." if code == "key-copy" else "Look whether it tells too much."
    level: lint.Level = "error" if code == "key-copy" else "warning"
    return lint.Finding(code=code, level=level, where=place.where, message=f"{told} {advice}")


def _of_notebooks(notebooks: Mapping[str, release.Built], marks: tuple[str, ...]) -> Iterator[Secret]:
    """What was taken out of cells."""
    for name, built in sorted(notebooks.items()):
        cells = zip(built.student["cells"], built.marking["cells"], built.key["cells"], strict=True)
        for number, (student, marking, key) in enumerate(cells, start=1):
            where = f"{name}.ipynb, cell {number}"
            given = student["source"]
            hides: What = "hidden tests" if key["cell_type"] == "code" else "the mark scheme"
            yield from _taken(given, marking["source"], (hides, where), marks)
            if marking["source"] != key["source"]:
                both = f"{given}\n{marking['source']}"
                yield from _taken(both, key["source"], ("the solution", where), marks)


def _of_files(
    source: Mapping[str, bytes], beside: Mapping[str, companions.Companion], marks: tuple[str, ...]
) -> Iterator[Secret]:
    """What was taken out of the files beside the notebooks."""
    for path, file in sorted(beside.items()):
        whole = source.get(path, file.instructor)
        if file.student != whole:
            given, hides = (data.decode(errors="replace") for data in (file.student, file.instructor))
            yield from _taken(given, hides, ("hidden tests", path), marks)
            yield from _taken(
                f"{given}\n{hides}", whole.decode(errors="replace"), ("the solution", path), marks
            )


def _taken(given: str, whole: str, of: tuple[What, str], marks: tuple[str, ...]) -> Iterator[Secret]:
    """The pieces of a text that are not in what students get of it."""
    what, where = of
    known = {line.strip() for line in given.split("\n")}
    piece: list[str] = []
    for line in [*whole.split("\n"), marks[0]]:
        if line.strip() in known or any(mark in line for mark in marks):
            if any(_bare(each) for each in piece) and line.strip():
                yield Secret(what=what, where=where, lines=tuple(piece))
                piece = []
        elif line.strip():
            piece.append(line)


def _places(
    notebooks: Mapping[str, release.Built], beside: Mapping[str, companions.Companion], left: _Left
) -> Iterator[Place]:
    """All that students get, as texts."""
    for name, built in sorted(notebooks.items()):
        path, book = f"{name}.ipynb", built.student
        for number, cell in enumerate(book["cells"], start=1):
            where = f"{path}, cell {number}"
            yield from _unpacked(Place(where=where, text=cell["source"]), left)
            for part in ("outputs", "attachments", "metadata"):
                yield from _inside(f"{where}, {part}", cell.get(part), left)
        yield from _inside(f"{path}, metadata", book["metadata"], left)
    given = sorted((file.student.startswith(_ZIP), path, file.student) for path, file in beside.items())
    for _, path, data in given:
        if len(data) <= MOST_BYTES:
            yield from _in_file(path, data, left)


def _inside(where: str, told: Any, left: _Left) -> Iterator[Place]:
    """The texts in JSON data, as one: a list of lines is a text too."""
    text = "\n".join(_strings(told))
    if text:
        yield from _unpacked(Place(where=where, text=text, apart=True), left)


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for key, value in told.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(told, Iterable):
        for value in told:
            yield from _strings(value)
    elif told is not None:
        yield str(told)


def _in_file(path: str, data: bytes, left: _Left, deep: int = 0) -> Iterator[Place]:
    """The text of a file, and of the files in it."""
    if path.lower().endswith(_FILMS):
        return
    text = _read(path, data, left)
    yield from _unpacked(Place(where=path, text=text, apart=not path.endswith((".md", ".py"))), left)
    if data.startswith(_ZIP):
        if deep < _MOST_DEEP:
            yield from _in_zip(path, data, left, deep)
        else:
            left.unread[path] = None


def _in_zip(path: str, data: bytes, left: _Left, deep: int) -> Iterator[Place]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for each in packed.infolist():
                where = f"{path}, {each.filename}"[:200]
                if each.filename.lower().endswith(_FILMS) or not left.has(where, each.file_size):
                    continue
                left.take(each.file_size)
                try:
                    held = packed.read(each)
                except _NOT_READ:
                    left.unread[where] = None
                    continue
                yield from _in_file(where, held, left, deep + 1)
    except _NOT_READ:
        left.unread[path] = None


def _read(path: str, data: bytes, left: _Left) -> str:
    """A file as text, whatever it is."""
    if path.endswith((".json", ".ipynb")):
        try:
            return "\n".join(_strings(json.loads(data)))
        except (ValueError, RecursionError):
            pass  # then it is read as it stands
    if data.startswith(b"\x1f\x8b"):
        packed, most = zlib.decompressobj(31), min(MOST_BYTES, left.bytes)
        try:
            data = packed.decompress(data, most) if most else b""
        except zlib.error:
            return ""
        left.take(len(data))
        if not packed.eof:
            left.unread[path or "encoded text"] = None
    wide = data.replace(b"\0", b"") if data.count(b"\0") * 3 > len(data) else data
    return wide.decode(errors="replace")


def _unpacked(place: Place, left: _Left, deep: int = 0) -> Iterator[Place]:
    """A text, and what is encoded in it."""
    yield place
    if deep < _MOST_DEEP:
        for told in _decoded(place.text, left):
            yield from _unpacked(dataclasses.replace(place, text=told, apart=True), left, deep + 1)


def _decoded(text: str, left: _Left) -> Iterator[str]:
    """What base64 and hexadecimal digits in a text say, where that is text."""
    for found in _ENCODED.findall(_WRAPPED.sub("", text)):
        tries = [base64.urlsafe_b64decode(_padded(found.translate(_SAFE)))] if len(found) % 4 != 1 else []
        if re.fullmatch(r"[0-9a-fA-F]+", found) and len(found) % 2 == 0:
            tries.append(binascii.unhexlify(found))
        for data in tries:
            told = _read("", data, left)
            if sum(sign.isprintable() or sign.isspace() for sign in told) > 0.9 * len(told):
                yield told


_SAFE = str.maketrans("+/", "-_")


def _padded(text: str) -> bytes:
    bare = text.rstrip("=")
    return (bare + "=" * (-len(bare) % 4)).encode()


def _bare(text: str) -> str:
    """A text without comments, spaces and quotes."""
    return _SPACE.sub("", _COMMENT.sub("", text.replace("\\n", "\n")))


def _renamed(text: str) -> list[str]:
    """Words and signs with one name for all that an author named."""
    found = _TOKEN.findall(_COMMENT.sub("", text))
    return [each if not each[0].isidentifier() or each in _KEPT else "§" for each in found]


def _values(secret: Secret, place: Place) -> bool:
    """Whether all long numbers of hidden tests, and one at least, stand in a place."""
    told = {each for line in secret.lines for each in _NUMBER.findall(line)}
    telling = {each for each in told if len(each.replace(".", "").strip("0")) >= _DIGITS}
    return bool(telling) and telling <= set(_NUMBER.findall(place.text))


def _compiled(source: Mapping[str, bytes], secret: set[str]) -> Iterator[lint.Finding]:
    """Compiled Python of a file from which something is taken out."""
    stems = {path.rsplit("/", 1)[-1].removesuffix(".py") for path in secret if path.endswith(".py")}
    for path in sorted(source):
        name = path.rsplit("/", 1)[-1]
        if name.endswith((".pyc", ".pyo")) and name.split(".")[0] in stems:
            told = f"This is compiled from {name.split('.')[0]}.py with its solutions. Remove it."
            yield lint.Finding(code="key-copy", level="error", where=path, message=told)
