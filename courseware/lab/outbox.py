"""Hand-ins that wait because the service is away: kept whole, sent later, once.

In: the bytes at the moment of handing in, and the key that makes sending twice one hand-in. Out: what the
service answered, when it answers. A waiting hand-in survives this program; a refused one is set aside with
the reason, not lost.
"""

import dataclasses
import datetime
import json
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from courseware import errors, receipt
from courseware.lab import copies, lock

_BOX, _ASIDE, _TOLD = "outbox", "refused", "told"
STAYS = ("unauthenticated", "too-many")
"""Refusals that say nothing about the hand-in: it goes on waiting."""
Send = Callable[[dict[str, bytes], int, str, str], dict[str, Any]]
"""Sends files, release, key and time of work (RFC 3339); gives the service's answer."""


class Gone(errors.Temporary):
    """Another program sent this hand-in, or set it aside."""


class Unproven(errors.Temporary):
    """The receipt that came does not show that the work was taken; the work stays."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Waiting:
    """A hand-in that has not been sent."""

    folder: Path
    release: int
    key: str
    put: str
    """When it was handed in (RFC 3339), by which hand-ins go in order."""
    worked: str
    """When what goes was last changed."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Refused:
    """A hand-in that was set aside: where its files lie, when it was handed in, and why it was refused."""

    folder: Path
    put: str
    reason: str


def put(copy: copies.Copy, files: dict[str, bytes], *, now: datetime.datetime) -> Waiting:
    """Keep a hand-in with the copy: the work is as old as its files, the hand-in is of now."""
    key = secrets.token_urlsafe(24)
    folder = copy.folder / copies.FOLDER / _BOX / key
    for path, data in files.items():
        copies.write(folder / "files" / path, data)
    handed, worked = _instant(now), _instant(copies.worked(copy, files, now=now))
    told = {"release": copy.release, "key": key, "put": handed, "worked": worked}
    copies.write(folder / "manifest.json", json.dumps(told).encode())
    return Waiting(folder=folder, release=copy.release, key=key, put=handed, worked=worked)


def _instant(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def waiting(folder: Path) -> Iterator[Waiting]:
    """The hand-ins of a copy that have not been sent, oldest first."""
    box = folder / copies.FOLDER / _BOX
    found = []
    for manifest in box.glob("*/manifest.json"):
        try:
            told = json.loads(manifest.read_text())
        except FileNotFoundError:
            continue  # Sent by another program since the folder was listed.
        found.append(
            Waiting(
                folder=manifest.parent,
                release=told["release"],
                key=told["key"],
                put=_put(told),
                worked=told["worked"],
            )
        )
    yield from sorted(found, key=lambda item: item.put)


def _put(told: Mapping[str, Any]) -> str:
    """When a hand-in was made. Manifests of before the time of work was a time of its own have that alone."""
    return str(told.get("put") or told["worked"])


def send(copy: copies.Copy, item: Waiting, through: Send, *, pinned: Collection[str] = ()) -> dict[str, Any]:
    """Send one; keep its receipt if it holds, and let go of the work only then. Who holds the copy's lock
    calls this. `pinned` are keys of the course besides the copy's own.

    Raises:
        Gone: it does not wait any more.
        Unproven: the receipt that came does not hold; it stays.
        Temporary: the service is away; it stays.
        UserError: the service refuses it; it is set aside in `refused/`.
    """
    try:
        sent = _files(item.folder)
    except FileNotFoundError:
        sent = {}
    if not sent or not (item.folder / "manifest.json").is_file():
        raise Gone("This hand-in was sent already.")
    lock.touch(copy.folder)
    try:
        answer = through(sent, item.release, item.key, item.worked)
    except errors.UserError as error:
        if error.code not in STAYS:
            _set_aside(copy, item, error.message)
        raise
    check(copy, sent, answer, pinned)
    copies.keep_receipt(copy, answer["receipt"])
    _remove(item.folder)
    return answer


def files(folder: Path, key: str) -> list[str]:
    """The names of the files of a hand-in that waits."""
    return list(_files(folder / copies.FOLDER / _BOX / key))


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a hand-in by their paths."""
    root = folder / "files"
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def check(
    copy: copies.Copy, sent: Mapping[str, bytes], answer: Mapping[str, Any], pinned: Collection[str]
) -> None:
    """Look at the receipt that came.

    Raises:
        Unproven: it is not signed with the course's key, or is for other files.
    """
    known = {key for key in (copy.public_key, *pinned) if key}
    named = {unicodedata.normalize("NFC", path): data for path, data in sent.items()}
    wrong = receipt.problems(answer["receipt"], named, pinned=known)
    if not wrong:
        wrong = [f"{path} is not in it." for path in named if path not in _named(answer["receipt"])]
    if wrong:
        raise Unproven(
            f"The receipt that came does not hold: {wrong[0]} Your work stays here. Ask whether the course"
            " has a new key; if so, join again with your link."
        )


def _named(body: Mapping[str, Any]) -> set[str]:
    return {entry["path"] for entry in body["files"]}


def _set_aside(copy: copies.Copy, item: Waiting, reason: str) -> None:
    """Move a refused hand-in out of the way, with the reason."""
    target = copy.folder / copies.FOLDER / _ASIDE / item.key
    target.parent.mkdir(parents=True, exist_ok=True)
    item.folder.rename(target)
    copies.write(target / "reason.txt", reason.encode())


def refused(folder: Path, *, untold: bool = False) -> list[Refused]:
    """The hand-ins of a copy that were set aside, oldest first; on request only those not told of yet."""
    found = []
    for reason in (folder / copies.FOLDER / _ASIDE).glob("*/reason.txt"):
        if untold and (reason.parent / _TOLD).exists():
            continue
        try:
            handed = _put(json.loads((reason.parent / "manifest.json").read_text()))
            why = reason.read_text(encoding="utf-8")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        found.append(Refused(folder=reason.parent, put=handed, reason=why))
    return sorted(found, key=lambda each: each.put)


def told(each: Refused) -> None:
    """Remember that the person knows of it."""
    (each.folder / _TOLD).touch()


def again(folder: Path) -> list[str]:
    """Have what was set aside wait again, as it was; the keys. Who holds the copy's lock calls this."""
    keys = []
    for each in refused(folder):
        target = folder / copies.FOLDER / _BOX / each.folder.name
        target.parent.mkdir(parents=True, exist_ok=True)
        for name in ("reason.txt", _TOLD):
            (each.folder / name).unlink(missing_ok=True)
        each.folder.rename(target)
        keys.append(target.name)
    return keys


def _remove(folder: Path) -> None:
    """Remove a hand-in that was taken: its manifest first, so that half of it is never sent."""
    (folder / "manifest.json").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
