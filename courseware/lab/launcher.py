"""Find the course that lies in this Lab's folder, and the service that serves it; start one if its owner
agreed.

In: the Lab's root folder, and folders that its configuration names. Out: a connection with the owner's `lab`
credential and the key that the course's receipts are signed with. A service is only ever started for a
folder that belongs to this user and that this user agreed to once. A second Lab finds the running service by
the files in the state folder. A service that was started here ends by itself when nobody has asked for half
an hour and nothing waits.
"""

import dataclasses
import hmac
import json
import os
import secrets
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from courseware import errors, names, settings
from courseware.lab import client, connections

START_SECONDS = 60.0
IDLE_SECONDS = 1800
_IDLE = "COURSEWARE_SERVICE_IDLE_SECONDS"
_AGREED = "agreed"
_HELD = "already runs"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Found:
    """A course folder, its slug, title and state folder."""

    folder: Path
    slug: str
    title: str
    state: Path

    @property
    def agreed(self) -> bool:
        """Whether this user agreed to have this very folder served; another may have the same course id."""
        try:
            return (self.state / _AGREED).read_text(encoding="utf-8") == str(self.folder.resolve())
        except (OSError, ValueError):
            return False


def find(root: Path, environment: Mapping[str, str], more: Sequence[Path] = ()) -> Found | None:
    """The course in the root folder, one level down, or in one of the configured folders, if it belongs to
    this user.
    """
    below = (path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
    for folder in (root, *sorted(below), *more):
        manifest = folder / "course.toml"
        try:
            if not manifest.is_file() or not _own(manifest):
                continue
            course = tomllib.loads(manifest.read_text(encoding="utf-8"))["course"]
            slug = names.slug(str(course["id"]))
        except (OSError, ValueError, KeyError, TypeError, errors.UserError):
            continue
        state = settings.state_folder(slug, settings.Settings(), environment)
        return Found(folder=folder, slug=slug, title=str(course.get("title", slug)), state=state)
    return None


def running(found: Found) -> connections.Connection | None:
    """The connection to the service that serves this course now.

    Raises:
        Temporary: the service is there but does not answer in time.
    """
    url = address(found.state)
    try:
        token = (found.state / "lab.token").read_text().strip()
    except OSError:
        return None
    if url is None:
        return None
    key = _receipt_key(found.state)
    return connections.Connection(
        url=url, course=found.slug, title=found.title, credential=token, person="", **key
    )


def _receipt_key(state: Path) -> dict[str, str]:
    """The key that the course's receipts are signed with, as the service wrote it for this user."""
    try:
        told = json.loads((state / "receipt-key.json").read_text())
        return {"key": str(told["id"]), "public_key": str(told["public_key"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def address(state: Path) -> str | None:
    """Where the service of a state folder is, if it answers and proves that it is the one.

    A service that was killed leaves its file behind, and somebody else may listen at that place by now. So
    nothing secret goes there before the listener has shown that it knows the secret of the file.

    Raises:
        Temporary: something listens there and does not answer in time.
    """
    try:
        told = json.loads((state / "service.json").read_text())
        url, secret = str(told["url"]), str(told["secret"])
    except (OSError, ValueError, KeyError):
        return None
    nonce = secrets.token_hex(16)
    service = client.Client(url)
    try:
        answer = service.health(nonce)
    except (errors.UserError, client.NobodyThere, client.NoService):
        return None
    finally:
        service.close()
    expected = hmac.new(secret.encode(), nonce.encode(), "sha256").hexdigest()
    return url if hmac.compare_digest(expected, str(answer.get("proof", ""))) else None


def start(found: Found) -> connections.Connection:
    """Start a service for the course and wait until it answers; of two that start one, both get that one.

    Raises:
        UserError: nobody agreed to it, or the service's half of courseware is not installed.
        Temporary: it does not come up.
    """
    if not found.agreed:
        raise errors.UserError(f"Nobody agreed yet to serve {found.folder}.", code="forbidden")
    until, process = time.monotonic() + START_SECONDS, _spawn(found)
    while time.monotonic() < until:
        connection = running(found)
        if connection is not None:
            return connection
        time.sleep(0.1)
        if process.poll() is not None:
            if _HELD not in _last_word(found):
                break
            # Another one starts at this moment, or the one before is about to end.
            time.sleep(0.4)
            process = _spawn(found) if running(found) is None else process
    raise errors.Temporary(
        f"The course service did not start: {_last_word(found)} (all of it: {found.state / 'service.log'})"
    )


def _spawn(found: Found) -> subprocess.Popen[bytes]:
    """Start `courseware serve`; it outlives this process."""
    with (found.state / "service.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "courseware.cli.main", "serve", str(found.folder), "--port", "0"],
            env={_IDLE: str(IDLE_SECONDS), **os.environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    # Waiting for it somewhere keeps its end from leaving a zombie.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


def _last_word(found: Found) -> str:
    """The last line of the service's log."""
    try:
        lines = (found.state / "service.log").read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return (lines or ["no word"])[-1].removeprefix("courseware: ")


def agree(found: Found) -> None:
    """Remember that this user wants the folder served."""
    found.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    (found.state / _AGREED).write_text(str(found.folder.resolve()), encoding="utf-8")


def _own(path: Path) -> bool:
    """Whether a file belongs to this user (on systems that tell)."""
    user = getattr(os, "getuid", None)
    return user is None or path.stat().st_uid == user()
