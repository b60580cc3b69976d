"""Delimiters written nearly right, which nothing would take out.

In: a text and the delimiters of its course. Out: the lines that look like a delimiter and are none, with the
one that was probably meant. Quiet about comments that merely begin with such a word (`# BEGIN here`).
"""

import difflib
import re
from collections.abc import Iterator

from courseware.notebook import settings_nbgrader

_USUAL = settings_nbgrader.Delimiters()
# Possessive, so that a line of nothing but such signs costs one pass.
_COMMENT = re.compile(r"^\s*+(?:#++|//++|%++|--++|/\*++|<!--|\"\"\"|;++|=++)[\s#=*-]*+(?P<words>\w.{0,200})")
_WORD = re.compile(r"[A-Za-z]+")
_BEFORE = re.compile(r"(BEGIN|END)(?=[A-Z]|$)")
_WHOLE, _REST = 0.85, 0.75


def lines(text: str, *, words: settings_nbgrader.Delimiters = _USUAL) -> Iterator[tuple[int, str, str]]:
    """Line number, what stands there and what was probably meant."""
    known = tuple(dict.fromkeys(word for each in (words, _USUAL) for word in _all(each)))
    for number, line in enumerate(text.split("\n"), start=1):
        comment = _COMMENT.match(line)
        if comment is None or any(word in line for word in known):
            continue
        told = comment["words"].rstrip(" \t\r#=*/->")
        meant = next((word for word in known if _near(told, word)), None)
        if meant is not None:
            yield number, told[:60], meant


def _all(words: settings_nbgrader.Delimiters) -> tuple[str, ...]:
    return (*words.solution, *words.hidden, *words.scheme, *words.key)


def _near(told: str, delimiter: str) -> bool:
    """Whether these words were meant to be the delimiter."""
    if len(delimiter) < 8:
        return False  # too short to tell a slip from another word
    wanted, found = _parts(delimiter), _parts(told)
    if not wanted or not found:
        return False
    if len(found) == len(wanted) and _ratio(" ".join(found), " ".join(wanted)) >= _WHOLE:
        return True
    if wanted[0] not in ("BEGIN", "END") or found[0] != wanted[0] or not told.startswith(wanted[0]):
        return False
    # Written in capitals, as a delimiter is; then words may follow, or one of several may be lacking.
    rest, other = wanted[1:], found[1 : len(wanted)]
    return _ratio(" ".join(other), " ".join(rest)) >= _REST or (len(rest) > 1 and found[1:] == rest[:1])


def _parts(text: str) -> list[str]:
    """The words in capitals; `BEGIN_SOLUTION` and `BEGINSOLUTION` are two each."""
    return _WORD.findall(_BEFORE.sub(r"\1 ", text.upper(), count=1))


def _ratio(told: str, wanted: str) -> float:
    return difflib.SequenceMatcher(None, told, wanted, autojunk=False).ratio()
