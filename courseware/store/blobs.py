"""Bytes by the hash of what they are: notebooks, files, feedback.

In: bytes. Out: their SHA-256. A blob is on disk, file and folder synced, before its hash is given out, so
that a row never names bytes that a power cut took away. Bytes under a hash never change. obstore keeps
them: a folder, or S3 by address.
"""

import datetime
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import obstore
import obstore.exceptions
import obstore.store

from courseware import errors

_ASIDE = "aside"
_CLIENT: "obstore.store.ClientConfig" = {"connect_timeout": "3s", "timeout": "30s"}
_RETRY: "obstore.store.RetryConfig" = {"max_retries": 2, "retry_timeout": datetime.timedelta(seconds=10)}


class Blobs:
    """A store of blobs."""

    def __init__(self, store: obstore.store.ObjectStore, folder: Path | None) -> None:
        self._store = store
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep the bytes and give their SHA-256 in hex.

        Raises:
            Temporary: the disk is full or the store is away; nothing is half written.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = _path(digest)
        try:
            if not self._kept(path, data):
                obstore.put(self._store, path, data)
            # Also where it was there: another thread may have written it and not synced it yet.
            self._sync(path)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise errors.Temporary("The course's storage cannot take files now. Try again later.") from error
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes under a hash.

        Raises:
            Permanent: there are none, or they are damaged.
            Temporary: the store is away.
        """
        data = self._read(digest, lambda path: obstore.get(self._store, path).bytes())
        if hashlib.sha256(data).hexdigest() != digest:
            raise errors.Permanent(f"The stored file {digest[:12]} is damaged.")
        return data

    def part(self, digest: str, start: int, end: int) -> bytes:
        """Bytes `start` to before `end` of a recording; a part cannot be compared with the hash.

        Raises:
            Permanent: there are none.
            Temporary: the store is away.
        """
        return self._read(digest, lambda path: obstore.get_range(self._store, path, start=start, end=end))

    def set_aside(self, digest: str) -> None:
        """Put bytes that no row names out of the way: they are still read, and can be brought back.

        Raises:
            Temporary: the store is away.
        """
        self._move(_path(digest), _aside(digest))

    def bring_back(self, digest: str) -> None:
        """Undo `set_aside`.

        Raises:
            Temporary: the store is away.
        """
        self._move(_aside(digest), _path(digest))

    def drop(self, digest: str) -> None:
        """Let bytes go that were set aside.

        Raises:
            Temporary: the store is away.
        """
        try:
            obstore.delete(self._store, _aside(digest))
        except FileNotFoundError:
            return  # a round that was cut off came as far
        except obstore.exceptions.BaseError as error:
            raise _away() from error

    def _move(self, source: str, target: str) -> None:
        try:
            obstore.rename(self._store, source, target)
        except FileNotFoundError:
            return  # a round that was cut off came as far
        except obstore.exceptions.BaseError as error:
            raise _away() from error

    def _read(self, digest: str, ask: Callable[[str], Any]) -> bytes:
        """What is asked of the bytes, also where they were set aside."""
        for path in (_path(digest), _aside(digest)):
            try:
                return bytes(ask(path))
            except FileNotFoundError:
                continue
            except obstore.exceptions.BaseError as error:
                raise _away() from error
        raise _missing(digest)

    def check(self) -> None:
        """Ask the store whether it is there.

        Raises:
            Temporary: it is away.
        """
        if self._folder is not None:
            if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
                raise _away()
            return
        try:
            next(iter(obstore.list(self._store, chunk_size=1)), None)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise _away() from error

    def digests(self) -> Iterator[str]:
        """All hashes that are kept."""
        for batch in obstore.list(self._store):
            for item in batch:
                if not item["path"].startswith(f"{_ASIDE}/"):
                    yield item["path"].rsplit("/", 1)[-1]

    def _kept(self, path: str, data: bytes) -> bool:
        """Whether the very bytes are in the folder; damaged ones are written anew. In another store as many
        bytes are enough: what is written again there can be cut off, and with it what was promised.
        """
        if self._folder is None:
            return self._size(path) == len(data)
        try:
            return (self._folder / path).read_bytes() == data
        except FileNotFoundError:
            return False

    def _size(self, path: str) -> int | None:
        """How many bytes a store elsewhere has there; None if it has nothing, or cannot tell: what a store
        that was killed has left unreadable is written again, else it would fail for ever.
        """
        try:
            return int(obstore.head(self._store, path)["size"])
        except (FileNotFoundError, obstore.exceptions.BaseError):
            return None

    def _sync(self, path: str) -> None:
        """Have file and folder on disk."""
        if self._folder is None:
            return
        for target in (self._folder / path, (self._folder / path).parent, self._folder):
            handle = os.open(target, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def open_at(location: str) -> Blobs:
    """The blobs in a folder, or at an address such as `s3://bucket/prefix`; keys and endpoint of a store are
    read from the environment, as its vendor names them (`AWS_ENDPOINT`, `AWS_ACCESS_KEY_ID`, ...).

    Raises:
        UserError: an address that names no store.
    """
    if "://" in location:
        try:
            # Whoever waits for a store that is away holds a thread: better to say so soon.
            plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true")
            options: obstore.store.ClientConfig = {**_CLIENT, "allow_http": plain}
            store = obstore.store.from_url(location, client_options=options, retry_config=_RETRY)
        except (obstore.exceptions.BaseError, ValueError) as error:
            raise errors.UserError(f"[store] blobs: {location!r} names no store: {error}") from None
        return Blobs(store, None)
    folder = Path(location)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Blobs(obstore.store.LocalStore(prefix=folder), folder)


def _missing(digest: str) -> errors.Permanent:
    return errors.Permanent(f"The stored file {digest[:12]} is missing.")


def _away() -> errors.Temporary:
    return errors.Temporary("The course's storage cannot be read now. Try again later.")


def _aside(digest: str) -> str:
    """Where a hash lies that no row names."""
    return f"{_ASIDE}/{digest}"


def _path(digest: str) -> str:
    """Where a hash lies: spread over folders, so that no folder grows large."""
    return f"{digest[:2]}/{digest}"
