"""What the server that took a mail from the world found out about its sender (RFC 8601).

In: the headers `Authentication-Results` of a mail, and the name of the one server that is trusted. Out: the
domains that DKIM and DMARC passed for. Headers under any other name count for nothing, and of those under
the trusted name the topmost alone: what stands below it may have come with the mail.
"""

import re
from collections.abc import Iterable, Iterator

from courseware.mail import headers, received

_METHOD = re.compile(r"([a-z][a-z0-9-]{0,30})(?:/\d{1,3})?\s{0,5}=\s{0,5}([a-z]{1,20})\b")
_PROPERTY = re.compile(r"(?<![a-z])(header\.(?:d|i|from))\s{0,5}=\s{0,5}([^\s;\"]{1,300})")


def found(values: Iterable[str], trusted: str) -> received.Authentication:
    """What the trusted server says; nothing if none is trusted or it says nothing."""
    wanted = trusted.strip().lower()
    for value in values:
        parts = [part.strip() for part in _split(value.lower())]
        name = parts[0].split()[0] if parts[0] else ""
        if wanted and name == wanted:
            return _read(parts[1:])
    return received.Authentication()


def _read(results: Iterable[str]) -> received.Authentication:
    """The results of one header."""
    dkim: list[str] = []
    dmarc, failed = "", False
    for result in results:
        method = _METHOD.match(result)
        if method is None:
            continue
        told = dict(_PROPERTY.findall(result))
        if method.group(1) == "dkim" and method.group(2) == "pass":
            domain = told.get("header.d") or told.get("header.i", "").rpartition("@")[2]
            dkim += [domain] if domain else []
        elif method.group(1) == "dmarc":
            failed = failed or method.group(2) == "fail"
            dmarc = told.get("header.from", "").rpartition("@")[2] if method.group(2) == "pass" else ""
    return received.Authentication(dkim=tuple(dkim), dmarc=dmarc, dmarc_failed=failed)


def _split(value: str) -> Iterator[str]:
    """A header at its semicolons, without comments; what is quoted counts as one word."""
    part: list[str] = []
    for piece in headers.outside(value, "quoted"):
        if piece == ";":
            yield "".join(part)
            part = []
        else:
            part.append(piece)
    yield "".join(part)
