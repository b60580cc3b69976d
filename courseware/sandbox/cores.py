"""A core of its own for each hand-in: its processes and the thread that serves them take turns,
some hundred times, and a turn that wakes another core up costs more than most turns last.

In: the thread that grades, and how many do so at a time. Out: while it holds a core, it and the children
that it begins run there and nowhere else. No two threads of this process hold the same. Where there are
fewer slots than cores, a spare core does meanwhile what can be done meanwhile, so the system places
everything as it likes; also where no core is left. Nothing is refused.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator

_lock = threading.Lock()
_taken: set[int] = set()
_held = threading.local()
_libc = ctypes.CDLL(None)


@contextlib.contextmanager
def own(slots: int) -> Iterator[None]:
    """Hold a core until the block ends, as one of so many slots: where the thread is, if that is free."""
    before = os.sched_getaffinity(0)
    core = _take(before) if slots >= len(before) else None
    if core is None:
        yield
        return
    try:
        os.sched_setaffinity(0, {core})
        _held.core, _held.before = core, before
        yield
    finally:
        _held.core = None
        with contextlib.suppress(OSError):  # a core that was taken away from all of them meanwhile
            os.sched_setaffinity(0, before)
        with _lock:
            _taken.discard(core)


@contextlib.contextmanager
def loose() -> Iterator[None]:
    """Let what is begun in the block run anywhere: it outlives the hand-in, and others use it too."""
    core: int | None = getattr(_held, "core", None)
    if core is None:
        yield
        return
    os.sched_setaffinity(0, _held.before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, {core})


def bring(process: int) -> None:
    """Have a child run on the core that this thread holds, if it holds one."""
    core: int | None = getattr(_held, "core", None)
    if core is not None and process:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(process, {core})


def _take(allowed: set[int]) -> int | None:
    with _lock:
        free = allowed - _taken
        if len(allowed) < 2 or not free:
            return None
        here = int(_libc.sched_getcpu())
        core = here if here in free else min(free)
        _taken.add(core)
        return core
