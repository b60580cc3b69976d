"""Settings of a deployment: small frozen records, one per room, from `courseware.toml` and the environment.

In: a TOML text and environment variables `COURSEWARE_<SECTION>_<NAME>`. Out: `Settings`. Refused: an
unknown section or name, by its line and the nearest known one. Never read from a course folder: what a
course may say is in `course.manifest`.
"""

import dataclasses
import difflib
import math
import re
import tomllib
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from courseware import errors


@dataclasses.dataclass(frozen=True, kw_only=True)
class Service:
    """Where the service listens; `public` is the address that goes into links, `pages` the host name of the
    pages, `names` are further ones, with port and blanks between, by which programs reach the API. So many
    `threads` read, and four times as many write. After `idle_seconds` without a request a service in which
    nothing waits ends; 0 is never. `log` says what is written to standard error: warnings alone, or a line
    for each request, for people or as JSON. Whoever shows `metrics` as a bearer token gets the numbers for
    Prometheus at `/metrics`; empty is nobody.
    """

    host: str = "127.0.0.1"
    port: int = 8750
    public: str = ""
    pages: str = ""
    names: str = ""
    threads: int = 2
    idle_seconds: float = 0.0
    log: Literal["quiet", "text", "json"] = "quiet"
    metrics: str = dataclasses.field(default="", repr=False)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Store:
    """Where everything is kept; empty values mean the state folder. Each course may keep `course_quota_gb`
    gigabytes of files, unless `courseware courses quota` says otherwise for one; 0 is as many as there is
    room for.
    """

    database: str = ""
    blobs: str = ""
    state: str = ""
    course_quota_gb: float = 20.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Grading:
    """How submissions are run: by the service itself or by `workers`, which need PostgreSQL; gradings at a
    time, the sandbox, seconds for a cell and for a notebook.
    """

    runner: Literal["service", "workers"] = "service"
    slots: int = 2
    sandbox: Literal["jail", "none"] = "jail"
    cell_seconds: float = 30.0
    notebook_seconds: float = 300.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mail:
    """How letters leave: the mail server with the way the line is kept private (port 0 is the usual one),
    user and password, the address that letters come from, and the address that is answered to, empty if
    answers by mail are not taken. With `folder`, letters are written there as files and no server is asked.
    """

    host: str = ""
    port: int = 0
    security: Literal["starttls", "tls", "plain"] = "starttls"
    user: str = ""
    password: str = ""
    sender: str = ""
    reply: str = ""
    folder: str = ""
    authorities: str = ""
    timeout_seconds: float = 30.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Inbound:
    """How mail to the address in `[mail] reply` comes in; off while none of `smtp`, `lmtp`, `maildir` and
    `imap` is set. `smtp` and `lmtp` are HOST:PORT to listen at, `maildir` is a folder, `imap` HOST:PORT of a
    mailbox with TLS; `imap_security` may be `plain` for a server on this machine. `authserv` is the name
    under which your own mail server writes Authentication-Results; it must take away those that come with a
    mail.
    """

    smtp: str = ""
    lmtp: str = ""
    certificate: str = ""
    key: str = ""
    maildir: str = ""
    imap: str = ""
    imap_user: str = ""
    imap_password: str = ""
    imap_folder: str = "INBOX"
    imap_security: Literal["tls", "plain"] = "tls"
    authserv: str = ""
    poll_seconds: float = 30.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hub:
    """The JupyterHub that people come from; off while `public` is empty. `public` is its address as browsers
    know it, `api` that of its API as this service reaches it, usually ending in `/hub/api`; `client` and
    `token` are the OAuth client and the secret that it knows this service by. `roles` says who is in a
    course: those in its `groups`, those on the course's own roster, or both.
    """

    public: str = ""
    api: str = ""
    client: str = "service-courseware"
    token: str = dataclasses.field(default="", repr=False)
    roles: Literal["groups", "roster", "both"] = "groups"
    groups: str = "course-{course}-{role}s"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """How many requests a minute one person may make, far above honest use: what only reads, what writes,
    uploads of files, what lets somebody in (`sign_ins`), and what lint looks over while a lesson is written
    (`lints`). `address` is the same for all without a credential at one address, where a whole school may be,
    or a proxy before this service. 0 is any number.
    """

    reads: int = 12_000
    writes: int = 3_000
    uploads: int = 600
    sign_ins: int = 600
    lints: int = 120
    address: int = 60_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Audit:
    """How many days it is kept who used which right over others, and who was refused; 0 is for ever."""

    keep_days: int = 400


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """All sections."""

    service: Service = dataclasses.field(default_factory=Service)
    store: Store = dataclasses.field(default_factory=Store)
    grading: Grading = dataclasses.field(default_factory=Grading)
    mail: Mail = dataclasses.field(default_factory=Mail)
    inbound: Inbound = dataclasses.field(default_factory=Inbound)
    hub: Hub = dataclasses.field(default_factory=Hub)
    limits: Limits = dataclasses.field(default_factory=Limits)
    audit: Audit = dataclasses.field(default_factory=Audit)


BOUNDS: Mapping[str, tuple[float, float]] = {
    "port": (0, 65535),
    "threads": (1, 256),
    "idle_seconds": (0, 31_536_000),
    "course_quota_gb": (0, 1_000_000),
    "reads": (0, 10_000_000),
    "writes": (0, 10_000_000),
    "uploads": (0, 10_000_000),
    "sign_ins": (0, 10_000_000),
    "address": (0, 10_000_000),
    "keep_days": (0, 36_500),
    "slots": (1, 256),
    "cell_seconds": (0.1, 86_400),
    "notebook_seconds": (0.1, 86_400),
}
"""What makes sense, from and to; a port of 0 is any free one."""


def load(text: str, environment: Mapping[str, str]) -> Settings:
    """The settings in a TOML text, the environment's values over them.

    Raises:
        UserError: not TOML, an unknown name, or a value of the wrong type; names the line.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise errors.UserError(f"courseware.toml: {error}.") from None
    known = {field.name: field for field in dataclasses.fields(Settings)}
    sections = {}
    for name in told:
        if name not in known:
            raise unknown("courseware.toml", text, name, known)
    for name, field in known.items():
        values = told.get(name, {})
        sections[name] = _section(typing.cast(type, field.type), name, values, text, environment)
    return Settings(**sections)


def state_folder(uid: str, settings: Settings, environment: Mapping[str, str]) -> Path:
    """Where one course keeps database, blobs, keys, lock and log."""
    if settings.store.state:
        return Path(settings.store.state)
    base = environment.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "courseware" / uid


def unknown(where: str, text: str, name: str, known: Mapping[str, Any]) -> errors.UserError:
    """The refusal of a name that is not known, with its line and the nearest known one."""
    line = line_of(text, name)
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    advice = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(sorted(known))}."
    return errors.UserError(f"{where}, line {line}: {name!r} is not known here. {advice}")


def line_of(text: str, name: str) -> int:
    """The number of the line on which a key or section stands (1 if it cannot be told)."""
    head = re.compile(rf"^\s*(\[+\s*([\w.-]+\.)?{re.escape(name)}\s*\]+|[\"']?{re.escape(name)}[\"']?\s*=)")
    inline = re.compile(rf"[{{,]\s*[\"']?{re.escape(name)}[\"']?\s*=")
    lines = list(enumerate(text.splitlines(), 1))
    found = next((n for n, line in lines if head.match(line)), None)
    return found or next((n for n, line in lines if inline.search(line)), 1)


def _section(kind: type, name: str, values: Any, text: str, environment: Mapping[str, str]) -> Any:
    """One section as its record."""
    fields = {field.name: field for field in dataclasses.fields(kind)}
    found: dict[str, Any] = {}
    if not isinstance(values, dict):
        raise errors.UserError(f"courseware.toml, line {line_of(text, name)}: write {name} as [{name}].")
    for key, value in values.items():
        if key not in fields:
            raise unknown("courseware.toml", text, key, fields)
        found[key] = _value(value, fields[key], f"courseware.toml, line {line_of(text, key)}")
    for key, field in fields.items():
        variable = f"COURSEWARE_{name}_{key}".upper()
        if variable in environment:
            found[key] = _value(environment[variable], field, variable)
    return kind(**found)


def _value(value: Any, field: Any, where: str) -> Any:
    """A value of the field's type."""
    wanted = type(field.default)
    try:
        made = wanted(value) if isinstance(value, str) or wanted is float else value
    except (ValueError, TypeError, OverflowError):
        made = None
    choices = typing.get_args(field.type)
    if type(made) is not wanted or (choices and made not in choices):
        told = " or ".join(choices) if choices else f"a {wanted.__name__}"
        raise errors.UserError(f"{where}: {field.name} must be {told}, not {value!r}.")
    least, most = BOUNDS.get(field.name, (-math.inf, math.inf))
    if field.name in BOUNDS and not least <= made <= most:
        raise errors.UserError(f"{where}: {field.name} must be from {least} to {most}, not {value!r}.")
    return made
