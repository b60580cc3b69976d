"""What a student handed in with nbgrader: the files of a folder that students filled.

In: the folder `submitted`, a student, an assignment. Out: the bytes of the files by their paths. Hidden
files, caches and nbgrader's own are left out. Refused: a link anywhere, since it could lead to a file of
whoever runs this; a name that is not plain, of a file or of the student, since a gradebook can say any; too
much.
"""

import os
import stat
from pathlib import Path

from courseware import errors, names
from courseware.exchange import model

_OWN = ("timestamp.txt",)
"""Files of nbgrader's own beside what was handed in."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def files(folder: Path, student: str, assignment: str) -> dict[str, bytes]:
    """The files of a hand-in.

    Raises:
        UserError: there is none, or it cannot be taken.
    """
    found: dict[str, bytes] = {}
    room = model.MAX_TOTAL
    top = _open(folder, student, assignment)
    try:
        for place, folders, listed, handle in os.fwalk(".", dir_fd=top, follow_symlinks=False):
            folders[:] = sorted(each for each in folders if _is_taken(each))
            for name in folders:
                if stat.S_ISLNK(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode):
                    raise _is_a_link(Path(place, name).as_posix())
            for name in sorted(each for each in listed if _is_taken(each)):
                path = names.safe(Path(place, name).as_posix())
                found[path] = _read(name, handle, path, room)
                room -= len(found[path])
                if len(found) > model.MAX_FILES:
                    raise errors.UserError(
                        f"The hand-in has more than {model.MAX_FILES} files.", code="too-large"
                    )
    finally:
        os.close(top)
    if not any(path.endswith(".ipynb") for path in found):
        raise _is_not_there()
    return found


def _is_taken(name: str) -> bool:
    return not name.startswith((".", "__pycache__")) and name not in _OWN


def _open(folder: Path, *parts: str) -> int:
    """A folder below a folder, without following a link on the way."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        raise _is_not_there() from None
    for part in parts:
        try:
            if "/" in names.safe(part):
                raise errors.UserError(f"The name {part[:80]!r} is none of a folder.")
            below = os.open(part, _FOLDER, dir_fd=handle)
        except OSError:
            if _is_link(part, handle):
                raise _is_a_link(part) from None
            raise _is_not_there() from None
        finally:
            os.close(handle)
        handle = below
    return handle


def _is_link(name: str, handle: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _read(name: str, handle: int, path: str, room: int) -> bytes:
    """The bytes of a regular file."""
    try:
        opened = os.open(name, _FILE, dir_fd=handle)
    except OSError:
        if _is_link(name, handle):
            raise _is_a_link(path) from None
        raise errors.UserError(f"{path} cannot be read.") from None
    with os.fdopen(opened, "rb") as stream:
        told = os.fstat(opened)
        if not stat.S_ISREG(told.st_mode):
            raise errors.UserError(f"{path} is no plain file. Take it away.")
        if told.st_size > room:
            raise errors.UserError(
                f"The hand-in has more than {model.MAX_TOTAL // 10**6} MB.", code="too-large"
            )
        return stream.read()


def _is_a_link(path: str) -> errors.UserError:
    return errors.UserError(
        f"{path} is a link, which could lead to somebody else's file. Put the file itself there."
    )


def _is_not_there() -> errors.UserError:
    return errors.UserError("Its notebooks are not in the folder submitted.", code="not-found")
