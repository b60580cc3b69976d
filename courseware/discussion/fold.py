"""Fold a text into the words that it can be found by; the same on both databases.

In: any text. Out: words without case, accents and width, each once. Scripts that put no blanks between words
(Han, Kana, Thai and their like) are cut into pairs of neighbours, so that a part of a sentence is found too.
A word holds letters, digits, marks and `_` only: none can act in a query.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 64
_ACCENTS = re.compile("[\u0300-\u036f]")
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
)


def words(text: str) -> list[str]:
    """The words of a text, in the order of their first appearance; also the last sign of a run alone."""
    return list(dict.fromkeys(itertools.chain.from_iterable(_pieces(text, whole=True))))


def wanted(query: str) -> list[str]:
    """What a query asks for: beginnings of words, all of which must be there."""
    return list(dict.fromkeys(itertools.chain.from_iterable(_pieces(query, whole=False))))


def within(text: str, places: Iterable[str]) -> bool:
    """Whether what somebody types stands in one of these, whatever the accents and the case; nothing does."""
    if not text.strip():
        return True
    typed = " ".join(_split(text))
    return bool(typed) and any(typed in " ".join(_split(each)) for each in places)


def _pieces(text: str, *, whole: bool) -> list[list[str]]:
    """Each word, or the pairs of a run of signs."""
    found = []
    for word in _split(text):
        for number, part in enumerate(_UNSPACED.split(word)):
            if number % 2 == 0:
                found.append([part[:LONGEST]] if part else [])
            else:
                last = len(part) if whole or len(part) == 1 else len(part) - 1
                found.append([part[place : place + 2] for place in range(last)])
    return found


def _split(text: str) -> list[str]:
    """Runs of letters, digits and the marks that belong to them."""
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold()
    signs = unicodedata.normalize("NFC", _ACCENTS.sub("", plain))
    return "".join(c if c == "_" or unicodedata.category(c)[0] in "LNM" else " " for c in signs).split()
