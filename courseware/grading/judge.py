"""Whether an answer to a question is right: the one place that decides. Pure.

In: a question and what somebody chose or wrote, which may be anything. Out: the answer in a tidy form, and
the verdict on that form. Numbers are read with a decimal point or comma; texts are compared without regard
to capitals (unless the question says so), to spaces, and to quotation marks and a full stop around them.
Refused, in one sentence and before anything is counted: what is no answer to this kind of question.
"""

import dataclasses
import math
import re
import unicodedata
from collections.abc import Sequence

from courseware import errors
from courseware.notebook import questions

_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)
_AROUND = " .!?,;:\"'`“”„«»‘’"
# The part of a number that arithmetic in binary may lose, so that 0.1 + 0.2 is 0.3.
_ROUNDING = 1e-9


@dataclasses.dataclass(frozen=True, kw_only=True)
class Given:
    """What somebody gave as an answer: positions of options, or a text."""

    chosen: Sequence[int] = ()
    text: str = ""


def read(question: questions.Question, given: Given) -> str:
    """The answer in a tidy form: `1,3`, `0.5`, `a list`.

    Raises:
        UserError: it is no answer to this question.
    """
    if question.kind in ("one", "several"):
        return _chosen(question, given.chosen)
    text = " ".join(unicodedata.normalize("NFKC", _readable(given.text)).split())
    if not text:
        raise errors.UserError("Write an answer first.")
    if question.kind == "number":
        return _number(text)
    if len(text) > questions.LONGEST:
        raise errors.UserError(f"A short answer has at most {questions.LONGEST} characters.")
    return text


def is_right(question: questions.Question, said: str) -> bool:
    """Whether an answer that `read` gave is right."""
    if question.kind in ("one", "several"):
        return said == ",".join(map(str, question.right))
    if question.kind == "number":
        away = abs(float(said) - question.number)
        return away <= question.tolerance + _ROUNDING * abs(question.number)
    return plain(question, said) in {plain(question, each) for each in question.accepted}


def plain(question: questions.Question, said: str) -> str:
    """What of a tidy answer counts: two with the same are the same answer."""
    if question.kind != "text":
        return said
    text = " ".join(unicodedata.normalize("NFKC", said).split())
    bare = text.strip(_AROUND) or text
    return bare if question.case else bare.casefold()


def _chosen(question: questions.Question, chosen: Sequence[int]) -> str:
    """The positions in order."""
    if question.kind == "one" and len(set(chosen)) != 1:
        raise errors.UserError("Choose one answer.")
    if not chosen:
        raise errors.UserError("Choose at least one answer.")
    if any(not 1 <= each <= len(question.options) for each in chosen):
        raise errors.UserError("Choose from the answers of this question.")
    return ",".join(map(str, sorted(set(chosen))))


def _number(text: str) -> str:
    """A number as Python writes it, without a needless `.0`."""
    plain = text.replace(" ", "").replace("\u2212", "-")
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    value = float(plain) if _NUMBER.fullmatch(plain) else math.nan
    if not math.isfinite(value):
        raise errors.UserError("Write a number, such as 0.5, with nothing before or behind it.")
    return repr(value + 0.0).removesuffix(".0")


def _readable(text: str) -> str:
    """The text without signs that cannot be shown; of a very long one the beginning."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:5000])
