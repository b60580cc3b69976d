"""Look for a word in a page, letter or answer that has random ids and tokens in it.

In: a text and a word. Out: whether the word stands in it by itself. An id has 26 letters and a token 43, so
one of them holds any two or three letters now and then: `"kim" not in page` would fail once in a hundred
runs.
"""

import re


def has(text: str, word: str) -> bool:
    """Whether `word` stands in `text` with no letter, digit, `_` or `-` on either side."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None
