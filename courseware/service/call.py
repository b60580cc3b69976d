"""One request as the functions behind the routes see it, and what a route is.

In: nothing. Out: frozen records. No web framework here: what is behind a route takes a `Call` and returns a
struct of `types`, a `File`, a `Page` or a `Redirect`.
"""

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from typing import IO, Any, Literal

import sqlalchemy as sa

from courseware import errors, wiring
from courseware.course import model, permissions
from courseware.service import limits, receive, typed, vouching
from courseware.service import metrics as numbers

STUDENT = "student"
"""What the cookie of `Redirect.sight` says."""
Mode = Literal["read", "write", "own", "none"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Upload:
    """Fields and files of a multipart body."""

    fields: Mapping[str, str]
    files: tuple[receive.Staged, ...]


class Use:
    """What became known of a request while it was done, for the record of who used which right: whose it is
    and in what role, the course that was asked for, a further right that was used (`action`) or without
    which there was nothing to see (`sight`), whether it was `refused` by the word that nothing is there, and
    whether it was answered before. `lowered`: staff are here with a student's rights.
    """

    def __init__(self) -> None:
        self.holder: Any = None
        self.viewer: model.Viewer | None = None
        self.course: model.Course | None = None
        self.action: permissions.Action | None = None
        self.sight: permissions.Action | None = None
        self.refused = False
        self.repeated = False
        self.lowered = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """A request whose sender, place and permission are already settled.

    `connection` is a read or write transaction as the route's mode says; a route of mode `own` opens its
    own and has a read transaction here only while permission is checked; one of mode `none` has none.
    `key` is the Idempotency-Key, `range` and `if_range` the headers of these names, `token` what was shown to
    be let in, `hub` where people come from if they come from a Hub, and `handshake` what a browser kept since
    its sign-in there began. `as_student`: staff look at the pages with a student's rights. `metrics` are the
    service's numbers; `ticket` is what the request counts with, and `use` is what is written down of it.
    `refusal` are the sentences of a form that was refused, for the page that it stands on.
    """

    service: wiring.Service
    now: datetime.datetime
    base: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    key: str = ""
    language: str = "en"
    xsrf: str = ""
    range: str = ""
    if_range: str = ""
    token: str = dataclasses.field(default="", repr=False)
    metrics: numbers.Metrics | None = None
    ticket: limits.Ticket | None = None
    use: Use = dataclasses.field(default_factory=Use, repr=False)
    hub: vouching.Vouching | None = None
    handshake: str = ""
    as_student: bool = False
    refusal: tuple[str, ...] = ()
    holder: Any = None
    known_viewer: model.Viewer | None = None
    open_connection: sa.Connection | None = None

    @property
    def connection(self) -> sa.Connection:
        """The transaction of this request."""
        if self.open_connection is None:
            raise RuntimeError("this route opens its own transactions")
        return self.open_connection

    @property
    def viewer(self) -> model.Viewer:
        """Who asks, in which course and role."""
        if self.known_viewer is None:
            raise errors.UserError("Sign in first: open your join link.", code="unauthenticated")
        return self.known_viewer

    @property
    def course(self) -> model.Course:
        """The course this request is about."""
        return self.viewer.course

    def may(self, action: permissions.Action) -> bool:
        """Whether the asking person may do this, for what a page offers."""
        return permissions.allowed(self.viewer, action)


@dataclasses.dataclass(frozen=True, kw_only=True)
class File:
    """Bytes to be downloaded or played; never shown as a page of ours. `tag` is the ETag of the whole of it,
    if it has one of its own; `headers` are further ones.
    """

    name: str
    data: bytes
    media_type: str = "application/octet-stream"
    status: int = 200
    tag: str = ""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Made:
    """The same, made for one answer: it lies in a temporary file, which goes with the answer."""

    name: str
    file: IO[bytes]
    media_type: str = "application/octet-stream"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Page:
    """A template and what it shows; `sent` is put into the form that it was sent from."""

    template: str
    values: Mapping[str, Any]
    status: int = 200
    sent: typed.Typed | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Framed:
    """A complete HTML document with student content, to be shown in a frame without rights."""

    html: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Redirect:
    """Where the browser goes next; `credential` is set as the cookie for so many seconds, or removed when
    empty; likewise `handshake` while it signs in at a Hub, and `sight` while staff look as students do.
    """

    to: str
    credential: str | None = None
    seconds: int = 0
    handshake: str | None = None
    sight: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Route:
    """One method on one address.

    `action` is what `course.permissions` is asked; None where being signed in is enough, or nothing is
    needed (`public`). `mode` says which transaction surrounds `run`. `upload` takes multipart bodies. The
    answer of a `secret` route is never kept. A `long` route takes seconds and runs in a pool of its own. A
    `keyed` one has a rule of its own for keys. Who loads a `visit` route is here, and who loads an `opens`
    route has its lesson before them: that is noted. `rate` is what its requests count as and `body` the most
    bytes that it takes; where they are not named they follow from the rest. One that `turns` changes nothing
    but how its sender sees the pages. A form that is sent twice is done `once`. `page` is the page that a
    form stands on, which comes again where the form is refused.
    """

    method: str
    path: str
    run: Callable[[Call], Any]
    summary: str
    action: permissions.Action | None = None
    request: type | None = None
    answer: type | None = None
    status: int = 200
    mode: Mode = "read"
    public: bool = False
    upload: bool = False
    secret: bool = False
    long: bool = False
    keyed: bool = False
    visit: bool = False
    opens: bool = False
    once: bool = False
    rate: limits.Rate | None = None
    body: int | None = None
    turns: bool = False
    page: "Route | None" = None

    @property
    def counts_as(self) -> limits.Rate:
        """Which of the limits holds for it."""
        if self.rate is not None:
            return self.rate
        if self.upload:
            return "upload"
        return "read" if self.method == "GET" else "write"

    @property
    def most_bytes(self) -> int:
        """The most that its body may have; of an upload, its files together."""
        if self.body is not None:
            return self.body
        if self.upload:
            return receive.MAX_BODY
        small = self.method in ("GET", "DELETE") or self.counts_as == "sign-in"
        return limits.READ_BODY if small else limits.WRITE_BODY
