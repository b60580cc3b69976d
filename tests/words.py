"""Look for a word in a page, letter or answer that has random ids and tokens in it.

In: a text and a word. Out: whether it stands anywhere but in those. An id has 26 letters and a token 43, so
one of them holds any two or three letters now and then: `"kim" not in page` would fail once in a hundred
runs.
"""

import re

_BROKEN = re.compile(r"=\r?\n")
"""Where a letter breaks a line that is too long for mail, so that a token is in two pieces."""
_RANDOM = re.compile(r"[\w-]{22,}")


def has(text: str, word: str) -> bool:
    """Whether `word` stands in `text`, also within a longer word, but not in an id or a token."""
    return word in _RANDOM.sub("…", _BROKEN.sub("", text))
