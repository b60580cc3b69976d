"""One at a time in a working copy: threads of this program, a second Lab, the command line.

In: a copy's folder. Out: nobody else sends its hand-ins or writes its copy.json until the block ends. The
lock is a file that only one can make, so it works on every system; who finds one whose maker is gone, or
that nobody has touched for long, takes it away. Refused after a while: `Busy`, which is tried again.
"""

import contextlib
import json
import os
import platform
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from courseware import errors

SECONDS = 20.0
"""How long to wait for somebody else."""
STALE_SECONDS = 600.0
"""A lock that was not touched for so long is nobody's; each hand-in that is sent touches it."""
_PAUSE = 0.05

_threads: dict[str, threading.RLock] = {}
_depth: dict[str, int] = {}
_table = threading.Lock()


class Busy(errors.Temporary):
    """Somebody else is at work in this copy."""


@contextlib.contextmanager
def held(folder: Path, *, seconds: float = SECONDS) -> Iterator[None]:
    """Have a copy to oneself; may be nested.

    Raises:
        Busy: somebody else had it all the time.
    """
    name = str(folder.resolve())
    with _table:
        thread = _threads.setdefault(name, threading.RLock())
    until = time.monotonic() + seconds
    if not thread.acquire(timeout=seconds):
        raise _busy(folder)
    try:
        with contextlib.nullcontext() if _depth.get(name) else _file(folder, until):
            _depth[name] = _depth.get(name, 0) + 1
            try:
                yield
            finally:
                _depth[name] -= 1
    finally:
        thread.release()


def touch(folder: Path) -> None:
    """Say that the work goes on."""
    with contextlib.suppress(OSError):
        os.utime(_place(folder))


@contextlib.contextmanager
def _file(folder: Path, until: float) -> Iterator[None]:
    """Make the file; take it away again if it is still this one."""
    place = _place(folder)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise _closed(place) from None
    mine = json.dumps({"pid": os.getpid(), "host": platform.node(), "mark": secrets.token_hex(8)})
    while not _made(place, mine):
        if _stale(place):
            _take_away(place, _text(place))
        elif time.monotonic() >= until:
            raise _busy(folder)
        else:
            time.sleep(_PAUSE)
    try:
        yield
    finally:
        if _text(place) == mine:
            place.unlink(missing_ok=True)


def _made(place: Path, text: str) -> bool:
    """Whether the file could be made; it appears with its text in it."""
    fresh = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        fresh.write_text(text)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.close(handle)
        os.replace(fresh, place)
    except FileExistsError:
        return False
    except OSError:
        # Windows says so while another program removes the file of that name.
        if os.name == "nt":
            return False
        raise _closed(place) from None
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
    return True


def _stale(place: Path) -> bool:
    """Whether the maker of a lock is gone, as far as can be known."""
    try:
        age = time.time() - place.stat().st_mtime
        told = json.loads(place.read_text())
        pid, host = int(told["pid"]), str(told["host"])
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        # Its maker has not written it yet, or never will.
        return _age(place) > _PAUSE * 100
    # This program holds its threads' lock here, so a file of its own number is left from an earlier program.
    return age > STALE_SECONDS or (host == platform.node() and (pid == os.getpid() or not _lives(pid)))


def _lives(pid: int) -> bool:
    """Whether a program runs; only asked where asking does not disturb it."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _take_away(place: Path, text: str) -> None:
    """Remove a stale lock, unless somebody was quicker and this is already the next one."""
    aside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    with contextlib.suppress(OSError):
        os.replace(place, aside)
        if _text(aside) != text and not place.exists():
            os.replace(aside, place)
        aside.unlink(missing_ok=True)


def _age(place: Path) -> float:
    try:
        return time.time() - place.stat().st_mtime
    except OSError:
        return 0.0


def _text(place: Path) -> str:
    try:
        return place.read_text()
    except OSError:
        return ""


def _place(folder: Path) -> Path:
    return folder / ".courseware" / "lock"


def _closed(place: Path) -> errors.UserError:
    return errors.UserError(f"{place.parent} cannot be written. Check the folder and the space on its disk.")


def _busy(folder: Path) -> Busy:
    return Busy(f"Another program is at work in {folder}. Try again in a moment.")
