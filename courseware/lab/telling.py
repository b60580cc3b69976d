"""What this server and the course service say, in the language of the Lab that asks.

In: an answer as JSON and the code of a language. Out: the same answer, with those sentences translated that
are for people and that the catalogue knows; the others stay English, and what people wrote stays as it is.
"""

from typing import Any

from courseware import language

HEADER = "Courseware-Language"
_SENTENCES = frozenset(
    {"away", "detail", "details", "late_rule", "locked", "notes", "penalty", "reason", "why", "words"}
)


def told(answer: Any, name: str) -> Any:
    """The answer in this language; as it is for English and for a language that there is not."""
    words = language.pages(name)
    return answer if words is language.ENGLISH else _told(answer, words)


def _told(answer: Any, words: language.Words) -> Any:
    if isinstance(answer, list):
        return [_told(each, words) for each in answer]
    if not isinstance(answer, dict):
        return answer
    # The hint of a check is its author's, unless it says why there was none.
    sentences = _SENTENCES | {"hint"} if answer.get("state") == "failed" else _SENTENCES
    return {
        key: _said(value, words) if key in sentences else _told(value, words) for key, value in answer.items()
    }


def _said(value: Any, words: language.Words) -> Any:
    """A sentence, or several."""
    if isinstance(value, list):
        return [_said(each, words) for each in value]
    found = language.said(value, words) if isinstance(value, str) else None
    return value if found is None else found
