"""What libraries use of the machine and a pod does not give, done in another way: terminals for `!command`,
and semaphores, which `multiprocessing` keeps as files in a folder that all processes share.

In: nothing. Out: after `install`, IPython runs commands with pipes, and locks, queues and pools of processes
work among processes that are forked. Runs in the course's Python, before its libraries are imported.
"""

from __future__ import annotations

import ctypes
import importlib
import mmap
import subprocess
import sys
import threading
import time
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)
_RECURSIVE, _SIZE = 0, 32


class _Time(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class Semaphore:
    """As `_multiprocessing.SemLock`, in memory that is shared with forked processes."""

    SEM_VALUE_MAX = 2_147_483_647
    name = None  # there is no file to remove

    def __init__(self, kind: int, value: int, maxvalue: int, *_: object) -> None:
        self.kind, self.maxvalue = kind, maxvalue
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)
        self.handle = ctypes.addressof((ctypes.c_char * _SIZE).from_buffer(self._memory))
        self._held, self._owner = 0, 0
        if _libc.sem_init(ctypes.c_void_p(self.handle), 1, ctypes.c_uint(value)) != 0:
            raise OSError(ctypes.get_errno(), "sem_init")

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take it; false if it is not to be had in time."""
        if self.kind == _RECURSIVE and self._is_mine():
            self._held += 1
            return True
        if not self._wait(block, timeout):
            return False
        self._held, self._owner = self._held + 1, threading.get_ident()
        return True

    def _wait(self, block: bool, timeout: float | None) -> bool:
        place = ctypes.c_void_p(self.handle)
        if _libc.sem_trywait(place) == 0:
            return True
        end = None if timeout is None else time.monotonic() + timeout
        # In pieces, so that an interruption is seen.
        while block and (end is None or time.monotonic() < end):
            piece = 0.1 if end is None else min(0.1, max(0.0, end - time.monotonic()))
            until = time.time() + piece
            told = _Time(int(until), int(until % 1 * 1e9))
            if _libc.sem_timedwait(place, ctypes.byref(told)) == 0:
                return True
        return False

    def release(self) -> None:
        """Give it back."""
        if self.kind == _RECURSIVE:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._held > 1:
                self._held -= 1
                return
        elif self._get_value() >= self.maxvalue:
            raise ValueError("semaphore or lock released too many times")
        self._held -= 1
        if _libc.sem_post(ctypes.c_void_p(self.handle)) != 0:
            raise OSError(ctypes.get_errno(), "sem_post")

    def _count(self) -> int:
        return self._held

    def _is_mine(self) -> bool:
        return self._held > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        value = ctypes.c_int()
        _libc.sem_getvalue(ctypes.c_void_p(self.handle), ctypes.byref(value))
        return value.value

    def _is_zero(self) -> bool:
        return self._get_value() == 0

    def _after_fork(self) -> None:
        self._held = 0

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def install() -> None:
    """Let libraries find these instead of what the machine would give."""
    _terminals()
    _semaphores()


def _semaphores() -> None:
    from multiprocessing import context, heap

    inner: Any = importlib.import_module("_multiprocessing")
    inner.SemLock = Semaphore
    # Processes that are started anew could not share them.
    default: Any = context._default_context
    default._default_context = default.get_context("fork")
    heap.Arena._dir_candidates = []  # type: ignore[attr-defined]  # instead of a folder that all share


def _terminals() -> None:
    import ipykernel.zmqshell
    from IPython.core import interactiveshell

    def run(command: str) -> tuple[int, str]:
        """How a command ended, and what it printed."""
        done = subprocess.run(
            ["/bin/sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def system(command: str) -> int:
        """Run a command and show what it prints."""
        code, told = run(command)
        sys.stdout.write(told.replace("\n", "\r\n"))  # as a terminal does
        return code

    def getoutput(command: str) -> str:
        """What a command prints."""
        return run(command)[1]

    for module in (interactiveshell, ipykernel.zmqshell):
        for function in (system, getoutput):
            setattr(module, function.__name__, function)
