"""Text as discussions keep it.

In: what somebody typed. Out: the same with composed letters, without control or direction characters.
Refused: nothing at all, or too much.
"""

import re
import unicodedata

from courseware import errors

BODY, TITLE = 20_000, 200
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def checked(text: str, most: int, what: str) -> str:
    """Text of at most so many characters.

    Raises:
        UserError: there is none, or too much.
    """
    clean = plain(text).strip()
    if not clean:
        raise errors.UserError(f"The {what} is empty.", code="invalid")
    if len(clean) > most:
        raise errors.UserError(
            f"The {what} has {len(clean):,} characters; {most:,} are the most.", code="too-large"
        )
    return clean


def plain(text: str) -> str:
    """Composed letters; characters that reorder or hide what others read are left out."""
    clean = text.encode("utf-8", "replace").decode()
    return _CONTROL.sub("", unicodedata.normalize("NFC", clean).replace("\r\n", "\n").replace("\r", "\n"))
