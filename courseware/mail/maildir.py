"""Mail that a server puts into a folder: `new` is taken, then lies in `cur`.

In: a maildir and who decides. Out: files moved once what they caused is kept; one that cannot be taken now
stays. Links and what is no plain file are left alone.
"""

import contextlib
import os
import stat
from pathlib import Path

from courseware.mail import received

HEAD = 256_000


def sweep(folder: Path, taker: received.Taker) -> int:
    """Take what is new; how many were moved."""
    moved = 0
    (folder / "cur").mkdir(parents=True, exist_ok=True)
    for path in sorted((folder / "new").glob("*")):
        opened = _open(path)
        if opened is None:
            continue
        raw, size = opened
        if taker.take(raw, received.Envelope(size=size)).kind != "temporary":
            with contextlib.suppress(FileNotFoundError):  # another service on this folder moved it
                path.rename(folder / "cur" / f"{path.name}:2,S")
                moved += 1
    return moved


def _open(path: Path) -> tuple[bytes, int] | None:
    """A file's bytes (of one that is too large its beginning) and its size."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            if path.name.startswith(".") or not stat.S_ISREG(found.st_mode):
                return None
            return file.read(HEAD if found.st_size > received.MOST else received.MOST), found.st_size
    except OSError:
        return None
