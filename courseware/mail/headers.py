"""Headers of a mail as strangers write them: addresses, ids, words.

In: raw header values. Out: plain text, lower-case addresses, ids. Each value is cut before it is looked at
and read in one pass: the standard library's parser of structured headers takes minutes, or a stack, for some
of what may stand here.
"""

import email.errors
import email.header
import email.message
import re
import unicodedata
from collections.abc import Iterable, Iterator

from courseware.mail import charsets

LONG, MOST = 16_000, 400
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,128}@[^\s@<>,;:\"()\[\]\\]{1,253}")
_ID = re.compile(r"<([^<>\s]{1,500})>")
_REPLY = re.compile(r"(?:(?:re|aw|sv|antw|fwd?|wg|tr|rv|rif|odp|vs)(?:\[\d{1,3}\])?\s{0,3}:\s{0,3})+", re.I)
_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class Headers:
    """The top headers of a mail, unfolded and cut."""

    def __init__(self, message: email.message.Message) -> None:
        items = message.raw_items()
        self._items = [
            (str(name).lower(), _unfolded(value))
            for (name, value), _ in zip(items, range(MOST), strict=False)
        ]

    def all(self, *names: str) -> list[str]:
        """The values of all headers of these names, from the top."""
        return [value for name, value in self._items if name in names]

    def first(self, name: str) -> str:
        """The topmost header of a name, or nothing."""
        return next(iter(self.all(name)), "")


def _unfolded(value: object) -> str:
    """A raw value in one line; bytes that are no ASCII as their UTF-8, if they are any."""
    text = str(value)[:LONG].encode("ascii", "surrogateescape")
    return " ".join(text.decode("utf-8", "replace").split())


def words(value: str) -> str:
    """A header for people: encoded words decoded, in one line, without what hides or reorders."""
    try:
        parts = email.header.decode_header(value[:4_000])
    except (email.errors.HeaderParseError, ValueError):
        parts = [(value[:4_000], None)]
    said = "".join(
        part if isinstance(part, str) else charsets.decoded(part, charset or "ascii")[0]
        for part, charset in parts
    )
    shown = "".join(" " if c.isspace() else c for c in said if c.isspace() or not _hides(c))
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def _hides(sign: str) -> bool:
    return unicodedata.category(sign) in _UNSHOWN


def topic(subject: str) -> str:
    """A subject without the marks of replies before it."""
    found = _REPLY.match(subject)
    return subject[found.end() :].strip() if found else subject


def ids(values: Iterable[str]) -> tuple[str, ...]:
    """The ids in headers such as References, without their brackets."""
    return tuple(dict.fromkeys(found for value in values for found in _ID.findall(value)))


def addresses(values: Iterable[str]) -> tuple[str, ...]:
    """The addresses in headers such as To, in order; names and comments around them are left out."""
    found = []
    for value in values:
        for part in _parts(value):
            inner = part[part.index("<") + 1 :].partition(">")[0] if "<" in part else part
            inner = inner.rpartition(":")[2] if inner.startswith("@") or "<" not in part else inner
            if _ADDRESS.fullmatch(inner.strip()):
                found.append(inner.strip().lower())
    return tuple(dict.fromkeys(found))


def outside(value: str, instead: str) -> Iterator[str]:
    """The signs of a structured header that stand for themselves: comments are left out, and what is quoted
    is one piece, `instead`, so that nothing in it can be taken for a separator.
    """
    quoted, depth, skip = False, 0, False
    for sign in value:
        if skip:
            skip = False
        elif sign == "\\" and (quoted or depth):
            skip = True
        elif quoted:
            quoted = sign != '"'
        elif depth:
            depth += (sign == "(") - (sign == ")")
        elif sign == '"':
            quoted = True
            yield instead
        elif sign == "(":
            depth = 1
        else:
            yield sign


def _parts(value: str) -> Iterator[str]:
    """A list of addresses split at its commas; quoted names and comments are left out."""
    part: list[str] = []
    angled = False
    for piece in outside(value, " "):
        if piece in (",", ";") and not angled:
            yield "".join(part)
            part = []
        else:
            angled = (angled or piece == "<") and piece != ">"
            part.append(piece)
    yield "".join(part)
