"""A lesson that was taken along, put into a folder or a file.

In: the course, or the zip that it gave. Out: `<lesson>-offline` with all that is in it, or the zip itself.
Nothing that is there is written over, because somebody may have worked in it. Refused: a zip that holds
anything else than plain files of that folder.
"""

import dataclasses
import io
import os
import secrets
import shutil
import zipfile
import zlib
from pathlib import Path

from courseware import errors, names
from courseware.lab import client, copies

MAX_BYTES = 250_000_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Taken:
    """Where the pack of a lesson is now, of which release it is, and the paths of the files in it."""

    path: Path
    release: int
    files: tuple[str, ...]


def take(service: client.Client, out: Path, lesson: str, *, as_zip: bool) -> Taken:
    """Have the course make the pack of a lesson's newest release, and put it below `out`.

    Raises:
        UserError: the course refuses it, or something is there already.
        Temporary: the course is away.
    """
    number = int(service.release(lesson)["number"])
    _place(out, lesson, as_zip=as_zip)  # Before 100 MB are fetched for nothing.
    data = service.pack(lesson, number)
    path = put(data, out, lesson, as_zip=as_zip)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = tuple(name.removeprefix(f"{lesson}-offline/") for name in archive.namelist())
    return Taken(path=path, release=number, files=inside)


def put(data: bytes, out: Path, lesson: str, *, as_zip: bool) -> Path:
    """Write the pack of a lesson below `out`; where it is.

    Raises:
        UserError: something is there already, or the zip is damaged.
    """
    target = _place(out, lesson, as_zip=as_zip)
    files = _files(data, f"{lesson}-offline")
    if as_zip:
        copies.write(target, data)
        return target
    fresh = out / f".{target.name}.{secrets.token_hex(4)}"
    try:
        for path, content in files.items():
            copies.write(fresh / path, content)
        os.rename(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def _place(out: Path, lesson: str, *, as_zip: bool) -> Path:
    """Where a pack goes.

    Raises:
        UserError: something is there already.
    """
    target = out / f"{names.slug(lesson)}-offline{'.zip' if as_zip else ''}"
    if os.path.lexists(target):
        raise errors.UserError(
            f"{target} is there already, perhaps with your work in it. Rename it or move it away first."
        )
    return target


def _files(data: bytes, folder: str) -> dict[str, bytes]:
    """What the zip holds, by its path in the folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            told = {each.filename: each for each in archive.infolist()}
            names.distinct(told)
            if len(told) != len(archive.infolist()) or sum(e.file_size for e in told.values()) > MAX_BYTES:
                raise ValueError
            inside = {names.safe(name.removeprefix(f"{folder}/")): each for name, each in told.items()}
            if not inside or not all(name.startswith(f"{folder}/") for name in told):
                raise ValueError
            return {path: archive.read(each) for path, each in inside.items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, errors.UserError):
        raise errors.UserError("What came is no pack of a lesson. Try again.") from None
