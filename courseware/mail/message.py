"""A letter as bytes: headers and two bodies that say the same, as text and as HTML.

In: a frozen record of plain texts. Out: a message (RFC 5322) with CRLF. No text can become a header: control
characters and line ends are taken out of every value, and addresses are checked. Long tokens stay whole:
a Message-ID or an address cut in two is none.
"""

import dataclasses
import datetime
import re
import unicodedata
from collections.abc import Mapping
from email import charset, header, message, policy, utils
from email.mime import multipart, text
from typing import Any

from courseware import errors

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,255}")
_QUOTED = charset.Charset("utf-8")
_QUOTED.body_encoding = charset.QP
_RULES = policy.compat32.clone(linesep="\r\n")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter; `more` are further headers, their values plain ASCII."""

    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    subject: str
    message_id: str
    date: datetime.datetime
    text: str
    html: str
    more: Mapping[str, str]


def built(letter: Letter) -> bytes:
    """The whole message.

    Raises:
        Permanent: an address that is none.
    """
    made: message.Message[Any, Any] = multipart.MIMEMultipart("alternative", boundary=_boundary(letter))
    made["From"] = _named(letter.sender_name, letter.sender)
    made["To"] = _named(letter.recipient_name, letter.recipient)
    made["Subject"] = _worded(letter.subject)
    made["Date"] = utils.format_datetime(letter.date)
    made["Message-ID"] = plain(letter.message_id)
    for name, value in letter.more.items():
        if not value.isascii():
            raise errors.Permanent(f"The header {name} takes plain letters only.")
        # A header of one long word must not be folded between its name and the word.
        made[name] = header.Header(plain(value), maxlinelen=990)
    for body, kind in ((letter.text, "plain"), (letter.html, "html")):
        made.attach(text.MIMEText(_body(body), kind, _QUOTED))  # type: ignore[arg-type]  # the stub wants a str
    return made.as_bytes(policy=_RULES)


def plain(value: str) -> str:
    """A text in one line without anything that is not shown."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in value).split())


def address(given: str) -> str:
    """An address as it can stand on an envelope; a host name in other scripts gets its ASCII form.

    Raises:
        Permanent: it is no address, or one that few mail servers take.
    """
    local, _, host = given.rpartition("@")
    try:
        made = f"{local}@{host.encode('idna').decode()}"
    except UnicodeError:
        made = ""
    if not made.isascii() or not _ADDRESS.fullmatch(made) or plain(made) != made:
        raise errors.Permanent(f"{plain(given)[:80]!r} is no e-mail address that letters can be sent to.")
    return made


def _named(name: str, given: str) -> str:
    """`Name <address>`; a name in other scripts is encoded."""
    shown = plain(name).replace('"', "'")[:120]
    return utils.formataddr((shown, address(given))) if shown else address(given)


def _worded(subject: str) -> str | header.Header:
    """A subject that fits; in other scripts it is encoded in pieces."""
    shown = plain(subject)
    shown = shown if len(shown) <= 160 else shown[:159].rstrip() + "…"
    return shown if shown.isascii() else header.Header(shown, "utf-8", header_name="Subject")


def _body(given: str) -> str:
    """A body with plain line ends and without characters that mail cannot carry."""
    kept = "".join(
        c for c in given.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")
    )
    return kept if kept.endswith("\n") else kept + "\n"


def _boundary(letter: Letter) -> str:
    """The line between the bodies: the same whenever the letter is built again, and in no text."""
    word = re.sub(r"[^a-z0-9]", "", letter.message_id.lower())[:24]
    return f"=_part_{word}"
