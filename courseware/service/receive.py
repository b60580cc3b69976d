"""Multipart bodies, taken apart while they arrive.

In: chunks of a `multipart/form-data` body. Out: small text fields, and files in temporary places with size
and SHA-256 counted on the way. Refused at once, before anything is parsed: too many files, a file or body
that is too large, a broken body, a name that is not safe. A full disk is for now. Nothing unpacks an archive.
"""

import contextlib
import dataclasses
import email.message
import hashlib
import logging
import tempfile
from typing import IO

from courseware import errors, names

log = logging.getLogger("courseware.service")
MAX_NOTEBOOK = 10_000_000
MAX_FILE = 100_000_000
MAX_FILES = 50
MAX_BODY = 100_000_000
MAX_FIELD = 1_000_000
_MAX_HEADER = 8_192
_IN_MEMORY = 262_144


@dataclasses.dataclass(frozen=True, kw_only=True)
class Staged:
    """A received file; `data` is rewound and closed with the request."""

    path: str
    field: str
    sha256: str
    size: int
    data: IO[bytes]

    def read(self) -> bytes:
        """All bytes of the file."""
        self.data.seek(0)
        return self.data.read()


class _Part:
    """A part that is still arriving."""

    def __init__(self, field: str, filename: str | None) -> None:
        self.field, self.filename = field, filename
        self.size = 0
        self.hash = hashlib.sha256()
        self.data: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        notebook = bool(filename and filename.lower().endswith(".ipynb"))
        self.limit = MAX_FIELD if filename is None else MAX_NOTEBOOK if notebook else MAX_FILE

    def write(self, chunk: bytes) -> None:
        """Keep a chunk, or refuse the part for its size."""
        self.size += len(chunk)
        if self.size > self.limit:
            what = f"The file {self.filename!r}" if self.filename else f"The field {self.field!r}"
            hint = (
                "Clear large outputs and save it again."
                if self.limit == MAX_NOTEBOOK
                else "Leave it out or shrink it."
            )
            size = f"{self.limit // 1_000_000} MB"
            raise errors.UserError(
                f"{what} is larger than {size}, the most that is taken. {hint}", code="too-large"
            )
        self.hash.update(chunk)
        self.data.write(chunk)


class Receiver:
    """Takes a multipart body of at most so many bytes apart; feed it chunks, then call `finish`.

    After a refusal the rest of the body is thrown away as it comes, so that the sender gets to read the
    answer.
    """

    def __init__(self, content_type: str, most: int = MAX_BODY) -> None:
        self._most = most
        self.fields: dict[str, str] = {}
        self.files: list[Staged] = []
        self.error: errors.CoursewareError | None = None
        self._buffer = b""
        self._total = 0
        self._part: _Part | None = None
        self._closed = False
        self._boundary = _boundary(content_type)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._total += len(chunk)
        if self.error or self._closed:
            return
        try:
            if self._total > self._most + _MAX_HEADER * (MAX_FILES + 10):
                raise errors.UserError(
                    f"All files together are larger than {self._most // 1_000_000} MB. Leave some out.",
                    code="too-large",
                )
            self._buffer += chunk
            while self._step():
                pass
        except errors.UserError as error:
            self._refuse(error)
        except OSError:
            log.exception("an upload could not be kept in the temporary folder")
            self._refuse(
                errors.Temporary("The service has no room for the upload just now. Try again later.")
            )

    def _refuse(self, error: errors.CoursewareError) -> None:
        """Take no more, and let go of what came."""
        self.error, self._buffer = error, b""
        self.close()

    def finish(self) -> None:
        """The body has ended; raise what was wrong with it."""
        if self.error is None and not self._closed:
            self.error = errors.UserError("The upload was cut off. Send it again.", code="bad-request")
        if self.error is None:
            try:
                names.distinct(entry.path for entry in self.files)
            except errors.UserError as error:
                self.error = error
        if self.error is not None:
            self.close()
            raise self.error

    def close(self) -> None:
        """Let go of the temporary files."""
        held = [entry.data for entry in self.files] + ([self._part.data] if self._part is not None else [])
        self._part = None
        for data in held:
            # What a full disk did not take is tried once more on closing.
            with contextlib.suppress(OSError):
                data.close()

    def _step(self) -> bool:
        """Do one thing with the buffer; whether there may be more to do."""
        return self._in_part() if self._part is not None else self._between()

    def _between(self) -> bool:
        """Read a delimiter and the headers of the next part, or the end."""
        start = b"--" + self._boundary
        if len(self._buffer) < len(start) + 2:
            return False
        if not self._buffer.startswith(start):
            raise errors.UserError("The upload is not a well-formed form. Send it again.", code="bad-request")
        if self._buffer[len(start) : len(start) + 2] == b"--":
            self._closed, self._buffer = True, b""
            return False
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_HEADER:
                raise errors.UserError("A part of the upload has too long a header.", code="bad-request")
            return False
        self._part = self._begin(self._buffer[len(start) : end])
        self._buffer = self._buffer[end + 4 :]
        return True

    def _begin(self, header: bytes) -> _Part:
        """A part from its headers."""
        field, filename = _disposition(header)
        if filename is not None and len(self.files) >= MAX_FILES:
            raise errors.UserError(
                f"More than {MAX_FILES} files are not taken. Leave some out.", code="too-large"
            )
        if filename is None and len(self.fields) >= 200:
            raise errors.UserError("The form has too many fields.", code="bad-request")
        return _Part(field, names.safe(filename) if filename else filename)

    def _in_part(self) -> bool:
        """Move what belongs to the current part out of the buffer."""
        part = self._part
        if part is None:
            return True
        mark = b"\r\n--" + self._boundary
        at = self._buffer.find(mark)
        if at < 0:
            safe = len(self._buffer) - len(mark)
            if safe > 0:
                part.write(self._buffer[:safe])
                self._buffer = self._buffer[safe:]
            return False
        part.write(self._buffer[:at])
        self._buffer = self._buffer[at + 2 :]
        self._end(part)
        return True

    def _end(self, part: _Part) -> None:
        """A part is complete."""
        self._part = None
        part.data.seek(0)
        if part.filename is None:
            with part.data:
                try:
                    self.fields[part.field] = part.data.read().decode()
                except UnicodeDecodeError:
                    message = f"The field {part.field[:40]!r} is not UTF-8 text."
                    raise errors.UserError(message, code="bad-request") from None
        elif part.filename == "":
            part.data.close()  # an empty file input of a form
        else:
            self.files.append(
                Staged(
                    path=part.filename,
                    field=part.field,
                    sha256=part.hash.hexdigest(),
                    size=part.size,
                    data=part.data,
                )
            )


def _boundary(content_type: str) -> bytes:
    """The boundary named by a Content-Type header."""
    message = email.message.Message()
    message["Content-Type"] = content_type
    found = message.get_param("boundary")
    if (
        message.get_content_type() != "multipart/form-data"
        or not isinstance(found, str)
        or not 0 < len(found) <= 70
    ):
        raise errors.UserError("Files are taken as multipart/form-data only.", code="media-type")
    return found.encode("ascii", "replace")


def _disposition(header: bytes) -> tuple[str, str | None]:
    """Field name and file name of a part."""
    for line in header.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() != "content-disposition":
            continue
        found = dict(_parameters(value))
        if "name" in found:
            return found["name"], found.get("filename")
    raise errors.UserError("A part of the upload has no name.", code="bad-request")


def _parameters(value: str) -> list[tuple[str, str]]:
    """Parameters of a Content-Disposition as clients write them (%22, %0D and %0A escaped)."""
    found, rest = [], value.partition(";")[2]
    while rest:
        key, _, rest = rest.partition("=")
        if rest.startswith('"'):
            text, _, rest = rest[1:].partition('"')
            rest = rest.partition(";")[2]
        else:
            text, _, rest = rest.partition(";")
        text = text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
        found.append((key.strip().lower(), text.strip()))
    return found
