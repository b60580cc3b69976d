"""What was committed is on the disk before anybody is told of it: one sync for all who wait for one.

In: how a sync is done, and writers that have committed. Out: they go on once a sync that began after their
commit has ended. SQLite alone would sync within each commit, one after the other, while nobody else can
write; with `synchronous=NORMAL` it leaves that to us. Its journal only grows until all of it stands in the
database, on the disk: what is synced is whole up to there.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path


class Flush:
    """A sync that several writers share."""

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self._changed = threading.Condition()
        self._asked = self._done = 0
        self._busy = False

    def wait(self) -> None:
        """Return when what this thread has committed is on the disk.

        Raises:
            OSError: the disk does not say that it is.
        """
        with self._changed:
            self._asked += 1
            mine = self._asked
            while self._busy and self._done < mine:
                self._changed.wait()
            if self._done >= mine:
                return
            self._busy, reached = True, self._asked
        try:
            self._sync()
        except BaseException:
            reached = 0
            raise
        finally:
            with self._changed:
                self._busy, self._done = False, max(self._done, reached)
                self._changed.notify_all()


class Journal:
    """The journal beside a SQLite database (`-wal`); calling it syncs it, and its folder when it is new."""

    def __init__(self, database: Path) -> None:
        self._path = Path(f"{database}-wal")
        self._known = (0, 0)

    def __call__(self) -> None:
        """Sync it. One that is gone stands in the database: the last connection removes it only then."""
        try:
            file = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            os.fdatasync(file)
            told = os.fstat(file)
        finally:
            os.close(file)
        if self._known != (told.st_dev, told.st_ino):
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
            self._known = (told.st_dev, told.st_ino)
