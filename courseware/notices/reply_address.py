"""The address that a letter can be answered at: the letter's public id with a signature, in base32.

In: the secret of this service and the public id of a letter, or a token as it came back in a mail. Out: a
token that fits into the local part of an address, or the letter's public id. A token that was not made with
this secret gives nothing. Pure.
"""

import base64
import hashlib
import hmac
import re

from courseware import errors

PREFIX = "let_"
SIGNED = 10
"""Bytes of the signature: 80 bits, which is sixteen letters."""
LONGEST = 64
"""What the local part of an address may have (RFC 5321, 4.5.3.1.1)."""

_ID = re.compile(r"[a-z2-7]{26}")
_TOKEN = re.compile(r"([a-z2-7]{26})([a-z2-7]{16})")
_LOCAL = re.compile(r"[A-Za-z0-9._-]{1,21}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def token(secret: bytes, letter_public: str) -> str:
    """The token of a letter."""
    name = letter_public.removeprefix(PREFIX)
    if not _ID.fullmatch(name):
        raise ValueError("this is no public id of a letter")
    return name + _signature(secret, name)


def letter(secret: bytes, token: str) -> str | None:
    """The public id of the letter that a token was made for; None if it was not made here. The case of the
    letters does not matter: some mail servers change it.
    """
    parts = _TOKEN.fullmatch(token.lower()) if token.isascii() else None
    if parts is None:
        return None
    name, given = parts.groups()
    if not hmac.compare_digest(_signature(secret, name).encode(), given.encode()):
        return None
    return PREFIX + name


def address(configured: str, token: str) -> str:
    """The address to answer at: the configured one with the token behind a plus.

    Raises:
        UserError: an address to which no token can be added.
    """
    local, _, host = configured.strip().rpartition("@")
    if not _LOCAL.fullmatch(local) or not _HOST.fullmatch(host):
        raise errors.UserError(
            f"The reply address {configured[:80]!r} cannot take replies: before the @ at most 21 plain "
            "letters, digits, dots, - and _, behind it a host name."
        )
    return f"{local}+{token}@{host}"


def found_in(text: str) -> tuple[str, ...]:
    """Everything in a text (an address, a Message-ID, References) that has the form of a token, in order."""
    return tuple(
        dict.fromkeys(
            match.lower() for match in re.findall(r"(?<![A-Za-z0-9])[A-Za-z2-7]{42}(?![A-Za-z0-9])", text)
        )
    )


def _signature(secret: bytes, name: str) -> str:
    digest = hmac.new(secret, b"reply " + name.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:SIGNED]).decode().lower()
