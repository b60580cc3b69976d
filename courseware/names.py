"""Names that come from outside: paths in hand-ins and releases, and slugs.

In: text that somebody else chose. Out: the same text, normalised, or a `UserError` that says what is wrong
with it. Nothing here touches a disk; who writes a file under such a name still opens it without following
links.
"""

import re
import unicodedata
from collections.abc import Iterable

from courseware import errors

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
# A group of people: whatever can stand in an address.
GROUP = re.compile(
    r"[^\s/\\<>\"'`,;:|?*#%\x00-\x1f](?:[^/\\<>\"'`,;:|?*#%\x00-\x1f]{0,62}[^\s/\\<>\"'`,;:|?*#%\x00-\x1f])?"
)
_RESERVED = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
# Control, direction, half and unassigned characters; blanks such as in the names of screenshots are let
# through.
_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MAX_PART, _MAX_PATH, _MAX_DEPTH = 120, 400, 12


def safe(path: str) -> str:
    """The path in NFC if it is relative, plain and portable.

    Raises:
        UserError: absolute, `..`, a leading dot, a control character, reserved on Windows, or too long.
    """
    normal = unicodedata.normalize("NFC", path)
    shown = repr(path[:80])
    if not normal or len(normal.encode(errors="replace")) > _MAX_PATH:
        raise errors.UserError(f"The file name {shown} is empty or too long. Rename the file.")
    parts = normal.split("/")
    if len(parts) > _MAX_DEPTH:
        raise errors.UserError(f"The file {shown} lies too deep. Use at most {_MAX_DEPTH} folders.")
    for part in parts:
        problem = _problem(part)
        if problem:
            raise errors.UserError(f"The file name {shown} {problem}. Rename the file.")
    return normal


def _problem(part: str) -> str:
    """Why a part of a path is refused, or nothing."""
    if part in ("", ".", ".."):
        return "is not a plain relative path"
    if part.startswith("."):
        return "starts with a dot"
    if any(unicodedata.category(c) in _UNSHOWN or c in '\\:*?"<>|' for c in part):
        return "has a character that not every system allows"
    if part != part.strip() or part.endswith("."):
        return "begins or ends with a blank or a dot"
    if part.split(".")[0].lower() in _RESERVED:
        return "is reserved on Windows"
    if len(part.encode(errors="replace")) > _MAX_PART:
        return "is too long"
    return ""


def distinct(paths: Iterable[str]) -> None:
    """Refuse two names that some file systems take for one (case or Unicode form).

    Raises:
        UserError: names the two.
    """
    seen: dict[str, str] = {}
    for path in paths:
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in seen:
            raise errors.UserError(
                f"The files {seen[folded]!r} and {path!r} have the same name on some systems."
            )
        seen[folded] = path


def slug(text: str) -> str:
    """The text if it can be a lesson's or course's name in addresses.

    Raises:
        UserError: anything but 1 to 64 of a-z, 0-9, hyphen and underscore, the first a letter or digit.
    """
    if not SLUG.fullmatch(text):
        raise errors.UserError(
            f"{text[:80]!r} cannot be a name here: use 1 to 64 of a-z, 0-9, - and _, not first - or _."
        )
    return text


def to_slug(title: str) -> str:
    """A slug made from a title: `Lab 3a: Big Numbers` becomes `lab-3a-big-numbers`.

    Raises:
        UserError: nothing usable is left of the title.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return slug(re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:64])
