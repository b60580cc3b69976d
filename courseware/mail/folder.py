"""Letters as files in a folder: for a laptop, where nobody is to be written to, and for tries.

In: a folder. Out: a `Sender` that writes each letter as one `.eml` file, whole or not at all; any mail
program opens it. Two letters with one Message-ID are one file, as they would be one letter in a mailbox.
"""

import contextlib
import dataclasses
import email
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from courseware.mail import sender


@dataclasses.dataclass(frozen=True, kw_only=True)
class Folder:
    """See `sender.Sender`."""

    path: Path

    @contextlib.contextmanager
    def open(self) -> Iterator[sender.Session]:
        """The folder, made if it is missing; see `sender.Sender`."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise sender.Away(f"The mail folder {self.path} cannot be made: {error.strerror}.") from error
        yield _Session(self.path)


class _Session:
    """See `sender.Session`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, letter: sender.Outgoing) -> None:
        """Write one letter; see `sender.Session`."""
        name = hashlib.sha256(_identity(letter)).hexdigest()[:32]
        fresh = self._path / f".{name}.{os.getpid()}"
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as stream:
                stream.write(letter.data)
            fresh.replace(self._path / f"{name}.eml")
        except OSError as error:
            raise sender.Away(f"The mail folder {self._path} cannot be written: {error.strerror}.") from error


def _identity(letter: sender.Outgoing) -> bytes:
    """What makes two letters one: the Message-ID, else all of it; and the recipient."""
    head = email.message_from_bytes(letter.data.split(b"\r\n\r\n", 1)[0])
    return letter.recipient.encode() + b"\n" + str(head.get("Message-ID", "")).encode() or letter.data
