"""A lesson that was taken along, put into a folder or a file.

In: the zip that the course gives. Out: `<lesson>-offline` with all that is in it, or the zip itself. Nothing
that is there is written over, because somebody may have worked in it. Refused: a zip that holds anything
else than plain files of that folder.
"""

import io
import os
import secrets
import shutil
import zipfile
import zlib
from pathlib import Path

from courseware import errors, names
from courseware.lab import copies

MAX_BYTES = 250_000_000


def put(data: bytes, out: Path, lesson: str, *, as_zip: bool) -> Path:
    """Write the pack of a lesson below `out`; where it is.

    Raises:
        UserError: something is there already, or the zip is damaged.
    """
    files = _files(data, f"{names.slug(lesson)}-offline")
    target = out / f"{lesson}-offline{'.zip' if as_zip else ''}"
    if os.path.lexists(target):
        raise errors.UserError(
            f"{target} is there already, perhaps with your work in it. Rename it, or say where else: --out."
        )
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
