"""Who is asking: a bearer credential, or the cookie of the pages.

In: headers. Out: the token and how it came, and what must hold for it: the right host name, the same
origin, and for a cookie the word that only our own pages know. Which person a token belongs to is
`course.credentials`; what they may do is `course.permissions`.
"""

import dataclasses
import hashlib
import hmac
import re
import urllib.parse
from collections.abc import Mapping
from typing import Literal

from courseware import errors

COOKIE = "courseware"
_VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})(?:[.+a-z][0-9A-Za-z.+]{0,40})?$", re.ASCII)
_OWN_PAGE = re.compile(
    r"/(?:courses|submissions|threads)/[A-Za-z0-9_~-][A-Za-z0-9_.~/-]*(?:\?[A-Za-z0-9_.~=&-]*)?(?:#[A-Za-z0-9_-]*)?"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hosts:
    """The names this service answers to, with port where it is not the usual one.

    `pages` is the only one whose cookies count: cookies do not tell ports apart, so pages never share a
    name with a Jupyter server.
    """

    pages: str
    others: frozenset[str]
    scheme: str

    @property
    def cookie(self) -> str:
        """The cookie's name. Over https a browser takes this prefix from this very host only, so that a
        neighbouring host (a student's own server) cannot plant a session here.
        """
        return f"__Host-{COOKIE}" if self.scheme == "https" else COOKIE

    @property
    def handshake(self) -> str:
        """The name of the cookie that ties a sign-in at a Hub to the browser that began it."""
        return f"{self.cookie}-hub"

    @property
    def sight(self) -> str:
        """The name of the cookie by which staff see pages as students do; it takes rights, never gives."""
        return f"{self.cookie}-sight"

    @property
    def origin(self) -> str:
        """The origin of the pages."""
        return f"{self.scheme}://{self.pages}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Presented:
    """A credential as it came in; empty where none came."""

    token: str
    by: Literal["bearer", "cookie", "nothing"]


def check_host(host: str, hosts: Hosts) -> None:
    """Refuse requests for names that are not ours: that is how a foreign page reaches a loopback service.

    Raises:
        UserError: an unknown `Host`.
    """
    if host.lower() != hosts.pages and host.lower() not in hosts.others:
        raise errors.UserError("This service is not known under that host name.", code="bad-request")


def presented(headers: Mapping[str, str], cookie: str | None, *, on_pages: bool) -> Presented:
    """The credential of a request; a cookie counts only under the pages' own host name.

    Raises:
        UserError: an Authorization header of another kind.
    """
    header = headers.get("Authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        if kind.lower() not in ("bearer", "token") or not token.strip():
            message = "The Authorization header must read: Bearer CREDENTIAL."
            raise errors.UserError(message, code="unauthenticated")
        return Presented(token=token.strip(), by="bearer")
    if cookie and on_pages:
        return Presented(token=cookie, by="cookie")
    return Presented(token="", by="nothing")


def check_client(told: str | None, version: str) -> None:
    """Refuse a client older than the minor version before this one; whoever sends no header is none of ours.

    Raises:
        UserError: too old, or a version that cannot be read.
    """
    if told is None:
        return
    read = _VERSION.match(told)
    own = _VERSION.match(version)
    if read is None:
        message = f"The version {told[:20]!r} cannot be read. Update: pip install -U courseware."
        raise errors.UserError(message, code="bad-request")
    theirs, ours = ([int(part) for part in found.groups()] if found else [0, 0] for found in (read, own))
    # The last minor version of the major one before is not known here, so at x.0 all of them are let in.
    oldest = [ours[0], ours[1] - 1] if ours[1] else [ours[0] - 1, 0]
    if theirs < oldest:
        message = (
            f"This courseware is version {told[:20]}; the course needs {oldest[0]}.{oldest[1]} or newer. "
            "Update: pip install -U courseware."
        )
        raise errors.UserError(message, code="bad-request")


def check_same_origin(headers: Mapping[str, str], hosts: Hosts, *, writes: bool) -> None:
    """Refuse what another site makes a browser send.

    Raises:
        UserError: a foreign `Origin`, or a cross-site fetch.
    """
    origin = headers.get("Origin")
    site = headers.get("Sec-Fetch-Site", "same-origin")
    foreign = origin is not None and origin.lower() != hosts.origin
    if foreign or (site not in ("same-origin", "none") if writes else _embeds(headers, site)):
        raise errors.UserError(
            "This request came from another site. Open the page here and try again.", code="forbidden"
        )


def _embeds(headers: Mapping[str, str], site: str) -> bool:
    """Whether another site fetches or frames, rather than links to, a page."""
    if site in ("same-origin", "none"):
        return False
    return (
        headers.get("Sec-Fetch-Mode") != "navigate" or headers.get("Sec-Fetch-Dest", "document") != "document"
    )


def own_page(text: str) -> str:
    """A page of ours that somebody wants to see once signed in; empty if it is none, so that a link leads
    nowhere else.
    """
    plain = _OWN_PAGE.fullmatch(text) is not None and len(text) <= 300
    return text if plain and "//" not in text and "/." not in text else ""


def xsrf(token: str) -> str:
    """The word that forms of this session carry; it tells nothing of the credential."""
    return hmac.new(token.encode(), b"courseware xsrf 1", hashlib.sha256).hexdigest()[:40]


def check_xsrf(token: str, given: str) -> None:
    """Refuse a write by cookie without the session's word.

    Raises:
        UserError: it is missing or another session's.
    """
    if not hmac.compare_digest(xsrf(token).encode(), given.encode()):
        raise errors.UserError("This form has expired. Load the page again and repeat.", code="forbidden")


def hosts(url: str, pages_host: str, slug: str, port: int, names: str = "") -> Hosts:
    """The names from the settings; without any, loopback and `<course>.courseware.localhost`.

    Args:
        url: public address of the service, or empty.
        pages_host: configured name of the pages, or empty.
        slug: the course a local service is for, or empty.
        port: where it listens.
        names: further names of the API, with blanks between.
    """
    parts = urllib.parse.urlsplit(url or f"http://127.0.0.1:{port}")
    suffix = f":{parts.port}" if parts.port else ""
    local = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    if pages_host:
        pages = pages_host if ":" in pages_host else pages_host + suffix
    elif parts.hostname in ("127.0.0.1", "localhost", "::1"):
        label = slug.replace("_", "-").strip("-")
        pages = (f"{label}." if label else "") + "courseware.localhost" + suffix
    else:
        pages = parts.netloc
    others = frozenset(local | {parts.netloc.lower()} | set(names.lower().split()))
    return Hosts(pages=pages.lower(), others=others, scheme=parts.scheme)
