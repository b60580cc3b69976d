"""The copy of a lesson that is kept in the course, and what is here: which is newer, and how both stay.

In: a working copy, what the course tells of the kept one. Out: files and words. A file that is here as it
was when this machine last kept, took or got it gives way to the kept one, which somebody made from it
elsewhere; a notebook that was only opened and run counts as unchanged. A file that was changed here stays,
and the kept one is written beside it under a name of its own.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from courseware import errors, names
from courseware.lab import connections, copies


def elsewhere(copy: copies.Copy | None, there: object) -> bool:
    """Whether the course keeps a copy (made at this moment) that this machine neither made nor took."""
    return bool(there) and (copy is None or copy.kept != str(there))


def note(copy: copies.Copy, told: Mapping[str, Any]) -> copies.Copy:
    """Remember that the kept copy is the one that is here."""
    current = copies.find(copy.folder) or copy
    hashes, texts = _hashes(told), dict(current.texts)
    for path, sha256 in hashes.items():
        if copies.sha256_of(copy.folder / path) == sha256:
            texts[path] = copies.text_of((copy.folder / path).read_bytes())
    noted = dataclasses.replace(current, kept=str(told["kept"]), kept_hashes=hashes, texts=texts)
    copies.save(noted)
    return noted


def take(
    folder: Path,
    *,
    connection: connections.Connection,
    lesson: str,
    told: Mapping[str, Any],
    fetch: Callable[[str], bytes],
) -> copies.Got:
    """Bring the kept copy here; `fetch` gives a file of it by its path.

    Raises:
        UserError: a file name that cannot be, or bytes that are not what was told.
    """
    known = copies.legible(folder)
    wanted = _hashes(told)
    replaced, beside = [], []
    for path, sha256 in wanted.items():
        target = copies.inside(folder, path)
        here = copies.sha256_of(target) if target.is_file() and not target.is_symlink() else ""
        if here in ("", sha256):
            continue
        data = _fetched(path, sha256, fetch)
        if known is not None and _unchanged(known, path, here):
            copies.write(target, data)
            replaced.append(path)
        else:
            beside.append((path, copies.beside(folder, path, data, mark="kept")))
    got = copies.get(
        folder,
        course=connection.course,
        lesson=lesson,
        public_key=connection.public_key,
        release={"number": told["release"], "files": told["files"]},
        fetch=fetch,
    )
    copy = note(got.copy, told)
    words = [
        f"You have changed {path} here, so it stays as it is. The copy that was kept in the course is beside"
        f" it: {name}. Compare them, keep what you want in {path}, and remove the other."
        for path, name in beside
    ]
    kept = tuple(path for path in got.kept if path not in replaced)
    return dataclasses.replace(
        got, copy=copy, kept=kept, replaced=tuple(replaced), notes=(*got.notes, *words)
    )


def _unchanged(known: copies.Copy, path: str, here: str) -> bool:
    """Whether a file is here as it came or was kept last, as far as a person wrote it."""
    if here in (known.kept_hashes.get(path), known.hashes.get(path)):
        return True
    text = known.texts.get(path)
    return text is not None and text == copies.text_of((known.folder / path).read_bytes())


def _hashes(told: Mapping[str, Any]) -> dict[str, str]:
    """The files of a kept copy with their hashes."""
    return {names.safe(str(entry["path"])): str(entry["sha256"]) for entry in told["files"]}


def _fetched(path: str, sha256: str, fetch: Callable[[str], bytes]) -> bytes:
    """A file of the kept copy, as it was told."""
    data = fetch(path)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise errors.UserError(f"{path} came damaged. Try again.")
    return data
