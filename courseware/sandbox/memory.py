"""The memory of the fork server, arranged so that its copies share most of it and copy little.

In: the process as it is when all is imported. Out: the same process. A copy has to copy each page that it
writes to, and Python writes to whatever it uses; what can be chosen is where new objects lie, and how many
pages there are. Where a step is not to be had, copies take a little longer.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import re
import sys
import tempfile

HUGE = 2 << 20
LARGE = 128 << 10
"""Bytes from which on an allocation has pages of its own, which it gives back when it ends."""

_COLLAPSE = 25  # MADV_COLLAPSE, of Linux 6.1
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_ROW = re.compile(r"^ *\d+ +(\d+) +\d+ +\d+ +(\d+)$", re.MULTILINE)
_kept: list[object] = []


def begin() -> None:
    """Before anything large is imported: have large pieces given back as soon as they are free."""
    with contextlib.suppress(OSError, AttributeError):
        for setting in (_MMAP_THRESHOLD, _TRIM_THRESHOLD):
            ctypes.CDLL(None).mallopt(setting, LARGE)


def settle() -> None:
    """Collect what is garbage, and let nothing be written to what is left as far as that can be helped."""
    gc.collect()
    gc.freeze()
    for step in (_fill, _pack):
        with contextlib.suppress(OSError, AttributeError, ValueError):
            step()


def _fill() -> None:
    """Take the room that is free between objects, so that a copy's own objects lie together on fresh pages:
    each of them would cost the copy of a page else.
    """
    for size, free in _free():
        _kept.append([_object(size) for _ in range(free)])


def _object(size: int) -> object:
    """An object that takes a room of this size; what a bytes object has around it are 33 bytes."""
    return bytes(size - 41) if size > 32 else float("1.5") if size > 16 else object()


def _free() -> list[tuple[int, int]]:
    """Sizes of objects, and how many of each find room; as CPython tells on its standard error."""
    with tempfile.TemporaryFile() as told:
        before = os.dup(2)
        os.dup2(told.fileno(), 2)
        try:
            sys._debugmallocstats()
        finally:
            os.dup2(before, 2)
            os.close(before)
        told.seek(0)
        return [(int(size), int(free)) for size, free in _ROW.findall(told.read().decode(errors="replace"))]


def _pack() -> None:
    """Give free memory back, and have the rest in huge pages: a copy of the process has to copy, and to clear
    away, one entry for each page.
    """
    library = ctypes.CDLL(None)
    library.malloc_trim(0)
    with open("/proc/self/maps") as lines:
        areas = [line.split() for line in lines]
    for fields in areas:
        if fields[1] == "rw-p" and fields[5:] in ([], ["[heap]"]):
            begin, end = (int(part, 16) for part in fields[0].split("-"))
            for place in range(-(-begin // HUGE) * HUGE, end // HUGE * HUGE, HUGE):
                library.madvise(ctypes.c_void_p(place), ctypes.c_size_t(HUGE), _COLLAPSE)
