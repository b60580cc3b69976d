"""Files as browsers ask for them: the media type by name, and the part of a recording that is played.

In: a file's name, its size, its tag, the `Range` and `If-Range` headers. Out: a media type, and which bytes
to answer with. Types are named here, because the tables of machines differ.
"""

import dataclasses
import mimetypes
import posixpath
import re

from courseware.exchange import model
from courseware.service import call

TYPES = {
    ".aac": "audio/aac",
    ".ipynb": "application/x-ipynb+json",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/ogg",
    ".vtt": "text/vtt",
    ".wav": "audio/wav",
    ".webm": "video/webm",
}
MOST = 4_000_000
"""Bytes of one answer to a request for a part: a player asks again for what follows, and a film that nobody
watches to its end is not read to its end.
"""
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """Bytes `start` to before `end`."""

    start: int
    end: int


def kind(path: str) -> str:
    """The media type of a file by its name."""
    ending = posixpath.splitext(path)[1].lower()
    return TYPES.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def is_played(kind: str) -> bool:
    """Whether players ask for parts of such a file; others are sent whole, and squeezed where that helps."""
    return kind.startswith(("audio/", "video/"))


def file(request: call.Call, entry: model.FileEntry) -> call.File:
    """A file of a lesson: all of it, or the part that the request asks for."""
    told, tag = kind(entry.path), f'"{entry.sha256[:32]}"'
    blobs = request.service.blobs
    if not is_played(told):
        return call.File(name=entry.path, data=blobs.get(entry.sha256), media_type=told, tag=tag)
    headers = {"Accept-Ranges": "bytes"}
    asked = part(request.range, request.if_range, size=entry.size, tag=tag)
    if asked is None:
        data, status = blobs.get(entry.sha256), 200
    elif asked.start >= asked.end:
        data, status = b"", 416
        headers["Content-Range"] = f"bytes */{entry.size}"
    else:
        data, status = blobs.part(entry.sha256, asked.start, asked.end), 206
        headers["Content-Range"] = f"bytes {asked.start}-{asked.end - 1}/{entry.size}"
    if status != 200:
        headers["ETag"] = tag
    return call.File(name=entry.path, data=data, media_type=told, status=status, tag=tag, headers=headers)


def part(asked: str, condition: str, *, size: int, tag: str) -> Part | None:
    """The part that a request is answered with; None for the whole file, an empty one for what is not there.

    What cannot be read, several parts at once, and a part of an older file mean the whole one, as RFC 9110
    says.

    Args:
        asked: the header `Range`.
        condition: the header `If-Range`.
        size: bytes of the file.
        tag: the file's `ETag`.
    """
    found = _RANGE.fullmatch(asked.strip())
    if found is None or (condition and condition != tag):
        return None
    first, last = found.groups()
    if (not first and not last) or (first and last and int(last) < int(first)):
        return None
    if not first:
        return _bounded(size - min(size, int(last)), size)
    return _bounded(int(first), min(size, int(last) + 1) if last else size)


def _bounded(start: int, end: int) -> Part:
    """The part, cut to what one answer carries."""
    return Part(start=start, end=min(end, start + MOST))
