"""Multipart bodies as what the rooms below take, and kept files as downloads."""

from typing import TypeVar

import msgspec

from courseware import errors
from courseware.exchange import model
from courseware.service import call, types

T = TypeVar("T")


def manifest(request: call.Call, kind: type[T]) -> T:
    """The part `manifest` of a multipart body.

    Raises:
        UserError: it is missing or not as described.
    """
    upload: call.Upload = request.body
    try:
        return msgspec.json.decode(upload.fields.get("manifest", ""), type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        message = f"The part `manifest` of this request is missing or not as described in the API: {error}"
        raise errors.UserError(message, code="bad-request") from None


def files(request: call.Call) -> dict[str, bytes]:
    """The files of a multipart body by path.

    Raises:
        UserError: two files of one name.
    """
    upload: call.Upload = request.body
    found: dict[str, bytes] = {}
    for staged in upload.files:
        if staged.path in found:
            raise errors.UserError(
                f"The file {staged.path[:80]!r} came twice in one request.", code="bad-request"
            )
        found[staged.path] = staged.read()
    return found


def hand_in(request: call.Call) -> model.Upload:
    """A hand-in whose files are those that its manifest lists, byte for byte.

    Raises:
        UserError: something is missing or was changed on the way.
    """
    told = manifest(request, types.UploadManifest)
    upload: call.Upload = request.body
    listed = sorted((entry.path, entry.sha256, entry.size) for entry in told.files)
    if listed != sorted((staged.path, staged.sha256, staged.size) for staged in upload.files):
        raise errors.UserError(
            "The files are not those that the manifest lists. Send them again.", code="bad-request"
        )
    return model.Upload(
        release=told.release, files=files(request), client_key=request.key, worked=told.worked
    )


def file_of(request: call.Call, kept: tuple[model.FileEntry, ...]) -> call.File:
    """One of these files of somebody's work, by the path in the address; whatever its name says of its type.

    Raises:
        UserError: there is no file of that path.
    """
    entry = entry_of(request, kept)
    return call.File(name=entry.path, data=request.service.blobs.get(entry.sha256))


def entry_of(request: call.Call, kept: tuple[model.FileEntry, ...]) -> model.FileEntry:
    """One of these files, by the path in the address.

    Raises:
        UserError: there is no file of that path.
    """
    path = request.path["path"]
    for entry in kept:
        if entry.path == path:
            return entry
    raise errors.UserError(f"There is no file {path[:80]!r} here.", code="not-found")


def number(request: call.Call) -> int | None:
    """The number of a release in the address; None for `latest`.

    Raises:
        UserError: neither.
    """
    text = request.path.get("n", "latest")
    if text == "latest":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise errors.UserError(f"{text[:20]!r} is no release; use a number or `latest`.", code="not-found")
    return int(text)
