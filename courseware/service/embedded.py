"""A course served from its own folder: the course, its owner and the files by which the owner's programs get
in.

In: a parsed course.toml. Out: rows, and in the state folder `owner.token` (command line) and `lab.token`
(JupyterLab), readable by this user alone. Made at the first start; later starts bring the course up to its
manifest and keep the tokens. `receipt-key.json` is the public key that this course's receipts are signed
with: the Lab holds each receipt against it, as a student's does against the key that joining gave.
`service.json` says where the running service is; a killed one leaves it behind, and then somebody else may
listen there. Hence the secret in it: see `proof`.
"""

import contextlib
import getpass
import hmac
import json
import os
import secrets
from pathlib import Path

import sqlalchemy as sa

from courseware import errors, wiring
from courseware.course import access_records, credentials, manifest, model, rosters
from courseware.course.permissions import Action
from courseware.desk import begin
from courseware.exchange import keys

ANNOUNCED, RECEIPT_KEY = "service.json", "receipt-key.json"
OWNER_TOKEN, LAB_TOKEN = "owner.token", "lab.token"
_TOKENS: tuple[tuple[str, model.Ceiling], ...] = ((OWNER_TOKEN, "cli"), (LAB_TOKEN, "lab"))


def ensure_course(
    service: wiring.Service, parsed: manifest.Manifest, text: str, *, state: Path, roster: str = ""
) -> None:
    """Make or update the course and its owner, and write the two tokens where they are missing or dead.

    `roster` is CSV text: who stands in it and was never in the course is brought in. Nobody is changed or
    taken out by it, since people are changed where the course runs. That somebody is brought or let in so
    stands in the audit.
    """
    now = service.clock()
    with service.database.write() as connection:
        begun = begin.begin(connection, service.keys, parsed, text, owner=_user(), now=now)
        course = begun.course
        brought = rosters.import_new(connection, course, roster, now=now) if roster else ()
        made = {
            state / name: credentials.issue(
                connection,
                begun.owner,
                course=course,
                ceiling=ceiling,
                label=f"{ceiling} on this machine",
                now=now,
                expires=None,
            )
            for name, ceiling in _TOKENS
            if not _valid(service, state / name)
        }
        for path, token in made.items():
            write_private(path, token)
        if made or brought:
            access_records.by_command(connection, "serve", Action.CHANGE_PEOPLE, course, now=now)
        tell_key(connection, course, state)


def tell_key(connection: sa.Connection, course: model.Course, state: Path) -> None:
    """Say in the state folder which key signs the course's receipts now."""
    known = keys.current(connection, course)
    if known is not None:
        write_private(state / RECEIPT_KEY, json.dumps({"id": known[0], "public_key": known[1]}))


def _valid(service: wiring.Service, path: Path) -> bool:
    """Whether a kept token still lets its owner in."""
    try:
        token = path.read_text().strip()
    except OSError:
        return False
    with service.database.read() as connection, contextlib.suppress(errors.UserError):
        credentials.verify(connection, token, now=service.clock())
        return True
    return False


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read, in one step."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def announce(state: Path, *, url: str, pages: str) -> None:
    """Say in the state folder where this service is."""
    told = {"url": url, "pages": pages, "pid": os.getpid(), "secret": secrets.token_hex(32)}
    write_private(state / ANNOUNCED, json.dumps(told))


def proof(state: Path, nonce: str) -> str:
    """HMAC-SHA256 of a nonce under the secret of `service.json`, in hexadecimal; empty without one."""
    try:
        secret = str(json.loads((state / ANNOUNCED).read_text())["secret"])
    except (OSError, ValueError, KeyError):
        return ""
    return hmac.new(secret.encode(), nonce.encode(), "sha256").hexdigest() if nonce else ""


def _user() -> str:
    """The name of the user who runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"
