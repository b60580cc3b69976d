"""What a run over a folder of hand-ins has finished, on the disk, so that one that was stopped can go on.

In: the entries of each hand-in as they are ready. Out: those of an earlier run that did not come to its end,
where the content is still the same; and, at the end, `results.jsonl`, an entry a line. Until then it is
`results.partial.jsonl`, a hand-in a line. A line that was cut off by a kill is left out. Refused: two runs
into one folder.
"""

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from courseware import errors

Entry = dict[str, Any]
RESULTS, PARTIAL, _LOCK = "results.jsonl", "results.partial.jsonl", ".results.lock"


class Ledger:
    """The finished hand-ins of one run; `finished` counts them, `continued` those of them that an earlier run
    had finished.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, list[Entry]] = {}
        self._lock = threading.Lock()
        self.continued = self.finished = 0
        for line in self._lines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                told = json.loads(line)
                self._known[str(told["key"])] = list(told["entries"])
        self._replace(PARTIAL, [_line(key, entries) for key, entries in self._known.items()])
        self._stream = (folder / PARTIAL).open("a", encoding="utf-8")

    def recall(self, key: str) -> list[Entry] | None:
        """What an earlier run found for this content."""
        with self._lock:
            found = self._known.get(key)
            self.continued += found is not None
            self.finished += found is not None
            return found

    def add(self, key: str, entries: list[Entry]) -> None:
        """Keep what was found; it is on its way to the disk when this returns."""
        with self._lock:
            self._stream.write(_line(key, entries))
            self._stream.flush()
            self.finished += 1

    def complete(self, entries: list[Entry]) -> None:
        """Write all results in place of those of an earlier run; the next run begins anew."""
        self._replace(RESULTS, [json.dumps(entry) + "\n" for entry in entries])
        (self._folder / PARTIAL).unlink()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _lines(self) -> list[str]:
        try:
            return (self._folder / PARTIAL).read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []

    def _replace(self, name: str, lines: list[str]) -> None:
        """Write a file so that it is there as a whole or not at all."""
        fresh = self._folder / f"{name}.new"
        with fresh.open("w", encoding="utf-8") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(self._folder / name)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    """The ledger of a folder, which is made if it is not there.

    Raises:
        UserError: another run writes into this folder, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise errors.UserError(f"Nothing can be written into {folder}: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise errors.UserError(
            f"Another run writes into {folder}. Wait for it, or give another --out."
        ) from None
    try:
        made = Ledger(folder)
        try:
            yield made
        finally:
            made.close()
    finally:
        os.close(lock)


def _line(key: str, entries: list[Entry]) -> str:
    return json.dumps({"key": key, "entries": entries}) + "\n"
