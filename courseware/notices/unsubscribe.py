"""End letters by the link that is in each of them.

In: the token of a letter. Out: of which kinds its reader gets no letters from now on. Looking changes
nothing: mail programs look at links by themselves.
"""

import base64
import dataclasses
import hashlib
import hmac
import re

import sqlalchemy as sa

from courseware import errors
from courseware.notices import letters, model, notices, preferences, reply_address

_TOKEN = re.compile(r"([a-z2-7]{26})([a-z2-7]{26})")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ending:
    """Whose letters, of which kinds, would end, or have ended."""

    person_id: int
    course_id: int
    kinds: tuple[model.Kind, ...]


def token(secret: bytes, letter_public: str) -> str:
    """The token of a letter; not the one that it is answered at."""
    name = letter_public.removeprefix(reply_address.PREFIX)
    return name + _signature(secret, name)


def look(connection: sa.Connection, secret: bytes, given: str) -> Ending:
    """What a token would end.

    Raises:
        UserError: it was not made here.
    """
    parts = _TOKEN.fullmatch(given)
    name, signature = parts.groups() if parts else ("", "")
    right = hmac.compare_digest(_signature(secret, name).encode(), signature.encode())
    letter = letters.find(connection, reply_address.PREFIX + name) if right else None
    if letter is None:
        raise errors.UserError("This link is not from one of our letters.", code="not-found")
    if letter.kind == "notice":
        kinds = {each.kind for each in notices.of_letter(connection, letter.id)}
    else:
        choice = "weekly" if letter.kind == "weekly" else "daily"
        chosen = preferences.of(connection, letter.person_id).choices
        kinds = {kind for kind, each in chosen.items() if each == choice}
    ordered = tuple(kind for kind in model.KINDS if kind in kinds)
    return Ending(person_id=letter.person_id, course_id=letter.course_id, kinds=ordered)


def end(connection: sa.Connection, secret: bytes, given: str) -> Ending:
    """End them; again is no error.

    Raises:
        UserError: the token was not made here.
    """
    found = look(connection, secret, given)
    preferences.choose(connection, found.person_id, dict.fromkeys(found.kinds, "never"))
    return found


def _signature(secret: bytes, name: str) -> str:
    digest = hmac.new(secret, b"unsubscribe " + name.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()
