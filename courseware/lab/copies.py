"""Working copies: a lesson's files in a student's own folder, and what is known about them.

In: a release's files, a folder. Out: files under `<root>/<course>/<lesson>/` and `.courseware/copy.json`
beside them (release, hashes, the course's public key, receipts). Getting a lesson never writes over a file
that is there. What goes with a hand-in is every plain file of the copy; links and hidden files stay.
"""

import dataclasses
import datetime
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from courseware import errors, names

FOLDER = ".courseware"
MAX_FILES, MAX_TOTAL, MAX_NOTEBOOK = 50, 100_000_000, 10_000_000
_SKIPPED = {"__pycache__", ".ipynb_checkpoints", FOLDER}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Copy:
    """A working copy; `hashes` are those of the released files, `receipts` what was promised for it.

    `kept` is the moment of the copy kept in the course that this machine made or took last (empty: none),
    and `kept_hashes` are its files. `texts` are fingerprints of the notebooks as they came or were kept last:
    see `text_of`.
    """

    folder: Path
    course: str
    lesson: str
    release: int
    public_key: str
    hashes: Mapping[str, str]
    receipts: tuple[dict[str, Any], ...] = ()
    kept: str = ""
    kept_hashes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    texts: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Got:
    """What getting a lesson did: files written, files that were there and stay as they are, and files that a
    newer kept copy took the place of.
    """

    copy: Copy
    created: tuple[str, ...]
    kept: tuple[str, ...]
    replaced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What the person should know of releases that do not go together."""


def place(root: Path, course: str, lesson: str) -> Path:
    """Where the copy of a lesson lies."""
    return root / names.slug(course) / names.slug(lesson)


def find(folder: Path) -> Copy | None:
    """The copy in a folder, if there is one.

    Raises:
        UserError: its copy.json is damaged.
    """
    try:
        told = json.loads((folder / FOLDER / "copy.json").read_text(encoding="utf-8"))
        return Copy(
            folder=folder,
            course=str(told["course"]),
            lesson=str(told["lesson"]),
            release=int(told["release"]),
            public_key=str(told["public_key"]),
            hashes={str(k): str(v) for k, v in told["hashes"].items()},
            receipts=tuple(told.get("receipts", ())),
            kept=str(told.get("kept", "")),
            kept_hashes={str(k): str(v) for k, v in told.get("kept_hashes", {}).items()},
            texts={str(k): str(v) for k, v in told.get("texts", {}).items()},
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise errors.UserError(f"{folder / FOLDER / 'copy.json'} is damaged. Get the lesson again.") from None


def legible(folder: Path) -> Copy | None:
    """The copy in a folder; none too where its copy.json is damaged, so that the lesson can be got again."""
    try:
        return find(folder)
    except errors.UserError:
        return None


def _set_aside(record: Path) -> None:
    """Keep a damaged copy.json beside the fresh one: its receipts may still be legible."""
    if record.exists():
        record.replace(record.with_name("copy.damaged.json"))


def get(
    folder: Path,
    *,
    course: str,
    lesson: str,
    public_key: str,
    release: Mapping[str, Any],
    fetch: Callable[[str], bytes],
    valid: Collection[int] | None = None,
) -> Got:
    """Write what is missing of a release; `fetch` gives a file's bytes by its path. The release of the copy
    is that of the notebooks which are there already, as far as it is one of the `valid` ones. A damaged
    copy.json is set aside.

    Raises:
        UserError: a file name that cannot be, or bytes that are not what the release says.
    """
    known = legible(folder)
    entries = {names.safe(str(entry["path"])): str(entry["sha256"]) for entry in release["files"]}
    created, kept = [], []
    texts = dict(known.texts) if known else {}
    for path, sha256 in entries.items():
        target = inside(folder, path)
        if os.path.lexists(target):
            kept.append(path)
            continue
        data = fetch(path)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise errors.UserError(f"{path} came damaged. Get the lesson again.")
        write(target, data)
        created.append(path)
        texts[path] = text_of(data)
    if known is None:
        _set_aside(folder / FOLDER / "copy.json")
    given = int(release["number"])
    number = standing(folder, kept, known, valid=valid) or given
    copy = Copy(
        folder=folder,
        course=course,
        lesson=lesson,
        release=number,
        public_key=public_key,
        hashes=entries if known is None or number == given else known.hashes,
        receipts=known.receipts if known else (),
        kept=known.kept if known else "",
        kept_hashes=known.kept_hashes if known else {},
        texts=texts,
    )
    save(copy)
    return Got(copy=copy, created=tuple(created), kept=tuple(kept), notes=_notes(copy, entries, given, known))


def standing(
    folder: Path, paths: Iterable[str], known: Copy | None, *, valid: Collection[int] | None = None
) -> int | None:
    """The release that the notebooks among these files are of, as they say themselves; if they say nothing,
    what was known. None without notebooks: then nothing binds the copy to a release. Of several, the one
    that was known, else the newest.
    """
    there = [path for path in paths if path.endswith(".ipynb") and (folder / path).is_file()]
    said = {number for path in there if (number := release_of(folder / path)) is not None}
    if valid is not None:
        said &= set(valid)
    if known is not None and there and (not said or known.release in said):
        return known.release
    return max(said, default=None)


def release_of(notebook: Path) -> int | None:
    """The release that stands in a notebook."""
    try:
        number = json.loads(notebook.read_bytes())["metadata"]["courseware"]["release"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return number if type(number) is int and number > 0 else None


def _notes(copy: Copy, entries: Mapping[str, str], given: int, known: Copy | None) -> tuple[str, ...]:
    """Which file is of another release than the copy."""
    notes = []
    for path, sha256 in entries.items():
        number = release_of(copy.folder / path) if path.endswith(".ipynb") else None
        if number is not None and number != copy.release:
            notes.append(f"{path} is of release {number}; the copy counts as release {copy.release}.")
        before = known.hashes.get(path) if known and known.release != copy.release else None
        if before is not None and before != sha256 and sha256_of(copy.folder / path) == before:
            notes.append(f"{path} is still as in release {known.release if known else given}.")
    return tuple(notes)


def sha256_of(path: Path) -> str:
    """The hash of a file; empty if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def text_of(data: bytes) -> str:
    """A fingerprint of what a person wrote: of a notebook, its cells without outputs and metadata, which
    JupyterLab changes when it is only opened; of anything else, its bytes.
    """
    try:
        cells = json.loads(data)["cells"]
        written = [
            (cell["cell_type"], "".join(cell["source"]), cell.get("attachments") or {}) for cell in cells
        ]
        data = json.dumps(written, sort_keys=True).encode()
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return hashlib.sha256(data).hexdigest()


def going(folder: Path) -> dict[str, bytes]:
    """The files that go with a hand-in, by path.

    Raises:
        UserError: none, too many, too large, or a name that cannot be taken.
    """
    found: dict[str, bytes] = {}
    total = 0
    for top, folders, filenames in os.walk(folder, followlinks=False):
        folders[:] = sorted(f for f in folders if f not in _SKIPPED and not f.startswith("."))
        for filename in sorted(filenames):
            path = Path(top, filename)
            if filename.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            name = names.safe(path.relative_to(folder).as_posix())
            size = path.stat().st_size
            total += size
            if name.endswith(".ipynb") and size > MAX_NOTEBOOK:
                raise errors.UserError(
                    f"{name} has {size / 1e6:.0f} MB; at most 10 MB are taken. Clear large outputs and save."
                )
            if len(found) >= MAX_FILES or total > MAX_TOTAL:
                raise errors.UserError(
                    f"{folder} has more than {MAX_FILES} files or 100 MB. Remove what need not be handed in."
                )
            found[name] = path.read_bytes()
    if not found:
        raise errors.UserError(f"There is nothing to hand in in {folder}. Get the lesson first.")
    return found


def worked(copy: Copy, files: Mapping[str, bytes], *, now: datetime.datetime) -> datetime.datetime:
    """When the work in these files was done, at the latest now: when those that are not as they were released
    were last changed, for the others came only when somebody got them. If all are as released, the newest
    of all.
    """
    released = copy.hashes
    own = [path for path, data in files.items() if hashlib.sha256(data).hexdigest() != released.get(path)]
    moments = [moment for path in own or files if (moment := _changed(copy.folder / path)) is not None]
    # A clock that is wrong gives moments that no calendar has; before 1970 nobody worked on a notebook.
    return datetime.datetime.fromtimestamp(
        max(0, min(now.timestamp(), max(moments, default=now.timestamp()))), datetime.UTC
    )


def _changed(path: Path) -> float | None:
    """When a file was last changed, in seconds since 1970; None if it is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None


def keep_receipt(copy: Copy, receipt: dict[str, Any]) -> Copy:
    """Keep a receipt with the copy, beside those that are kept there by now."""
    copy = find(copy.folder) or copy
    if any(known.get("submission") == receipt.get("submission") for known in copy.receipts):
        return copy
    kept = dataclasses.replace(copy, receipts=(*copy.receipts, receipt))
    save(kept)
    return kept


def save(copy: Copy) -> None:
    """Write copy.json."""
    told = {
        "format": 1,
        "course": copy.course,
        "lesson": copy.lesson,
        "release": copy.release,
        "public_key": copy.public_key,
        "hashes": dict(copy.hashes),
        "receipts": list(copy.receipts),
        "kept": copy.kept,
        "kept_hashes": dict(copy.kept_hashes),
        "texts": dict(copy.texts),
    }
    write(copy.folder / FOLDER / "copy.json", (json.dumps(told, indent=1) + "\n").encode())


def write(target: Path, data: bytes) -> None:
    """Write a file in one step: whoever reads it sees all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        fresh.write_bytes(data)
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)


def inside(folder: Path, path: str) -> Path:
    """The place of a file, unless a link would lead out of the folder."""
    target = folder / path
    if not target.parent.resolve().is_relative_to(folder.resolve()):
        raise errors.UserError(f"{path} would be written outside {folder}. Remove the link there.")
    return target


def beside(folder: Path, path: str, data: bytes, *, mark: str) -> str:
    """Write another version of a file beside the one that is there, the mark in its name; its path. The same
    bytes are written once.
    """
    plain = PurePosixPath(path)
    for number in range(1, 100):
        name = plain.with_name(f"{plain.stem}.{mark}{f'-{number}' * (number > 1)}{plain.suffix}").as_posix()
        target = inside(folder, name)
        if target.is_file() and target.read_bytes() == data:
            return name
        if not os.path.lexists(target):
            write(target, data)
            return name
    raise errors.UserError(f"There are too many versions beside {path}. Remove those you do not need.")
