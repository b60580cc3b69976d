"""Whether HTML that a cell printed shows anything where scripts do not run; pure.

In: HTML of anybody. Out: whether all that it would show is made by a script, so that a frame of it is blank.
"""

import re

_SILENT = re.compile(
    r"<(script|style|template|noscript|canvas)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_SHOWS = re.compile(
    r"<(?:img|svg|video|audio|object|embed|iframe|input|button|select|textarea|progress|meter|hr|math)\b",
    re.IGNORECASE,
)
# A tag that does not end takes the rest, as in a browser: no sign is looked at from more than one beginning.
_TAG = re.compile(r"<(?=[a-zA-Z/!?])[^>]*+(?:>|\Z)")


def is_blank(html: str) -> bool:
    """Whether there is a script and nothing that is seen without it."""
    if not re.search(r"<script\b", html, re.IGNORECASE):
        return False
    left = _SILENT.sub("", html)
    return not _SHOWS.search(left) and not _TAG.sub("", left).replace("&nbsp;", "").strip()
