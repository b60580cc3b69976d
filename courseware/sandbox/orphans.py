"""What a process that was killed left behind: its sandboxes and their folders.

In: nothing; a program that starts sandboxes marks them with its own process. Out: nothing that belongs to a
process that is gone. A sandbox dies with its starter, except in the moment between being started and asking
the kernel for that; a folder outlives any kill. Touched are only processes and folders with the mark, of
this user, whose starter does not live any more.
"""

import collections
import contextlib
import itertools
import os
import re
import signal
import tempfile
from pathlib import Path

VARIABLE = "COURSEWARE_SANDBOX_OF"
_PREFIX = "courseware-"
_SHARED = ("/tmp", "/var/tmp")
_MARK = re.compile(r"(\d{1,10})-(\d{1,20})")


def mark(process: int | None = None) -> str:
    """A process as nobody else can be it: its number and when it started."""
    number = os.getpid() if process is None else process
    # The name of the program may hold blanks and brackets; what follows the last bracket is fields.
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return f"{number}-{fields[19]}"


def folder(*, passable: bool = False) -> Path:
    """A fresh folder of this process, for one sandbox; `passable`: in a place that every user can reach."""
    places = [tempfile.gettempdir(), *_SHARED] if passable else [tempfile.gettempdir()]
    place = next((each for each in places if not passable or _open_to_all(Path(each))), places[0])
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{mark()}-", dir=place))


def _open_to_all(place: Path) -> bool:
    return all(each.is_dir() and each.stat().st_mode & 0o001 for each in (place, *place.parents))


def sweep() -> int:
    """End sandboxes and remove folders whose starter is gone; how many there were."""
    found = 0
    for process in _marked():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
            found += 1
    places = {tempfile.gettempdir(), *_SHARED}
    for path in [path for place in places for path in Path(place).glob(f"{_PREFIX}*")]:
        with contextlib.suppress(OSError):
            if path.lstat().st_uid == os.getuid() and gone(path.name.removeprefix(_PREFIX)):
                remove(path)
                found += 1
    return found


def remove(folder: Path) -> None:
    """Remove a folder in which code of students may have written: however deep, whatever its rights.

    Folders inside are first moved to the top, so that no path becomes longer than can be named. Nothing that
    could change them meanwhile runs any more.
    """
    numbers = itertools.count()
    waiting = collections.deque([str(folder)])
    while waiting:
        place = waiting.popleft()
        with contextlib.suppress(OSError):
            os.chmod(place, 0o700)
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in list(entries):
                with contextlib.suppress(OSError):
                    if not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)
                        continue
                    os.chmod(entry.path, 0o700)
                    target = f"{folder}/.gone-{os.getpid()}-{next(numbers)}"
                    os.rename(entry.path, target)
                    waiting.append(target)
        with contextlib.suppress(OSError):
            os.rmdir(place)
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _marked() -> list[int]:
    """Processes of this user that carry the mark of a starter that is gone."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if entry.stat().st_uid != os.getuid():
                continue
            for each in (entry / "environ").read_bytes().split(b"\0"):
                name, _, value = each.decode(errors="replace").partition("=")
                if name == VARIABLE and _MARK.fullmatch(value) and not _lives(value):
                    found.append(int(entry.name))
    return found


def gone(name: str) -> bool:
    """Whether a name begins with the mark of a process that is not there any more."""
    told = _MARK.match(name)
    return told is not None and not _lives(told.group(0))


def _lives(told: str) -> bool:
    """Whether the process of a mark is still there, and still the same."""
    number, _, _ = told.partition("-")
    try:
        return mark(int(number)) == told
    except OSError:
        return False
