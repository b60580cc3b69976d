"""What a student does with a course, as a program does it: join, get, hand in, keep a copy, go on elsewhere.

In: a connection and a folder. Out: files, receipts, sentences. The command line and JupyterLab both call
these, so they do the same.
"""

import dataclasses
import datetime
import platform
import urllib.parse
from pathlib import Path
from typing import Any

from courseware import errors, names
from courseware.lab import client, connections, copies, kept, lock, outbox, updating


@dataclasses.dataclass(frozen=True, kw_only=True)
class Handed:
    """What came of a hand-in; without an answer it waits in the outbox."""

    files: tuple[str, ...]
    answer: dict[str, Any] | None
    reason: str = ""
    refused: tuple[outbox.Refused, ...] = ()
    """Earlier ones that were set aside, of which nobody has been told yet."""


def join(link: str, file: Path, *, ceiling: str = "") -> connections.Connection:
    """Use a join link and keep the connection; with a ceiling, only a link that gives that.

    Raises:
        UserError: no join link, or one that is not valid any more.
    """
    parts = urllib.parse.urlsplit(link.strip())
    folders = [part for part in parts.path.split("/") if part]
    if "sign-in" in folders[-2:-1]:
        raise errors.UserError("This link is for a browser. Open it there.")
    if parts.scheme not in ("http", "https") or not parts.netloc or len(folders) < 2 or folders[-2] != "join":
        raise errors.UserError("This is no join link. It looks like https://HOST/join/….")
    url = f"{parts.scheme}://{parts.netloc}" + "".join(f"/{part}" for part in folders[:-2])
    service = client.Client(_reachable(url))
    try:
        told = service.join(folders[-1], f"{platform.node()} ({platform.system()})", ceiling)
    finally:
        service.close()
    connection = connections.of_joining(_reachable(url), told)
    connections.add(file, connection)
    return connection


def _reachable(url: str) -> str:
    """Names below `localhost` are this machine; programs need not find them in the name service."""
    parts = urllib.parse.urlsplit(url)
    if parts.hostname and parts.hostname.endswith(".localhost"):
        return f"{parts.scheme}://127.0.0.1:{parts.port or 80}{parts.path}"
    return url


def get(service: client.Client, connection: connections.Connection, root: Path, lesson: str) -> copies.Got:
    """Get a lesson's newest release into its folder; where notebooks of an earlier one are, what is missing
    of that.
    """
    newest = service.release(lesson)
    folder = copies.place(root, connection.course, lesson)
    with lock.held(folder):
        release = _release_for(service, folder, lesson, newest)
        number = int(release["number"])
        got = copies.get(
            folder,
            course=connection.course,
            lesson=lesson,
            public_key=connection.public_key,
            release=release,
            fetch=lambda path: service.file(lesson, number, path),
            valid=(number, int(newest["number"])),
        )
    if got.copy.release >= int(newest["number"]):  # of a later one that is withdrawn
        return got
    note = (
        f"Your copy is of release {got.copy.release}; release {newest['number']} is newer. An update brings"
        " that into your copy and keeps what you wrote."
    )
    return dataclasses.replace(got, notes=(*got.notes, note))


def _release_for(service: client.Client, folder: Path, lesson: str, newest: dict[str, Any]) -> dict[str, Any]:
    """The release of the notebooks that are in the folder, if there was such a one; else the newest."""
    known = copies.legible(folder)
    paths = {str(entry["path"]) for entry in newest["files"]} | set(known.hashes if known else ())
    number = copies.standing(folder, sorted(names.safe(path) for path in paths), known)
    if number is None or number == newest["number"]:
        return newest
    try:
        return service.release(lesson, number)
    except errors.UserError as error:
        if error.code != "not-found":
            raise
        return newest


def submit(service: client.Client, copy: copies.Copy, *, now: datetime.datetime) -> Handed:
    """Hand in all files of a copy, after what still waits; if the service is away they wait too. One that
    waited and is refused now is set aside and stops nothing.

    Raises:
        UserError: nothing to hand in, or the service refuses it.
    """
    files = copies.going(copy.folder)
    item = outbox.put(copy, files, now=now)
    try:
        with lock.held(copy.folder):
            answer = _send_all(service, copy, item.key).get(item.key)
            if answer is None:
                # Another program sent it meanwhile; the same key is the same hand-in.
                answer = service.submit(
                    copy.lesson, files, release=item.release, key=item.key, worked=item.worked
                )
                outbox.check(copy, files, answer, (service.public_key,))
    except errors.Temporary as error:
        return Handed(files=tuple(files), answer=None, reason=error.message)
    return Handed(files=tuple(files), answer=answer, refused=_news(copy))


def again(service: client.Client, copy: copies.Copy) -> Handed:
    """Send what was refused before once more, as it was.

    Raises:
        UserError: nothing was refused, or it is refused again.
    """
    with lock.held(copy.folder):
        keys = outbox.again(copy.folder)
        if not keys:
            raise errors.UserError("Nothing was refused here.", code="not-found")
        files = tuple(sorted({name for each in keys for name in outbox.files(copy.folder, each)}))
        try:
            answers = _send_all(service, copy, "")
        except errors.Temporary as error:
            return Handed(files=files, answer=None, reason=error.message)
    for each in outbox.refused(copy.folder):
        if each.folder.name in keys:
            outbox.told(each)
            raise errors.UserError(f"It was refused again: {each.reason} It lies in {each.folder}.")
    return Handed(files=files, answer=answers[keys[-1]])


def flush(service: client.Client, copy: copies.Copy) -> int:
    """Send what waits; how many went. None if another program is at it; what is refused is set aside.

    Raises:
        Temporary: the service is away.
        UserError: it does not know this person, or has had too many.
    """
    try:
        with lock.held(copy.folder, seconds=0):
            return len(_send_all(service, copy, ""))
    except lock.Busy:
        return 0


def _send_all(service: client.Client, copy: copies.Copy, wanted: str) -> dict[str, dict[str, Any]]:
    """Send what waits; the answers by key.

    Raises:
        UserError: the wanted one is refused, or nothing at all can be sent.
    """
    answers = {}
    for each in outbox.waiting(copy.folder):
        try:
            answers[each.key] = _send(service, copy, each)
        except outbox.Gone:
            continue
        except errors.UserError as error:
            if each.key == wanted or error.code in outbox.STAYS:
                raise
    return answers


def _news(copy: copies.Copy) -> tuple[outbox.Refused, ...]:
    """What was set aside and nobody was told of, which is told now."""
    found = tuple(outbox.refused(copy.folder, untold=True))
    for each in found:
        outbox.told(each)
    return found


def _send(service: client.Client, copy: copies.Copy, item: outbox.Waiting) -> dict[str, Any]:
    current = copies.find(copy.folder) or copy
    return outbox.send(
        current,
        item,
        lambda files, release, key, worked: service.submit(
            copy.lesson, files, release=release, key=key, worked=worked
        ),
        pinned=(service.public_key,),
    )


def preview(service: client.Client, copy: copies.Copy) -> updating.Plan:
    """What an update of a copy to the newest release would do."""
    with lock.held(copy.folder):
        return updating.plan(copy, service.release(copy.lesson), _releases(service, copy.lesson))


def update(service: client.Client, copy: copies.Copy) -> updating.Done:
    """Bring the newest release into a copy.

    Raises:
        UserError: it is that release already.
    """
    with lock.held(copy.folder):
        current = copies.find(copy.folder) or copy
        newest = service.release(copy.lesson)
        if int(newest["number"]) <= current.release:
            raise errors.UserError(f"Your copy is of release {current.release}, the newest.", code="conflict")
        return updating.carry_out(updating.plan(current, newest, _releases(service, copy.lesson)))


def undo_update(copy: copies.Copy) -> updating.Done:
    """Take the last update of a copy back."""
    with lock.held(copy.folder):
        return updating.undo(copies.find(copy.folder) or copy)


def _releases(service: client.Client, lesson: str) -> updating.Fetch:
    """The files of a lesson's releases."""
    return lambda number, path: service.file(lesson, number, path)


def keep_copy(service: client.Client, copy: copies.Copy) -> dict[str, Any]:
    """Keep a copy in the course, to go on with on another machine.

    Raises:
        UserError: one from another machine is kept there that was not taken here yet; it would be lost.
    """
    there = service.lesson(copy.lesson).get("kept")
    if kept.elsewhere(copy, there):
        raise errors.UserError(
            f"The course keeps a copy that another machine made ({there}). Take it first with"
            " “Continue here”: what you changed here stays. Then keep yours.",
            code="conflict",
        )
    with lock.held(copy.folder):
        told = service.keep_copy(copy.lesson, copies.going(copy.folder), release=copy.release)
        kept.note(copy, told)
    return told


def continue_here(
    service: client.Client, connection: connections.Connection, root: Path, lesson: str
) -> copies.Got:
    """Bring the kept copy here. What was changed here since stays as it is, and the kept one is put beside
    it.
    """
    told = service.kept_copy(lesson)
    folder = copies.place(root, connection.course, lesson)
    with lock.held(folder):
        return kept.take(
            folder,
            connection=connection,
            lesson=lesson,
            told=told,
            fetch=lambda path: service.kept_file(lesson, path),
        )
